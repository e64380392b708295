package main

// program is everything that the command line takes. The forms of say, press, audit, demo and serve are stable.
type program struct {
	Demo  demoCommand  `cmd:"" help:"Run the demonstration: an organisation of its own, on this machine, with nothing to set up."`
	Serve serveCommand `cmd:"" help:"Run the bot."`

	Say   sayCommand   `cmd:"" help:"Say one line to a running bot."`
	Press pressCommand `cmd:"" help:"Press a button of a running bot's card."`
	Chat  chatCommand  `cmd:"" help:"Converse with a running bot."`

	Init   initCommand `cmd:"" help:"Write a commented configuration to start from."`
	Config struct {
		Check  configCheckCommand  `cmd:"" help:"Say everything that is wrong with a configuration."`
		Schema configSchemaCommand `cmd:"" help:"Print the JSON schema of the configuration."`
	} `cmd:"" help:"Configuration files."`
	Version versionCommand `cmd:"" help:"Print the version."`
}
