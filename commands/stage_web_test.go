package commands_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// onWeb is the local chat's own server, asked over HTTP, or by the terminal's client.
type onWeb struct {
	net    *memnet.Net
	server *webchat.Server
	typed  bool // by the terminal's client, and read as it prints
}

const webHost = "127.0.0.1"

// webChats is the server as an adapter: it is reached while it runs.
type webChats struct {
	*webchat.Server
	on *onWeb
}

func (c webChats) Run(ctx context.Context) error {
	stop := c.on.net.Serve(webHost, c.Handler())
	defer stop()
	<-ctx.Done()
	return nil
}

func (s *onWeb) calls() []string { return nil }

// seats are tokens that are the handles of accounts.
type seats struct{}

func (seats) Verify(token string) (string, bool) { return token, true }

func (s *onWeb) adapter(w *world) (realPlatform, error) {
	server, err := webchat.New(webchat.Options{
		Door: lateDoor{w}, Timeline: w.store.Timeline(), Reader: func(z *time.Location) port.Reader { return w.bot.Reader(z) },
		Accounts: func() (all []webchat.Account) {
			for _, who := range cast {
				person, _ := w.bot.Organisation().Directory.Resolve(account(who))
				all = append(all, webchat.Account{Handle: who, Name: called(who), Person: person, Account: account(who)})
			}
			return all
		},
		Channels: func() (all []webchat.Channel) {
			for _, room := range rooms {
				all = append(all, webchat.Channel{Name: room, Workspace: "shop"})
			}
			return all
		},
		Tokens: seats{}, Organisation: func() string { return "Shop" }, Listen: webHost + ":80", Now: time.Now, Log: w.log,
	})
	s.server = server
	return webChats{server, s}, err
}

// handleOf is somebody's handle, if their account is local.
func (s *onWeb) handleOf(who string) (string, error) {
	if strings.Contains(who, ":") && !strings.HasPrefix(who, "local:shop:") {
		return "", errElsewhere
	}
	return strings.TrimPrefix(who, "local:shop:"), nil
}

func (s *onWeb) ask(w *world, who, channel, line string) (words.Reply, error) {
	handle, err := s.handleOf(who)
	if err != nil {
		return words.Reply{}, err
	}
	if s.typed {
		return s.printed(terminal.New("http://"+webHost, handle).Over(s.net.Client().Transport).Say(context.Background(), terminal.Request{In: channel, Text: line}))
	}
	return s.post(handle, "say", map[string]string{"in": channel, "text": line})
}

func (s *onWeb) push(w *world, who, on, button string) (words.Reply, error) {
	handle, err := s.handleOf(who)
	if err != nil {
		return words.Reply{}, err
	}
	in := w.chat.where(on).Channel
	if s.typed {
		return s.printed(terminal.New("http://"+webHost, handle).Over(s.net.Client().Transport).Press(context.Background(), terminal.PressRequest{In: in, On: on, Button: button}))
	}
	return s.post(handle, "press", map[string]string{"in": in, "on": on, "button": button})
}

// printed adds what the terminal prints of a reply to what it says: nothing of it may be missing there.
func (s *onWeb) printed(r words.Reply, err error) (words.Reply, error) {
	printed := ""
	for _, m := range r.Messages {
		printed += terminal.Render(m, terminal.Options{Width: 400})
	}
	for line := range strings.Lines(words.Plain(r.Messages...)) {
		if want := bare(line); err == nil && !strings.Contains(bare(printed), want) {
			err = fmt.Errorf("the terminal does not print %q:\n%s", line, printed)
		}
	}
	return r, err
}

func (s *onWeb) post(handle, what string, body map[string]string) (reply words.Reply, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return reply, err
	}
	r, err := http.NewRequest(http.MethodPost, "http://"+webHost+"/api/v1/"+what, bytes.NewReader(raw))
	if err != nil {
		return reply, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+handle)
	answer, err := s.net.Client().Do(r)
	if err != nil {
		return reply, err
	}
	defer answer.Body.Close()
	raw, err = io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", answer.StatusCode, raw)
	}
	if err != nil {
		return reply, err
	}
	return reply, json.Unmarshal(raw, &reply)
}

func (s *onWeb) say(string, string, string) error { return errElsewhere }

func (s *onWeb) press(string, chat.Ref, chat.Button) error { return errElsewhere }

// reads is an entry of the page, as its JSON has it.
func (s *onWeb) reads(at chat.Ref, _ time.Time) string {
	r, err := http.NewRequest(http.MethodGet, "http://"+webHost+"/api/v1/entries?n=300&in="+strings.ReplaceAll(at.Place.Channel, "#", "%23"), nil)
	if err != nil {
		return err.Error()
	}
	r.Header.Set("Authorization", "Bearer dev")
	w := &recorder{header: http.Header{}}
	r.Host, r.RequestURI = webHost, r.URL.RequestURI()
	s.server.Handler().ServeHTTP(w, r)
	var page struct {
		Entries []struct {
			ID      string
			Message *words.Message
		}
	}
	if err := json.Unmarshal(w.body.Bytes(), &page); err != nil {
		return err.Error() + w.body.String()
	}
	for _, e := range page.Entries {
		if e.ID == at.ID && e.Message != nil {
			return words.Plain(*e.Message)
		}
	}
	return "not on the page: " + w.body.String()
}

func (s *onWeb) wrong() []string { return nil }

// recorder keeps an answer.
type recorder struct {
	header http.Header
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }
func (r *recorder) WriteHeader(int)             {}
