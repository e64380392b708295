package slacktest

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// message is one thing said: by the app or a person, in a channel or for one person alone.
type message struct {
	w           *Workspace
	channel     *Channel
	ts, thread  string
	user        string // who said it
	only        string // whom alone it is shown to
	text        string
	blocks      json.RawMessage
	attachments json.RawMessage
	metadata    json.RawMessage
	files       []*File
	edits       int
	broadcast   bool
	deleted     bool
}

// Limits of a message's text. doc: https://docs.slack.dev/reference/methods/chat.postMessage#truncating
const (
	maxText       = 40_000
	maxUpdateText = 4_000 // bytes, chat.update: msg_too_long
	maxMetadata   = 8_000 // bytes of metadata's JSON
	// maxBlocksText bounds the characters of all blocks, which no page states: "12,000 text characters with a buffer for block
	// containers", said at https://github.com/slackapi/bolt-js/issues/2509 (msg_blocks_too_long).
	maxBlocksText = 12_000
)

// everybody is what calls all of a channel or group, which this app never means: somebody typed it and it was not escaped.
var everybody = regexp.MustCompile(`<!(channel|here|everyone|subteam)`)

// calls reports whether marked-up text among the blocks calls everybody; plain text can't.
func calls(list []node) bool {
	return slices.ContainsFunc(list, func(n node) bool {
		if n.str("type") == "mrkdwn" && everybody.MatchString(n.str("text")) {
			return true
		}
		for name, v := range n {
			if inside, ok := v.(map[string]any); ok && calls([]node{inside}) || calls(n.list(name)) {
				return true
			}
		}
		return false
	})
}

// fill takes what a message says from a call or a response URL. The caller holds the lock.
func (s *Server) fill(m *message, args map[string]string, editing bool) error {
	text, hasText := args["text"]
	blocks, attachments := []byte(args["blocks"]), []byte(args["attachments"])
	switch {
	case !hasText && len(blocks) == 0 && len(attachments) == 0, text == "" && empty(blocks) && empty(attachments) && !editing:
		return refuse("no_text")
	case utf8.RuneCountInString(text) > maxText, editing && len(text) > maxUpdateText:
		return refuse("msg_too_long")
	case len(args["metadata"]) > maxMetadata:
		return refuse("metadata_too_large")
	}
	if wrong := Check(blocks, OnMessage); wrong != nil {
		return &refusal{"invalid_blocks", answer{"errors": wrong, "response_metadata": answer{"messages": wrong}}}
	}
	var list []struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if len(attachments) > 0 && json.Unmarshal(attachments, &list) != nil || len(list) > 100 {
		return refuse("invalid_attachments")
	}
	for _, a := range list {
		if wrong := Check(a.Blocks, OnMessage); wrong != nil {
			return &refusal{"invalid_blocks", answer{"errors": wrong, "response_metadata": answer{"messages": wrong}}}
		}
	}
	if texts(decode(blocks)) > maxBlocksText {
		return refuse("msg_blocks_too_long")
	}
	if raw := args["metadata"]; raw != "" {
		var meta struct {
			Type    string         `json:"event_type"`
			Payload map[string]any `json:"event_payload"`
		}
		if json.Unmarshal([]byte(raw), &meta) != nil || meta.Type == "" || meta.Payload == nil {
			return refuse("invalid_metadata_format")
		}
		m.metadata = json.RawMessage(raw)
	}
	if everybody.MatchString(text) || calls(decode(blocks)) || calls(decode(attachments)) {
		s.wrong = append(s.wrong, "a message calls everybody: "+text)
	}
	m.text, m.blocks = text, nil
	if !empty(blocks) {
		m.blocks = s.identify(blocks)
	}
	if len(attachments) > 0 || !editing {
		m.attachments = attachments
	}
	return nil
}

// texts counts the characters that blocks show.
func texts(list []node) (n int) {
	for _, b := range list {
		for name, v := range b {
			switch v := v.(type) {
			case string:
				if name == "text" {
					n += utf8.RuneCountInString(v)
				}
			case map[string]any:
				n += texts([]node{v})
			case []any:
				n += texts(b.list(name))
			}
		}
	}
	return n
}

func empty(list []byte) bool {
	text := strings.TrimSpace(string(list))
	return text == "" || text == "[]" || text == "null"
}

// all are the blocks of a message, those of its attachments last.
func (m *message) all() []node {
	out := decode(m.blocks)
	for _, a := range decode(m.attachments) {
		out = append(out, a.list("blocks")...)
	}
	return out
}

func (m *message) json(s *Server, metadata bool) answer {
	out := answer{"type": "message", "ts": m.ts, "text": m.text, "user": m.user, "team": m.channel.Team}
	if m.w != nil {
		out["bot_id"], out["app_id"] = m.w.BotID, AppID
		out["bot_profile"] = answer{"id": m.w.BotID, "app_id": AppID, "name": "gonogo", "deleted": false, "team_id": m.w.Team, "updated": 1700000000}
	}
	for name, raw := range map[string]json.RawMessage{"blocks": m.blocks, "attachments": m.attachments} {
		if len(raw) > 0 {
			out[name] = raw
		}
	}
	if metadata && len(m.metadata) > 0 {
		out["metadata"] = m.metadata
	}
	if m.thread != "" {
		out["thread_ts"] = m.thread
	}
	if m.broadcast {
		out["subtype"] = "thread_broadcast"
	}
	if m.edits > 0 {
		out["edited"] = answer{"user": m.user, "ts": m.ts}
	}
	if replies := s.thread(m.channel.ID, m.ts); len(replies) > 0 {
		out["thread_ts"], out["reply_count"], out["latest_reply"] = m.ts, len(replies), replies[len(replies)-1].ts
	}
	var files []answer
	for _, f := range m.files {
		files = append(files, answer{"id": f.ID, "name": f.Name, "title": f.Title, "size": len(f.Content), "mode": "hosted"})
	}
	if files != nil {
		out["files"] = files
	}
	return out
}

// say adds a message. The caller holds the lock.
func (s *Server) say(m *message) {
	m.ts = s.ts()
	s.messages = append(s.messages, m)
	s.byTS[m.ts] = m
	if m.thread != "" {
		s.threads[m.thread] = append(s.threads[m.thread], m)
	}
	for _, u := range m.audience() {
		s.whispers[u] = append(s.whispers[u], m)
	}
	s.touch(m.audience()...)
}

// audience is the one person who sees a message, if it is for one alone.
func (m *message) audience() []string {
	switch {
	case m.only != "":
		return []string{m.only}
	case m.channel.IM != "":
		return []string{m.channel.IM}
	}
	return nil
}

// find returns a message that is there, ephemeral ones left out. The caller holds the lock.
func (s *Server) find(channel, ts string) *message {
	if m := s.byTS[ts]; m != nil && m.channel.ID == channel && m.only == "" && !m.deleted {
		return m
	}
	return nil
}

// thread returns the replies to a message, oldest first. The caller holds the lock.
func (s *Server) thread(channel, ts string) (out []*message) {
	for _, m := range s.threads[ts] {
		if m.channel.ID == channel && m.only == "" && !m.deleted {
			out = append(out, m)
		}
	}
	return out
}

// place finds where the app says something: a channel that it is in, or a person to say it to. The caller holds the lock.
func (s *Server) place(q *request) (*Channel, error) {
	id := q.args["channel"]
	if u := s.users[id]; u != nil && s.same(u.Team, q.w.Team) {
		return s.direct(q.w, id), nil
	}
	c := s.channels[id]
	switch {
	case c == nil || !s.same(c.Team, q.w.Team):
		return nil, refuse("channel_not_found")
	case c.Private && !slices.Contains(c.Members, q.w.BotUser):
		return nil, refuse("channel_not_found") // a private channel hides itself
	case !slices.Contains(c.Members, q.w.BotUser):
		return nil, refuse("not_in_channel")
	case c.Archived:
		return nil, refuse("is_archived")
	}
	return c, nil
}

func (s *Server) postMessage(q *request) (answer, error) {
	c, err := s.place(q)
	if err != nil {
		return nil, err
	}
	m := &message{w: q.w, channel: c, user: q.w.BotUser, thread: q.args["thread_ts"], broadcast: q.flag("reply_broadcast")}
	if err := s.fill(m, q.args, false); err != nil {
		return nil, err
	}
	if m.thread != "" {
		parent := s.find(c.ID, m.thread)
		if parent == nil {
			return nil, refuse("thread_not_found")
		}
		if parent.thread != "" {
			m.thread = parent.thread // a reply's ts finds its thread
		}
	}
	s.say(m)
	return answer{"channel": c.ID, "ts": m.ts, "message": m.json(s, true)}, nil
}

func (s *Server) postEphemeral(q *request) (answer, error) {
	c, err := s.place(q)
	if err != nil {
		return nil, err
	}
	user := q.args["user"]
	if u := s.users[user]; u == nil || u.Deleted || !slices.Contains(c.Members, user) {
		return nil, refuse("user_not_in_channel")
	}
	m := &message{w: q.w, channel: c, user: q.w.BotUser, only: user, thread: q.args["thread_ts"]}
	if err := s.fill(m, q.args, false); err != nil {
		return nil, err
	}
	s.say(m)
	return answer{"message_ts": m.ts}, nil
}

// own finds a message that the app may change.
func (s *Server) own(q *request, code string) (*message, error) {
	c := s.channels[q.args["channel"]]
	if c == nil || !s.same(c.Team, q.w.Team) {
		return nil, refuse("channel_not_found")
	}
	m := s.find(c.ID, q.args["ts"])
	switch {
	case m == nil:
		return nil, refuse("message_not_found")
	case m.user != q.w.BotUser:
		return nil, refuse(code)
	}
	return m, nil
}

func (s *Server) update(q *request) (answer, error) {
	m, err := s.own(q, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if m.channel.Archived {
		return nil, refuse("is_archived")
	}
	if err := s.fill(m, q.args, true); err != nil {
		return nil, err
	}
	m.edits++
	s.touch(m.audience()...)
	said := m.json(s, true)
	delete(said, "ts")
	return answer{"channel": m.channel.ID, "ts": m.ts, "text": m.text, "message": said}, nil
}

func (s *Server) remove(q *request) (answer, error) {
	m, err := s.own(q, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	m.deleted = true
	s.touch()
	return answer{"channel": m.channel.ID, "ts": m.ts}, nil
}
