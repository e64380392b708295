package webchat_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// timeline keeps entries in memory, as a store would.
type timeline struct {
	mu      sync.Mutex
	entries []port.Entry
	fault   error
}

func (t *timeline) Append(_ context.Context, e port.Entry) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fault != nil {
		return "", t.fault
	}
	for _, was := range t.entries {
		if e.Key != "" && was.Key == e.Key {
			return was.ID, nil
		}
	}
	e.ID = fmt.Sprintf("%s/%04d", e.Channel, len(t.entries)+1)
	t.entries = append(t.entries, e)
	return e.ID, nil
}

func (t *timeline) Replace(_ context.Context, id string, m port.Worded) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fault != nil {
		return t.fault
	}
	for i := range t.entries {
		if t.entries[i].ID == id {
			t.entries[i].Message, t.entries[i].Edited = m.Message, m.At
		}
	}
	return nil
}

func (t *timeline) Entries(_ context.Context, channel string, n int) ([]port.Entry, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []port.Entry
	for _, e := range t.entries {
		if e.Channel == channel {
			out = append(out, e)
		}
	}
	return out[max(0, len(out)-n):], t.fault
}

func (t *timeline) fail(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fault = err
}

// reader names people by a table and reads quotes that were never encrypted.
type reader struct{ zone *time.Location }

func (r reader) Accounts(string) []chat.Account { return nil }

func (r reader) PersonName(id string) string {
	return map[string]string{"p-dev": "Dana Developer", "p-chair": "Chris Chair", "p-gone": "somebody"}[id]
}

func (r reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), s.Person != "p-gone" }

func (r reader) Zone() *time.Location { return r.zone }

// door answers like a bot: under a key once, and by scripted functions.
type door struct {
	mu       sync.Mutex
	replies  map[string]chat.Reply
	said     []port.Said
	pressed  []port.Pressed
	settled  []string
	say      func(ctx context.Context, s port.Said) (chat.Reply, error)
	press    func(ctx context.Context, p port.Pressed) (chat.Reply, error)
	complete func(s port.Said) []string
	settle   func(ctx context.Context, key string) (port.Effects, error)
}

func (d *door) Accept(context.Context, port.Delivery) error { return nil }

func (d *door) Suggest(context.Context, port.Suggestion) []string { return nil }

func (d *door) Enrol(context.Context, port.Roll) error { return nil }

func (d *door) Say(ctx context.Context, s port.Said) (chat.Reply, error) {
	d.mu.Lock()
	d.said = append(d.said, s)
	was, repeated := d.replies[s.Key]
	d.mu.Unlock()
	if repeated {
		return was, nil
	}
	reply := chat.Reply{Outcome: chat.Done, Code: "done", Messages: []chat.Message{word("heard: " + s.Text)}}
	if d.say != nil {
		var err error
		if reply, err = d.say(ctx, s); err != nil {
			return reply, err
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.replies == nil {
		d.replies = map[string]chat.Reply{}
	}
	d.replies[s.Key] = reply
	return reply, nil
}

func (d *door) Press(ctx context.Context, p port.Pressed) (chat.Reply, error) {
	d.mu.Lock()
	d.pressed = append(d.pressed, p)
	d.mu.Unlock()
	if d.press != nil {
		return d.press(ctx, p)
	}
	return chat.Reply{Outcome: chat.Done, Code: "pressed", Messages: []chat.Message{word("pressed " + p.Button + p.Token)}}, nil
}

func (d *door) Complete(_ context.Context, s port.Said) []string {
	if d.complete != nil {
		return d.complete(s)
	}
	return nil
}

func (d *door) Settle(ctx context.Context, key string) (port.Effects, error) {
	d.mu.Lock()
	d.settled = append(d.settled, key)
	d.mu.Unlock()
	if d.settle != nil {
		return d.settle(ctx, key)
	}
	return port.Settled, nil
}

func (d *door) lastSaid() port.Said {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.said) == 0 {
		return port.Said{}
	}
	return d.said[len(d.said)-1]
}

func (d *door) calls() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.said) + len(d.pressed)
}

// tokens maps tokens to handles.
type tokens struct {
	mu sync.Mutex
	of map[string]string
}

func (t *tokens) Verify(token string) (string, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	h, ok := t.of[token]
	return h, ok
}

func (t *tokens) revoke(token string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.of, token)
}

var errStopping = errors.New("stopping")

// word is a message whose words are those given: a code without wording is shown as it is.
func word(s string) chat.Message { return chat.Plain(chat.Say(chat.Code(s))) }

func local(id string) chat.Account { return chat.Account{Platform: webchat.PlatformName, ID: id} }

type fixture struct {
	*webchat.Server
	door     *door
	timeline *timeline
	tokens   *tokens
	now      func() time.Time
}

func berlin(t testing.TB) *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// start makes a server of the demo, changed by each change.
func start(t testing.TB, change ...func(*webchat.Options)) fixture {
	t.Helper()
	f := fixture{door: &door{}, timeline: &timeline{}, tokens: &tokens{of: map[string]string{"dev-token": "dev", "old-token": "retired"}}}
	zone := berlin(t)
	o := webchat.Options{
		Door: f.door, Timeline: f.timeline, Tokens: f.tokens, Demo: true, Listen: "127.0.0.1:0",
		Reader: func(z *time.Location) port.Reader {
			if z == nil {
				z = time.UTC
			}
			return reader{z}
		},
		Accounts: func() []webchat.Account {
			return []webchat.Account{
				{Handle: "dev", Name: "Dana Developer", Role: "developer of payments", Person: "p-dev", Account: local("U-dev")},
				{Handle: "chair", Name: "Chris Chair", Role: "CAB chair", Person: "p-chair", Account: local("U-chair"), Zone: zone},
			}
		},
		Channels: func() []webchat.Channel {
			return []webchat.Channel{{Name: "#releases", Topic: "what is on its way"}, {Name: "#cab", Topic: "votes"}, {Name: "#oncall", Topic: "pages"}}
		},
		Organisation: func() string { return "Example Bank" },
		NotAccepting: func(err error) bool { return errors.Is(err, errStopping) },
		Now:          func() time.Time { return noon },
	}
	for _, c := range change {
		c(&o)
	}
	f.now = o.Now
	var err error
	if f.Server, err = webchat.New(o); err != nil {
		t.Fatal(err)
	}
	return f
}

// withLogin takes the server out of the demo.
func withLogin(o *webchat.Options) { o.Demo = false }

// ask sends one request through the handler.
func (f fixture) ask(method, target, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://127.0.0.1:8080"+target, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
	}
	for pair := range slices.Chunk(headers, 2) {
		if pair[0] == "Host" {
			r.Host = pair[1]
		} else {
			r.Header.Set(pair[0], pair[1])
		}
	}
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return w
}

func (f fixture) post(t testing.TB, channel, key string, m chat.Message) chat.Ref {
	t.Helper()
	ref, err := f.Post(t.Context(), chat.Place{Platform: webchat.PlatformName, Channel: channel}, key, port.Worded{Message: m, At: f.now()})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}
