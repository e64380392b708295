package discordtest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
)

// routes are the endpoints that an application like ours uses; any other is a violation and 404.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.on("GET /gateway", s.getGateway)
	s.on("GET /gateway/bot", s.getGateway)
	s.on("GET /users/@me", func(*call) (any, *apiError) { return s.me(), nil })
	s.on("GET /users/@me/guilds", s.listGuilds)
	s.on("GET /applications/@me", s.getApplication)
	s.on("GET /oauth2/applications/@me", s.getApplication)
	s.on("GET /guilds/{guild}", s.getGuild)
	s.on("GET /guilds/{guild}/channels", s.listChannels)
	s.on("GET /guilds/{guild}/roles", s.listRoles)
	s.on("GET /guilds/{guild}/members", s.listMembers)
	s.on("GET /guilds/{guild}/members/{user}", s.getMember)
	s.on("GET /guilds/{guild}/threads/active", s.activeThreads)
	s.on("GET /channels/{channel}", s.getChannel)
	s.on("PATCH /channels/{channel}", s.editChannel)
	s.on("GET /channels/{channel}/messages", s.listMessages)
	s.on("POST /channels/{channel}/messages", s.createMessage)
	s.on("GET /channels/{channel}/messages/{message}", s.getMessage)
	s.on("PATCH /channels/{channel}/messages/{message}", s.editMessage)
	s.on("DELETE /channels/{channel}/messages/{message}", s.deleteMessage)
	s.on("POST /channels/{channel}/messages/{message}/threads", s.startThread)
	s.on("PUT /channels/{channel}/thread-members/@me", s.joinThread)
	for _, scope := range []string{"/applications/{app}/commands", "/applications/{app}/guilds/{guild}/commands"} {
		s.on("GET "+scope, s.listCommands)
		s.on("PUT "+scope, s.overwriteCommands)
		s.on("POST "+scope, s.createCommand)
		s.on("DELETE "+scope+"/{command}", s.deleteCommand)
	}
	s.on("POST /interactions/{id}/{token}/callback", s.callback)
	s.on("POST /webhooks/{app}/{token}", s.followUp)
	s.on("GET /webhooks/{app}/{token}/messages/{message}", s.getAnswer)
	s.on("PATCH /webhooks/{app}/{token}/messages/{message}", s.editAnswer)
	s.on("DELETE /webhooks/{app}/{token}/messages/{message}", s.deleteAnswer)
	s.on("/", func(c *call) (any, *apiError) {
		s.violate(c.Method + " " + c.URL.Path + ": no such endpoint here")
		return nil, refuse(404, 0, "404: Not Found")
	})
}

func (s *Server) me() any {
	u := *s.users[s.app]
	return struct {
		user
		Locale string  `json:"locale"`
		MFA    bool    `json:"mfa_enabled"`
		Email  *string `json:"email"`
	}{u, "en-US", true, nil}
}

func (s *Server) getApplication(*call) (any, *apiError) {
	flags := 0
	if s.options.MembersIntent {
		flags = 1 << 15 // GATEWAY_GUILD_MEMBERS_LIMITED
	}
	address := any(nil)
	if s.gate.url != "" {
		address = s.gate.url
	}
	return map[string]any{
		"id": s.app, "name": "gonogo", "icon": nil, "description": "", "type": nil, "verify_key": s.PublicKey(), "flags": flags,
		"flags_new": permissions(uint64(flags)), "bot_public": false, "bot_require_code_grant": false, "owner": s.users[s.app], "team": nil,
		"redirect_uris": []string{}, "interactions_endpoint_url": address, "role_connections_verification_url": nil,
		"approximate_guild_count": len(s.guilds), "approximate_user_install_count": 0, "approximate_user_authorization_count": 0,
		"explicit_content_filter": 0, "eligible_oauth2_scopes": []string{}, "bot": s.users[s.app],
	}, nil
}

func (s *Server) listGuilds(*call) (any, *apiError) {
	out := []any{}
	for _, id := range s.order {
		if g := s.guilds[id]; g.members[s.app] != nil {
			out = append(out, map[string]any{
				"id": id, "name": g.Name, "icon": nil, "banner": nil, "owner": false, "features": []string{}, "permissions": g.roles[0].Permissions,
			})
		}
	}
	return out, nil
}

// guildFor finds a guild that the bot is in.
func (s *Server) guildFor(c *call) (*guild, *apiError) {
	g := s.guilds[c.PathValue("guild")]
	switch {
	case g == nil:
		return nil, refuse(404, 10004, "Unknown Guild")
	case g.members[s.app] == nil:
		return nil, refuse(403, 50001, "Missing Access")
	}
	return g, nil
}

func (s *Server) getGuild(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	return s.guildObject(g), nil
}

func (s *Server) guildObject(g *guild) map[string]any {
	out := map[string]any{
		"id": g.ID, "name": g.Name, "owner_id": g.owner(), "roles": g.roles, "features": []string{}, "emojis": []any{}, "stickers": []any{},
		"afk_timeout": 300, "system_channel_flags": 0, "verification_level": 0, "default_message_notifications": 1,
		"explicit_content_filter": 0, "mfa_level": 0, "nsfw_level": 0, "nsfw": false, "premium_tier": 0, "premium_subscription_count": 0,
		"premium_progress_bar_enabled": false, "preferred_locale": "en-US", "max_members": 500000, "max_stage_video_channel_users": 50,
		"max_video_channel_users": 25, "widget_enabled": false, "region": "us-east",
	}
	for _, absent := range []string{
		"afk_channel_id", "application_id", "banner", "description", "discovery_splash", "home_header", "icon", "incidents_data", "max_presences",
		"public_updates_channel_id", "rules_channel_id", "safety_alerts_channel_id", "splash", "system_channel_id", "vanity_url_code", "widget_channel_id", "hub_type",
	} {
		out[absent] = nil
	}
	return out
}

// owner is whoever joined first; a guild nobody joined belongs to an id that is nobody.
func (g *guild) owner() string {
	if g.Owner == "" {
		return g.ID
	}
	return g.Owner
}

func (s *Server) listChannels(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	return s.guildChannels(g, channelText), nil
}

func (s *Server) guildChannels(g *guild, kind int) []*channel {
	out := []*channel{}
	for _, id := range g.channels {
		if ch := s.channels[id]; ch.Type == kind {
			out = append(out, ch)
		}
	}
	return out
}

func (s *Server) listRoles(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	return g.roles, nil
}

func (s *Server) listMembers(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	if !s.options.MembersIntent {
		return nil, refuse(403, 50001, "Missing Access")
	}
	q := c.URL.Query()
	n := number(q, "limit", 1, 1, 1000)
	after := q.Get("after")
	out := []*member{}
	for _, m := range g.sortedMembers() {
		if len(out) < n && (after == "" || compareIDs(m.User.ID, after) > 0) {
			out = append(out, m)
		}
	}
	return out, nil
}

func (s *Server) getMember(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	m := g.members[c.PathValue("user")]
	if m == nil {
		return nil, refuse(404, 10007, "Unknown Member")
	}
	return m, nil
}

func (s *Server) activeThreads(c *call) (any, *apiError) {
	g, problem := s.guildFor(c)
	if problem != nil {
		return nil, problem
	}
	open := slices.DeleteFunc(s.guildChannels(g, channelThread), func(ch *channel) bool { return ch.Thread.Archived })
	return map[string]any{"threads": open, "members": []any{}, "has_more": false}, nil
}

func (s *Server) getChannel(c *call) (any, *apiError) {
	ch, problem := s.channelFor(c.PathValue("channel"), 0)
	return ch, problem
}

// editChannel changes threads alone: the name, and whether it is archived.
func (s *Server) editChannel(c *call) (any, *apiError) {
	ch, problem := s.channelFor(c.PathValue("channel"), 0)
	if problem != nil {
		return nil, problem
	}
	if ch.Thread == nil {
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	var body struct {
		Name     *string `json:"name"`
		Archived *bool   `json:"archived"`
		Locked   *bool   `json:"locked"`
	}
	if problem := c.into(&body); problem != nil {
		return nil, problem
	}
	manages := s.may(ch, s.app)&manageThreads != 0
	if body.Locked != nil && !manages || ch.Thread.Locked && !manages || s.may(ch, s.app)&sendInThreads == 0 {
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	if body.Name != nil {
		f := &form{}
		if f.needed("name", *body.Name, mostThreadName); f.errors != nil {
			return nil, f.problem()
		}
		ch.Name = *body.Name
	}
	if body.Archived != nil {
		ch.Thread.Archived, ch.Thread.ArchivedAt = *body.Archived, stamp(time.Now())
	}
	s.dispatch("THREAD_UPDATE", intentGuilds, ch)
	return ch, nil
}

// mostThreadName is the longest name of a thread: discord.com/developers/docs/resources/channel.
const mostThreadName = 100

// startThread opens a thread from a message: its id is the message's, and a message has at most one.
func (s *Server) startThread(c *call) (any, *apiError) {
	ch, problem := s.channelFor(c.PathValue("channel"), createThreads)
	if problem != nil {
		return nil, problem
	}
	var body struct {
		Name        string          `json:"name"`
		AutoArchive int             `json:"auto_archive_duration"`
		Slow        json.RawMessage `json:"rate_limit_per_user"`
	}
	if problem := c.into(&body); problem != nil {
		return nil, problem
	}
	f := &form{}
	f.needed("name", body.Name, mostThreadName)
	if !slices.Contains([]int{0, 60, 1440, 4320, 10080}, body.AutoArchive) {
		f.wrong("auto_archive_duration", "BASE_TYPE_CHOICES", "Value must be one of (60, 1440, 4320, 10080).")
	}
	if f.errors != nil {
		return nil, f.problem()
	}
	if ch.Type != channelText {
		return nil, refuse(400, 50024, "Cannot execute action on this channel type")
	}
	m := ch.find(c.PathValue("message"))
	switch {
	case m == nil:
		return nil, refuse(404, 10008, "Unknown Message")
	case m.Thread != nil:
		return nil, refuse(400, 160004, "A thread has already been created for this message")
	}
	now := stamp(time.Now())
	zero, members, total := 0, 1, 0
	t := &channel{
		ID: m.ID, Type: channelThread, GuildID: ch.GuildID, Name: body.Name, Overwrites: []overwrite{}, Parent: &ch.ID, Owner: s.app,
		Thread: &threadState{AutoArchive: max(body.AutoArchive, 1440), ArchivedAt: now, Created: now}, Count: &zero, Members: &members, Total: &total,
	}
	if body.AutoArchive != 0 {
		t.Thread.AutoArchive = body.AutoArchive
	}
	first := &message{
		ID: s.id(), Type: messageStarter, ChannelID: t.ID, Author: s.users[s.app], Timestamp: now, Mentions: []*user{}, Roles: []string{},
		Attachments: []attachment{}, Embeds: []embed{}, Components: []component{}, guild: ch.GuildID,
		Reference: &reference{Message: m.ID, Channel: ch.ID, Guild: ch.GuildID},
	}
	t.messages = []*message{first}
	t.LastMessage = &first.ID
	s.channels[t.ID] = t
	g := s.guilds[ch.GuildID]
	g.channels = append(g.channels, t.ID)
	m.Thread, m.Flags = t, m.Flags|flagHasThread
	s.dispatch("THREAD_CREATE", intentGuilds, t)
	return created{t}, nil
}

func (s *Server) joinThread(c *call) (any, *apiError) {
	_, problem := s.channelFor(c.PathValue("channel"), 0)
	return nil, problem
}
