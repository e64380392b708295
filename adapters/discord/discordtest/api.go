package discordtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// largestRequest is what Discord takes in one request without boosts: 10 MiB of files and the form around them.
const largestRequest = 11 << 20

// apiError is Discord's answer to a request that it refuses.
type apiError struct {
	Status  int            `json:"-"`
	Code    int            `json:"code"`
	Message string         `json:"message"`
	Errors  map[string]any `json:"errors,omitempty"`

	limit *limit
}

func refuse(status, code int, message string) *apiError {
	return &apiError{Status: status, Code: code, Message: message}
}

// call is one request under way.
type call struct {
	*http.Request
	body  []byte // JSON
	files map[string][]byte
	names map[string]string // of the files
}

// into decodes the body.
func (c *call) into(v any) *apiError {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return &apiError{Status: 400, Code: 50035, Message: "Invalid Form Body", Errors: map[string]any{
			"_errors": []any{map[string]any{"code": "MODEL_TYPE_CONVERT", "message": err.Error()}},
		}}
	}
	return nil
}

type handler func(c *call) (any, *apiError)

func (s *Server) on(pattern string, h handler) {
	s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, h)
	})
}

// ServeHTTP implements http.Handler: the API under /api/v10 and /api/v9, the gateway wherever a web socket is asked for, and
// what was attached to messages.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Upgrade"), "websocket") {
		s.connect(w, r)
		return
	}
	for _, prefix := range []string{"/api/v10", "/api/v9"} {
		if rest, ok := strings.CutPrefix(r.URL.Path, prefix+"/"); ok {
			u := *r.URL
			u.Path, u.RawPath = "/"+rest, ""
			r = r.Clone(r.Context())
			r.URL = &u
			s.mux.ServeHTTP(w, r)
			return
		}
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/attachments/"); ok && r.Method == http.MethodGet {
		if text, ok := s.File(path.Dir(id), path.Base(id)); ok {
			_, _ = io.WriteString(w, text)
			return
		}
	}
	http.NotFound(w, r)
}

// answer takes one request of the API: read, checked, perhaps disturbed, authorised, rationed, done, answered.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, h handler) {
	c, problem := read(r)
	entry := s.note(r, c)
	if problem == nil && r.Pattern != "/" {
		s.check(r, c)
	}
	fault := s.disturb(r)
	if fault != nil {
		if !pause(r, fault.Delay) {
			return
		}
		if fault.Status != 0 {
			s.finish(w, r, entry, fault.Status, nil, &apiError{Status: fault.Status, Message: http.StatusText(fault.Status)}, fault)
			return
		}
		if fault.Cut {
			panic(http.ErrAbortHandler)
		}
	}
	s.mu.Lock()
	if problem == nil {
		problem = s.authorise(c)
	}
	limits, problem := s.ration(r, problem)
	var body any
	if problem == nil {
		body, problem = h(c)
	}
	// What is answered is written down while nothing else changes it.
	status, raw := render(body, problem)
	s.mu.Unlock()
	for name, value := range limits {
		w.Header().Set(name, value)
	}
	s.finish(w, r, entry, status, raw, nil, fault)
}

func (s *Server) finish(w http.ResponseWriter, r *http.Request, entry, status int, raw []byte, problem *apiError, fault *Fault) {
	if problem != nil {
		status, raw = render(nil, problem)
	}
	if fault != nil && fault.Lose {
		panic(http.ErrAbortHandler)
	}
	s.mu.Lock()
	s.log[entry].Status = status
	s.mu.Unlock()
	if status != http.StatusNoContent {
		w.Header().Set("Content-Type", "application/json")
	}
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}

func render(body any, problem *apiError) (int, []byte) {
	if problem != nil {
		raw, _ := json.Marshal(problem)
		return problem.Status, raw
	}
	if body == nil {
		return http.StatusNoContent, nil
	}
	status := http.StatusOK
	if c, ok := body.(created); ok {
		status, body = http.StatusCreated, c.body
	}
	raw, err := json.Marshal(body)
	if err != nil {
		panic(err)
	}
	return status, raw
}

// created is an answer with 201.
type created struct{ body any }

func (s *Server) note(r *http.Request, c *call) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{Method: r.Method, Path: r.URL.Path, Body: string(c.body), At: time.Now()})
	return len(s.log) - 1
}

// read takes the body in: JSON, or the payload_json and the files of a form.
func read(r *http.Request) (*call, *apiError) {
	c := &call{Request: r, files: map[string][]byte{}, names: map[string]string{}}
	body, err := io.ReadAll(io.LimitReader(r.Body, largestRequest+1))
	if err != nil {
		return c, refuse(400, 0, "400: Bad Request")
	}
	if len(body) > largestRequest {
		return c, refuse(413, 40005, "Request entity too large")
	}
	kind, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind != "multipart/form-data" {
		if len(body) > 0 && kind != "application/json" {
			return c, refuse(400, 50035, "Invalid Form Body")
		}
		c.body = body
		if len(body) > 0 && !json.Valid(body) {
			return c, refuse(400, 50109, "The request body contains invalid JSON.")
		}
		return c, nil
	}
	form := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return c, nil
		}
		if err != nil {
			return c, refuse(400, 50035, "Invalid Form Body")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return c, refuse(400, 50035, "Invalid Form Body")
		}
		if part.FormName() == "payload_json" {
			c.body = content
			continue
		}
		id := strings.TrimSuffix(strings.TrimPrefix(part.FormName(), "files["), "]")
		c.files[id], c.names[id] = content, part.FileName()
	}
}

// authorise checks the bot's token, save where a token in the path is enough.
func (s *Server) authorise(c *call) *apiError {
	p := c.URL.Path
	if strings.HasPrefix(p, "/interactions/") || strings.HasPrefix(p, "/webhooks/") || p == "/gateway" {
		return nil
	}
	if c.Header.Get("Authorization") != "Bot "+s.token {
		return refuse(401, 0, "401: Unauthorized")
	}
	return nil
}

// pause waits, and reports false when the request was given up meanwhile.
func pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// number reads a query parameter between bounds.
func number(q url.Values, name string, standard, least, most int) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return standard
	}
	return min(max(n, least), most)
}
