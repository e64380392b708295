package discord

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// permission is one that the bot needs in its channels, by the name that Discord's settings show.
type permission struct {
	name string
	bit  int64
}

// permissions are the least that the bot works with, each with its reason.
var permissions = []permission{
	{"View Channel", discordgo.PermissionViewChannel},                       // to post at all
	{"Send Messages", discordgo.PermissionSendMessages},                     // cards and announcements
	{"Embed Links", discordgo.PermissionEmbedLinks},                         // they are embeds
	{"Attach Files", discordgo.PermissionAttachFiles},                       // long output
	{"Read Message History", discordgo.PermissionReadMessageHistory},        // replies to cards; finding a card after a crash
	{"Create Public Threads", discordgo.PermissionCreatePublicThreads},      // one for each card
	{"Send Messages in Threads", discordgo.PermissionSendMessagesInThreads}, // what happens to it
}

// Invite is the link by which an administrator of a server adds the bot, with the permissions that it needs and no others.
func (d *Discord) Invite() string {
	var bits int64
	for _, p := range permissions {
		bits |= p.bit
	}
	q := url.Values{"client_id": {d.settings.Application}, "scope": {"bot applications.commands"}, "permissions": {strconv.FormatInt(bits, 10)}}
	return "https://discord.com/oauth2/authorize?" + q.Encode()
}

// Register makes every server's slash commands those of the catalogue; a server that has them already is left alone.
func (d *Discord) Register(ctx context.Context) error {
	m := d.menu()
	if err := m.check(); err != nil {
		return err
	}
	var failed []error
	for _, server := range d.settings.Servers {
		same, err := d.registered(ctx, server)
		if err == nil && !same {
			err = d.patiently(ctx, request{verb: http.MethodPut, path: d.commandsOf(server), body: m.commands, repeatable: true})
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("register the commands in %s: %w", server, err))
		}
	}
	return errors.Join(failed...)
}

func (d *Discord) commandsOf(server string) string {
	return "/applications/" + d.settings.Application + "/guilds/" + server + "/commands"
}

// registered reports whether a server has exactly the commands of the catalogue.
func (d *Discord) registered(ctx context.Context, server string) (bool, error) {
	var have []applicationCommand
	if err := d.patiently(ctx, request{verb: http.MethodGet, path: d.commandsOf(server), out: &have, repeatable: true}); err != nil {
		return false, err
	}
	want := slices.Clone(d.menu().commands)
	byName := func(a, b applicationCommand) int { return cmp.Compare(a.Name, b.Name) }
	slices.SortFunc(have, byName)
	slices.SortFunc(want, byName)
	return reflect.DeepEqual(have, want), nil
}

// patiently sends a request again while that may help, until ctx ends.
func (d *Discord) patiently(ctx context.Context, q request) error {
	wait := 500 * time.Millisecond
	for range patience {
		err := d.call(ctx, q)
		verdict, after := effect.Classify(err)
		if err == nil || verdict != effect.Retry || tokenless(err) || !sleep(ctx, max(after, wait)) {
			return err
		}
		wait *= 2
	}
	return d.call(ctx, q)
}

// patience is how often a request that nobody waits for is tried.
const patience = 6
