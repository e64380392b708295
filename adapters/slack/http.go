package slack

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// The paths of the HTTP door, below the bot's own address.
const (
	PathCommands     = "/slack/commands"
	PathInteractions = "/slack/interactions"
	PathEvents       = "/slack/events"
)

const (
	typeForm = "application/x-www-form-urlencoded"
	typeJSON = "application/json"
)

// Handler is the HTTP door, for the prefix "/slack/"; with the socket door everything under it is unknown. Requests are signed by
// Slack: the handler asks for no login.
func (s *Slack) Handler() http.Handler {
	mux := http.NewServeMux()
	if s.verifier == nil {
		return mux
	}
	mux.HandleFunc("POST "+PathCommands, s.signed(typeForm, func(w http.ResponseWriter, r *http.Request, body []byte) error {
		c, err := payload.CommandForm(body)
		if err != nil || c.IsZero() {
			return err
		}
		return s.takeCommand(r.Context(), c)
	}))
	mux.HandleFunc("POST "+PathInteractions, s.signed(typeForm, func(w http.ResponseWriter, r *http.Request, body []byte) error {
		i, err := payload.InteractionForm(body)
		if err != nil {
			return err
		}
		answer, err := s.interact(r.Context(), i)
		if err == nil && answer != nil {
			respond(w, http.StatusOK, answer)
		}
		return err
	}))
	mux.HandleFunc("POST "+PathEvents, s.signed(typeJSON, func(w http.ResponseWriter, r *http.Request, body []byte) error {
		e, err := payload.EnvelopeJSON(body)
		if err != nil {
			return err
		}
		if e.Type == payload.URLVerification {
			respond(w, http.StatusOK, map[string]string{"challenge": e.Challenge})
			return nil
		}
		return s.event(r.Context(), e)
	}))
	return mux
}

// signed reads and verifies a request, and words what became of it as a status.
func (s *Slack) signed(contentType string, take func(http.ResponseWriter, *http.Request, []byte) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if is, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || is != contentType {
			w.WriteHeader(http.StatusUnsupportedMediaType)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, payload.MaxBody))
		if err != nil {
			status := http.StatusBadRequest
			var tooLarge *http.MaxBytesError
			if errors.As(err, &tooLarge) {
				status = http.StatusRequestEntityTooLarge
			}
			w.WriteHeader(status)
			return
		}
		timestamp, signature := r.Header.Get(payload.HeaderTimestamp), r.Header.Get(payload.HeaderSignature)
		if err := s.verifier.Verify(timestamp, signature, body); err != nil {
			s.outside.Log.Warn("a request was refused", "path", r.URL.Path, "error", err)
			status := http.StatusUnauthorized
			if errors.Is(err, payload.ErrTooMany) {
				status = http.StatusServiceUnavailable
			}
			w.WriteHeader(status)
			return
		}
		err = guarded(func() error { return take(w, r, body) })
		switch {
		case err == nil: // an empty 200, if nothing was written
		case errors.Is(err, payload.ErrMalformed), errors.Is(err, payload.ErrTooLarge):
			s.outside.Log.Warn("a request could not be read", "path", r.URL.Path, "error", err)
			w.WriteHeader(http.StatusBadRequest)
		case errors.Is(err, errForeign):
			s.outside.Log.Warn("a request was refused", "path", r.URL.Path, "error", err)
			w.WriteHeader(http.StatusForbidden)
		default:
			s.verifier.Forget(timestamp, signature)
			s.outside.Log.Error("a request could not be accepted: Slack was told so", "path", r.URL.Path, "error", err)
			respond(w, http.StatusServiceUnavailable, map[string]string{"response_type": "ephemeral", "text": s.busy(err)})
		}
	}
}

// busy tells whoever asked that nothing came of it, if that much is known.
func (s *Slack) busy(err error) string {
	code := chat.Code("slack.busy")
	if unknown(err) {
		code = "slack.not_known"
	}
	return words.Text(chat.Say(code), s.outside.Reader(nil), s.outside.Clock())
}

func respond(w http.ResponseWriter, status int, answer any) {
	w.Header().Set("Content-Type", typeJSON)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // whoever asked has gone, if it fails
}
