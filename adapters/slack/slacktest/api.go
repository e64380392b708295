package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// request is one call of the Web API with its arguments as text: those that are JSON stay JSON.
type request struct {
	method string
	w      *Workspace // nil for an app-level token
	args   map[string]string
}

func (r *request) flag(name string) bool { return r.args[name] == "true" || r.args[name] == "1" }

func (r *request) number(name string, otherwise int) int {
	if n, err := strconv.Atoi(r.args[name]); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// answer is a method's, without "ok".
type answer = map[string]any

// refusal is an error of Slack's: {"ok":false,"error":…}.
type refusal struct {
	code string
	more answer
}

// Error implements error.
func (r *refusal) Error() string { return r.code }

func refuse(code string) error { return &refusal{code: code} }

// method is one of the Web API's: the scopes of which one is needed, its tier, and what it does under the server's lock.
type method struct {
	scopes []string
	tier   int // calls a minute, doc: https://docs.slack.dev/apis/web-api/rate-limits
	do     func(*Server, *request) (answer, error)
}

// Tiers of rate limits in calls a minute; chat.postMessage is limited by channel besides.
const (
	tier2   = 20
	tier3   = 50
	tier4   = 100
	posting = 300 // "several hundred messages per minute" in a workspace
)

var methods = map[string]method{
	"auth.test":             {nil, posting, (*Server).authTest},
	"team.info":             {[]string{"team:read"}, tier3, (*Server).teamInfo},
	"bots.info":             {[]string{"users:read"}, tier3, (*Server).botsInfo},
	"apps.connections.open": {nil, tier2, (*Server).connectionsOpen},

	"chat.postMessage":             {[]string{"chat:write"}, posting, (*Server).postMessage},
	"chat.postEphemeral":           {[]string{"chat:write"}, tier4, (*Server).postEphemeral},
	"chat.update":                  {[]string{"chat:write"}, tier3, (*Server).update},
	"chat.delete":                  {[]string{"chat:write"}, tier3, (*Server).remove},
	"chat.scheduleMessage":         {[]string{"chat:write"}, tier3, (*Server).schedule},
	"chat.getPermalink":            {nil, tier4, (*Server).permalink},
	"reactions.add":                {[]string{"reactions:write"}, tier3, (*Server).react},
	"conversations.info":           {[]string{"channels:read", "groups:read", "im:read"}, tier3, (*Server).conversationInfo},
	"conversations.list":           {[]string{"channels:read", "groups:read", "im:read"}, tier2, (*Server).conversationList},
	"conversations.members":        {[]string{"channels:read", "groups:read", "im:read"}, tier4, (*Server).conversationMembers},
	"conversations.history":        {[]string{"channels:history", "groups:history", "im:history"}, tier3, (*Server).history},
	"conversations.replies":        {[]string{"channels:history", "groups:history", "im:history"}, tier3, (*Server).replies},
	"conversations.open":           {[]string{"im:write", "mpim:write"}, tier3, (*Server).conversationOpen},
	"conversations.join":           {[]string{"channels:join"}, tier3, (*Server).conversationJoin},
	"users.info":                   {[]string{"users:read"}, tier4, (*Server).userInfo},
	"users.list":                   {[]string{"users:read"}, tier2, (*Server).userList},
	"users.lookupByEmail":          {[]string{"users:read.email"}, tier3, (*Server).userByEmail},
	"usergroups.list":              {[]string{"usergroups:read"}, tier2, (*Server).groupList},
	"usergroups.users.list":        {[]string{"usergroups:read"}, tier2, (*Server).groupUsers},
	"views.open":                   {nil, tier4, (*Server).viewOpen},
	"views.push":                   {nil, tier4, (*Server).viewPush},
	"views.update":                 {nil, tier4, (*Server).viewUpdate},
	"views.publish":                {nil, tier4, (*Server).viewPublish},
	"files.getUploadURLExternal":   {[]string{"files:write"}, tier4, (*Server).uploadURL},
	"files.completeUploadExternal": {[]string{"files:write"}, tier4, (*Server).uploadDone},
}

func allScopes() []string {
	out := []string{"commands", "app_mentions:read"}
	for _, m := range methods {
		out = append(out, m.scopes...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (w *Workspace) granted(scopes ...string) bool {
	return len(scopes) == 0 || slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(w.Scopes, s) })
}

// Call is one request to the Web API, as it was answered.
type Call struct {
	Method string
	Args   map[string]string
	At     time.Time
	Error  string // empty if ok
	Status int
}

// Calls are the requests to the Web API so far, or those of one method.
func (s *Server) Calls(method string) (out []Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if method == "" || c.Method == method {
			out = append(out, c)
		}
	}
	return out
}

func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, name string) {
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err != nil {
		return
	}
	q := &request{method: name}
	token, err := q.read(r, body)
	s.validate(q)
	fault := s.fault(name)
	if !fault.before(w, r, s.done) {
		return
	}
	var out answer
	status, header := http.StatusOK, w.Header()
	if err == nil {
		out, err = s.call(q, token, fault, header)
	}
	if err != nil {
		var more answer
		code := err.Error()
		if f, ok := err.(*refusal); ok {
			more = f.more
		}
		if code == "ratelimited" {
			status = http.StatusTooManyRequests
		}
		out = answer{"error": code}
		for k, v := range more {
			out[k] = v
		}
	}
	out["ok"] = err == nil
	call := Call{Method: name, Args: q.args, At: time.Now(), Status: status}
	if err != nil {
		call.Error = err.Error()
	}
	s.mu.Lock()
	s.calls = append(s.calls, call)
	s.mu.Unlock()
	if !fault.after() {
		panic(http.ErrAbortHandler) // done, and the answer is lost
	}
	header.Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out)
}

// call performs a method under the lock.
func (s *Server) call(q *request, token string, fault *Fault, header http.Header) (answer, error) {
	m, known := methods[q.method]
	if !known {
		return nil, refuse("unknown_method")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault != nil && fault.Error != "" {
		return nil, refuse(fault.Error)
	}
	if err := s.authenticate(q, token); err != nil {
		return nil, err
	}
	if q.w != nil {
		header.Set("X-OAuth-Scopes", strings.Join(q.w.Scopes, ","))
		header.Set("X-Accepted-OAuth-Scopes", strings.Join(m.scopes, ","))
		if !q.w.granted(m.scopes...) {
			return nil, &refusal{"missing_scope", answer{"needed": strings.Join(m.scopes, ","), "provided": strings.Join(q.w.Scopes, ",")}}
		}
	}
	if wait := s.pace(q, m); wait > 0 {
		header.Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		return nil, refuse("ratelimited")
	}
	out, err := m.do(s, q)
	if out == nil && err == nil {
		out = answer{}
	}
	return out, err
}

// authenticate finds the workspace that a token belongs to. Methods for the app itself want the app's token, the others none of it.
func (s *Server) authenticate(q *request, token string) error {
	switch {
	case token == "":
		return refuse("not_authed")
	case q.method == "apps.connections.open":
		if token != AppToken {
			return refuse("not_allowed_token_type")
		}
		return nil
	case token == AppToken && q.method == "auth.test":
		return nil
	}
	i := slices.IndexFunc(s.workspaces, func(w *Workspace) bool { return w.BotToken == token })
	if i < 0 {
		return refuse("invalid_auth")
	}
	if q.w = s.workspaces[i]; q.w.revoked {
		return refuse("token_revoked")
	}
	return nil
}

// read takes the arguments from the query and a form or JSON body, and the token from the header or the arguments.
func (r *request) read(in *http.Request, body []byte) (token string, err error) {
	r.args = map[string]string{}
	fill := func(v url.Values) {
		for k := range v {
			r.args[k] = v.Get(k)
		}
	}
	fill(in.URL.Query())
	switch kind, _, _ := strings.Cut(in.Header.Get("Content-Type"), ";"); kind {
	case "application/json":
		var fields map[string]json.RawMessage
		if len(body) > 0 && json.Unmarshal(body, &fields) != nil {
			return "", refuse("invalid_json")
		}
		for k, raw := range fields {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			if string(raw) != "null" {
				r.args[k] = text
			}
		}
	case "", "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return "", refuse("invalid_form_data")
		}
		fill(form)
	default:
		return "", refuse("invalid_post_type")
	}
	token = r.args["token"]
	delete(r.args, "token")
	if bearer, ok := strings.CutPrefix(in.Header.Get("Authorization"), "Bearer "); ok {
		token = bearer
	}
	return token, nil
}

// page cuts a list by limit and cursor, and names the next page.
func page[T any](q *request, list []T, standard int) ([]T, answer) {
	from := 0
	if _, err := fmt.Sscanf(q.args["cursor"], "from:%d", &from); err != nil || from > len(list) {
		from = 0
	}
	to := min(from+q.number("limit", standard), len(list))
	next := ""
	if to < len(list) {
		next = fmt.Sprintf("from:%d", to)
	}
	return list[from:to], answer{"next_cursor": next}
}
