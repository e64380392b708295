package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enLock is the wording of what people do with locks.
var enLock = map[chat.Code]string{
	"lock.taken":             "{by} locked {scope}[[ until {until}]]: {reason}",
	"lock.released":          "{by} unlocked {scope}[[: {reason}]]",
	"lock.broken":            "{by} broke the lock that {owner} had on {scope}[[: {reason}]]",
	"lock.broken_deployment": "{by} broke the lock of {owner}, which is still under way: another deployment of {scope} can now cross it[[: {reason}]]",
	"lock.stolen":            "{by} took the lock of {scope} from {owner}[[, until {until}]]: {reason}",
	"lock.stolen_deployment": "{by} took the lock of {scope} from {owner}, which is still under way[[, until {until}]]: {reason}. What its run comes to is not believed until a person says so.",
	"lock.steal_own":         "You have the lock of {scope} already.",
	"lock.overdue":           "{deployment} ({what} to {environment}) has had its lock for {held} and has not ended: it is {state}. It keeps the lock; /unlock breaks it.",
	"lock.expired":           "The lock that {owner} had on {scope} has ended.",
	"lock.list":              "{count} {count|lock|locks} held",

	"heading.lock_line":             "In line, the first to be served first",
	"lock.waiting":                  "{owner} waits for the lock of {scope} since {since}[[: {reason}]]",
	"lock.waits":                    "{by} waits for the lock of {scope}: {reason}.[[ {for}]]",
	"lock.waits_already":            "You wait for the lock of {scope} already; /lock leave gives up your place in the line.",
	"lock.waits_not":                "You don't wait for the lock of {scope}; /lock list says who waits for what.",
	"lock.left":                     "{by} no longer waits for the lock of {scope}.",
	"lock.turn":                     "{owner}, it is your turn: you have the lock of {scope}[[ until {until}]].",
	"lock.turn_lost":                "{owner} waited for the lock of {scope} and may no longer have it: the turn goes to the next in line.",
	"lock.turn_deployment":          "It is the turn of {deployment} ({what} to {environment}): it has its lock, and its gates are asked again.",
	"lock.deployment_waits":         "{by} asked for {deployment}: {what} to {environment}. It waits in line for its lock, and starts by itself if its gates are open then.[[ {for}]]",
	"lock.deployment_waits_already": "{deployment} waits in line already: {what} to {environment}.",
	"deploy.fence_lost":             "{deployment} ({what} to {environment}) lost its lock to somebody else while it was under way (its token {fence}, theirs {token}): what it came to says nothing of what runs there now.",
}
