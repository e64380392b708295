package webchat

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// answerTime is how long a decision may take; its effects, where they are waited for, apart.
const answerTime = time.Minute

// replied is the answer of say and press; HTML is added where the page asks for it, message by message.
type replied struct {
	words.Reply
	HTML []string `json:"html,omitempty"`
}

func (s *Server) say(w http.ResponseWriter, r *http.Request) {
	var q sayRequest
	if p := s.read(r, &q); p != nil {
		p.write(w)
		return
	}
	who, p := s.speaker(r, q.As)
	switch {
	case p != nil:
	case q.Text == "":
		p = missing("text")
	case q.In == "":
		p = missing("in")
	case !s.hasChannel(q.In):
		p = noChannel(q.In)
	}
	if p != nil {
		p.write(w)
		return
	}
	s.ask(w, r, who, asked{key: q.Key, wait: q.Wait, what: [4]string{q.In, q.Text}}, func(ctx context.Context, key string) (chat.Reply, error) {
		return s.o.Door.Say(ctx, port.Said{Key: key, Account: who.Account, Place: s.place(q.In), Text: q.Text, Zone: who.Zone, Proven: s.proven(r)})
	})
}

func (s *Server) press(w http.ResponseWriter, r *http.Request) {
	var q pressRequest
	if p := s.read(r, &q); p != nil {
		p.write(w)
		return
	}
	who, p := s.speaker(r, q.As)
	switch {
	case p != nil:
	case q.In != "" && !s.hasChannel(q.In):
		p = noChannel(q.In)
	case q.Token != "" && (q.On != "" || q.Button != ""):
		p = malformed("token")
	case q.Token == "" && q.On == "":
		p = missing("on")
	case q.Token == "" && q.Button == "":
		p = missing("button")
	}
	if p != nil {
		p.write(w)
		return
	}
	s.ask(w, r, who, asked{key: q.Key, wait: q.Wait, what: [4]string{q.In, q.On, q.Button, q.Token}}, func(ctx context.Context, key string) (chat.Reply, error) {
		return s.o.Door.Press(ctx, port.Pressed{
			Key: key, Account: who.Account, Place: s.place(q.In), Token: q.Token, On: q.On, Button: q.Button,
		})
	})
}

// asked is what say and press have in common.
type asked struct {
	key, wait string
	what      [4]string // what tells the request from another one under the same key
}

func (s *Server) ask(w http.ResponseWriter, r *http.Request, who Account, a asked, door func(context.Context, string) (chat.Reply, error)) {
	key, p := s.deliveryKey(who, a)
	if p != nil {
		p.write(w)
		return
	}
	wait, p := parseWait(a.wait)
	if p != nil {
		p.write(w)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), answerTime)
	reply, err := door(ctx, key)
	cancel()
	if err != nil {
		s.failed(w, err)
		return
	}
	reader := s.o.Reader(who.Zone)
	out := replied{Reply: words.WordReply(reply, reader, s.o.Now())}
	if wait > 0 {
		out.Effects = s.settle(w, r, key, wait)
	}
	if r.URL.RawQuery == "html=1" {
		for i := range out.Messages {
			out.HTML = append(out.HTML, s.replyHTML(&out.Messages[i], reader))
		}
	}
	writeJSON(w, http.StatusOK, &out)
}

// deliveryKey makes a key unique among all accounts; a fresh one where there is none.
//
// Keys stay in the audit trail, so they say who by the opaque id that can be erased, never by handle.
func (s *Server) deliveryKey(who Account, a asked) (string, *problem) {
	prefix := PlatformName + ":" + who.opaque() + ":"
	if a.key == "" {
		return prefix + rand.Text(), nil
	}
	if p := checkKey(a.key); p != nil {
		return "", p
	}
	key := prefix + a.key
	if !s.keys.same(key, a.what) {
		return "", wrong(http.StatusConflict, "request.key_reused")
	}
	return key, nil
}

// opaque tells accounts apart without naming anybody.
func (a Account) opaque() string {
	if a.Person != "" {
		return a.Person
	}
	sum := sha256.Sum256([]byte(a.Account.String()))
	return hex.EncodeToString(sum[:8])
}

// settle waits for the effects. What was decided stands whatever comes of the wait.
func (s *Server) settle(w http.ResponseWriter, r *http.Request, key string, wait time.Duration) port.Effects {
	// The limit for reading the request would end the wait.
	_ = http.NewResponseController(w).SetReadDeadline(time.Time{})
	ctx, cancel := context.WithTimeout(r.Context(), wait)
	defer cancel()
	effects, err := s.o.Door.Settle(ctx, key)
	if err != nil {
		if ctx.Err() == nil {
			s.o.Log.Error("waiting for effects failed", "error", err)
		}
		return port.Pending
	}
	return effects
}

// failed answers for a door that did not: either nothing was done, or nobody knows.
func (s *Server) failed(w http.ResponseWriter, err error) {
	switch {
	case s.o.NotAccepting != nil && s.o.NotAccepting(err):
		notAccepting.write(w)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		wrong(http.StatusGatewayTimeout, "request.no_answer").write(w)
	default:
		s.o.Log.Error("a request failed", "error", err)
		wrong(http.StatusInternalServerError, "request.failed").write(w)
	}
}

func noChannel(name string) *problem {
	return wrong(http.StatusNotFound, "request.channel", chat.Word("channel", name))
}

// place is a channel as the configuration has it.
func (s *Server) place(channel string) chat.Place {
	p := chat.Place{Platform: PlatformName, Channel: channel}
	for _, c := range s.o.Channels() {
		if c.Name == channel {
			p.Workspace = c.Workspace
		}
	}
	return p
}
