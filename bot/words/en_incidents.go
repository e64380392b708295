package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enIncidents words what is said about incidents, about pages that were touched in the pager, and about who is on call.
var enIncidents = map[chat.Code]string{
	"incident.state.triggered":    "triggered",
	"incident.state.acknowledged": "acknowledged",
	"incident.state.resolved":     "resolved",
	"incident.stands":             "{incident}[[ ({name})]]: {service}, {severity}, {state}[[ by {by}]].",
	"incident.after":              "Incident {incident}[[ ({name})]] of {service} opened after {deployment}: {severity}.",
	"incident.traced":             "It opened at {opened}, after {deployment} of {release} began.",
	"incident.more":               "and {more} more: /incident list {service} --all",
	"incident.acknowledged":       "{by} acknowledged {incident}[[ ({name})]].",
	"incident.list":               "{count} {count|incident|incidents}",
	"incident.unknown":            "There is no incident {incident}: /incident list shows those that are open.",
	"incident.taken":              "{incident} is acknowledged already[[, by {by}]].",
	"incident.over":               "{incident} is resolved: nothing is left to acknowledge.",
	"card.incident":               "{incident}[[ ({name})]]: incident of {service}, {state}",
	"heading.incidents":           "Incidents after its deployments",
	"label.severity":              "Severity",
	"label.opened":                "Opened",
	"button.incident":             "Open in the pager",
	"effect.incident_take":        "Acknowledging {subject} in the pager",

	"page.acknowledged_there": "{who} acknowledged {page} in {system}.",
	"page.resolved_there":     "{who} resolved {page} in {system}.",
	"page.failed":             "{page} could not be sent to the pager: {fault}.",
	"page.on_call":            "{people}: you are on call for {service}. {page} is yours.",
	"page.on_call_unknown":    "Who is on call for {service} is not known here ({page})[[: {fault}]].",
	"effect.page":             "Waking the on-call for {subject}",
	"effect.page_ack":         "Acknowledging {subject} in the pager",
	"effect.page_resolve":     "Resolving {subject} in the pager",
	"heading.next":            "What to do",
	"next.rollback":           "Nothing, if the rollback to {previous} goes well: {follow_up} asks for the cause later. If it fails too, you are called again: press “Retry rollback”, or put {service} {previous} into {environment} by hand and say /deploy resolve for the rollback.",
	"next.failed_rollback":    "Press “Retry rollback”. If that fails too, put {service}[[ {previous}]] into {environment} by hand, then say /deploy resolve {deployment} failed and close {follow_up} with a note.",
	"next.held":               "Look at {service} in {environment}. If it is well, say /deploy resolve {deployment} well; if not, /rollback {release} {environment}[[ puts {previous} back]].",
	"next.lost":               "Look in the pipeline how {deployment} ended. If it did put the version live, say /deploy resolve {deployment} live; if not, /deploy resolve {deployment} failed.",
	"label.previous":          "Before it",
	"label.on_call":           "On call",
	"value.people":            "{people}",
	"button.call_owner":       "Call the owner",
	"button.open_release":     "Open release",

	"call.owner":    "{owners}: {by} calls you about {page}. {about}",
	"call.called":   "{owners} {owners|was|were} called about {page}.",
	"call.no_owner": "{service} has no owner who could be called: administrators can configure one.",

	"oncall.now":        "On call for {service} now, as {system} says",
	"oncall.line":       "{who}, level {level}",
	"oncall.line_until": "{who}, level {level}, until {until}",
	"oncall.nobody":     "Nobody is on call for {service}. These answer for it here: {people}.",
	"oncall.no_rota":    "The configured pager keeps no rota. These answer for {service} here: {people}.",
	"oncall.unknown":    "Who is on call for {service} could not be read: {fault}. These answer for it here: {people}.",

	"changed.deployed":    "{what} was deployed to {environment} ({deployment}, {release}).",
	"changed.rolled_back": "{environment} was rolled back to {what} ({deployment}, {release}).",
	"changed.unfinished":  "The deployment {deployment} of {what} to {environment} ended unfinished: {state} ({release}).",

	"button.form.oncall":        "Who is on call…",
	"button.form.oncall_owner":  "Call an owner…",
	"button.form.incident_list": "Incidents…",
}
