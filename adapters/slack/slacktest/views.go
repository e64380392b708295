package slacktest

import (
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"
)

// Slack's deadlines and limits of views. doc: https://docs.slack.dev/surfaces/modals, https://docs.slack.dev/reference/views
const (
	triggerLife    = 3 * time.Second
	maxTitle       = 24
	maxPrivate     = 3000
	maxCallback    = 255
	maxViews       = 3 // in a stack
	maxHook        = 5 // uses of a response URL
	hookLife       = 30 * time.Minute
	maxViewPayload = 250_000
)

// trigger lets the app open a modal for whoever just did something: once, within 3 seconds.
type trigger struct {
	user string
	at   time.Time
	used bool
}

// view is a modal or a Home tab.
type view struct {
	id, hash, user    string
	w                 *Workspace
	root, previous    string
	kind, callback    string
	external, private string
	title             node
	submit, close     node
	clear, notify     bool
	blocks, source    json.RawMessage
	updates           int
}

// trigger makes a trigger id. The caller holds the lock.
func (s *Server) trigger(user string) string {
	id := fmt.Sprintf("%d.%d.%s", time.Now().UnixMilli(), len(s.triggers)+1, s.id("trigger"))
	s.triggers[id] = &trigger{user: user, at: time.Now()}
	return id
}

func (s *Server) pull(q *request) (string, error) {
	t := s.triggers[q.args["trigger_id"]]
	switch {
	case t == nil:
		return "", refuse("invalid_trigger_id")
	case t.used:
		return "", refuse("exchanged_trigger_id")
	case time.Since(t.at) > triggerLife:
		return "", refuse("expired_trigger_id")
	}
	t.used = true
	return t.user, nil
}

// draw puts what a call describes into a view. The caller holds the lock.
func (s *Server) draw(v *view, raw, kind string) error {
	var d struct {
		Type     string          `json:"type"`
		Title    node            `json:"title"`
		Submit   node            `json:"submit"`
		Close    node            `json:"close"`
		Blocks   json.RawMessage `json:"blocks"`
		Private  string          `json:"private_metadata"`
		Callback string          `json:"callback_id"`
		External string          `json:"external_id"`
		Clear    bool            `json:"clear_on_close"`
		Notify   bool            `json:"notify_on_close"`
	}
	if err := json.Unmarshal([]byte(raw), &d); err != nil {
		return refuse("invalid_arguments")
	}
	c := &checker{}
	blocks := c.blocks(d.Blocks, OnView)
	switch {
	case d.Type != kind:
		c.wrong("/view/type", "must be "+kind)
	case kind == "modal" && d.Title == nil:
		c.wrong("/view", "missing required field: title")
	}
	for name, n := range map[string]node{"title": d.Title, "submit": d.Submit, "close": d.Close} {
		if n != nil {
			c.text(n, "/view/"+name, maxTitle, "plain_text")
		}
	}
	for _, b := range blocks {
		if b.str("type") == "input" && d.Submit == nil && kind == "modal" {
			c.wrong("/view", "missing required field: submit")
			break
		}
	}
	if utf8.RuneCountInString(d.Private) > maxPrivate {
		c.wrong("/view/private_metadata", tooLong(maxPrivate))
	}
	if utf8.RuneCountInString(d.Callback) > maxCallback {
		c.wrong("/view/callback_id", tooLong(maxCallback))
	}
	if len(raw) > maxViewPayload {
		return refuse("view_too_large")
	}
	if len(c.errors) > 0 {
		return &refusal{"invalid_arguments", answer{"response_metadata": answer{"messages": c.errors}}}
	}
	v.kind, v.title, v.submit, v.close, v.blocks = d.Type, d.Title, d.Submit, d.Close, s.identify(d.Blocks)
	v.source = json.RawMessage(raw)
	v.private, v.callback, v.external, v.clear, v.notify = d.Private, d.Callback, d.External, d.Clear, d.Notify
	s.serial++
	v.hash = fmt.Sprintf("%d.%08x", time.Now().Unix(), s.serial)
	v.updates++
	s.touch(v.user)
	return nil
}

func (v *view) json() answer {
	if v.kind == "home" && v.title == nil {
		v.title = node{"type": "plain_text", "text": "View Title", "emoji": true} // as Slack says it of every Home tab
	}
	text := func(n node) any {
		if n == nil {
			return nil
		}
		return n
	}
	return answer{
		"id": v.id, "team_id": v.w.Team, "type": v.kind, "callback_id": v.callback, "external_id": v.external, "private_metadata": v.private,
		"hash": v.hash, "blocks": v.blocks, "title": text(v.title), "submit": text(v.submit), "close": text(v.close), "clear_on_close": v.clear,
		"notify_on_close": v.notify, "root_view_id": v.root, "previous_view_id": nullable(v.previous), "app_id": AppID, "bot_id": v.w.BotID,
		"app_installed_team_id": v.w.Team, "state": answer{"values": answer{}},
	}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// open puts a new modal on top of a person's stack. The caller holds the lock.
func (s *Server) open(w *Workspace, user, raw string, push bool) (*view, error) {
	v := &view{id: s.id("V"), user: user, w: w}
	v.root = v.id
	stack := s.stacks[user]
	if push {
		switch {
		case len(stack) == 0:
			return nil, refuse("not_found")
		case len(stack) >= maxViews:
			return nil, refuse("push_limit_reached")
		}
		v.root, v.previous = stack[0].id, stack[len(stack)-1].id
	} else {
		stack = nil
	}
	if err := s.draw(v, raw, "modal"); err != nil {
		return nil, err
	}
	s.stacks[user] = append(stack, v)
	s.views[v.id] = v
	return v, nil
}

func (s *Server) viewOpen(q *request) (answer, error) { return s.viewNew(q, false) }
func (s *Server) viewPush(q *request) (answer, error) { return s.viewNew(q, true) }

func (s *Server) viewNew(q *request, push bool) (answer, error) {
	user, err := s.pull(q)
	if err != nil {
		return nil, err
	}
	v, err := s.open(q.w, user, q.args["view"], push)
	if err != nil {
		return nil, err
	}
	return answer{"view": v.json()}, nil
}

func (s *Server) viewUpdate(q *request) (answer, error) {
	v := s.views[q.args["view_id"]]
	if external := q.args["external_id"]; v == nil && external != "" {
		for _, other := range s.views {
			if other.external == external {
				v = other
			}
		}
	}
	switch {
	case v == nil || v.w != q.w:
		return nil, refuse("not_found")
	case q.args["hash"] != "" && q.args["hash"] != v.hash:
		return nil, refuse("hash_conflict")
	}
	if err := s.draw(v, q.args["view"], v.kind); err != nil {
		return nil, err
	}
	return answer{"view": v.json()}, nil
}

func (s *Server) viewPublish(q *request) (answer, error) {
	u := s.users[q.args["user_id"]]
	if u == nil || u.Deleted || !s.same(u.Team, q.w.Team) {
		return nil, refuse("invalid_arguments")
	}
	v := s.homes[u.ID]
	if v == nil {
		v = &view{id: s.id("V"), user: u.ID, w: q.w}
		v.root = v.id
	} else if h := q.args["hash"]; h != "" && h != v.hash {
		return nil, refuse("hash_conflict")
	}
	if err := s.draw(v, q.args["view"], "home"); err != nil {
		return nil, err
	}
	s.homes[u.ID], s.views[v.id] = v, v
	return answer{"view": v.json()}, nil
}
