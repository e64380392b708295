package pagerduty_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// official is where Prism is, once `npm ci` was run there: a mock server by others on PagerDuty's own descriptions.
const official = "../../testdata/official/pagerduty"

// needsPrism skips a test where Prism is not installed; in CI it is.
func needsPrism(t *testing.T) (cli string) {
	t.Helper()
	cli, err := filepath.Abs(filepath.Join(official, "node_modules", "@stoplight", "prism-cli", "dist", "index.js"))
	if err == nil {
		_, err = os.Stat(cli)
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return cli
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("needs Prism: ", err)
	}
	t.Skipf("%s needs Node and Prism (npm ci in testdata/official/pagerduty): %v", t.Name(), err)
	return ""
}

// prism serves a description on loopback until the test's end.
func prism(t *testing.T, cli, file string, mend func(map[string]any)) (url string) {
	t.Helper()
	text, err := vendorspec.Sample(file)
	no(t, err)
	var raw map[string]any
	no(t, json.Unmarshal(text, &raw))
	mend(raw)
	text, err = json.Marshal(raw)
	no(t, err)
	at := filepath.Join(t.TempDir(), "description.json")
	no(t, os.WriteFile(at, text, 0o600))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	no(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	no(t, l.Close())
	cmd := exec.Command("node", cli, "mock", "--host", "127.0.0.1", "--port", fmt.Sprint(port), at)
	out, err := cmd.StdoutPipe()
	no(t, err)
	cmd.Stderr = cmd.Stdout
	no(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	late := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	said := bufio.NewScanner(out)
	for said.Scan() {
		if strings.Contains(said.Text(), "Prism is listening") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return fmt.Sprintf("http://127.0.0.1:%d", port)
		}
	}
	t.Fatalf("Prism does not start: %v", said.Err())
	return ""
}

// cut keeps the paths that the adapter asks for, ends every list with its first page, and leaves the incident to be acknowledged.
func cut(raw map[string]any) {
	paths := raw["paths"].(map[string]any)
	for path := range paths {
		if !slices.Contains(pagerdutytest.Paths, path) {
			delete(paths, path)
		}
	}
	pagerdutytest.Mend(raw)
	each(raw, func(m map[string]any) {
		if m["more"] == true {
			m["more"] = false
		}
		if m["incident_number"] != nil && m["status"] != nil {
			m["status"] = "triggered"
		}
	})
}

func each(v any, do func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		do(v)
		for _, below := range v {
			each(below, do)
		}
	case []any:
		for _, below := range v {
			each(below, do)
		}
	}
}

// rooted puts the paths of the Events API where its server has them.
func rooted(raw map[string]any) {
	under := map[string]any{}
	for path, item := range raw["paths"].(map[string]any) {
		under["/v2"+path] = item
	}
	raw["paths"], raw["servers"] = under, nil
}

// watched drops the vendor's own Accept header, which Prism knows no answer for, and notes what Prism finds wrong.
type watched struct {
	mu    sync.Mutex
	asked []string
	wrong []string
}

// RoundTrip implements http.RoundTripper.
func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Accept", "application/json")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.Method+" "+r.URL.Path)
	var found []struct {
		Location []string
		Message  string
	}
	if text := answer.Header.Get("sl-violations"); text != "" {
		if err := json.Unmarshal([]byte(text), &found); err != nil {
			return nil, err
		}
	}
	for _, v := range found {
		if v.Location[0] == "request" { // its own examples are not always right either
			w.wrong = append(w.wrong, fmt.Sprintf("%s %s: %s", r.Method, r.URL, v.Message))
		}
	}
	if answer.StatusCode/100 != 2 && len(found) == 0 {
		w.wrong = append(w.wrong, fmt.Sprintf("%s %s: %d", r.Method, r.URL, answer.StatusCode))
	}
	return answer, nil
}

// TestRequestsAsPrismSeesThem has a server by others compare the adapter's requests with PagerDuty's descriptions, and answer with their
// examples.
func TestRequestsAsPrismSeesThem(t *testing.T) {
	cli := needsPrism(t)
	if _, err := vendorspec.Samples("pagerduty"); err != nil {
		t.Skipf("%s: %v", t.Name(), err)
	}
	s, seen, ctx := settings(), &watched{}, t.Context()
	s.APIURL, s.EventsURL = prism(t, cli, "pagerduty/rest-openapiv3.json.gz", cut), prism(t, cli, "pagerduty/events-v2-openapiv3.json", rooted)
	a, err := pagerduty.New(s, pagerduty.Outside{Secret: secret, Clock: time.Now, Client: &http.Client{Transport: seen}, Listener: &ears{}})
	no(t, err)

	no(t, a.Trigger(ctx, page("D-1")))
	no(t, a.Acknowledge(ctx, "D-1"))
	no(t, a.Resolve(ctx, "D-1"))
	no(t, a.Changed(ctx, port.Changed{Key: "D-1", Service: "checkout", Environment: "prod", Version: "2.4.0", Release: "R-1", Summary: "deployed", At: time.Now(), Links: page("").Links}))
	on, err := a.OnCall(ctx, "checkout")
	if err != nil || len(on) != 1 || on[0].Account.ID != "PT23IWX" || on[0].Level != 2 {
		t.Errorf("on call: %+v, %v", on, err)
	}
	open, err := a.Open(ctx, "checkout")
	if err != nil || len(open) != 1 || open[0].ID != "PT4KHLK" || open[0].Name != "#1234" || open[0].Severity != port.Error || open[0].Service != "checkout" {
		t.Errorf("open: %+v, %v", open, err)
	}
	no(t, a.Take(ctx, "PT4KHLK", port.Responder{Account: chat.Account{Platform: "pagerduty", ID: "PXPGF42"}}))
	no(t, a.Take(ctx, "PT4KHLK", port.Responder{Email: "somebody@shop.example"}))
	a.Examine(ctx)
	for _, wrong := range seen.wrong {
		t.Error(clip(wrong))
	}
	for _, want := range []string{
		"POST /v2/enqueue", "POST /v2/change/enqueue", "GET /incidents", "GET /services/PCHECK1", "GET /oncalls", "GET /incidents/PT4KHLK", "GET /users/PXPGF42",
		"GET /users", "PUT /incidents", "GET /users/me", "GET /webhook_subscriptions", "GET /priorities",
	} {
		if !slices.Contains(seen.asked, want) {
			t.Errorf("%s was not asked: %v", want, seen.asked)
		}
	}

	// And Prism does see what is wrong.
	seen.wrong = nil
	for _, wrong := range []struct{ method, url, body string }{
		{"PUT", s.APIURL + "/incidents", `{"incidents":[{"id":"P1","type":"incident","status":"done"}]}`},
		{"POST", s.EventsURL + "/v2/enqueue", `{"event_action":"trigger"}`},
	} {
		r, err := http.NewRequestWithContext(ctx, wrong.method, wrong.url, strings.NewReader(wrong.body))
		no(t, err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("From", "bot@shop.example")
		r.Header.Set("Authorization", "Token token=x")
		answer, err := seen.RoundTrip(r)
		no(t, err)
		_ = answer.Body.Close()
	}
	if len(seen.wrong) != 2 {
		t.Errorf("Prism let wrong requests pass: %q", seen.wrong)
	}
}
