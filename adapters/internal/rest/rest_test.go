package rest_test

import (
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// secret authorises requests, and is seen nowhere but there.
const secret = "s3cret-of-the-tests"

// against runs a test with a client of a server within the process.
func against(t *testing.T, h http.HandlerFunc, test func(*testing.T, *rest.Client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		defer n.Serve("ci.example.org", h)()
		c := n.Client()
		test(t, &rest.Client{
			System: "ci", Base: "http://ci.example.org/base", HTTP: rest.Guarded(c),
			Authorise: func(r *http.Request) error { r.Header.Set("Authorization", "Bearer "+secret); return nil },
		})
		c.CloseIdleConnections()
	})
}

// TestDo: what is sent, and what is made of a success.
func TestDo(t *testing.T) {
	t.Parallel()
	echo := func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("X-Seen", strings.Join([]string{
			r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.Header.Get("Authorization"), r.Header.Get("X-Own"), string(body),
		}, "|"))
		_, _ = w.Write([]byte(`{"name":"x"}`))
	}
	for name, c := range map[string]struct {
		rest.Request
		want string
	}{
		"asked": {rest.Request{Method: "GET", Path: "/a%2Fb", Query: url.Values{"q": {"1 2"}}, Safe: true}, "GET|/base/a%2Fb?q=1+2||application/json|Bearer " + secret + "||"},
		"JSON":  {rest.Request{Method: "POST", Path: "/x", Body: map[string]int{"a": 1}}, "POST|/base/x|application/json|application/json|Bearer " + secret + "||" + `{"a":1}`},
		"form": {
			rest.Request{Method: "POST", Path: "/x", Body: url.Values{"a": {"b&c"}}, Header: http.Header{"X-Own": {"1"}}},
			"POST|/base/x|application/x-www-form-urlencoded|application/json|Bearer " + secret + "|1|a=b%26c",
		},
	} {
		t.Run(name, func(t *testing.T) {
			against(t, echo, func(t *testing.T, client *rest.Client) {
				var out struct{ Name string }
				var raw []byte
				for _, into := range []any{&out, &raw, nil} {
					q := c.Request
					q.Out = into
					got, err := client.Do(t.Context(), q)
					if err != nil || got.Status != http.StatusOK || got.Header.Get("X-Seen") != c.want {
						t.Errorf("%v: %d %q", err, got.Status, got.Header.Get("X-Seen"))
					}
				}
				if out.Name != "x" || string(raw) != `{"name":"x"}` {
					t.Errorf("%+v %s", out, raw)
				}
			})
		})
	}
}

// TestDoFails: what is made of everything else. What can't be known is not taken for done, nor for not done.
func TestDoFails(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 400)
	for name, c := range map[string]struct {
		answer  http.HandlerFunc
		verdict effect.Verdict
		says    string
	}{
		"malformed":    {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }, effect.Unknown, "malformed"},
		"cut":          {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, effect.Unknown, "EOF"},
		"silent":       {silent, effect.Unknown, "exceeded"},
		"too long":     {func(w http.ResponseWriter, _ *http.Request) { flood(w) }, effect.Unknown, "the answer is over"},
		"refused":      {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no\nsuch  thing", 400) }, effect.Permanent, "HTTP 400: no such thing"},
		"without word": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(400) }, effect.Permanent, "no word of why"},
		"long word":    {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, long, 400) }, effect.Permanent, "éé…"},
		"no UTF-8":     {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "\xff!", 400) }, effect.Permanent, "?!"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://thief.example.org/", http.StatusTemporaryRedirect)
		}, effect.Unknown, "redirected to another host: configure the address"},
		"round in circles": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.String(), http.StatusTemporaryRedirect)
		}, effect.Unknown, "redirected too often"},
	} {
		t.Run(name, func(t *testing.T) {
			against(t, c.answer, func(t *testing.T, client *rest.Client) {
				began := time.Now()
				var out struct{}
				_, err := client.Do(t.Context(), rest.Request{Method: "POST", Path: "/x", Body: struct{}{}, Out: &out})
				if v, _ := effect.Classify(err); err == nil || v != c.verdict || !strings.Contains(err.Error(), c.says) {
					t.Errorf("%v: %v", v, err)
				}
				if err != nil && (strings.Contains(err.Error(), secret) || len(err.Error()) > 500) {
					t.Errorf("it says too much: %v", err)
				}
				if waited := time.Since(began); waited > rest.Patience {
					t.Errorf("it took %s", waited)
				}
				_, err = client.Do(t.Context(), rest.Request{Method: "GET", Path: "/x", Out: &out, Safe: true})
				if v, _ := effect.Classify(err); c.verdict == effect.Unknown && v != effect.Retry {
					t.Errorf("safe: %v: %v", v, err)
				}
			})
		})
	}
}

// silent answers nothing for as long as anybody waits.
func silent(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then does it see that the client went
	<-r.Context().Done()
}

// flood answers with more than anybody takes.
func flood(w io.Writer) {
	chunk := make([]byte, 1<<20)
	for range rest.AnswerMost>>20 + 2 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
}

// TestDoSendsNothing: what can't be asked, or not in anybody's name, is not.
func TestDoSendsNothing(t *testing.T) {
	t.Parallel()
	against(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s was asked", r.URL) }, func(t *testing.T, client *rest.Client) {
		for name, c := range map[string]struct {
			rest.Request
			verdict effect.Verdict
		}{
			"no JSON":   {rest.Request{Method: "POST", Path: "/x", Body: func() {}}, effect.Permanent},
			"no method": {rest.Request{Method: "A B", Path: "/x"}, effect.Permanent},
		} {
			_, err := client.Do(t.Context(), c.Request)
			if v, _ := effect.Classify(err); err == nil || v != c.verdict {
				t.Errorf("%s: %v: %v", name, v, err)
			}
		}
		client.Authorise = func(*http.Request) error { return errors.New("env:TOKEN is not set") }
		_, err := client.Do(t.Context(), rest.Request{Method: "GET", Path: "/x"})
		if v, after := effect.Classify(err); v != effect.Retry || after != rest.RightsPause || !strings.Contains(err.Error(), "ci: env:TOKEN") {
			t.Errorf("%v after %s: %v", v, after, err)
		}
	})
}

// TestGuarded: within the same host redirects are followed, with the credentials; the client that was given stays as it was.
func TestGuarded(t *testing.T) {
	t.Parallel()
	against(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/base/new" {
			http.Redirect(w, r, "/base/new", http.StatusFound)
		} else if r.Header.Get("Authorization") != "Bearer "+secret {
			t.Error("redirected without the credentials")
		}
	}, func(t *testing.T, client *rest.Client) {
		if _, err := client.Do(t.Context(), rest.Request{Method: "GET", Path: "/old", Safe: true}); err != nil {
			t.Error(err)
		}
	})
	own := &http.Client{Timeout: time.Second}
	if g := rest.Guarded(own); g.Timeout != time.Second || own.CheckRedirect != nil || own.Transport != nil {
		t.Errorf("%+v made of %+v", g, own)
	}
	if g := rest.Guarded(nil); g.Timeout != rest.Patience {
		t.Errorf("patience of %s", g.Timeout)
	}
	from, _ := http.NewRequest(http.MethodGet, "https://ci.example.org/a", http.NoBody)
	to, _ := http.NewRequest(http.MethodGet, "http://ci.example.org/a", http.NoBody)
	if rest.Guarded(nil).CheckRedirect(to, []*http.Request{from}) == nil {
		t.Error("from https to http, where all can read the credentials")
	}
}

func TestConfidential(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]bool{
		"https://ci.example": true, "http://localhost:8080": true, "http://127.0.0.1": true, "http://[::1]:80/x": true,
		"http://ci.example": false, "http://127.0.0.1.example": false, "http://localhost.example": false, "http://10.0.0.1": false,
		"ftp://localhost": false, "//ci.example": false, "HTTPS://ci.example": true,
	} {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if got := rest.Confidential(u); got != want {
			t.Errorf("%s: %v", raw, got)
		}
	}
}
