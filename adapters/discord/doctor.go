package discord

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Flags of an application that may be told of members ("Application Flags").
const (
	flagMembers        = 1 << 14
	flagMembersLimited = 1 << 15
)

// application is what is read of the bot's own application.
type application struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	VerifyKey string `json:"verify_key"`
	Flags     int    `json:"flags"`
	Endpoint  string `json:"interactions_endpoint_url"`
}

// findings are what was examined.
type findings []port.Finding

func (f *findings) well(what chat.Text) { *f = append(*f, port.Finding{OK: true, What: what}) }

func (f *findings) wrong(what, do chat.Text) { *f = append(*f, port.Finding{What: what, Do: do}) }

// failed notes a question that Discord did not answer.
func (f *findings) failed(err error) {
	f.wrong(chat.Say("discord.doctor.failed", chat.Word("error", err.Error())), chat.Say("discord.doctor.failed.do"))
}

// Examine implements port.Examiner: the token, the application, each server with the bot's permissions in the channels that the
// organisation uses, and the slash commands.
func (d *Discord) Examine(ctx context.Context) []port.Finding {
	var f findings
	if _, err := d.outside.Secret(d.settings.BotToken); err != nil {
		f.wrong(chat.Say("discord.doctor.secret", chat.Word("reference", d.settings.BotToken)), chat.Say("discord.doctor.secret.do"))
		return f
	}
	var app application
	if err := d.patiently(ctx, request{verb: http.MethodGet, path: "/applications/@me", out: &app, repeatable: true}); err != nil {
		if status(err) == http.StatusUnauthorized {
			f.wrong(chat.Say("discord.doctor.token"), chat.Say("discord.doctor.token.do"))
		} else {
			f.failed(err)
		}
		return f
	}
	d.examineApplication(&f, app)
	for _, server := range d.settings.Servers {
		d.examineServer(ctx, &f, server)
	}
	for _, p := range d.places() {
		if !d.server(p.Workspace) {
			f.wrong(chat.Say("discord.doctor.place", chat.Word("channel", p.Channel), chat.Word("server", p.Workspace)), chat.Say("discord.doctor.place.do"))
		}
	}
	return f
}

func (d *Discord) examineApplication(f *findings, app application) {
	if app.ID != d.settings.Application {
		f.wrong(chat.Say("discord.doctor.application", chat.Word("configured", d.settings.Application), chat.Word("real", app.ID)),
			chat.Say("discord.doctor.application.do", chat.Word("real", app.ID)))
	} else {
		f.well(chat.Say("discord.doctor.signed_in", chat.Word("name", app.Name)))
	}
	called := d.settings.Door == doorHTTP
	switch {
	case called && app.Endpoint == "":
		f.wrong(chat.Say("discord.doctor.no_endpoint"), chat.Say("discord.doctor.no_endpoint.do"))
	case !called && app.Endpoint != "":
		f.wrong(chat.Say("discord.doctor.endpoint", chat.Word("url", app.Endpoint)), chat.Say("discord.doctor.endpoint.do"))
	}
	if d.settings.PublicKey != "" && !strings.EqualFold(app.VerifyKey, d.settings.PublicKey) {
		f.wrong(chat.Say("discord.doctor.key"), chat.Say("discord.doctor.key.do", chat.Word("key", app.VerifyKey)))
	}
	if len(d.settings.Groups) > 0 && app.Flags&(flagMembers|flagMembersLimited) == 0 {
		f.wrong(chat.Say("discord.doctor.members"), chat.Say("discord.doctor.members.do"))
	}
}

func (d *Discord) examineServer(ctx context.Context, f *findings, server string) {
	var guild discordgo.Guild
	var self discordgo.Member
	err := d.patiently(ctx, request{verb: http.MethodGet, path: "/guilds/" + server, out: &guild, repeatable: true})
	if err == nil {
		var id string
		if id, err = d.self(ctx); err == nil {
			err = d.patiently(ctx, request{verb: http.MethodGet, path: "/guilds/" + server + "/members/" + id, out: &self, repeatable: true})
			self.User = &discordgo.User{ID: id}
		}
	}
	switch {
	case has(err, codeUnknownGuild, codeMissingAccess, codeUnknownMember):
		f.wrong(chat.Say("discord.doctor.server", chat.Word("server", server)), chat.Say("discord.doctor.server.do", chat.Word("url", d.Invite())))
		return
	case err != nil:
		f.failed(err)
		return
	}
	f.well(chat.Say("discord.doctor.member", chat.Word("server", guild.Name)))
	for _, p := range d.places() {
		if p.Workspace == server {
			d.examineChannel(ctx, f, &guild, &self, p.Channel)
		}
	}
	for _, group := range slices.Sorted(maps.Keys(d.settings.Groups)) {
		role := d.settings.Groups[group]
		if len(d.settings.Servers) == 1 && !slices.ContainsFunc(guild.Roles, func(r *discordgo.Role) bool { return r.ID == role }) {
			f.wrong(chat.Say("discord.doctor.role", chat.Word("group", group), chat.Word("role", role)), chat.Say("discord.doctor.role.do"))
		}
	}
	switch same, err := d.registered(ctx, server); {
	case has(err, codeMissingAccess):
		f.wrong(chat.Say("discord.doctor.scope", chat.Word("server", guild.Name)), chat.Say("discord.doctor.server.do", chat.Word("url", d.Invite())))
	case err != nil:
		f.failed(err)
	case !same:
		f.wrong(chat.Say("discord.doctor.commands", chat.Word("server", guild.Name)), chat.Say("discord.doctor.commands.do"))
	default:
		f.well(chat.Say("discord.doctor.registered", chat.Word("server", guild.Name)))
	}
}

func (d *Discord) examineChannel(ctx context.Context, f *findings, guild *discordgo.Guild, self *discordgo.Member, id string) {
	var channel discordgo.Channel
	err := d.patiently(ctx, request{verb: http.MethodGet, path: "/channels/" + id, out: &channel, repeatable: true})
	switch {
	case has(err, codeUnknownChannel, codeMissingAccess):
		f.wrong(chat.Say("discord.doctor.channel", chat.Word("channel", id)), chat.Say("discord.doctor.channel.do"))
		return
	case err != nil:
		f.failed(err)
		return
	case channel.GuildID != guild.ID:
		f.wrong(chat.Say("discord.doctor.place", chat.Word("channel", id), chat.Word("server", guild.ID)), chat.Say("discord.doctor.place.do"))
		return
	}
	var missing []string
	may := granted(guild, &channel, self)
	for _, p := range permissions {
		if may&p.bit == 0 {
			missing = append(missing, p.name)
		}
	}
	if len(missing) > 0 {
		f.wrong(chat.Say("discord.doctor.permissions", chat.Word("channel", "#"+channel.Name), chat.List("missing", missing)),
			chat.Say("discord.doctor.permissions.do", chat.Word("channel", "#"+channel.Name), chat.List("missing", missing)))
		return
	}
	f.well(chat.Say("discord.doctor.allowed", chat.Word("channel", "#"+channel.Name)))
}

// granted is what a member may do in a channel: that of everybody and of their roles, then what the channel changes of it, for
// everybody, for roles, for the member ("Permission Overwrites").
func granted(g *discordgo.Guild, c *discordgo.Channel, m *discordgo.Member) (bits int64) {
	for _, r := range g.Roles {
		if r.ID == g.ID || slices.Contains(m.Roles, r.ID) {
			bits |= r.Permissions
		}
	}
	if bits&discordgo.PermissionAdministrator != 0 || g.OwnerID == m.User.ID {
		return -1
	}
	var deny, allow int64
	for _, o := range c.PermissionOverwrites {
		switch {
		case o.ID == g.ID: // of everybody; those of roles are applied afterwards
			bits = bits&^o.Deny | o.Allow
		case o.Type == discordgo.PermissionOverwriteTypeRole && slices.Contains(m.Roles, o.ID):
			deny, allow = deny|o.Deny, allow|o.Allow
		}
	}
	bits = bits&^deny | allow
	for _, o := range c.PermissionOverwrites {
		if o.Type == discordgo.PermissionOverwriteTypeMember && o.ID == m.User.ID {
			bits = bits&^o.Deny | o.Allow
		}
	}
	return bits
}

// places are the channels on Discord that the organisation uses.
func (d *Discord) places() []chat.Place {
	if d.outside.Places == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(d.outside.Places()), func(p chat.Place) bool { return p.Platform != PlatformName })
}
