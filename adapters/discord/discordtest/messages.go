package discordtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// nonceFor is how long Discord remembers nonces; documented as "the past few minutes".
const nonceFor = 3 * time.Minute

// decode reads a message's body; null clears a field where absence leaves it.
func decode(c *call) (*payload, *apiError) {
	p := &payload{}
	if err := c.into(p); err != nil {
		return nil, err
	}
	var raw map[string]json.RawMessage
	if len(c.body) > 0 {
		_ = json.Unmarshal(c.body, &raw)
	}
	if string(raw["content"]) == "null" {
		p.Content = new(string)
	}
	if string(raw["embeds"]) == "null" {
		p.Embeds = &[]embed{}
	}
	if string(raw["components"]) == "null" {
		p.Components = &[]component{}
	}
	return p, nil
}

// channelFor finds a channel in which the bot holds what is asked; the codes are Discord's.
func (s *Server) channelFor(id string, bits uint64) (*channel, *apiError) {
	c := s.channels[id]
	switch {
	case c == nil:
		return nil, refuse(404, 10003, "Unknown Channel")
	case s.may(c, s.app)&viewChannel == 0:
		return nil, refuse(403, 50001, "Missing Access")
	case s.may(c, s.app)&bits != bits:
		return nil, refuse(403, 50013, "Missing Permissions")
	}
	return c, nil
}

func (c *channel) find(id string) *message {
	for _, m := range slices.Backward(c.messages) { // what is asked for is mostly new
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (s *Server) createMessage(c *call) (any, *apiError) {
	need := uint64(sendMessages)
	ch := s.channels[c.PathValue("channel")]
	if ch != nil && ch.Type == channelThread {
		need = sendInThreads
	}
	p, problem := decode(c)
	if problem != nil {
		return nil, problem
	}
	if p.Embeds != nil && len(*p.Embeds) > 0 {
		need |= embedLinks
	}
	if len(c.files) > 0 {
		need |= attachFiles
	}
	ch, problem = s.channelFor(c.PathValue("channel"), need)
	if problem != nil {
		return nil, problem
	}
	if problem := checkMessage(p, c.files, true); problem != nil {
		return nil, problem
	}
	if ch.Thread != nil && ch.Thread.Archived {
		if ch.Thread.Locked && s.may(ch, s.app)&manageThreads == 0 {
			return nil, refuse(400, 50083, "Thread is archived")
		}
		ch.Thread.Archived = false
		s.dispatch("THREAD_UPDATE", intentGuilds, ch)
	}
	nonce := ""
	if p.Nonce != nil {
		nonce = fmt.Sprint(p.Nonce)
	}
	if p.Enforce && nonce != "" {
		for _, m := range ch.messages {
			if m.nonce == nonce && m.Author.ID == s.app && time.Since(time.Time(m.Timestamp)) < nonceFor {
				return m, nil
			}
		}
	}
	m := &message{Type: messageDefault, Author: s.users[s.app], nonce: nonce, Flags: p.Flags & (flagSuppressEmbeds | flagSilent | flagComponentsV2)}
	if r := p.Reference; r != nil {
		if problem := s.reply(ch, m, r); problem != nil {
			return nil, problem
		}
	}
	s.fill(m, ch, p, c)
	s.put(ch, m)
	sent := *m
	sent.Nonce = p.Nonce
	return sent, nil
}

// reply makes a message an answer to another of the same channel.
func (s *Server) reply(ch *channel, m *message, r *reference) *apiError {
	if r.Channel != "" && r.Channel != ch.ID {
		return refuse(400, 50035, "Invalid Form Body")
	}
	if s.may(ch, s.app)&readHistory == 0 {
		return refuse(403, 160002, "Cannot reply without permission to read message history")
	}
	to := ch.find(r.Message)
	if to == nil {
		if r.Must != nil && !*r.Must {
			return nil
		}
		f := &form{}
		f.wrong("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		return f.problem()
	}
	m.Type, m.Referenced = messageReply, to
	m.Reference = &reference{Message: to.ID, Channel: ch.ID, Guild: ch.GuildID}
	return nil
}

// fill takes over what a body says; what it does not mention stays.
func (s *Server) fill(m *message, ch *channel, p *payload, c *call) {
	m.ChannelID, m.guild = ch.ID, ch.GuildID
	if p.Content != nil {
		m.Content = strings.TrimSpace(*p.Content)
	}
	if p.Embeds != nil {
		m.Embeds = *p.Embeds
		for i := range m.Embeds {
			m.Embeds[i].Type = "rich"
		}
	}
	if p.Components != nil {
		m.Components = *p.Components
		n := 0
		for i := range m.Components {
			m.Components[i].each(func(part *component) {
				n++
				id := n
				part.ID = &id
			})
		}
	}
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	if p.Attachments != nil && m.ID != "" { // an edit keeps what it lists
		m.Attachments = slices.DeleteFunc(m.Attachments, func(a attachment) bool {
			for _, kept := range *p.Attachments {
				if fmt.Sprint(kept.ID) == a.ID {
					return false
				}
			}
			delete(m.files, a.Filename)
			return true
		})
	}
	ids := make([]string, 0, len(c.files))
	for id := range c.files {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		name := c.names[id]
		a := attachment{ID: s.id(), Filename: name, Size: len(c.files[id]), ContentType: "text/plain; charset=utf-8"}
		a.URL = "https://" + Host + "/attachments/" + a.ID + "/" + name
		a.Proxy = a.URL
		m.Attachments = append(m.Attachments, a)
		m.files[name] = c.files[id]
	}
	m.Embeds, m.Components = list(m.Embeds), list(m.Components)
	m.Attachments, m.Roles = list(m.Attachments), list(m.Roles)
	s.mention(m, p)
}

// list is never null in JSON.
func list[T any](l []T) []T {
	if l == nil {
		return []T{}
	}
	return l
}

var userMention = regexp.MustCompile(`<@!?(\d+)>`)

// mention works out who is notified. Only the content notifies, never an embed; and of those it names, whom allowed_mentions
// allows: everybody where it is absent.
func (s *Server) mention(m *message, p *payload) {
	m.Mentions, m.allowed, m.Everyone = []*user{}, nil, false
	notify := func(id string) {
		if u := s.users[id]; u != nil && !slices.Contains(m.allowed, id) {
			m.Mentions, m.allowed = append(m.Mentions, u), append(m.allowed, id)
		}
	}
	all := p.Allowed == nil
	for _, found := range userMention.FindAllStringSubmatch(m.Content, -1) {
		if all || slices.Contains(p.Allowed.Parse, "users") || slices.Contains(p.Allowed.Users, found[1]) {
			notify(found[1])
		}
	}
	if m.Referenced != nil && (all || p.Allowed.RepliedUser) {
		notify(m.Referenced.Author.ID)
	}
	if strings.Contains(m.Content, "@everyone") || strings.Contains(m.Content, "@here") {
		m.Everyone = (all || slices.Contains(p.Allowed.Parse, "everyone")) && s.channels[m.ChannelID] != nil &&
			s.may(s.channels[m.ChannelID], m.Author.ID)&mentionEveryone != 0
	}
}

// put adds a new message to a channel, visible to all.
func (s *Server) put(ch *channel, m *message) {
	m.ID, m.Timestamp = s.id(), stamp(time.Now())
	s.posts[m.ID] = m
	ch.messages = append(ch.messages, m)
	ch.LastMessage = &m.ID
	if ch.Count != nil {
		*ch.Count, *ch.Total = *ch.Count+1, *ch.Total+1
	}
	s.dispatch("MESSAGE_CREATE", intentMessages, s.inGuild(m))
}

// inGuild is a message as events have it.
func (s *Server) inGuild(m *message) any {
	return struct {
		*message
		Guild string `json:"guild_id,omitempty"`
	}{m, m.guild}
}

func (s *Server) listMessages(c *call) (any, *apiError) {
	ch, problem := s.channelFor(c.PathValue("channel"), 0)
	if problem != nil {
		return nil, problem
	}
	if s.may(ch, s.app)&readHistory == 0 {
		return []any{}, nil
	}
	q := c.URL.Query()
	n := number(q, "limit", 50, 1, 100)
	before, after := q.Get("before"), q.Get("after")
	var found []*message
	for _, m := range ch.messages {
		if (before == "" || compareIDs(m.ID, before) < 0) && (after == "" || compareIDs(m.ID, after) > 0) {
			found = append(found, m)
		}
	}
	if after != "" && before == "" {
		found = found[:min(n, len(found))]
	} else {
		found = found[max(0, len(found)-n):]
	}
	out := slices.Clone(found)
	slices.Reverse(out)
	return list(out), nil
}

// messageOf finds the message that a path names.
func (s *Server) messageOf(c *call) (*channel, *message, *apiError) {
	ch, problem := s.channelFor(c.PathValue("channel"), 0)
	if problem != nil {
		return nil, nil, problem
	}
	m := ch.find(c.PathValue("message"))
	if m == nil {
		return nil, nil, refuse(404, 10008, "Unknown Message")
	}
	return ch, m, nil
}

func (s *Server) getMessage(c *call) (any, *apiError) {
	ch, m, problem := s.messageOf(c)
	if problem == nil && s.may(ch, s.app)&readHistory == 0 {
		problem = refuse(403, 50013, "Missing Permissions")
	}
	return m, problem
}

func (s *Server) editMessage(c *call) (any, *apiError) {
	ch, m, problem := s.messageOf(c)
	if problem != nil {
		return nil, problem
	}
	if m.Author.ID != s.app {
		return nil, refuse(403, 50005, "Cannot edit a message authored by another user")
	}
	if ch.Thread != nil && ch.Thread.Archived {
		return nil, refuse(400, 50083, "Thread is archived")
	}
	return s.edit(ch, m, c)
}

func (s *Server) edit(ch *channel, m *message, c *call) (any, *apiError) {
	p, problem := decode(c)
	if problem == nil {
		p.Flags |= m.Flags & flagComponentsV2
		problem = checkMessage(p, c.files, false)
	}
	if problem != nil {
		return nil, problem
	}
	next := *m
	if p.Content != nil {
		next.Content = *p.Content
	}
	if p.Embeds != nil {
		next.Embeds = *p.Embeds
	}
	if next.Content == "" && len(next.Embeds) == 0 && len(c.files) == 0 && len(m.Attachments) == 0 && (p.Components == nil || len(*p.Components) == 0) {
		return nil, refuse(400, 50006, "Cannot send an empty message")
	}
	s.fill(m, ch, p, c)
	m.Edited = stamp(time.Now())
	m.Flags &^= flagLoading
	if m.Flags&flagEphemeral == 0 {
		s.dispatch("MESSAGE_UPDATE", intentMessages, s.inGuild(m))
	}
	return m, nil
}

func (s *Server) deleteMessage(c *call) (any, *apiError) {
	ch, m, problem := s.messageOf(c)
	if problem != nil {
		return nil, problem
	}
	if m.Author.ID != s.app {
		return nil, refuse(http.StatusForbidden, 50013, "Missing Permissions")
	}
	ch.messages = slices.DeleteFunc(ch.messages, func(other *message) bool { return other == m })
	return nil, nil
}
