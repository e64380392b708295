package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enReleases words releases: planning them, their card, and what they wait for.
var enReleases = map[chat.Code]string{
	"release.planned":         "{by} planned {service} {version} as {release}: risk tier {tier}[[, by the rule “{rule}”]].",
	"release.planned_already": "{what} is planned already, as {release}, which is {state}. Use that one, or cancel it first.",
	"release.runs_already":    "{service} {version} runs in {environment} already. Plan a version that does not.",
	"release.cancelled":       "{by} cancelled {release}, {what}[[: {reason}]].",
	"release.unknown":         "There is no release {release}. /release list shows those there are.",
	"release.list":            "{count} {count|release|releases}",
	"release.line":            "{release} {what}: {state}[[, tier {tier}]], planned {planned}",

	"artifact.unknown":  "The artifact repository has no {service} {version}. Build it, or check the version.",
	"artifact.unseen":   "The artifact of {what} could not be looked at, so nobody can be asked about it. Try again once the repository answers.",
	"evidence.artifact": "artifact of {what}: sha256 {digest}",

	"explain.open":    "{release}, {what}, may go to {environment}: every gate is open.",
	"explain.closed":  "{release}, {what}, may not go to {environment}: {closed} {closed|gate is|gates are} not open.[[ They open by themselves {opens}.]]",
	"explain.may_not": "You may not deploy to {environment} yourself: {holders} may.",

	"card.release":          "{release} · {service} {version} · {state}",
	"label.tier":            "Risk",
	"label.requester":       "Requested by",
	"label.planned":         "Planned",
	"label.ticket":          "Change ticket",
	"label.artifact":        "Artifact",
	"label.commit":          "Commit",
	"value.tier":            "{tier}[[ · {rule}]][[: {why}]]",
	"value.ticket_pending":  "being opened",
	"value.commit":          "[[{commit}]][[ · run {run}]]",
	"heading.environments":  "Environments",
	"heading.vote":          "Vote",
	"heading.deployments":   "Deployments",
	"heading.follow_ups":    "To be done",
	"heading.waiting":       "Waiting for other systems",
	"environment.nothing":   "{environment}: nothing is known to run",
	"environment.runs":      "{environment} runs {version}",
	"environment.passed":    "{environment} runs {version}, verified ({deployment})",
	"vote.later":            "asked of {rule} once the environments before are passed",
	"ballot.stands":         "{ballot} is {state}: {tally}",
	"deployment.stands":     "{deployment} {kind} {what} → {environment}: {state}",
	"run.stands":            "{stage}, {percent}",
	"followup.stands":       "{follow_up} ({state}): {text}",
	"button.deploy":         "Deploy",
	"button.explain":        "Explain gates",
	"button.cancel_release": "Cancel release",
	"button.ticket":         "Change ticket",
	"button.rollback":       "Roll back",
	"button.retry_rollback": "Retry rollback",
	"confirm.cancel":        "Cancel {release}, {what}?",
	"confirm.deploy":        "Deploy {what} to {environment}?",
	"confirm.rollback":      "Roll {what} back in {environment}[[ to {previous}]]?",

	"ticket.opened": "Change ticket {ticket} was opened for {release}.",
	"ticket.failed": "No change ticket could be opened for {release}: {fault}.",
}
