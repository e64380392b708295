package main

// program is everything that the command line takes. The forms of say, press, audit, demo and serve are stable.
type program struct {
	Demo  demoCommand  `cmd:"" help:"Run the demonstration: an organisation of its own, on this machine, with nothing to set up."`
	Serve serveCommand `cmd:"" help:"Run the bot."`
	Tour  tourCommand  `cmd:"" help:"Play the whole story of a release by itself, in a demonstration of its own."`

	Say   sayCommand   `cmd:"" help:"Say one line to a running bot."`
	Press pressCommand `cmd:"" help:"Press a button of a running bot's card."`
	Chat  chatCommand  `cmd:"" help:"Converse with a running bot."`

	Audit struct {
		Show   auditShowCommand   `cmd:"" help:"Tell the whole story of something."`
		Verify auditVerifyCommand `cmd:"" help:"Prove that the trail is whole: exit status 0 whole, 1 broken, 2 wrong use."`
		Export auditExportCommand `cmd:"" help:"Write the trail as JSON Lines."`
	} `cmd:"" help:"The audit trail."`
	Token struct {
		Create tokenCreateCommand `cmd:"" help:"Make a token that speaks for somebody, and print it."`
		List   tokenListCommand   `cmd:"" help:"List tokens by their ids."`
		Revoke tokenRevokeCommand `cmd:"" help:"Revoke tokens."`
	} `cmd:"" help:"Tokens of the local chat."`
	Backup  backupCommand  `cmd:"" help:"Write a backup, of a running bot too."`
	Restore restoreCommand `cmd:"" help:"Restore a backup into an empty data folder."`

	Confirm confirmCommand `cmd:"" help:"Confirm a vote of yours with a key on this machine, or with your token."`
	Doctor  doctorCommand  `cmd:"" help:"Examine the systems that a configuration names, and say what to do."`
	Slack   struct {
		Manifest slackManifestCommand `cmd:"" help:"Print the app manifest to create the Slack app from."`
	} `cmd:"" help:"Setting up Slack."`
	Discord struct {
		Register discordRegisterCommand `cmd:"" help:"Register the slash commands."`
		Invite   discordInviteCommand   `cmd:"" help:"Print the link that adds the bot to a server."`
	} `cmd:"" help:"Setting up Discord."`

	Init   initCommand `cmd:"" help:"Write a commented configuration to start from."`
	Config struct {
		Check  configCheckCommand  `cmd:"" help:"Say everything that is wrong with a configuration."`
		Schema configSchemaCommand `cmd:"" help:"Print the JSON schema of the configuration."`
	} `cmd:"" help:"Configuration files."`
	Policy struct {
		Test     policyTestCommand     `cmd:"" help:"Replay past releases under another configuration, and list every decision that would differ."`
		Describe policyDescribeCommand `cmd:"" help:"Say in plain sentences what a configuration means: who may do what, and what a release needs."`
	} `cmd:"" help:"What decides."`
	Version versionCommand `cmd:"" help:"Print the version."`
}
