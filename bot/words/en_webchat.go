package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enWebchat words requests to the local chat's HTTP door that it does not take.
var enWebchat = map[chat.Code]string{
	"request.json":          "The body is no valid JSON object in UTF-8.",
	"request.type":          "The body must be JSON: send it with Content-Type: application/json.",
	"request.cut":           "The body ended early, or took too long to arrive.",
	"request.too_large":     "The body is too large: at most {limit} KiB.",
	"request.unknown_field": "There is no field “{field}” in this request.",
	"request.missing":       "The field “{field}” is missing.",
	"request.malformed":     "The field “{field}” can't be like that: see docs/api.md.",
	"request.no_token":      "A token is needed: send it as Authorization: Bearer TOKEN.",
	"request.bad_token":     "Nobody holds that token.",
	"request.no_account":    "There is no account {as} to speak as.",
	"request.not_yours":     "That token does not let you speak as {as}.",
	"request.month":         "{said} is no month: write one like {example}.",
	"request.host":          "{host} is not a name of this server.",
	"request.origin":        "The request comes from another site's page.",
	"request.path":          "There is nothing under that path.",
	"request.method":        "That path takes {method} only.",
	"request.channel":       "There is no channel {channel}.",
	"request.key_reused":    "That key was used before for another request: use a fresh one.",
	"request.too_many":      "Too many tries failed: come back in {seconds} s.",
	"request.not_accepting": "The bot is not accepting requests now: nothing was done.",
	"request.no_answer":     "The bot did not answer in time: ask again with the same key.",
	"request.failed":        "The bot failed: what came of the request is unknown. Ask again with the same key.",
	"webchat.erased":        "(erased)",
}
