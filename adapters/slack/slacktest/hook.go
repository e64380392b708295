package slacktest

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// hook is a response URL: up to 5 uses within 30 minutes. doc: https://docs.slack.dev/interactivity/handling-user-interaction
type hook struct {
	w       *Workspace
	channel *Channel
	user    string
	source  *message // where a button was pressed, nil for a command
	at      time.Time
	uses    int
}

// hook makes a response URL. The caller holds the lock.
func (s *Server) hook(kind string, w *Workspace, c *Channel, user string, source *message) string {
	path := "/" + kind + "/" + w.Team + "/" + s.id("9") + "/hook"
	s.hooks[path] = &hook{w: w, channel: c, user: user, source: source, at: time.Now()}
	return s.options.URL + path
}

func (s *Server) serveHook(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	fault := s.fault("response_url")
	if !fault.before(w, r, s.done) {
		return
	}
	status, code := s.respond(r, body)
	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: "response_url", Args: map[string]string{"body": string(body)}, At: time.Now(), Error: code, Status: status})
	s.mu.Unlock()
	if !fault.after() {
		panic(http.ErrAbortHandler)
	}
	out := answer{"ok": code == ""}
	if code != "" {
		out["error"] = code
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

func (s *Server) respond(r *http.Request, body []byte) (status int, code string) {
	var fields map[string]json.RawMessage
	if r.Method != http.MethodPost || json.Unmarshal(body, &fields) != nil {
		return http.StatusBadRequest, "invalid_payload"
	}
	args := map[string]string{}
	for k, raw := range fields {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		args[k] = text
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	h := s.hooks[r.URL.Path]
	switch {
	case h == nil:
		return http.StatusNotFound, "no_service"
	case time.Since(h.at) > hookLife:
		return http.StatusNotFound, "expired_url"
	case h.uses >= maxHook:
		return http.StatusNotFound, "used_url"
	}
	q := &request{method: "response_url", w: h.w, args: args}
	if h.source != nil && q.flag("delete_original") {
		h.source.deleted = true
		h.uses++
		s.touch()
		return http.StatusOK, ""
	}
	m := &message{w: h.w, channel: h.channel, user: h.w.BotUser, thread: args["thread_ts"]}
	if args["response_type"] != "in_channel" {
		m.only = h.user
	}
	if h.source != nil && q.flag("replace_original") {
		m = h.source
	}
	if err := s.fill(m, args, false); err != nil {
		return http.StatusBadRequest, err.Error()
	}
	h.uses++
	if m == h.source {
		m.edits++
		s.touch(m.audience()...)
	} else {
		s.say(m)
	}
	return http.StatusOK, ""
}
