package webchat

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// problem is a request not taken: any status but 200.
type problem struct {
	status int
	text   chat.Text
	retry  int // seconds until it makes sense to come back; 0 says nothing
}

func wrong(status int, code chat.Code, args ...chat.Arg) *problem {
	return &problem{status: status, text: chat.Say(code, args...)}
}

func (p *problem) sentence() string { return words.Text(p.text, nil, time.Time{}) }

func (p *problem) write(w http.ResponseWriter) {
	var body struct {
		Error struct {
			Code chat.Code `json:"code"`
			Text string    `json:"text"`
		} `json:"error"`
	}
	body.Error.Code, body.Error.Text = p.text.Code, p.sentence()
	if p.retry > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(p.retry))
	}
	if p.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	writeJSON(w, p.status, body)
}

var jsonType = []string{"application/json; charset=utf-8"}

// writeJSON answers; an answer that nobody receives concerns nobody.
func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		http.Error(w, `{"error":{"code":"request.failed","text":"The bot failed."}}`, http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h["Content-Type"] = jsonType
	h["Content-Length"] = []string{strconv.Itoa(len(b))}
	w.WriteHeader(status)
	_, _ = w.Write(b)
}

// paths of the API with the method that each takes.
var paths = map[string]string{
	"/api/v1/say": http.MethodPost, "/api/v1/press": http.MethodPost, "/api/v1/complete": http.MethodGet,
	"/api/v1/channels": http.MethodGet, "/api/v1/entries": http.MethodGet, "/api/v1/events": http.MethodGet,
}

func (s *Server) noPath(w http.ResponseWriter, r *http.Request) {
	if method, ok := paths[r.URL.Path]; ok {
		w.Header().Set("Allow", method)
		wrong(http.StatusMethodNotAllowed, "request.method", chat.Word("method", method)).write(w)
		return
	}
	wrong(http.StatusNotFound, "request.path").write(w)
}
