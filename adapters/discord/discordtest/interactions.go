package discordtest

import (
	"fmt"
	"slices"
	"time"
)

// How long Discord waits: discord.com/developers/docs/interactions/receiving-and-responding.
const (
	firstResponseWithin = 3 * time.Second
	tokenLives          = 15 * time.Minute
)

// Kinds of interaction.
const (
	askCommand      = 2
	askComponent    = 3
	askAutocomplete = 4
	askModal        = 5
)

// Kinds of response.
const (
	respondPong         = 1
	respondMessage      = 4
	respondDefer        = 5
	respondDeferUpdate  = 6
	respondUpdate       = 7
	respondAutocomplete = 8
	respondModal        = 9
)

// Interaction is something that a person did, and what they see of it. It goes on changing while the bot answers.
type Interaction struct {
	server *Server
	id     string
	token  string
	kind   int
	user   string
	place  *channel
	on     *message // of a component
	body   map[string]any
	at     time.Time

	first    chan struct{} // closed with the first response, or when it is too late
	done     bool          // first is closed
	response int           // kind of the first response; 0 is none
	latency  time.Duration
	failed   string
	original *message
	more     []*message
	choices  []Choice
	modal    *modalBody
	changed  chan struct{} // closed at each change, and replaced
}

// ID is the interaction's id.
func (i *Interaction) ID() string { return i.id }

func (i *Interaction) touch() {
	close(i.changed)
	i.changed = make(chan struct{})
}

// respond ends the wait for the first response.
func (i *Interaction) respond(kind int) {
	if i.done {
		return
	}
	i.done, i.response, i.latency = true, kind, time.Since(i.at)
	i.server.waits = append(i.server.waits, i.latency)
	close(i.first)
	i.touch()
}

// give up on an interaction that the application did not answer in time.
func (i *Interaction) giveUp(why string) {
	if i.done {
		return
	}
	i.done, i.latency, i.failed = true, -1, why
	i.server.waits = append(i.server.waits, -1)
	close(i.first)
	i.touch()
}

// newInteraction makes one and the body that describes it to the application.
func (s *Server) newInteraction(kind int, userID, channelID string, data map[string]any, on *message) (*Interaction, error) {
	ch := s.channels[channelID]
	if ch == nil {
		return nil, fmt.Errorf("there is no channel %s", channelID)
	}
	g := s.guilds[ch.GuildID]
	if g == nil || g.members[userID] == nil {
		return nil, fmt.Errorf("%s is not in that server", userID)
	}
	if s.may(ch, userID)&(viewChannel|useCommands) != viewChannel|useCommands {
		return nil, fmt.Errorf("%s may not use commands there", userID)
	}
	i := &Interaction{
		server: s, id: s.id(), token: s.secret(120), kind: kind, user: userID, place: ch, on: on, at: time.Now(),
		first: make(chan struct{}), changed: make(chan struct{}),
	}
	asker := *g.members[userID]
	asker.Permissions = permissions(s.may(ch, userID))
	i.body = map[string]any{
		"id": i.id, "application_id": s.app, "type": kind, "token": i.token, "version": 1, "guild_id": g.ID, "channel_id": ch.ID,
		"guild": map[string]any{"id": g.ID, "locale": "en-US", "features": []string{}}, "channel": partial(ch, s.may(ch, userID)),
		"member": asker, "data": data, "app_permissions": permissions(s.may(ch, s.app)), "locale": "en-GB", "guild_locale": "en-US",
		"entitlements": []any{}, "authorizing_integration_owners": map[string]string{"0": g.ID}, "context": 0,
		"attachment_size_limit": mostFile,
	}
	if on != nil {
		i.body["message"] = s.inGuild(on)
	}
	s.asked[i.id], s.tokens[i.token] = i, i
	return i, nil
}

// partial is a channel as an interaction has it.
func partial(ch *channel, bits uint64) map[string]any {
	out := map[string]any{
		"id": ch.ID, "type": ch.Type, "guild_id": ch.GuildID, "name": ch.Name, "parent_id": ch.Parent, "permissions": permissions(bits),
		"flags": ch.Flags, "last_message_id": ch.LastMessage,
	}
	if ch.Thread != nil {
		out["thread_metadata"] = ch.Thread
	} else {
		out["position"], out["topic"], out["nsfw"] = ch.Position, ch.Topic, ch.NSFW
	}
	return out
}

// answerBody is a response to an interaction.
type answerBody struct {
	Type int `json:"type"`
}

func (s *Server) callback(c *call) (any, *apiError) {
	i := s.asked[c.PathValue("id")]
	if i == nil || i.token != c.PathValue("token") {
		return nil, refuse(404, 10062, "Unknown interaction")
	}
	if problem := s.take1(i, c); problem != nil {
		return nil, problem
	}
	if c.URL.Query().Get("with_response") != "true" {
		return nil, nil
	}
	out := map[string]any{"id": i.id, "type": i.kind}
	resource := map[string]any{"type": i.response}
	if m := i.original; m != nil {
		out["response_message_id"], out["response_message_loading"] = m.ID, m.Flags&flagLoading != 0
		out["response_message_ephemeral"] = m.Flags&flagEphemeral != 0
		resource["message"] = m
	}
	return map[string]any{"interaction": out, "resource": resource}, nil
}

// take1 takes the first response, whichever way it came.
func (s *Server) take1(i *Interaction, c *call) *apiError {
	switch {
	case i.done && i.latency < 0:
		return refuse(404, 10062, "Unknown interaction")
	case i.done:
		return refuse(400, 40060, "Interaction has already been acknowledged.")
	}
	var a answerBody
	if problem := c.into(&a); problem != nil {
		return problem
	}
	allowed := map[int][]int{
		askCommand: {respondMessage, respondDefer, respondModal}, askAutocomplete: {respondAutocomplete},
		askComponent: {respondMessage, respondDefer, respondDeferUpdate, respondUpdate, respondModal},
		askModal:     {respondMessage, respondDefer},
	}[i.kind]
	if i.kind == askModal && i.on != nil {
		allowed = append(allowed, respondDeferUpdate, respondUpdate)
	}
	f := &form{}
	if !slices.Contains(allowed, a.Type) {
		f.wrong("type", "BASE_TYPE_CHOICES", "Value must be one of %v.", allowed)
		return f.problem()
	}
	inner := &call{Request: c.Request, files: c.files, names: c.names}
	if data := c.field("data"); data != nil {
		inner.body = data
	}
	if problem := s.takeData(i, a.Type, inner); problem != nil {
		return problem
	}
	i.respond(a.Type)
	return nil
}

func (s *Server) takeData(i *Interaction, kind int, c *call) *apiError {
	switch kind {
	case respondMessage, respondDefer:
		p, problem := decode(c)
		if problem != nil {
			return problem
		}
		if kind == respondMessage {
			if problem := checkMessage(p, c.files, true); problem != nil {
				return problem
			}
		} else {
			p = &payload{Flags: p.Flags}
		}
		m := s.said(i, p, c)
		if kind == respondDefer {
			m.Flags |= flagLoading
		}
		i.original = m
	case respondDeferUpdate:
		i.original = i.on
	case respondUpdate:
		if i.on == nil {
			return refuse(400, 50035, "Invalid Form Body")
		}
		if _, problem := s.edit(i.place, i.on, c); problem != nil {
			return problem
		}
		i.original = i.on
	case respondAutocomplete:
		var body struct {
			Choices []Choice `json:"choices"`
		}
		if problem := c.into(&body); problem != nil {
			return problem
		}
		f, size := &form{}, 0
		f.choices("data.choices", option{Type: focusedType(i.body), Choices: body.Choices}, &size)
		if f.errors != nil {
			return f.problem()
		}
		i.choices = list(body.Choices)
	case respondModal:
		m := &modalBody{}
		if problem := c.into(m); problem != nil {
			return problem
		}
		if problem := checkModal(m); problem != nil {
			return problem
		}
		i.modal = m
		s.opened[i.user] = i
	}
	return nil
}

// said makes a message that answers an interaction: seen by all in the channel, or by the asker alone.
func (s *Server) said(i *Interaction, p *payload, c *call) *message {
	m := &message{
		Type: messageDefault, Author: s.users[s.app], Application: s.app, Webhook: s.app,
		Flags: p.Flags & (flagEphemeral | flagSuppressEmbeds | flagSilent | flagComponentsV2),
		Asked: map[string]any{"id": i.id, "type": i.kind, "user": s.users[i.user], "authorizing_integration_owners": map[string]string{"0": i.place.GuildID}},
	}
	if i.kind == askCommand {
		m.Type = messageCommand
	}
	s.fill(m, i.place, p, c)
	if m.Flags&flagEphemeral != 0 {
		m.ID, m.Timestamp, m.reader = s.id(), stamp(time.Now()), i.user
		s.posts[m.ID] = m
		return m
	}
	s.put(i.place, m)
	return m
}

// answered finds the interaction whose token a path carries, while it is valid.
func (s *Server) answered(c *call) (*Interaction, *apiError) {
	i := s.tokens[c.PathValue("token")]
	switch {
	case i == nil || c.PathValue("app") != s.app || !i.done || i.latency < 0:
		return nil, refuse(404, 10015, "Unknown Webhook")
	case time.Since(i.at) > tokenLives:
		return nil, refuse(401, 50027, "Invalid Webhook Token")
	}
	return i, nil
}

func (s *Server) followUp(c *call) (any, *apiError) {
	i, problem := s.answered(c)
	if problem != nil {
		return nil, problem
	}
	p, problem := decode(c)
	if problem != nil {
		return nil, problem
	}
	if i.original != nil && i.original.Flags&flagLoading != 0 { // the first one takes the place of "thinking"
		defer i.touch()
		return s.edit(i.place, i.original, c)
	}
	if problem := checkMessage(p, c.files, true); problem != nil {
		return nil, problem
	}
	m := s.said(i, p, c)
	i.more = append(i.more, m)
	i.touch()
	return m, nil
}

// answerOf finds a message of an interaction: "@original", or a follow-up by its id.
func (s *Server) answerOf(c *call) (*Interaction, *message, *apiError) {
	i, problem := s.answered(c)
	if problem != nil {
		return nil, nil, problem
	}
	id := c.PathValue("message")
	if id == "@original" && i.original != nil {
		return i, i.original, nil
	}
	for _, m := range append(slices.Clone(i.more), i.original) {
		if m != nil && m.ID == id {
			return i, m, nil
		}
	}
	return nil, nil, refuse(404, 10008, "Unknown Message")
}

func (s *Server) getAnswer(c *call) (any, *apiError) {
	_, m, problem := s.answerOf(c)
	return m, problem
}

func (s *Server) editAnswer(c *call) (any, *apiError) {
	i, m, problem := s.answerOf(c)
	if problem != nil {
		return nil, problem
	}
	defer i.touch()
	return s.edit(i.place, m, c)
}

func (s *Server) deleteAnswer(c *call) (any, *apiError) {
	i, m, problem := s.answerOf(c)
	if problem != nil {
		return nil, problem
	}
	defer i.touch()
	if m == i.original {
		i.original = nil
	}
	i.more = slices.DeleteFunc(i.more, func(other *message) bool { return other == m })
	i.place.messages = slices.DeleteFunc(i.place.messages, func(other *message) bool { return other == m })
	return nil, nil
}
