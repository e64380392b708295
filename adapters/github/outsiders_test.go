package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/github"
	"github.com/gonogo-chat/gonogo/adapters/github/githubtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// running runs a pipeline beside the test, until its end.
func running(t *testing.T, p *github.Pipeline) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	return func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

func TestRunsThatOthersStart(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{ListingLag: 5 * time.Second, Course: func(_ string, in map[string]string) githubtest.Course {
			return githubtest.Course{Step: time.Minute, Holds: in["course"] == "holds"}
		}})
		w.AddUser("dana", "dana@shop.example", "User")
		old := w.Dispatch(payments, "deploy.yml", "dana", map[string]string{"version": "1", "environment": "prod", "key": "old"})
		time.Sleep(2 * time.Hour)
		_ = old
		p := w.pipeline(t)
		defer running(t, p)()
		if _, err := p.Start(t.Context(), order("gonogo-D-1-abc")); err != nil {
			t.Fatal(err)
		}
		first := w.Dispatch(payments, "deploy.yml", "dana", map[string]string{"version": "6.6.6", "environment": "prod", "key": "by hand"})
		time.Sleep(10 * time.Minute)
		want := []string{" running prod by dana", " succeeded prod by dana"}
		if got := w.heard.said(); !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
		n := w.heard.notices[1]
		if n.Key != fmt.Sprintf("run:actions:shop/payments/%d:succeeded", first) || n.System != "github" || n.Run.Pipeline != "actions" || n.Run.Service != "payments" {
			t.Errorf("%+v", n)
		}
		// One that names a key of the bot's says so, one that runs for longer than an hour is followed on, one that names no environment
		// could be for any.
		held := w.Dispatch(payments, "deploy.yml", "dana", map[string]string{"version": "7", "environment": "stage", "key": "gonogo-D-9-xyz", "course": "holds"})
		w.Dispatch(payments, "deploy.yml", "dana", map[string]string{"version": "8", "environment": "?", "key": "(k)"})
		time.Sleep(3 * time.Hour)
		w.Release(held)
		time.Sleep(2 * time.Minute)
		want = append(want, "gonogo-D-9-xyz running stage by dana", " running stage by dana", " running prod by dana", " succeeded stage by dana", " succeeded prod by dana", "gonogo-D-9-xyz succeeded stage by dana")
		got := w.heard.said()
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("heard %q, want %q", got, want)
		}
	})
}

// Somebody who runs the bot's run again starts it anew.
func TestARunThatSomebodyRunsAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{})
		w.AddUser("dana", "dana@shop.example", "User")
		p := w.pipeline(t)
		defer running(t, p)()
		run, id := started(t, w, p)
		end(t, p, run)
		w.Rerun(id, "dana")
		time.Sleep(5 * time.Minute)
		got := w.heard.said()
		if len(got) == 0 || got[len(got)-1] != "gonogo-D-1-abc succeeded prod by dana" || !strings.Contains(w.heard.notices[0].Key, ".2:") {
			t.Errorf("heard %q", got)
		}
	})
}

func TestWhatTheListenerDoesNotTakeIsToldAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true}))
		p := w.pipeline(t)
		w.heard.fail(errStore)
		defer running(t, p)()
		w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		time.Sleep(10 * time.Minute)
		w.heard.fail(nil)
		time.Sleep(10 * time.Minute)
		if got := w.heard.said(); !slices.Equal(got, []string{"k running prod by gonogo"}) {
			t.Errorf("heard %q", got)
		}
	})
}

// While GitHub asks for fewer requests, nobody asks; and then what happened meanwhile is told.
func TestLookingBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true}))
		p := w.pipeline(t)
		w.Exhaust(time.Now().Add(40 * time.Minute))
		defer running(t, p)()
		w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		time.Sleep(39 * time.Minute)
		if n := len(w.Requests()); n != 1 {
			t.Errorf("%d requests while the limit was used up", n)
		}
		time.Sleep(10 * time.Minute)
		if got := w.heard.said(); len(got) != 1 {
			t.Errorf("heard %q", got)
		}
	})
}

// door serves a pipeline's webhooks on the world's network, and has them sent.
func door(t *testing.T, w *world, p *github.Pipeline) (at string) {
	t.Helper()
	t.Cleanup(w.net.Serve("bot.example", p.Handler()))
	return "https://bot.example/"
}

func TestAWebhookTellsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, githubtest.Options{Course: func(_ string, in map[string]string) githubtest.Course {
			return githubtest.Course{Holds: true, Step: time.Second, Environment: "production"}
		}})
		w.AddUser("mira", "mira@shop.example", "User")
		w.AddEnvironment(payments, githubtest.Environment{Name: "production", Reviewers: []string{"mira"}})
		p := w.pipeline(t)
		w.Webhooks(w.net.Client(), door(t, w, p), webhookSecret)
		run, id := started(t, w, p)
		seen, err := p.Follow(t.Context(), run, port.Progress{})
		if err != nil || seen.State != port.RunQueued {
			t.Fatal(seen, err)
		}
		told := make(chan time.Duration)
		go func() {
			for !seen.State.Ended() {
				if seen, err = p.Follow(t.Context(), run, seen); err != nil {
					t.Error(err)
					break
				}
				began := time.Now()
				told <- time.Since(began)
			}
			close(told)
		}()
		time.Sleep(time.Minute) // by now it looks every fifteen seconds
		began := time.Now()
		w.Approve(id)
		<-told
		if late := time.Since(began); late > 2*time.Second {
			t.Errorf("an approval is seen after %v", late)
		}
		go func() {
			time.Sleep(time.Minute)
			w.Release(id)
			w.Pass()
		}()
		for range told {
		}
		// Somebody else's run is told of without looking around.
		w.Dispatch(payments, "deploy.yml", "mira", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		synctest.Wait()
		if got := w.heard.said(); !slices.Equal(got, []string{"k queued prod by mira"}) {
			t.Errorf("heard %q", got)
		}
		events := map[string]bool{}
		for _, d := range w.Deliveries() {
			events[d.Event] = true
			if d.Status != http.StatusNoContent {
				t.Errorf("%s was answered with %d", d.Event, d.Status)
			}
			w.Redeliver(d)
		}
		w.Close()
		if got := w.heard.said(); len(got) != 1 {
			t.Errorf("after everything came twice: %q", got)
		}
		for _, e := range []string{"ping", "workflow_run", "workflow_job", "deployment_review", "deployment_status"} {
			if !events[e] {
				t.Errorf("no %s was sent: %v", e, events)
			}
		}
	})
}

func TestTheDoorKeepsOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := begin(t, course(githubtest.Course{Holds: true}))
		p := w.pipeline(t)
		at := door(t, w, p)
		run := w.Dispatch(payments, "deploy.yml", "gonogo", map[string]string{"version": "1", "environment": "prod", "key": "k"})
		body := fmt.Sprintf(`{"action": "requested", "repository": {"full_name": "shop/payments"}, "workflow_run": {"id": %d}}`, run)
		client := w.net.Client()
		send := func(event, kind, body, signature string) int {
			r, err := http.NewRequest(http.MethodPost, at, strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", kind)
			r.Header.Set("X-GitHub-Event", event)
			if signature != "" {
				r.Header.Set("X-Hub-Signature-256", signature)
			}
			answer, err := client.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			return answer.StatusCode
		}
		good := githubtest.Sign(webhookSecret, []byte(body))
		for name, c := range map[string]struct {
			body, signature string
			want            int
		}{
			"unsigned":            {body, "", 401},
			"signed by another":   {body, githubtest.Sign("guess", []byte(body)), 401},
			"signed by nobody":    {body, githubtest.Sign("", []byte(body)), 401},
			"another body":        {body + " ", good, 401},
			"of another kind":     {body, strings.Replace(good, "sha256=", "sha1=", 1), 401},
			"not hex":             {body, "sha256=zz", 401},
			"no JSON":             {"{", githubtest.Sign(webhookSecret, []byte("{")), 400},
			"no id":               {`{"repository": {"full_name": "shop/payments"}, "workflow_run": {}}`, "", 400},
			"no repository":       {`{"repository": {"full_name": "../.."}, "workflow_run": {"id": 1}}`, "", 400},
			"of a repository":     {`{"repository": {"full_name": "shop/other"}, "workflow_run": {"id": 1}}`, "", 204},
			"of a run that's not": {`{"repository": {"full_name": "shop/payments"}, "workflow_run": {"id": 1}}`, "", 204},
		} {
			if c.want != 401 {
				c.signature = githubtest.Sign(webhookSecret, []byte(c.body))
			}
			if got := send("workflow_run", "application/json", c.body, c.signature); got != c.want {
				t.Errorf("%s: %d, want %d", name, got, c.want)
			}
		}
		if got := w.heard.said(); len(got) != 0 {
			t.Errorf("heard %q", got)
		}
		answer, err := client.Get(at)
		if err != nil {
			t.Fatal(err)
		}
		if _ = answer.Body.Close(); answer.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("a GET is answered with %d", answer.StatusCode)
		}
		w.heard.fail(errStore)
		if got := send("workflow_run", "application/json", body, good); got != http.StatusBadGateway {
			t.Errorf("what was not taken is answered with %d", got)
		}
		w.heard.fail(nil)
		if got := send("push", "application/json", body, good); got != http.StatusNoContent || len(w.heard.said()) != 0 {
			t.Errorf("%d, %q", got, w.heard.said())
		}
		form := "payload=" + strings.NewReplacer(`"`, "%22", " ", "+", ":", "%3A", "{", "%7B", "}", "%7D", ",", "%2C", "/", "%2F").Replace(body)
		if got := send("workflow_run", "application/x-www-form-urlencoded", form, githubtest.Sign(webhookSecret, []byte(form))); got != http.StatusNoContent || len(w.heard.said()) != 1 {
			t.Errorf("a form: %d, %q", got, w.heard.said())
		}
	})
}

func TestWithoutASecretThereIsNoDoor(t *testing.T) {
	t.Parallel()
	s := settings()
	s.Webhook = ""
	p, err := github.NewPipeline(s, github.Outside{Secret: secrets, Clock: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if p.Handler() != nil || p.Described().Heard != port.Asking {
		t.Errorf("%+v", p.Described())
	}
	if p, err = github.NewPipeline(settings(), github.Outside{Secret: secrets, Clock: time.Now}); err != nil || p.Handler() == nil || p.Described().Heard != port.Webhooks {
		t.Error(err)
	}
	if _, err := p.Find(t.Context(), "k"); err == nil || errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
