package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enDeployCommands words what people say of deployments besides asking for them.
var enDeployCommands = map[chat.Code]string{
	"deploy.cancelled":          "{by} cancelled {deployment}: {what} does not go to {environment}[[: {reason}]].",
	"deploy.cancelling":         "{by} asked the run of {deployment} ({what}, {environment}) to stop[[: {reason}]].",
	"deploy.never_started":      "{deployment} was cancelled before its run began: {what} does not go to {environment}.",
	"deploy.cancelling_already": "{deployment} is {state}: its run was asked to stop already.",
	"deploy.cancel_rollback":    "{deployment} is {state}: a rollback is not cancelled, for it restores what ran before in {environment}.",
	"deploy.cancel_resolve":     "{deployment} is {state}: there is no run left to stop. Say /deploy resolve {deployment} and well, failed or live.",
	"deploy.cancel_late":        "{deployment} is {state}: {what} is live in {environment}. To take it back say {line}",

	"resolve.well":        "{by} says that {deployment} ({what}, {environment}) is well[[: {note}]].",
	"resolve.failed":      "{by} says that {deployment} ({what}, {environment}) failed[[: {note}]].",
	"resolve.live":        "{by} says that {deployment} put {what} live in {environment}: it is watched now[[: {note}]].",
	"resolve.not_now":     "{deployment} is {state}: that it is {outcome} can't be said of it now.",
	"resolve.not_running": "{deployment} can't be called well: as far as is known[[ {running}]] runs in {environment}, not {what}. To restore what ran before say {line}",

	"adopt.noted":            "{by} notes that {what} ({digest}) runs in {environment}[[, where {was} was noted]][[: {reason}]].",
	"adopt.unseen":           "The artifact repository can't be asked for {what} now: what is noted must be known by its checksum.",
	"adopt.checksum":         "{what} has checksum {digest}, but its build declared {declared}: nothing that differs from what was built is noted.",
	"adopt.under_way":        "{deployment} is under way for {service} in {environment}: wait for its end.",
	"adopt.noted_already":    "{version} of {service} is noted for {environment} already[[, put there by {deployment}]]: add --replace to correct it.",
	"adopt.deployed_already": "{deployment} deployed {service} to {environment} already: add --replace to correct what is noted.",
}
