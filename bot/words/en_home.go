package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enHome words what somebody sees of everything that is theirs, and the forms that commands have.
var enHome = map[chat.Code]string{
	"home.title":            "What is yours, {person}",
	"home.heading.votes":    "Waiting for your vote",
	"home.heading.windows":  "Downtime that waits for your answer",
	"home.heading.releases": "Your releases under way",
	"home.heading.calls":    "Pages and follow-ups",
	"home.heading.freezes":  "Freezes, now and next",
	"home.no_votes":         "No vote waits for you.",
	"home.no_releases":      "You have no release under way.",
	"home.no_calls":         "Nobody calls you.",
	"home.no_freezes":       "Nothing is frozen, and no freeze is announced.",
	"home.vote":             "{ballot}: {purpose}, {what} ({on}), until {closes}",
	"home.window":           "{window}; {by} asks, answers are awaited until {closes}",
	"home.more":             "and {count} more",

	"button.vote_reason": "With a reason…",

	"button.form.release_plan":     "Plan a release…",
	"button.form.release_show":     "Show a release…",
	"button.form.release_cancel":   "Cancel a release…",
	"button.form.release_explain":  "Ask the gates…",
	"button.form.vote":             "Vote…",
	"button.form.vote_open":        "Ask the board…",
	"button.form.deploy":           "Deploy…",
	"button.form.deploy_cancel":    "Stop a deployment…",
	"button.form.deploy_resolve":   "Say how a run ended…",
	"button.form.deploy_adopt":     "Note what runs…",
	"button.form.rollback":         "Roll back…",
	"button.form.freeze_add":       "Freeze…",
	"button.form.freeze_lift":      "Lift a freeze…",
	"button.form.freeze_exception": "Ask for an exception…",
	"button.form.lock":             "Lock…",
	"button.form.unlock":           "Unlock…",
	"button.form.emergency":        "Emergency…",
	"button.form.ack":              "Take a page…",
	"button.form.followup_take":    "Take a follow-up…",
	"button.form.followup_close":   "Close a follow-up…",
	"button.form.audit_show":       "Tell a story…",
	"button.form.config_accept":    "Accept a configuration…",
	"button.form.config_reject":    "Turn a configuration down…",
	"button.form.unlink":           "End a link…",
}
