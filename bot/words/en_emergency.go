package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enEmergency is the wording of the emergency path.
var enEmergency = map[chat.Code]string{
	"emergency.asked":           "EMERGENCY: {by} wants {what} ({release}) in {environment} at once: {reason} A second person must agree on {ballot} by {closes}.",
	"emergency.opens":           "It opens the gates {gates} for {lifetime}; all others hold, and a review follows.",
	"emergency.granted":         "EMERGENCY granted: {by} and {second} let {what} ({release}) to {environment} past {gates} until {until}. Review {review} is due {due}.",
	"emergency.refused":         "No emergency for {what} ({release}): the vote is {state}. {why}",
	"emergency.used":            "EMERGENCY deployment {deployment}: {executor} takes {what} to {environment}, as {by} and {second} agreed. Review {review} follows.",
	"emergency.over":            "The emergency for {what} ({release}) is over: every gate holds again. Review {review} stays to be closed.",
	"emergency.holds":           "Emergency by {by} and {second} until {until}",
	"emergency.waits":           "{by} asks for an emergency: a second person must agree on {ballot}",
	"emergency.deployment":      "{deployment} was made under an emergency.",
	"emergency.review":          "Judge the emergency that {by} and {second} declared for {what}: {reason}",
	"emergency.review_overdue":  "The emergency of {what} ({release}) has not been reviewed: {review} was due {due}[[, {overdue} ago]].[[ {calls}: it is yours now.]]",
	"emergency.not_configured":  "No approval rule for emergencies is configured: there is no such path.",
	"emergency.not_there":       "An emergency is for {final}, where people work: {environment} needs none.",
	"emergency.granted_already": "{by} and {second} agreed on an emergency for {release} already, until {until}: deploy it.",
	"emergency.asked_already":   "{by} asks for an emergency for {release} already: vote on {ballot}.",

	"button.deploy_emergency":  "Deploy (emergency)",
	"confirm.deploy_emergency": "Deploy {what} to {environment} past {gates}?",
}
