// Package blockkit lays the bot's messages out in Slack's Block Kit, within Slack's limits: what does not fit into one message goes
// on in further ones or in a file, and says so.
package blockkit

// Slack's limits of a message's parts, each with the page that states it. Characters are counted as UTF-16 does, which is never less
// than Slack counts.
const (
	MessageBlocks = 50  // https://docs.slack.dev/reference/block-kit/blocks
	ViewBlocks    = 100 // of a modal or Home tab, the same page

	SectionText   = 3000 // https://docs.slack.dev/reference/block-kit/blocks/section-block
	SectionFields = 10   // the same page
	FieldText     = 2000 // the same page
	HeaderText    = 150  // https://docs.slack.dev/reference/block-kit/blocks/header-block
	ActionsMost   = 25   // https://docs.slack.dev/reference/block-kit/blocks/actions-block
	ContextMost   = 10   // https://docs.slack.dev/reference/block-kit/blocks/context-block
	TextObject    = 3000 // https://docs.slack.dev/reference/block-kit/composition-objects/text-object

	ButtonText  = 75   // https://docs.slack.dev/reference/block-kit/block-elements/button-element
	ButtonValue = 2000 // the same page
	ButtonURL   = 3000 // the same page
	ActionID    = 255  // the same page; block ids have the same limit

	ConfirmTitle  = 100 // https://docs.slack.dev/reference/block-kit/composition-objects/confirmation-dialog-object
	ConfirmText   = 300 // the same page
	ConfirmButton = 30  // the same page

	// MessageText is where Slack cuts a message's text: https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages
	MessageText = 40_000
)

// The limits that this package keeps, below what Slack is known to take.
const (
	// PartText bounds the characters of one message's blocks. Slack refuses them with msg_blocks_too_long at about 13,200, which
	// no page states: https://github.com/slackapi/bolt-js/issues/2509
	PartText = 10_000
	// FallbackText bounds the bytes of the text beside the blocks, for notifications and screen readers. chat.update takes no more:
	// https://docs.slack.dev/reference/methods/chat.update (msg_too_long).
	FallbackText = 4000
	// PreInline bounds program output shown within a message; longer output becomes a file.
	PreInline = 5000
	// PreEnd is how much of the end of attached output a message shows all the same: that is where errors are.
	PreEnd = 1200
)
