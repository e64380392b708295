package github

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// What was not signed is never taken, whatever it is; what was signed never breaks the door.
func FuzzDoor(f *testing.F) {
	const secret = "hook"
	p, err := NewPipeline(PipelineSettings{Token: "env:T", Repository: "a/{service}", Workflow: "d.yml", Webhook: "env:H"}, Outside{
		Secret: func(string) (string, error) { return secret, nil }, Clock: time.Now,
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("workflow_run", "application/json", `{"repository":{"full_name":"a/b"},"workflow_run":{"id":3}}`, "sha256=00")
	f.Add("workflow_job", "application/x-www-form-urlencoded", `payload=%7B%7D`, "")
	f.Add("ping", "text/plain", `null`, "sha256=")
	f.Fuzz(func(t *testing.T, event, kind, body, signature string) {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.Header = http.Header{"X-Github-Event": {event}, "Content-Type": {kind}, "X-Hub-Signature-256": {signature}}
		w := httptest.NewRecorder()
		p.Handler().ServeHTTP(w, r)
		signed := strings.HasPrefix(signature, "sha256=") && hook.Signed(secret, []byte(body), signature[len("sha256="):])
		if (w.Code == http.StatusUnauthorized) == signed {
			t.Fatalf("signed %v, and answered with %d", signed, w.Code)
		}
		id, ok, err := decode(event, kind, []byte(body))
		if !ok || err != nil {
			return
		}
		if again, err := parseRun(id.String()); err != nil || again != id {
			t.Fatalf("%v is read again as %v, %v", id, again, err)
		}
	})
}

// However a run and its jobs are told, what comes of it is within bounds, and success is only what GitHub calls so.
func FuzzProgress(f *testing.F) {
	f.Add(`{"id":1,"status":"completed","conclusion":"success"}`, `[{"name":"a","status":"completed","conclusion":"failure","steps":[{"name":"s"}]}]`)
	f.Add(`{"status":"in_progress"}`, `[{"status":"in_progress","steps":[null,{"status":"in_progress"}]},null]`)
	f.Fuzz(func(t *testing.T, run, jobs string) {
		var r gh.WorkflowRun
		var list []*gh.WorkflowJob
		if json.Unmarshal([]byte(run), &r) != nil || json.Unmarshal([]byte(jobs), &list) != nil {
			return
		}
		state, ok := stateOf(r.GetStatus(), r.GetConclusion())
		if state == port.RunSucceeded && (r.GetStatus() != "completed" || r.GetConclusion() != "success") || ok != (state != "") {
			t.Fatalf("%s is %q", run, state)
		}
		if _, percent := stage(list, state); percent < 0 || percent > 100 || percent == 100 && state != port.RunSucceeded {
			t.Fatalf("%s %s: %d %%", run, jobs, percent)
		}
		begunAlready(list)
		claimed(title(&r))
	})
}

func FuzzWorkflowFile(f *testing.F) {
	f.Add("run-name: x ${{ inputs.key }}\non:\n  workflow_dispatch:\n    inputs:\n      key: {required: true}\n")
	f.Add("on: &a [*a]")
	f.Add("on: &a {workflow_dispatch: *a}")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parseWorkflow([]byte(text))
		if err != nil {
			return
		}
		if w.shows("key") && !strings.Contains(w.runName, "key") || len(w.inputs) > 0 && !w.dispatched {
			t.Fatalf("%q: %+v", text, w)
		}
	})
}

func FuzzLog(f *testing.F) {
	f.Add("2026-11-23T09:00:00.0000000Z \x1b[31mx\x1b[0m\r\n\n\xff")
	f.Fuzz(func(t *testing.T, log string) {
		lines := lastLines(log)
		if len(lines) > port.TailLines {
			t.Fatalf("%d lines", len(lines))
		}
		for _, line := range lines {
			if len(line) > lineMost+len("…") || strings.ContainsAny(line, "\x1b\r\n\x00") || strings.TrimSpace(line) == "" {
				t.Fatalf("%q", line)
			}
		}
	})
}

// Nobody is made of nothing, and what a trailer says is an address.
func FuzzCoAuthors(f *testing.F) {
	f.Add("x\n\nCo-authored-by: A <a@b.example>\nCo-Authored-By: <1+dana@users.noreply.github.com>")
	f.Fuzz(func(t *testing.T, message string) {
		for _, who := range coAuthors(message) {
			if !strings.Contains(who.Email, "@") || strings.ContainsAny(who.Email, "<>\n ") || !strings.Contains(message, who.Email) {
				t.Fatalf("%+v", who)
			}
		}
	})
}
