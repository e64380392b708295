package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Behind a proxy that speaks HTTPS the web chat answers to the proxy's name, and to no other, with cookies for HTTPS only.
func TestBehindAProxy(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "reserve: 1MB", "reserve: 1MB\n  hosts: [chat.example.org]\n  secure: true")
	s := p.serve()
	token := strings.TrimSpace(p.must(0, "token", "create", "admin", "--data", p.data()).out)
	login := func(host string) *http.Response {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, s.address+"/login", strings.NewReader(url.Values{"token": {token}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "https://"+host)
		answer, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer
	}
	if got := login("elsewhere.example.org"); got.StatusCode != http.StatusForbidden {
		t.Errorf("another name: %s", got.Status)
	}
	got := login("chat.example.org")
	if got.StatusCode != http.StatusSeeOther || len(got.Cookies()) != 1 {
		t.Fatalf("login: %s %v", got.Status, got.Header)
	}
	if c := got.Cookies()[0]; !c.Secure || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("cookie %v", c)
	}
}
