package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enTickets words what is said about change tickets, and about who did something in another system.
var enTickets = map[chat.Code]string{
	"ticket.touched":        "{who} changed {ticket} in {system}.",
	"ticket.moved_there":    "{who} moved {ticket} from “{was}” to “{is}” in {system}.",
	"ticket.ended_there":    "{ticket} was ended behind the bot's back: its gate is closed until the ticket is open again, or {release} is cancelled.",
	"ticket.decided_before": "That was before {ballot} was opened ({opened}), so it decides nothing: say it again.",
	"ticket.decided_since":  "{person} has voted on {ballot} since: that stands.",

	"ticket.items":        "{release} brings {count} work {count|item|items}: {items}.",
	"ticket.items_failed": "The work items of {release} could not be found: {fault}.",
	"ticket.items_more":   "and {more} more, linked to {ticket}",
	"ticket.item":         "{item}[[ — {status}]]",
	"ticket.item_titled":  "{item} {title}[[ — {status}]]",

	"heading.items":    "Work items",
	"heading.register": "In the change register",

	"effect.ticket_items":    "finding the work items",
	"effect.ticket_evidence": "attaching the evidence to the change ticket",

	"notice.nobody":   "{system} itself",
	"notice.stranger": "Somebody whose account in {system} is linked to nobody here",

	"gate.incident.open": "Incident {incident} of {service} is open: {severity}, {state}, since {since}.",
	"gate.incident.none": "No incident of {service} is open that would stand in the way.",
}
