package discord

import (
	"time"

	"github.com/bwmarrin/discordgo"
)

// Discord's error codes that are told apart ("JSON Error Codes").
const (
	codeUnknownChannel     = discordgo.ErrCodeUnknownChannel
	codeUnknownGuild       = discordgo.ErrCodeUnknownGuild
	codeUnknownMember      = discordgo.ErrCodeUnknownMember
	codeUnknownMessage     = discordgo.ErrCodeUnknownMessage
	codeUnknownWebhook     = discordgo.ErrCodeUnknownWebhook
	codeUnknownInteraction = discordgo.ErrCodeUnknownInteraction
	codeAcknowledged       = discordgo.ErrCodeInteractionHasAlreadyBeenAcknowledged
	codeMissingAccess      = discordgo.ErrCodeMissingAccess
	codeNoPermission       = discordgo.ErrCodeMissingPermissions
	codeOldEdits           = discordgo.ErrCodeMaximumNumberOfEditsToMessagesOlderThanOneHourReached
	codeWebhookToken       = discordgo.ErrCodeInvalidWebhookTokenProvided
	// codeThreadLocked and codeThreadThere are not in discordgo.
	codeThreadLocked = 50083
	codeThreadThere  = 160004
)

// oldEditPause is how long edits wait once Discord has had enough of them on messages older than an hour; it does not say.
const oldEditPause = time.Minute

// Discord's interaction types and the types of answers to them ("Interaction Type", "Interaction Callback Type").
const (
	kindPing         = int(discordgo.InteractionPing)
	kindCommand      = int(discordgo.InteractionApplicationCommand)
	kindComponent    = int(discordgo.InteractionMessageComponent)
	kindAutocomplete = int(discordgo.InteractionApplicationCommandAutocomplete)
	kindModal        = int(discordgo.InteractionModalSubmit)

	answerPong        = int(discordgo.InteractionResponsePong)
	answerMessage     = int(discordgo.InteractionResponseChannelMessageWithSource)
	answerLater       = int(discordgo.InteractionResponseDeferredChannelMessageWithSource)
	answerUpdateLater = int(discordgo.InteractionResponseDeferredMessageUpdate)
	answerChoices     = int(discordgo.InteractionApplicationCommandAutocompleteResult)
	answerModal       = int(discordgo.InteractionResponseModal)
)

// flagEphemeral makes an answer visible to who asked alone.
const flagEphemeral = int(discordgo.MessageFlagsEphemeral)
