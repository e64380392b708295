package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enLink words the accounts of people: what they linked, and what chat platforms say of them.
var enLink = map[chat.Code]string{
	"link.code":          "The account {account} can become yours with this code, once, within {for}.",
	"link.code.say":      "From an account that is yours already, say /link and the code.",
	"link.code.secret":   "Tell it to nobody, and say no code that somebody else gave you: whoever uses the account then decides in your name.",
	"link.explained":     "To make another account yours, say /link from it: it is told a code. Then say /link and the code here.",
	"link.not_from_here": "{account} is linked to nobody: say the code from an account that is yours already. To get a code for this one, say /link alone.",
	"link.closed":        "{account} is somebody's, and its platform has closed it: it can't be linked.",
	"link.wrong":         "No such code waits: it was mistyped, used already, or is older than ten minutes. Say /link from the other account for a new one.",
	"link.too_many":      "Too many wrong codes: try again {until}.",
	"link.configured":    "{account} is given to somebody in the configuration: only that can change.",
	"link.others":        "{account} is or was somebody else's, and stays theirs: otherwise one account could vote for two people. An administrator can give it to you in the configuration.",
	"link.yours":         "{account} is yours already.",
	"link.done":          "{account} is yours now, {person}: whoever uses it decides in your name.",
	"link.undo":          "If that is not what you meant: /unlink and the account, {account}. /whoami lists all of yours.",
	"link.how.code":      "by a code",
	"link.how.email":     "by its verified e-mail address",

	"account.resting": "Your rights rest, as an account of yours was closed. An administrator[[ ({administrators})]] can end its link.",

	"unlink.form":       "That is no account: write platform:workspace:id, as /whoami shows it.",
	"unlink.configured": "{account} is given in the configuration: an administrator[[ ({administrators})]] takes it out there.",
	"unlink.none":       "{account} is linked to nobody.",
	"unlink.done":       "{by} ended the link of {account}: it speaks for {person} no more. Votes that were given from it stand.",

	"label.code":     "Code",
	"whoami.linked":  "{account}, linked {how} {at}",
	"whoami.linking": "Say /link here: this account is told a code. Say /link and that code from an account that is yours already.",

	"roster.changed":   "What {platform} says of its people has changed.",
	"roster.joined":    "{people} {people|belongs|belong} to {group} now.",
	"roster.left":      "{people} {people|belongs|belong} to {group} no more.",
	"roster.strangers": "{count} {count|member|members} of {group} {count|is|are} linked to nobody and {count|has|have} no say.",
	"roster.closed":    "An account of {people} was closed: all their rights rest.",
	"roster.opened":    "Accounts of {people} are open again.",
	"roster.linked":    "Accounts linked by their e-mail address: {people}.",
	"roster.unlinked":  "Links by e-mail address that ended: {people}.",
	"roster.seen":      "{count} {count|account|accounts} of people seen for the first time.",
}
