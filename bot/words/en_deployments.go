package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enDeployments words deployments, how they are watched, and how they are rolled back.
var enDeployments = map[chat.Code]string{
	"deploy.queued":        "{by} deploys {what} to {environment} ({deployment}).",
	"deploy.not_now":       "{release} is {state}, so it can't be deployed now.",
	"deploy.may_no_longer": "{by} may no longer deploy {what} to {environment}.",
	"deploy.not_queued":    "{deployment} is {state}: there is nothing to start.",
	"deploy.starting":      "{deployment}: the gates were asked again and are open; {what} goes to {environment}.",
	"deploy.started":       "{deployment}: the pipeline runs {what} to {environment} ({run}).",
	"deploy.start_failed":  "{deployment}: the pipeline did not start {what}: {fault}.",
	"deploy.stopped":       "{deployment} was stopped before anything was done: by the time {what} was to go to {environment}, its gates had closed.",
	"deploy.verified":      "{what} runs well in {environment} ({deployment}, watched for {watched}).",
	"deploy.held":          "{deployment}: too little is known of {what} in {environment} to call it well. It is left as it is until somebody says.",
	"deploy.lost":          "{deployment}: nobody knows how the run of {what} in {environment} ended. Look at it, and say.",
	"deployment.unknown":   "There is no deployment {deployment}.",
	"run.progress":         "{deployment}: {state}[[, {stage}]], {percent}",

	"watch.none":      "{deployment} is not watched: no verification plan is configured for where it went.",
	"watch.no_plan":   "The verification plan {plan} is no longer configured.",
	"watch.verdict":   "{deployment}: {what} in {environment} after {rounds} {rounds|round|rounds}: {verdict}",
	"evidence.figure": "{name}: {value} over {count}",
	"heading.verdict": "What was seen",

	"rollback.queued":      "{by} rolls {what} back in {environment}[[ to {previous}]] ({deployment}).",
	"rollback.asked":       "{by} asked for it[[: {reason}]]",
	"rollback.unwell":      "{what} is not well in {environment} ({deployment})",
	"rollback.started":     "{what} is not well in {environment}: it is being rolled back to {previous} ({deployment}).",
	"rollback.done":        "Restored: {environment} runs {service} {version} again instead of {bad} ({deployment}, took {took}).",
	"rollback.failed":      "The rollback {deployment} of {what} in {environment} failed. The environment needs a person now.",
	"rollback.impossible":  "{what} is not well in {environment} ({deployment}), and can't be rolled back by itself. The environment needs a person now.",
	"rollback.not_running": "{what} ({release}) does not run in {environment}[[: {running} does]]. Roll back the release that runs there.",

	"page.acknowledged":        "{by} took {page}: {about}",
	"page.unknown":             "There is no page {page}.",
	"card.page":                "{page} · {state} · {text}",
	"card.followup":            "{follow_up} · {kind} · {state}",
	"heading.why":              "Why",
	"label.deployment":         "Deployment",
	"label.runs_now":           "Runs now",
	"label.follow_up":          "To be done",
	"label.owner":              "Owner",
	"label.taken_by":           "Taken by",
	"label.due":                "Due",
	"value.deployment":         "{deployment}, {state}",
	"followup.closed_by":       "closed by {by} {at}",
	"button.acknowledge":       "Acknowledge",
	"button.take":              "I take it",
	"button.it_is_well":        "It is well",
	"button.it_failed":         "It failed",
	"button.cancel_deployment": "Cancel deployment",
}
