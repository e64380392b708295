package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enDiscord words what the adapter for Discord says by itself: of messages that Discord's limits divide, of requests that are
// not accepted, and of how it is set up.
var enDiscord = map[chat.Code]string{
	"discord.continued":    "continued",
	"discord.rest_in_file": "There is more than a message holds: the attached file has all of it.",
	"discord.output_file":  "Output: {file}, attached.",
	"discord.more_buttons": "There was no room for buttons to {labels}.",

	"discord.help":    "What can be said with {topic}.",
	"discord.dry_run": "Show what would be decided, and change nothing.",
	"discord.sure":    "{label}: are you sure?",
	"discord.yes":     "Yes",

	"discord.unknown_command": "The bot does not know this command: its commands have changed. Try again in a minute, or ask an administrator for `gonogo discord register`.",
	"discord.unknown_button":  "This button or form is not known any more. The card shows what there is now.",
	"discord.type_it":         "Say it with the slash command: {usage}",
	"discord.elsewhere":       "The bot does not serve this server: nothing was done.",
	"discord.not_accepting":   "The bot is not accepting requests now: nothing was done. Try again in a moment.",
	"discord.not_known":       "The bot took too long to answer: whether your request was taken is not known. Look at the card before you try again.",

	"discord.doctor.secret":         "The bot token {reference} can't be read.",
	"discord.doctor.secret.do":      "Set what bot_token refers to: an environment variable, or a file.",
	"discord.doctor.token":          "Discord does not take the bot token.",
	"discord.doctor.token.do":       "Reset the token on the application's page Bot, and store the new one where bot_token refers to.",
	"discord.doctor.failed":         "Discord did not answer: {error}",
	"discord.doctor.failed.do":      "Try again; if it stays so, look at discordstatus.com and at the way to api_url.",
	"discord.doctor.signed_in":      "The bot token belongs to the application {name}.",
	"discord.doctor.application":    "The bot token belongs to application {real}, not to {configured}.",
	"discord.doctor.application.do": "Set application to {real}, or use the token of the other application.",
	"discord.doctor.endpoint":       "Discord sends what people do to {url}, so nothing comes over the gateway.",
	"discord.doctor.endpoint.do":    "Empty Interactions Endpoint URL on the application's page General Information, or set door to http.",
	"discord.doctor.no_endpoint":    "Discord does not know where to send what people do.",
	"discord.doctor.no_endpoint.do": "Set Interactions Endpoint URL on the application's page General Information to the bot's address with /discord/interactions, or set door to gateway.",
	"discord.doctor.key":            "The public key is another application's.",
	"discord.doctor.key.do":         "Set public_key to {key}.",
	"discord.doctor.members":        "The bot may not know who is on the server, so roles give nobody a right.",
	"discord.doctor.members.do":     "Switch on Server Members Intent on the application's page Bot.",
	"discord.doctor.server":         "The bot is not on the server {server}.",
	"discord.doctor.server.do":      "Have an administrator of the server open {url}",
	"discord.doctor.member":         "The bot is on the server {server}.",
	"discord.doctor.role":           "The group {group} is mapped to the role {role}, which is not there.",
	"discord.doctor.role.do":        "Copy the role's id in Server Settings, Roles.",
	"discord.doctor.scope":          "The bot may not have commands on the server {server}.",
	"discord.doctor.commands":       "The slash commands on the server {server} are not the bot's present ones.",
	"discord.doctor.commands.do":    "Run `gonogo discord register`.",
	"discord.doctor.registered":     "The slash commands on the server {server} are the bot's present ones.",
	"discord.doctor.channel":        "The channel {channel} is not there, or hidden from the bot.",
	"discord.doctor.channel.do":     "Check the id, and give the bot's role View Channel in the channel's settings.",
	"discord.doctor.place":          "The channel {channel} is not one of the server {server}, or that server is not among servers.",
	"discord.doctor.place.do":       "Correct the channel's id or workspace, or add the server to servers.",
	"discord.doctor.permissions":    "In {channel} the bot lacks {missing}.",
	"discord.doctor.permissions.do": "In the settings of {channel}, under Permissions, allow the bot's role {missing}.",
	"discord.doctor.allowed":        "In {channel} the bot has all the permissions that it needs.",
}
