package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// source is the wording of one subject: a table in a file of its own.
type source struct {
	name  string // of the variable
	table map[chat.Code]string
}

// sources lists every table of English wording; a test finds tables that are missing here, and codes worded twice.
var sources = []source{
	{"enApproval", enApproval},
	{"enAudit", enAudit},
	{"enBlockkit", enBlockkit},
	{"enCommand", enCommand},
	{"enConfig", enConfig},
	{"enDeployCommands", enDeployCommands},
	{"enEmergency", enEmergency},
	{"enFollowupCommands", enFollowupCommands},
	{"enFreeze", enFreeze},
	{"enHelp", enHelp},
	{"enConfirm", enConfirm},
	{"enHome", enHome},
	{"enLink", enLink},
	{"enLock", enLock},
	{"enOperations", enOperations},
	{"enRules", enRules},
	{"enSlack", enSlack},
	{"enJira", enJira},
	{"enPagerDuty", enPagerDuty},
	{"enJenkins", enJenkins},
	{"enGitLab", enGitLab},
	{"enGitHub", enGitHub},
	{"enGitLocal", enGitLocal},
	{"enArgoCD", enArgoCD},
	{"enProvenance", enProvenance},
	{"enTickets", enTickets},
	{"enIncidents", enIncidents},
	{"enPipelines", enPipelines},
	{"enTerminal", enTerminal},
	{"enWebchat", enWebchat},
	{"enWhen", enWhen},
	{"enBot", enBot},
	{"enReleases", enReleases},
	{"enVotes", enVotes},
	{"enDeployments", enDeployments},
	{"enDiscord", enDiscord},
	{"enPolicy", enPolicy},
	{"enSeats", enSeats},
	{"enCalendar", enCalendar},
	{"enDowntime", enDowntime},
	{"enRecur", enRecur},
	{"enFreezePlan", enFreezePlan},
	{"enPresets", enPresets},
	{"enDescribed", enDescribed},
	{"enMilestones", enMilestones},
	{"enTrains", enTrains},
	{"enRehearsal", enRehearsal},
}

// english is every template, compiled.
var english = assemble(sources)

func assemble(from []source) map[chat.Code]template {
	all := map[chat.Code]template{}
	for _, s := range from {
		for code, text := range s.table {
			all[code] = compile(text)
		}
	}
	return all
}
