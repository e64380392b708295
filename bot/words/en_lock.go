package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enLock is the wording of what people do with locks.
var enLock = map[chat.Code]string{
	"lock.taken":             "{by} locked {service} in {environment}[[ until {until}]]: {reason}",
	"lock.released":          "{by} unlocked {service} in {environment}[[: {reason}]]",
	"lock.broken":            "{by} broke the lock that {owner} had on {service} in {environment}[[: {reason}]]",
	"lock.broken_deployment": "{by} broke the lock of {owner}, which is still under way: another deployment of {service} to {environment} can now cross it[[: {reason}]]",
	"lock.overdue":           "{deployment} ({what} to {environment}) has had its lock for {held} and has not ended: it is {state}. It keeps the lock; /unlock breaks it.",
	"lock.expired":           "The lock that {owner} had on {service} in {environment} has ended.",
	"lock.list":              "{count} {count|lock|locks} held",
}
