package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enPipelines words what is said about pipelines, and about runs that others started.
var enPipelines = map[chat.Code]string{
	"pipeline.list":                 "{count} {count|pipeline|pipelines}",
	"pipeline.line":                 "{pipeline} serves {environments}.",
	"pipeline.idle":                 "{pipeline} serves no environment.",
	"pipeline.stands":               "{system}[[ at {address}]][[, {job}]]: {heard}.",
	"pipeline.heard.asking":         "the bot asks how its runs stand",
	"pipeline.heard.webhooks":       "it tells the bot how its runs stand, and the bot asks as well",
	"pipeline.shown":                "Runs of {release}, {what}, in {environment}",
	"pipeline.run":                  "{deployment}: {what}, {state}",
	"pipeline.no_run":               "{release} has no run in {environment} yet: /deploy {release} {environment} starts one.",
	"pipeline.not_started":          "The pipeline has not taken it yet; it will know it as {key}.",
	"pipeline.output":               "{line}",
	"pipeline.audit":                "Audit logging and access control of {count} {count|pipeline|pipelines}, as read from their systems",
	"pipeline.audited":              "{pipeline}",
	"pipeline.guard":                "{guard}: {what}",
	"pipeline.guard.audit-log":      "Audit logging",
	"pipeline.guard.access-control": "Access control",
	"pipeline.unread":               "not read: this kind of pipeline says nothing of it.",
	"pipeline.unknown":              "There is no pipeline {pipeline}: there are {known}.",
	"label.pipeline":                "Pipeline",
	"label.run":                     "Run",
	"label.started":                 "Started",
	"label.progress":                "Progress",

	"run.outside":       "{who} started run {run} of {pipeline} outside the bot: {service}[[ {version}]] to {environment}, {state}.",
	"run.outside_since": "{who} started run {run} outside the bot at {at}[[, of {version}]]: {state}. What runs there may be something else.",

	"button.form.pipeline_list":  "Pipelines…",
	"button.form.pipeline_show":  "Runs of a release…",
	"button.form.pipeline_audit": "Audit of pipelines…",
}
