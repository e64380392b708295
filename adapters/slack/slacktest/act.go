package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Ref is where something stands that a person presses: a message, or a view.
type Ref struct{ Channel, TS, View string }

// Seen is what a person sees after something they did.
type Seen struct {
	Acked   bool
	Latency time.Duration // to the acknowledgement
	Status  int           // by HTTP
	// Error is what Slack itself shows when the app did not answer: "operation_timeout", "dispatch_failed".
	Error string
	// Errors are those of a form, by the label of its input.
	Errors map[string]string
	// Messages are those that only this person sees and that are new or changed: ephemeral, or from the app directly.
	Messages []Message
	// View is the modal on top, nil for none.
	View *View
	// Asked is the question that was confirmed before a button was pressed.
	Asked string
}

// Text is that of all messages.
func (s Seen) Text() string {
	var all []string
	for _, m := range s.Messages {
		all = append(all, m.Plain)
	}
	return strings.Join(all, "\n")
}

// Type sends a slash command: "/release plan payments 1.1.0", in a channel or, with an empty one, to the app directly.
func (s *Server) Type(user, channel, line string) Seen {
	return s.act(user, func() *Delivery {
		return s.Deliver("slash_commands", user, s.Typed(user, channel, line))
	})
}

// act does something, and waits for what the person sees then.
func (s *Server) act(user string, do func() *Delivery) Seen {
	s.mu.Lock()
	if u := s.users[user]; u == nil || u.Deleted {
		s.mu.Unlock()
		return Seen{Error: "account_inactive"}
	}
	marks := map[*message]int{}
	for _, m := range s.whispers[user] {
		marks[m] = m.edits
	}
	before := s.noticed[user]
	s.mu.Unlock()
	d := do()
	s.reply(d)
	out := Seen{Acked: d.Acked, Latency: d.Latency, Status: d.Status}
	switch {
	case d.Acked:
		s.settle(user, before)
	case d.Status != 0:
		out.Error = "dispatch_failed"
	default:
		out.Error = "operation_timeout"
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.whispers[user] {
		if edits, old := marks[m]; (!old || edits != m.edits) && !m.deleted {
			out.Messages = append(out.Messages, s.message(m))
		}
	}
	out.View = s.top(user)
	return out
}

// settle waits until something appeared, and then until nothing more does.
func (s *Server) settle(user string, before int) {
	count := func() int {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.noticed[user]
	}
	bell := func() <-chan struct{} { // only of what this person sees: many act at once
		if s.bells[user] == nil {
			s.bells[user] = make(chan struct{})
		}
		return s.bells[user]
	}
	if !s.until(func() bool { return count() != before }, bell) {
		return
	}
	for {
		now := count()
		if !s.pause(s.options.Quiet, nil) || count() == now {
			return
		}
	}
}

// reply shows what an acknowledgement carried: the answer to a command.
func (s *Server) reply(d *Delivery) {
	var args map[string]json.RawMessage
	if d.Kind != "slash_commands" || json.Unmarshal(d.Reply, &args) != nil || len(args) == 0 {
		return
	}
	var to struct {
		Channel string `json:"channel_id"`
		Team    string `json:"team_id"`
	}
	_ = json.Unmarshal(d.Payload, &to)
	s.mu.Lock()
	defer s.mu.Unlock()
	text := map[string]string{}
	for k, raw := range args {
		var value string
		if json.Unmarshal(raw, &value) != nil {
			value = string(raw)
		}
		text[k] = value
	}
	w := s.team(to.Team)
	m := &message{w: w, channel: s.channels[to.Channel], user: w.BotUser, only: d.User}
	if text["response_type"] == "in_channel" {
		m.only = ""
	}
	if err := s.fill(m, text, false); err != nil {
		s.wrong = append(s.wrong, fmt.Sprintf("answer to a command: %v", err))
		return
	}
	s.say(m)
}

// at finds the workspace and channel that somebody is in.
func (s *Server) at(user, channel string) (*Workspace, *Channel) {
	u := s.users[user]
	w := s.team(u.Team)
	if channel == "" {
		return w, s.direct(w, user)
	}
	c := s.channels[channel]
	if c == nil || !s.same(c.Team, u.Team) || !slices.Contains(c.Members, user) {
		panic(fmt.Sprintf("slacktest: %s is not in %s", user, channel))
	}
	return s.team(c.Team), c
}

func (c *Channel) name() string {
	switch {
	case c.IM != "":
		return "directmessage"
	case c.Private:
		return "privategroup"
	}
	return c.Name
}

// Typed is the payload of a slash command, for tests that deliver it themselves and wait for no answer.
func (s *Server) Typed(user, channel, line string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, c := s.at(user, channel)
	command, text, _ := strings.Cut(line, " ")
	out := map[string]any{
		"token": "verification-token", "team_id": w.Team, "team_domain": w.Name, "channel_id": c.ID, "channel_name": c.name(), "user_id": user,
		"user_name": s.users[user].Name, "command": command, "text": strings.TrimSpace(text), "api_app_id": AppID, "is_enterprise_install": "false",
		"response_url": s.hook("commands", w, c, user, nil), "trigger_id": s.trigger(user),
	}
	if w.Enterprise != "" {
		out["enterprise_id"], out["enterprise_name"] = w.Enterprise, w.Name
	}
	return out
}

// interaction begins the payload of an interaction. The caller holds the lock.
func (s *Server) interaction(kind string, w *Workspace, user string) map[string]any {
	u := s.users[user]
	team := answer{"id": w.Team, "domain": w.Name}
	var enterprise any
	if w.Enterprise != "" {
		team["enterprise_id"], team["enterprise_name"] = w.Enterprise, w.Name
		enterprise = answer{"id": w.Enterprise, "name": w.Name}
	}
	return map[string]any{
		"type": kind, "token": "verification-token", "api_app_id": AppID, "team": team, "enterprise": enterprise, "is_enterprise_install": false,
		"user": answer{"id": user, "username": u.Name, "name": u.Name, "team_id": u.Team},
	}
}

// Click presses a button by its label or action id, and says yes to what it asks first. A link only tells the app.
func (s *Server) Click(user string, at Ref, button string) Seen {
	var asked string
	out := s.act(user, func() *Delivery {
		payload, question := s.Clicked(user, at, button)
		asked = question
		return s.Deliver("interactive", user, payload)
	})
	out.Asked = asked
	return out
}

// Clicked is the payload of a pressed button with the question that was asked before, for tests that deliver it themselves.
func (s *Server) Clicked(user string, at Ref, button string) (map[string]any, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var blocks []node
	var m *message
	v := s.views[at.View]
	if v != nil {
		blocks = decode(v.blocks)
	} else if m = s.visible(user, at); m != nil {
		blocks = m.all()
	}
	list := buttons(blocks)
	i := slices.IndexFunc(list, func(b Button) bool { return b.Label == button || b.ActionID == button })
	if i < 0 {
		panic(fmt.Sprintf("slacktest: %s sees no button %q at %+v, only %q", user, button, at, labels(list)))
	}
	b := list[i]
	now := time.Now()
	action := answer{
		"type": "button", "action_id": b.ActionID, "block_id": b.BlockID, "text": b.element["text"],
		"action_ts": fmt.Sprintf("%d.%06d", now.Unix(), now.UnixMicro()%1e6),
	}
	for _, name := range []string{"value", "style", "url", "confirm"} {
		if x := b.element[name]; x != nil {
			action[name] = x
		}
	}
	var w *Workspace
	if v != nil {
		w = v.w
	} else {
		w = m.w
	}
	payload := s.interaction("block_actions", w, user)
	payload["trigger_id"], payload["actions"] = s.trigger(user), []any{action}
	if v != nil {
		payload["container"], payload["view"] = answer{"type": "view", "view_id": v.id}, v.json()
		return payload, b.Confirm
	}
	container := answer{"type": "message", "message_ts": m.ts, "channel_id": m.channel.ID, "is_ephemeral": m.only != ""}
	if m.thread != "" {
		container["thread_ts"] = m.thread
	}
	payload["container"], payload["channel"] = container, answer{"id": m.channel.ID, "name": m.channel.name()}
	payload["state"], payload["response_url"] = answer{"values": answer{}}, s.hook("actions", w, m.channel, user, m)
	if m.only == "" {
		payload["message"] = m.json(s, true)
	}
	return payload, b.Confirm
}

// visible finds a message that a person sees. The caller holds the lock.
func (s *Server) visible(user string, at Ref) *message {
	for _, m := range s.whispers[user] {
		if m.ts == at.TS && m.channel.ID == at.Channel && !m.deleted {
			return m
		}
	}
	return s.find(at.Channel, at.TS)
}

func labels(list []Button) (out []string) {
	for _, b := range list {
		out = append(out, b.Label)
	}
	return out
}
