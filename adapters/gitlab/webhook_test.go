package gitlab_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func listening() gitlab.PipelineSettings {
	s := named()
	s.WebhookToken = "env:HOOK"
	s.Poll = time.Hour
	return s
}

// door is an adapter's, for tests that need no other side.
func door(t testing.TB) http.Handler {
	t.Helper()
	s := listening()
	s.URL = "https://gitlab.test"
	p, err := gitlab.NewPipeline(s, gitlab.Outside{Secret: func(string) (string, error) { return hooked, nil }, Pipeline: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return p.Handler()
}

func posted(h http.Handler, method, token string, body string) int {
	r := httptest.NewRequest(method, "/", strings.NewReader(body))
	if token != "" {
		r.Header.Set("X-Gitlab-Token", token)
	}
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer.Code
}

func TestWebhooksAreVerified(t *testing.T) {
	t.Parallel()
	h := door(t)
	good := `{"object_kind":"pipeline","object_attributes":{"id":7},"project":{"path_with_namespace":"shop/payments"}}`
	for _, c := range []struct {
		method, token, body string
		want                int
	}{
		{"POST", hooked, good, 204},
		{"POST", "", good, 401},
		{"POST", hooked + "x", good, 401},
		{"POST", hooked[:5], "not even JSON", 401},
		{"GET", hooked, good, 405},
		{"POST", hooked, "not even JSON", 400},
		{"POST", hooked, `{"object_kind":"pipeline"}`, 400},
		{"POST", hooked, `{"object_kind":"pipeline","object_attributes":{"id":"7"}}`, 400},
		{"POST", hooked, `{}`, 400},
		{"POST", hooked, `{"object_kind":"something of next year"}`, 204},
		{"POST", hooked, `{"event_name":"user_add_to_group"}`, 204},
	} {
		if got := posted(h, c.method, c.token, c.body); got != c.want {
			t.Errorf("%s %.40s gave %d, want %d", c.method, c.body, got, c.want)
		}
	}
}

// Every payload that is published is taken.
func TestPublishedSamplesAreTaken(t *testing.T) {
	t.Parallel()
	names, err := vendorspec.Samples("gitlab/samples/webhooks")
	if errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	h := door(t)
	for _, name := range names {
		body, err := vendorspec.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		got := posted(h, "POST", hooked, string(body))
		want := 204
		if path.Base(name) == "service_merge_request.json" && !json.Valid(body) {
			want = 400
		}
		if got != want {
			t.Errorf("%s gave %d", name, got)
		}
	}
	if len(names) < 20 {
		t.Errorf("only %d samples", len(names))
	}
}

// Without webhooks following looks every 15 seconds at what does not change; a webhook makes it look at once.
func TestWebhooksMakeItLookAtOnce(t *testing.T) {
	t.Parallel()
	late := map[bool]time.Duration{}
	for _, told := range []bool{false, true} {
		bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
			w.side.Change(shop, func(p *gitlabtest.Project) { p.Definition.Jobs[1].Manual = true })
			p := w.pipeline(listening(), nil)
			if told {
				var net memnet.Net
				t.Cleanup(net.Serve("gonogo.test", p.Handler()))
				w.side.Webhooks(net.Client(), "https://gonogo.test/", hooked)
			}
			run := w.start(p, "D-1")
			seen, err := p.Follow(t.Context(), run, port.Progress{})
			if err != nil {
				t.Fatal(err)
			}
			var played time.Time
			time.AfterFunc(10*time.Minute+5*time.Second, func() {
				played = time.Now()
				_ = w.side.Play(shop, 1, "deploy", "dana")
			})
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			if now, err := p.Follow(ctx, run, seen); err != nil || now.State != port.RunSucceeded {
				t.Fatalf("%+v, %v", now, err)
			}
			late[told] = time.Since(played)
		})
	}
	if late[true] > time.Second || late[false] < 2*time.Second {
		t.Errorf("seen %v after it happened with webhooks, %v without", late[true], late[false])
	}
}

func TestAWebhookTellsOfRunsThatOthersStarted(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		var heard notices
		p := w.pipeline(listening(), &heard)
		var net memnet.Net
		t.Cleanup(net.Serve("gonogo.test", p.Handler()))
		w.side.Webhooks(net.Client(), "https://gonogo.test/", hooked)
		w.listening(p, func() {
			time.Sleep(time.Minute)
			w.side.Begin(shop, "dana", "main", prod("x"))
			time.Sleep(time.Minute)
		})
		wantLines(t, "heard", heard.lines(), []string{`run:shop:shop/payments:1:succeeded payments/prod  succeeded by dana key "x"`})
	})
}

func TestNoWebhooksNoDoor(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		if p := w.pipeline(named(), nil); p.Handler() != nil || p.Described().Heard != port.Asking {
			t.Error("there is a door")
		}
		if p := w.pipeline(listening(), nil); p.Handler() == nil || p.Described().Heard != port.Webhooks {
			t.Error("there is no door")
		}
	})
}

// Nothing makes the door panic, and nothing gets through it without the token.
func FuzzWebhook(f *testing.F) {
	for _, name := range []string{"pipeline", "job", "deployment", "merge_request"} {
		if body, err := vendorspec.Sample("gitlab/samples/webhooks/" + name + ".json"); err == nil {
			f.Add(hooked, string(body))
		}
	}
	f.Add("", `{"object_kind":"pipeline","object_attributes":{"id":1}}`)
	h := door(f)
	f.Fuzz(func(t *testing.T, token, body string) {
		got := posted(h, "POST", token, body)
		if token != hooked && got != 401 && got != 400 {
			t.Errorf("%q with the token %q gave %d", body, token, got)
		}
		if token == hooked && got == 204 && !json.Valid([]byte(body)) {
			t.Errorf("%q was taken", body)
		}
	})
}
