package slack

// Settings are the adapter's section of the configuration.
type Settings struct {
	APIURL        string            `yaml:"api_url" default:"https://slack.com/api/" doc:"Base URL of Slack's Web API: GovSlack's, or a test server's."`
	Door          string            `yaml:"door" default:"socket" enum:"socket,http" doc:"How Slack reaches the bot: it connects to Slack (socket), or Slack calls it (http)."`
	AppToken      string            `yaml:"app_token" doc:"Reference to the app-level token (xapp-…) with connections:write, for socket: env:NAME or file:PATH."`
	Connections   int               `yaml:"connections" default:"2" min:"1" max:"10" doc:"Socket Mode connections held at once: while one is renewed, another receives. Slack allows 10."`
	SigningSecret string            `yaml:"signing_secret" doc:"Reference to the app's signing secret, for http."`
	Workspaces    []Workspace       `yaml:"workspaces" required:"true" doc:"Workspaces that the app is installed in."`
	LinkByEmail   bool              `yaml:"link_by_email" default:"false" doc:"Link an account whose profile e-mail, confirmed by Slack, is that of a person's email:: account."`
	Groups        map[string]string `yaml:"groups" doc:"Slack user groups whose members belong to configured groups: group name to user group id (S…)."`
}

// Workspace is one installation of the app.
type Workspace struct {
	Team       string `yaml:"team" required:"true" doc:"Team id (T…)."`
	Enterprise string `yaml:"enterprise" doc:"Enterprise id (E…) of an Enterprise Grid organisation: accounts and channels are then written with it in place of the team."`
	BotToken   string `yaml:"bot_token" required:"true" doc:"Reference to the bot token (xoxb-…): env:NAME or file:PATH."`
}
