package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enVotes words ballots and votes.
var enVotes = map[chat.Code]string{
	"ballot.opened":            "The vote on {on}, {what}, is open: {ballot}.",
	"ballot.ended":             "The vote on {subject}, {what}, has ended: {state} ({ballot}).",
	"ballot.reminder":          "{waiting}: {ballot} on {subject} still waits for your vote. It closes {closes}.",
	"ballot.no_rule":           "No approval rule “{rule}” is configured, so nobody can be asked about {subject}.",
	"ballot.none":              "Nothing is being voted on for {on}.",
	"ballot.unknown":           "There is no ballot {on}. Vote on a release, an exception or a ballot: /vote R-1 go.",
	"ballot.not_needed":        "{release} is of tier {tier}, which needs no vote.",
	"ballot.not_staged":        "The artifact of {release} as it is now has not passed {environment}. Deploy it there first: /deploy {release} {environment}.",
	"ballot.open_already":      "{ballot} on {release} is open already: {tally}",
	"ballot.rebuilt":           "{what} is no longer what was planned as {release}: its checksum is {digest}; when planned it was {planned}. Plan it anew: /release cancel {release}, then /release plan {what}",
	"ballot.voided":            "What {ballot} was about has changed, so its votes are void.",
	"ballot.voided_next":       "To ask the board again: /vote open {on}",
	"ballot.voided_rebuilt":    "It was built again since {on} was planned. Plan it anew: /release cancel {on}, then /release plan {what}",
	"ballot.waiting":           "waiting for {people}",
	"ballot.purpose.release":   "Go or no-go",
	"ballot.purpose.exception": "Freeze exception",
	"ballot.purpose.emergency": "Emergency",
	"ballot.purpose.tier":      "Lower risk tier",
	"ballot.purpose.review":    "Review",

	"vote.counted": "Your {choice}[[ for {for}]] on {on} counts. {ballot} is {state}: {tally}",
	"vote.changed": "Your vote[[ for {for}]] on {on} is now {choice}. {ballot} is {state}: {tally}",
	"vote.duty":    "You can't vote on {on}, {what}:",
	"vote.line":    "{person}[[ for {for}]]: {choice}, {at}",
	"vote.ignored": "does not count: no right to vote here now",

	"card.ballot":      "{ballot} · {purpose} · {what} ({on}) · {state}",
	"label.release":    "Release",
	"label.closes":     "Closes",
	"heading.asked":    "What is asked",
	"label.proposal":   "Bound to",
	"heading.reason":   "Reason given",
	"heading.votes":    "Votes",
	"button.go":        "Go",
	"button.no_go":     "No-go",
	"button.abstain":   "Abstain",
	"button.ask_again": "Ask the board again",
}
