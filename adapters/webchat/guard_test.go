package webchat_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
)

func record(f fixture, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	f.Handler().ServeHTTP(w, r)
	return w
}

func TestDemoListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]error{
		"127.0.0.1:8080": nil, "localhost:0": nil, "[::1]:80": nil, "127.9.9.9:1": nil,
		"0.0.0.0:8080": webchat.ErrNotLoopback, ":8080": webchat.ErrNotLoopback, "[::]:8080": webchat.ErrNotLoopback,
		"192.168.1.2:8080": webchat.ErrNotLoopback, "example.org:80": webchat.ErrNotLoopback,
	} {
		if _, err := webchat.New(webchat.Options{Demo: true, Listen: listen, Now: time.Now}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", listen, err, want)
		}
	}
	if _, err := webchat.New(webchat.Options{Listen: "0.0.0.0:80", Now: time.Now}); !errors.Is(err, webchat.ErrNoTokens) {
		t.Errorf("without tokens: %v", err)
	}
	if _, err := webchat.New(webchat.Options{Demo: true, Listen: "8080", Now: time.Now}); err == nil {
		t.Error("an address without port was taken")
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	demo := start(t, func(o *webchat.Options) { o.Listen = "127.0.0.1:8080" })
	open := start(t, withLogin, func(o *webchat.Options) { o.Listen, o.Hosts = "0.0.0.0:8080", []string{"chat.example.org"} })
	for host, ok := range map[string][2]bool{
		"127.0.0.1:8080":        {true, true},
		"localhost:8080":        {true, true},
		"[::1]:8080":            {true, true},
		"LOCALHOST.:8080":       {true, true},
		"localhost:9090":        {false, true},
		"localhost":             {false, true},
		"192.0.2.7:8080":        {false, true},
		"chat.example.org":      {false, true},
		"chat.example.org:8443": {false, true},
		"evil.example:8080":     {false, false},
		"localhost.evil.test":   {false, false},
		"":                      {false, false},
	} {
		for i, f := range []fixture{demo, open} {
			for range 2 { // the second time from memory
				w := f.ask("GET", "/api/v1/channels", "", "Host", host, "Authorization", "Bearer dev-token")
				if got := w.Code == 200; got != ok[i] {
					t.Errorf("%q (%d): %d", host, i, w.Code)
				}
			}
		}
	}
}

func TestOrigins(t *testing.T) {
	t.Parallel()
	f := start(t)
	say := `{"as":"dev","in":"#cab","text":"/x"}`
	for _, c := range []struct {
		method, target string
		headers        []string
		want           int
	}{
		{"POST", "/api/v1/say", nil, 200}, // a program
		{"POST", "/api/v1/say", []string{"Origin", "http://127.0.0.1:8080", "Sec-Fetch-Site", "same-origin"}, 200},
		{"POST", "/api/v1/say", []string{"Origin", "http://127.0.0.1:9999", "Sec-Fetch-Site", "same-site"}, 403},
		{"POST", "/api/v1/say", []string{"Origin", "http://evil.example"}, 403},
		{"POST", "/api/v1/say", []string{"Origin", "null"}, 403},
		{"POST", "/api/v1/say", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"POST", "/api/v1/say", []string{"Content-Type", "text/plain"}, 400}, // what a form of another site can send
		{"POST", "/api/v1/say", []string{"Content-Type", "application/x-www-form-urlencoded"}, 400},
		{"POST", "/api/v1/say", []string{"Content-Type", "application/json; charset=utf-8"}, 200},
		{"GET", "/api/v1/channels", []string{"Origin", "http://evil.example"}, 403},
		{"GET", "/api/v1/events?as=dev", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"GET", "/api/v1/channels", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 403},
		{"GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200}, // a link
		{"GET", "/", []string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
	} {
		if w := f.ask(c.method, c.target, say, c.headers...); w.Code != c.want {
			t.Errorf("%s %s %v: %d, want %d", c.method, c.target, c.headers, w.Code, c.want)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	f := start(t)
	for _, target := range []string{"/", "/api/v1/channels", "/favicon.ico", "/nowhere"} {
		h := f.ask("GET", target, "").Header()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s %q", target, name, h.Get(name))
			}
		}
		if p := h.Get("Content-Security-Policy"); !strings.HasPrefix(p, "default-src 'none'; script-src 'self';") || strings.Contains(p, "unsafe") {
			t.Errorf("%s: policy %q", target, p)
		}
	}
	for name, want := range map[string]string{"Referrer-Policy": "same-origin", "X-Frame-Options": "DENY", "Cache-Control": "no-store"} {
		if got := f.ask("GET", "/", "").Header().Get(name); got != want {
			t.Errorf("%s %q", name, got)
		}
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	f := start(t, withLogin)
	for _, c := range []struct {
		body, authorization string
		want                int
		code                string
	}{
		{`{"in":"#cab","text":"/x"}`, "Bearer dev-token", 200, ""},
		{`{"as":"dev","in":"#cab","text":"/x"}`, "bearer dev-token", 200, ""},
		{`{"as":"chair","in":"#cab","text":"/x"}`, "Bearer dev-token", 403, "request.not_yours"},
		{`{"as":"dev","in":"#cab","text":"/x"}`, "", 401, "request.no_token"},
		{`{"as":"dev","in":"#cab","text":"/x"}`, "Bearer wrong", 401, "request.bad_token"},
		{`{"as":"dev","in":"#cab","text":"/x"}`, "Basic ZGV2OmRldg==", 401, "request.no_token"},
	} {
		w := f.ask("POST", "/api/v1/say", c.body, "Authorization", c.authorization)
		if w.Code != c.want || c.code != "" && problemCode(t, w.Body.Bytes()) != c.code {
			t.Errorf("%s with %q: %d %s", c.body, c.authorization, w.Code, w.Body)
		}
		if c.want == 200 && !f.door.lastSaid().Proven {
			t.Errorf("%q proves nobody", c.authorization)
		}
		if c.want == 401 && w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%q: no WWW-Authenticate", c.authorization)
		}
	}
	// Whoever has a token and no account any more is linked to nobody: the door decides what that means.
	if w := f.ask("POST", "/api/v1/say", `{"in":"#cab","text":"/x"}`, "Authorization", "Bearer old-token"); w.Code != 200 || f.door.lastSaid().Account != local("retired") {
		t.Errorf("%d %+v", w.Code, f.door.lastSaid())
	}
	// In the demo a token is no matter.
	if w := start(t).ask("POST", "/api/v1/say", `{"as":"chair","in":"#cab","text":"/x"}`, "Authorization", "Bearer wrong"); w.Code != 200 {
		t.Errorf("demo: %d", w.Code)
	}
	demo := start(t)
	demo.ask("POST", "/api/v1/say", `{"as":"chair","in":"#cab","text":"/x"}`, "Authorization", "Bearer dev-token")
	if demo.door.lastSaid().Proven {
		t.Error("in the demo anybody may be anybody")
	}
}

func (f fixture) login(token string, headers ...string) *httptest.ResponseRecorder {
	headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
	return f.ask("POST", "/login", url.Values{"token": {token}}.Encode(), headers...)
}

func TestSession(t *testing.T) {
	t.Parallel()
	now := noon
	f := start(t, withLogin, func(o *webchat.Options) {
		o.Now = func() time.Time { return now }
		o.Pages = map[string]http.Handler{"GET /runs/": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "run") })}
		o.Open = map[string]http.Handler{"GET /healthz": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })}
	})
	if w := f.ask("GET", "/", "", "Accept", "text/html"); w.Code != 303 || w.Header().Get("Location") != "/login" {
		t.Errorf("without session: %d to %q", w.Code, w.Header().Get("Location"))
	}
	if w := f.ask("GET", "/login", ""); w.Code != 200 || !strings.Contains(w.Body.String(), `type="password"`) {
		t.Errorf("login page: %d", w.Code)
	}
	if w := f.login("dev-token", "Sec-Fetch-Site", "cross-site"); w.Code != 403 {
		t.Errorf("login from elsewhere: %d", w.Code)
	}
	w := f.login(" dev-token\n")
	if w.Code != 303 || len(w.Result().Cookies()) != 1 {
		t.Fatalf("login: %d %s", w.Code, w.Body)
	}
	c := w.Result().Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || strings.Contains(c.Value, "dev-token") {
		t.Errorf("cookie %v", c)
	}
	cookie := c.Name + "=" + c.Value
	get := func(target string, headers ...string) int { return f.ask("GET", target, "", headers...).Code }
	for target, want := range map[string][2]int{"/": {401, 200}, "/runs/1": {401, 200}, "/healthz": {200, 200}, "/api/v1/channels": {401, 200}, "/api/v1/entries?in=%23cab&as=chair": {401, 403}} {
		if got := [2]int{get(target), get(target, "Cookie", cookie)}; got != want {
			t.Errorf("%s: %v, want %v", target, got, want)
		}
	}
	say := `{"in":"#cab","text":"/x"}`
	if w := f.ask("POST", "/api/v1/say", say, "Cookie", cookie, "Origin", "http://evil.example"); w.Code != 403 {
		t.Errorf("forged: %d", w.Code)
	}
	if w := f.ask("POST", "/api/v1/say", say, "Cookie", cookie, "Content-Type", "text/plain"); w.Code != 400 {
		t.Errorf("forged by a form: %d", w.Code)
	}
	if w := f.ask("POST", "/api/v1/say", say, "Cookie", cookie); w.Code != 200 || f.door.lastSaid().Account != local("U-dev") {
		t.Errorf("said: %d", w.Code)
	}
	if f.door.lastSaid().Proven {
		t.Error("a session proves as much as a token")
	}
	page := f.ask("GET", "/", "", "Cookie", cookie).Body.String()
	if !strings.Contains(page, "Log out") || strings.Contains(page, `id="as"`) || !strings.Contains(page, "Dana Developer") {
		t.Errorf("page: %s", page)
	}
	if now = noon.Add(13 * time.Hour); get("/", "Cookie", cookie) != 401 {
		t.Error("a session does not end")
	}
	now = noon
	if w := f.ask("POST", "/logout", "", "Cookie", cookie); w.Code != 303 || get("/", "Cookie", cookie) != 401 {
		t.Errorf("after logout: %d", get("/", "Cookie", cookie))
	}
}

func TestRevokedTokenEndsItsSessions(t *testing.T) {
	t.Parallel()
	f := start(t, withLogin, func(o *webchat.Options) { o.Secure = true })
	c := f.login("dev-token").Result().Cookies()[0]
	if !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("cookie %v", c)
	}
	get := func() int { return f.ask("GET", "/", "", "Cookie", c.Name+"="+c.Value).Code }
	before := get()
	f.tokens.revoke("dev-token")
	if after := get(); before != 200 || after != 401 {
		t.Errorf("before %d, after %d", before, after)
	}
}

func TestFailedLoginsAreLimited(t *testing.T) {
	t.Parallel()
	now := noon
	f := start(t, withLogin, func(o *webchat.Options) { o.Now = func() time.Time { return now } })
	for i := range 10 {
		if w := f.login("wrong"); w.Code != 401 || !strings.Contains(w.Body.String(), "Nobody holds that token.") {
			t.Fatalf("try %d: %d", i, w.Code)
		}
	}
	if w := f.login("dev-token"); w.Code != 429 || w.Header().Get("Retry-After") != "60" {
		t.Errorf("after ten: %d, retry %q", w.Code, w.Header().Get("Retry-After"))
	}
	if w := f.ask("GET", "/api/v1/channels", "", "Authorization", "Bearer wrong"); w.Code != 429 {
		t.Errorf("a program's wrong token: %d", w.Code)
	}
	if w := f.ask("GET", "/api/v1/channels", "", "Authorization", "Bearer dev-token"); w.Code != 200 {
		t.Errorf("a program's right token: %d", w.Code)
	}
	if now = noon.Add(time.Minute); f.login("dev-token").Code != 303 {
		t.Error("the limit does not end")
	}
}

// What is remembered of strangers is bounded, and being many does not get round the limit.
func TestFailuresFromManyAddresses(t *testing.T) {
	t.Parallel()
	now := noon
	f := start(t, withLogin, func(o *webchat.Options) { o.Now = func() time.Time { return now } })
	try := func(remote string) int {
		r := httptest.NewRequest("GET", "http://127.0.0.1:8080/api/v1/channels", nil)
		r.RemoteAddr = remote
		r.Header.Set("Authorization", "Bearer wrong")
		return record(f, r).Code
	}
	for n := range 4096 {
		if got := try(fmt.Sprintf("10.1.%d.%d:1", n/256, n%256)); got != 401 {
			t.Fatalf("address %d: %d", n, got)
		}
	}
	for n := range 12 {
		want := 401
		if n >= 10 {
			want = 429
		}
		if got := try(fmt.Sprintf("10.9.9.%d:1", n)); got != want {
			t.Errorf("stranger %d: %d, want %d", n, got, want)
		}
	}
	if now = noon.Add(time.Minute); try("10.9.9.99:1") != 401 {
		t.Error("the limit does not end")
	}
	// One IPv6 network is one party.
	for n := range 11 {
		got := try(fmt.Sprintf("[2001:db8::%x]:1", n+1))
		if want := map[bool]int{true: 401, false: 429}[n < 10]; got != want {
			t.Errorf("IPv6 try %d: %d, want %d", n, got, want)
		}
	}
}

func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	now := noon
	f := start(t, withLogin, func(o *webchat.Options) { o.Now = func() time.Time { return now } })
	enter := func() string {
		now = now.Add(time.Second)
		c := f.login("dev-token").Result().Cookies()[0]
		return c.Name + "=" + c.Value
	}
	first, second := enter(), enter()
	for range 4095 {
		enter()
	}
	for cookie, want := range map[string]int{first: 401, second: 200} {
		if got := f.ask("GET", "/", "", "Cookie", cookie).Code; got != want {
			t.Errorf("status %d, want %d", got, want)
		}
	}
}
