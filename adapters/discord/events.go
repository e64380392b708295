package discord

import (
	"context"
	"encoding/json"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/adapters/discord/gateway"
)

// intents are what the bot asks to be told of, no more: which servers it is in, and their members where roles decide who may do
// what. Interactions come without any.
func (d *Discord) intents() int {
	want := discordgo.IntentGuilds
	if len(d.settings.Groups) > 0 {
		want |= discordgo.IntentGuildMembers // privileged: switched on in the app's settings
	}
	return int(want)
}

// event takes one event of the gateway.
func (d *Discord) event(ctx context.Context, e gateway.Event) {
	switch e.Type {
	case "INTERACTION_CREATE":
		i, err := decode(e.Data)
		if err != nil {
			d.outside.Log.Warn("an interaction can't be read", "error", err)
			return
		}
		received := time.Now()
		d.work <- struct{}{}
		d.working.Go(func() {
			defer func() { <-d.work }()
			d.take(context.WithoutCancel(ctx), i, received, d.callback(i))
		})
	case "READY":
		d.outside.Log.Info("connected to Discord")
		d.member(memberEvent{anew: true})
	case "RESUMED":
		d.outside.Log.Info("connected to Discord again")
	case "GUILD_MEMBER_ADD", "GUILD_MEMBER_UPDATE", "GUILD_MEMBER_REMOVE":
		var m struct {
			GuildID string   `json:"guild_id"`
			User    user     `json:"user"`
			Roles   []string `json:"roles"`
		}
		if json.Unmarshal(e.Data, &m) == nil && m.User.ID != "" && d.server(m.GuildID) {
			d.member(memberEvent{server: m.GuildID, id: m.User.ID, bot: m.User.Bot, roles: m.Roles, left: e.Type == "GUILD_MEMBER_REMOVE"})
		}
	case "GUILD_ROLE_DELETE":
		d.member(memberEvent{anew: true})
	}
}
