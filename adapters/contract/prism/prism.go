// Package prism runs Prism, a server by others that reads a vendor's own description: a second opinion on what an adapter sends, and on what
// the tests' own server answers. The tests' server may share a misunderstanding with the adapter; Prism does not.
package prism

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Prism is an installed one.
type Prism struct{ cli string }

// patience bounds how long Prism takes to read a description.
const patience = time.Minute

// Need is the Prism that `npm ci` put into a folder, as seen from the test's. Where there is none the test is skipped by name; in CI that is
// a failure.
func Need(t testing.TB, folder string) Prism {
	t.Helper()
	cli, err := filepath.Abs(filepath.Join(folder, "node_modules", "@stoplight", "prism-cli", "dist", "index.js"))
	if err == nil {
		_, err = os.Stat(cli)
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return Prism{cli}
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("needs Prism: ", err)
	}
	t.Skipf("%s needs Node and Prism (npm ci in %s): %v", t.Name(), folder, err)
	return Prism{}
}

// Mock answers with a description's examples until the test's end, at the address that it returns.
func (p Prism) Mock(t testing.TB, o vendorspec.Options) string { return p.run(t, o, "mock") }

// Between hands requests on to a server and its answers back, comparing both, until the test's end.
func (p Prism) Between(t testing.TB, o vendorspec.Options, server string) string {
	return p.run(t, o, "proxy", server)
}

func (p Prism) run(t testing.TB, o vendorspec.Options, command string, args ...string) string {
	t.Helper()
	text, err := vendorspec.Text(o)
	if errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	at := filepath.Join(t.TempDir(), "description.json")
	if err == nil {
		text, err = compilable(text)
	}
	if err == nil {
		err = os.WriteFile(at, text, 0o600)
	}
	port := 0
	if err == nil {
		port, err = free()
	}
	if err != nil {
		t.Fatal(err)
	}
	all := append([]string{p.cli, command, "--host", "127.0.0.1", "--port", fmt.Sprint(port), at}, args...)
	cmd := exec.Command("node", all...)
	out, err := cmd.StdoutPipe()
	cmd.Stderr = cmd.Stdout
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	late := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer late.Stop()
	said, heard := bufio.NewScanner(out), ""
	for said.Scan() {
		if strings.Contains(said.Text(), "Prism is listening") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return fmt.Sprintf("http://127.0.0.1:%d", port)
		}
		heard += said.Text() + "\n"
	}
	t.Fatalf("Prism does not start: %v\n%.1000s", said.Err(), heard)
	return ""
}

// compilable mends what Prism's validator refuses to compile: it lets everything pass such a schema, without a word.
func compilable(text []byte) ([]byte, error) {
	var raw any
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	mend(raw)
	return json.Marshal(raw)
}

func mend(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["type"] == nil { // what is of any type may be null anyway
			delete(v, "nullable")
		}
		if values, ok := v["enum"].([]any); ok {
			v["enum"] = once(values)
		}
		for _, below := range v {
			mend(below)
		}
	case []any:
		for _, below := range v {
			mend(below)
		}
	}
}

// once are values without repetitions.
func once(values []any) (each []any) {
	for _, v := range values {
		if !slices.ContainsFunc(each, func(o any) bool { return reflect.DeepEqual(o, v) }) {
			each = append(each, v)
		}
	}
	return each
}

// free is a port that nobody listened at a moment ago: Prism does not tell one that it took itself.
func free() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

// Witness is an http.RoundTripper that notes what Prism says of the requests that go through it. The zero value is ready to use.
type Witness struct {
	// Answers are noted too, not only requests: those of the tests' own server are, and those that Prism makes of the vendor's examples,
	// which are not always right, are not.
	Answers bool
	// Prepare changes a request before it goes out; nil for nothing.
	Prepare func(*http.Request)

	mu    sync.Mutex
	asked []string
	wrong []string
}

// RoundTrip implements http.RoundTripper.
func (w *Witness) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	if w.Prepare != nil {
		w.Prepare(r)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	var found []struct {
		Location []string
		Message  string
	}
	text := answer.Header.Get("Sl-Violations")
	unread := text != "" && json.Unmarshal([]byte(text), &found) != nil // it is cut where there is much to say
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked = append(w.asked, r.Method+" "+r.URL.Path)
	note := func(what any) { w.wrong = append(w.wrong, fmt.Sprintf("%s %s: %.600v", r.Method, r.URL, what)) }
	for _, v := range found {
		if w.Answers || len(v.Location) == 0 || v.Location[0] == "request" {
			note(strings.Join(v.Location, ".") + " " + v.Message)
		}
	}
	switch {
	case unread:
		note(text)
	case answer.StatusCode/100 != 2 && len(found) == 0:
		note(answer.Status)
	}
	return answer, nil
}

// Wrong is what Prism found so far, and forgets it.
func (w *Witness) Wrong() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	wrong := w.wrong
	w.wrong = nil
	return wrong
}

// Lacks are those of the requests, as "GET /users/me", that were not made.
func (w *Witness) Lacks(wanted ...string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(wanted, func(r string) bool { return slices.Contains(w.asked, r) })
}
