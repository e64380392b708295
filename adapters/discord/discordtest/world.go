package discordtest

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

// Guild adds a server with the bot in it and returns its id. Everybody may see, write, use commands and open threads; the bot
// may also embed links, attach files and read history.
func (s *Server) Guild(name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := &guild{ID: s.id(), Name: name, members: map[string]*member{}}
	everyone := &role{ID: g.ID, Name: "@everyone", Permissions: permissions(viewChannel | sendMessages | useCommands | createThreads | sendInThreads | readHistory | embedLinks | attachFiles)}
	own := &role{ID: s.id(), Name: "gonogo", Position: 1, Permissions: "0", Managed: true}
	g.roles = []*role{everyone, own}
	s.guilds[g.ID] = g
	s.order = append(s.order, g.ID)
	g.members[s.app] = &member{User: s.users[s.app], Roles: []string{own.ID}, JoinedAt: stamp(time.Now())}
	return g.ID
}

// Channel adds a text channel and returns its id.
func (s *Server) Channel(guildID, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	c := &channel{ID: s.id(), Type: channelText, GuildID: g.ID, Name: name, Position: len(g.channels), Overwrites: []overwrite{}}
	s.channels[c.ID] = c
	g.channels = append(g.channels, c.ID)
	s.dispatch("CHANNEL_CREATE", intentGuilds, c)
	return c.ID
}

// Person adds somebody to a guild and returns their user id. A name that is known already joins with the same account.
func (s *Server) Person(guildID, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	u := s.named(name)
	if u == nil {
		u = &user{ID: s.id(), Username: name, GlobalName: &name, Discriminator: "0"}
		s.users[u.ID] = u
	}
	m := &member{User: u, Roles: []string{}, JoinedAt: stamp(time.Now())}
	g.members[u.ID] = m
	if g.Owner == "" {
		g.Owner = u.ID
	}
	event := *m
	event.GuildID = g.ID
	s.dispatch("GUILD_MEMBER_ADD", intentMembers, event)
	return u.ID
}

func (s *Server) named(name string) *user {
	for _, u := range s.users {
		if u.name() == name {
			return u
		}
	}
	return nil
}

// Role adds a role without permissions of its own and returns its id.
func (s *Server) Role(guildID, name string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.guilds[guildID]
	r := &role{ID: s.id(), Name: name, Position: len(g.roles), Permissions: "0"}
	g.roles = append(g.roles, r)
	s.dispatch("GUILD_ROLE_CREATE", intentGuilds, map[string]any{"guild_id": g.ID, "role": r})
	return r.ID
}

// SetRoles gives a person exactly these roles.
func (s *Server) SetRoles(guildID, userID string, roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.guilds[guildID].members[userID]
	m.Roles = append([]string{}, roles...)
	event := *m
	event.GuildID = guildID
	s.dispatch("GUILD_MEMBER_UPDATE", intentMembers, event)
}

// Leave takes a person out of every guild.
func (s *Server) Leave(userID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.order {
		if g := s.guilds[id]; g.members[userID] != nil {
			delete(g.members, userID)
			s.dispatch("GUILD_MEMBER_REMOVE", intentMembers, map[string]any{"guild_id": id, "user": s.users[userID]})
		}
	}
}

// RemoveBot takes the bot out of a guild, as an administrator does.
func (s *Server) RemoveBot(guildID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.guilds[guildID].members, s.app)
	s.dispatch("GUILD_DELETE", intentGuilds, map[string]any{"id": guildID})
}

// Deny takes permissions from the bot in a channel: names as in Discord's settings, such as "Send Messages".
func (s *Server) Deny(channelID string, names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var bits uint64
	for _, n := range names {
		bits |= named[n]
	}
	c := s.channels[channelID]
	c.Overwrites = slices.DeleteFunc(c.Overwrites, func(o overwrite) bool { return o.ID == s.app })
	c.Overwrites = append(c.Overwrites, overwrite{ID: s.app, Type: 1, Allow: "0", Deny: permissions(bits)})
	s.dispatch("CHANNEL_UPDATE", intentGuilds, c)
}

// Archive closes a thread, as Discord does when it has been quiet for long; a locked one only a moderator opens again.
func (s *Server) Archive(threadID string, locked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.channels[threadID]
	c.Thread.Archived, c.Thread.Locked, c.Thread.ArchivedAt = true, locked, stamp(time.Now())
	s.dispatch("THREAD_UPDATE", intentGuilds, c)
}

// Delete removes a message or a channel, as a moderator does.
func (s *Server) Delete(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.channels[id]; c != nil {
		s.removeChannel(c)
		return
	}
	delete(s.posts, id)
	for _, c := range s.channels {
		c.messages = slices.DeleteFunc(c.messages, func(m *message) bool { return m.ID == id })
	}
}

func (s *Server) removeChannel(c *channel) {
	delete(s.channels, c.ID)
	if g := s.guilds[c.GuildID]; g != nil {
		g.channels = slices.DeleteFunc(g.channels, func(id string) bool { return id == c.ID })
	}
	name := "CHANNEL_DELETE"
	if c.Type == channelThread {
		name = "THREAD_DELETE"
	}
	s.dispatch(name, intentGuilds, map[string]any{"id": c.ID, "type": c.Type, "guild_id": c.GuildID, "parent_id": c.Parent})
}

// Bits of a permission set.
const (
	everything      = 1<<53 - 1
	administrator   = 1 << 3
	viewChannel     = 1 << 10
	sendMessages    = 1 << 11
	embedLinks      = 1 << 14
	attachFiles     = 1 << 15
	readHistory     = 1 << 16
	mentionEveryone = 1 << 17
	useCommands     = 1 << 31
	manageThreads   = 1 << 34
	createThreads   = 1 << 35
	sendInThreads   = 1 << 38
)

var named = map[string]uint64{
	"View Channel": viewChannel, "Send Messages": sendMessages, "Embed Links": embedLinks, "Attach Files": attachFiles,
	"Read Message History": readHistory, "Mention Everyone": mentionEveryone, "Use Application Commands": useCommands,
	"Manage Threads": manageThreads, "Create Public Threads": createThreads, "Send Messages in Threads": sendInThreads,
}

func permissions(bits uint64) string { return strconv.FormatUint(bits, 10) }

func bitsOf(text string) uint64 {
	bits, _ := strconv.ParseUint(text, 10, 64)
	return bits
}

// may computes what a member may do in a channel, as Discord documents it: roles, then overwrites of everyone, roles, member. A
// thread has those of its parent.
func (s *Server) may(c *channel, userID string) uint64 {
	if c.Type == channelDM {
		return everything
	}
	if c.Parent != nil && c.Type == channelThread {
		if c = s.channels[*c.Parent]; c == nil {
			return 0
		}
	}
	g := s.guilds[c.GuildID]
	m := g.members[userID]
	if m == nil {
		return 0
	}
	var bits uint64
	for _, r := range g.roles {
		if r.ID == g.ID || slices.Contains(m.Roles, r.ID) {
			bits |= bitsOf(r.Permissions)
		}
	}
	if bits&administrator != 0 || g.Owner == userID {
		return everything
	}
	var allow, deny uint64
	for _, o := range c.Overwrites {
		switch {
		case o.ID == g.ID:
			bits = bits&^bitsOf(o.Deny) | bitsOf(o.Allow)
		case o.Type == 0 && slices.Contains(m.Roles, o.ID):
			allow, deny = allow|bitsOf(o.Allow), deny|bitsOf(o.Deny)
		}
	}
	bits = bits&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == userID {
			bits = bits&^bitsOf(o.Deny) | bitsOf(o.Allow)
		}
	}
	if bits&viewChannel == 0 {
		return 0
	}
	return bits
}

// sortedMembers lists a guild's members by user id, as the API pages them.
func (g *guild) sortedMembers() []*member {
	return slices.SortedFunc(maps.Values(g.members), func(a, b *member) int { return compareIDs(a.User.ID, b.User.ID) })
}

func compareIDs(a, b string) int {
	x, _ := strconv.ParseUint(a, 10, 64)
	y, _ := strconv.ParseUint(b, 10, 64)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}
