package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enOperations words what the running bot says of itself: its channels, a newcomer's welcome, tokens, restored backups.
var enOperations = map[chat.Code]string{
	"channel.own":             "What you say to the bot from here.",
	"channel.releases":        "Releases: plan them, watch them, deploy them.",
	"channel.cab":             "Votes: cards to vote on.",
	"channel.oncall":          "Pages and follow-ups.",
	"channel.line":            "What concerns the business line {line}.",
	"welcome.releases":        "Welcome to {organisation}. Here releases are planned, deployed and watched.",
	"welcome.cab":             "Welcome. Votes open here: press a button on a card, or say /vote. Plan a release first.",
	"welcome.oncall":          "Welcome. Whoever is on call is paged here when a version is rolled back or held.",
	"welcome.try":             "Try, one after another",
	"welcome.line":            "as {as}, type {line}",
	"welcome.vote":            "in {channel}, as {as}: press Go on the card of the vote",
	"welcome.final":           "as {as}: press Deploy on the card of the release; now it goes to {environment}",
	"doctor.hooks.open":       "Webhooks are taken at {paths}, of {hosts}.",
	"doctor.hooks.unnamed":    "Webhooks are taken at {paths}, under the machine's addresses alone: operations.hosts names no host.",
	"doctor.hooks.refused":    "Webhooks to {host} ({paths}) are answered with 403: operations.hosts does not name that host.",
	"doctor.hooks.refused.do": "Add {host} to operations.hosts, or correct operations.address.",
	"doctor.examined":         "What {system} looks like",
	"usage":                   "That command line can not be understood.",
	"token.created":           "Token {token} was made for {person}.",
	"token.revoked":           "Token {token} of {person} was revoked.",
	"store.restored":          "The store was restored from a backup that ends at entry {entry}: what came after it is not in this trail.",
	"store.given_up":          "Restored {at} from a backup that ended at entry {end}: an outsider knows of entries up to {last}, which were given up.",
}
