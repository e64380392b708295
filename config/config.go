// Package config reads what the organisation decided: one YAML file, decoded strictly into the types below. The same
// struct tags give the loader its keys, the JSON schema its properties and the reference page its checks:
//
//	yaml      the key
//	doc       one sentence for the schema
//	required  "true" where a section without the key makes no sense
//	default   the value of an absent key, written as YAML
//	enum      the words allowed, with commas between
//	min, max  bounds of a number, inclusive
//	pattern   the form of a text, keys that of a mapping's keys: a name of the table patterns
package config

import "go.yaml.in/yaml/v3"

// Config is everything that the organisation decided, with defaults filled in and references checked.
type Config struct {
	Organisation Organisation        `yaml:"organisation" required:"true" doc:"Who this configuration is for."`
	Operations   Operations          `yaml:"operations" doc:"How the process runs."`
	Chat         Chat                `yaml:"chat" required:"true" doc:"Where the bot speaks."`
	Services     []Service           `yaml:"services" required:"true" doc:"What is released, and what depends on what."`
	Business     map[string]Line     `yaml:"lines" keys:"name" doc:"What is known of business lines, by name: services say which they belong to."`
	Environments []Environment       `yaml:"environments" required:"true" doc:"Where versions are deployed, each after the one it follows."`
	Pipelines    map[string]Adapter  `yaml:"pipelines" keys:"name" required:"true" doc:"How a version is put into an environment, by name."`
	Verification map[string]Plan     `yaml:"verification" keys:"name" doc:"How a deployment is watched and judged, by name."`
	Artifacts    Adapter             `yaml:"artifacts" required:"true" doc:"Where built artifacts are looked up."`
	Tickets      Adapter             `yaml:"tickets" required:"true" doc:"Where change tickets are opened."`
	Pager        Adapter             `yaml:"pager" required:"true" doc:"How the on-call is woken."`
	Metrics      Adapter             `yaml:"metrics" default:"{adapter: promtext}" doc:"Where indicators are measured."`
	Traffic      Adapter             `yaml:"traffic" doc:"How many customers there are at which hour: what downtime costs. Left out: that is not known."`
	Provenance   Adapter             `yaml:"provenance" doc:"Where source code comes from: who wrote, reviewed and merged what. Left out: only what builds say of their authors is known."`
	Checkpoints  Adapter             `yaml:"checkpoints" required:"true" doc:"Where signed checkpoints of the audit trail are kept beyond the bot's own reach."`
	Risk         Risk                `yaml:"risk" required:"true" doc:"How the risk tier of a release is decided, and what each tier asks for."`
	Conditions   map[string]Closure  `yaml:"conditions" keys:"name" doc:"Conditions that close a gate while they hold, by name: an environment names one as condition:NAME."`
	Approvals    map[string]Approval `yaml:"approvals" keys:"name" doc:"Votes: who may vote and what carries, by name."`
	Freezes      Freezes             `yaml:"freezes" doc:"What holds for every freeze."`
	Cadence      []Train             `yaml:"cadence" doc:"Release trains: when services are released by rule, and why."`
	Windows      Windows             `yaml:"windows" doc:"How downtime is agreed with the business."`
	Trains       Trains              `yaml:"trains" doc:"How releases go that go together."`
	Incidents    Incidents           `yaml:"incidents" doc:"What the pager's incidents mean for releases."`
	Rehearsal    Rehearsal           `yaml:"rehearsal" doc:"Which releases need a rollback that was rehearsed."`
	Emergency    Emergency           `yaml:"emergency" doc:"The way round the gates when production is down."`
	Fiscal       Fiscal              `yaml:"fiscal" doc:"How years and quarters are counted in reports."`
	Hours        map[string]Hours    `yaml:"hours" keys:"name" doc:"Working hours by region."`
	Ladders      map[string]Ladder   `yaml:"ladders" keys:"name" doc:"Who is asked next when a vote is not decided in time, by name."`
	Deferral     []DeferralRule      `yaml:"deferral" doc:"Rules that hold releases back by themselves, and let them go again."`
	Architecture Architecture        `yaml:"architecture" doc:"The board that decides on what depends on what."`
	Budgets      map[string]Budget   `yaml:"budgets" keys:"name" doc:"How much of a service may go wrong, by service: what rules see as budget."`
	Duty         Duty                `yaml:"duty" doc:"Which duties one person may hold together: of a standard, and what differs from it."`
	People       []Person            `yaml:"people" required:"true" doc:"Everybody who decides, and machine identities that commit."`
	Groups       map[string][]string `yaml:"groups" keys:"name" doc:"Named groups of people, by handle."`
	Roles        []Role              `yaml:"roles" required:"true" doc:"Named sets of rights."`
	Grants       []Grant             `yaml:"grants" required:"true" doc:"Who holds which role, for which services, lines and environments."`

	places places
}

// Organisation is whom the configuration is for.
type Organisation struct {
	Name string `yaml:"name" required:"true" doc:"The organisation's name, shown on cards."`
	Zone string `yaml:"zone" default:"UTC" doc:"IANA time zone in which times without a zone are read and shown."`
	Demo bool   `yaml:"demo" default:"false" doc:"A demonstration: anybody may speak as any account, and no second administrator is asked. Refused beyond loopback."`
}

// Operations is how the process runs.
type Operations struct {
	Listen    string   `yaml:"listen" pattern:"listen" default:"127.0.0.1:7474" doc:"Address of the web chat and of /metrics, /healthz and /readyz."`
	Hosts     []string `yaml:"hosts" pattern:"host" doc:"Names besides addresses and localhost under which browsers reach the web chat, without port: what a proxy in front of it is called."`
	Address   string   `yaml:"address" pattern:"address" doc:"Where people reach the web chat from elsewhere: links on Slack and Discord begin with it, like https://gonogo.example.org."`
	Secure    bool     `yaml:"secure" default:"false" doc:"Cookies for HTTPS only: where a proxy in front of the web chat speaks it."`
	Data      string   `yaml:"data" default:"gonogo-data" doc:"Folder of the store. One process holds it at a time."`
	Reserve   Size     `yaml:"reserve" default:"512MB" doc:"Free disk space below which nothing new is accepted."`
	Retention Duration `yaml:"retention" default:"90d" doc:"How long delivery records and the local chat's messages are kept. The audit trail is kept for good."`
	Log       string   `yaml:"log" default:"info" enum:"debug,info,warn,error" doc:"Lowest level that is logged."`
}

// Chat is where the bot speaks.
type Chat struct {
	Platform  string   `yaml:"platform" default:"local" doc:"Platform of channels written without one."`
	Workspace string   `yaml:"workspace" default:"" doc:"Workspace of channels written without one."`
	Channels  Channels `yaml:"channels" required:"true" doc:"Which channel serves which purpose."`
	// Also and Platforms are for more than the local chat.
	Also      []Hearing `yaml:"also" doc:"Further places that see the same cards and announcements, on whatever platform."`
	Platforms []Adapter `yaml:"platforms" doc:"Chat platforms besides the local one: slack, discord."`
}

// Hearing is a workspace whose channels see the same as the first ones.
type Hearing struct {
	Platform  string       `yaml:"platform" required:"true" doc:"Platform of the channels."`
	Workspace string       `yaml:"workspace" default:"" doc:"Workspace of the channels: a Slack team or enterprise id, a Discord server's id."`
	Channels  MoreChannels `yaml:"channels" required:"true" doc:"Which channel serves which purpose; one left out serves none."`
}

// MoreChannels names further channels by purpose: on Slack and Discord by id.
type MoreChannels struct {
	Releases string `yaml:"releases" doc:"Release cards and announcements."`
	CAB      string `yaml:"cab" doc:"Votes."`
	OnCall   string `yaml:"oncall" doc:"Pages and follow-ups."`
}

// Channels names the channel of each purpose: "#releases", or in full "platform:workspace:#channel".
type Channels struct {
	Releases string `yaml:"releases" required:"true" doc:"Release cards and announcements."`
	CAB      string `yaml:"cab" required:"true" doc:"Votes."`
	OnCall   string `yaml:"oncall" required:"true" doc:"Pages and follow-ups."`
}

// Adapter is a system outside. Its settings stay as they were written until the adapter's own struct decodes them.
type Adapter struct {
	Name     string    `yaml:"adapter" pattern:"name" required:"true" doc:"Name of the adapter."`
	Settings yaml.Node `yaml:"settings" doc:"The adapter's own settings."`

	path string // of the settings
	file string
	line int
}
