package followup_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/followup"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func TestEveryStateAndEvent(t *testing.T) {
	t.Parallel()
	want := map[[2]string]followup.State{
		{"open", "acknowledge"}: followup.Acknowledged, {"open", "close"}: followup.Closed,
		{"acknowledged", "acknowledge"}: followup.Acknowledged, {"acknowledged", "close"}: followup.Closed,
		{"closed", "reopen"}: followup.Open,
	}
	for _, s := range followup.States() {
		for _, e := range followup.Events() {
			to, ok := followup.Next(s, e)
			expected, allowed := want[[2]string{string(s), string(e)}]
			if to != expected || ok != allowed {
				t.Errorf("%s + %s = %q, %v", s, e, to, ok)
			}
			delete(want, [2]string{string(s), string(e)})
		}
	}
	if len(want) > 0 {
		t.Errorf("not walked: %v", want)
	}
}

func TestEveryPageStateAndEvent(t *testing.T) {
	t.Parallel()
	want := map[[2]string]followup.PageState{
		{"triggered", "acknowledge"}: followup.PageAcknowledged, {"triggered", "resolve"}: followup.PageResolved,
		{"acknowledged", "resolve"}: followup.PageResolved,
	}
	for _, s := range followup.PageStates() {
		for _, e := range followup.PageEvents() {
			to, ok := followup.NextPage(s, e)
			expected, allowed := want[[2]string{string(s), string(e)}]
			if to != expected || ok != allowed {
				t.Errorf("%s + %s = %q, %v", s, e, to, ok)
			}
			delete(want, [2]string{string(s), string(e)})
		}
	}
	if len(want) > 0 {
		t.Errorf("not walked: %v", want)
	}
}

func refused(t *testing.T, refusal *chat.Refusal, code chat.Code) {
	t.Helper()
	if refusal == nil || refusal.Text.Code != code {
		t.Errorf("refusal is %v, want %s", refusal, code)
	}
}

func TestFollowUp(t *testing.T) {
	t.Parallel()
	f := followup.FollowUp{ID: "A-1", State: followup.Open, Due: noon}
	if f.Overdue(noon.Add(-time.Nanosecond)) || !f.Overdue(noon) {
		t.Error("it is due at noon, not before")
	}
	f, refusal := f.Acknowledge("p1")
	if refusal != nil || f.TakenBy != "p1" || f.State != followup.Acknowledged {
		t.Fatalf("acknowledged: %+v, %v", f, refusal)
	}
	same, refusal := f.Close("p1", nil, noon)
	refused(t, refusal, "followup.needs_note")
	if diff := cmp.Diff(f, same); diff != "" {
		t.Errorf("refused, yet changed:\n%s", diff)
	}
	_, refusal = f.Reopen()
	refused(t, refusal, "followup.not_closed")
	closed, refusal := f.Close("p2", &chat.Sealed{Person: "p2"}, noon)
	if refusal != nil || closed.ClosedBy != "p2" || !closed.Closed.Equal(noon) || closed.Overdue(noon.Add(time.Hour)) {
		t.Fatalf("closed: %+v, %v", closed, refusal)
	}
	_, refusal = closed.Acknowledge("p3")
	refused(t, refusal, "followup.closed")
	_, refusal = closed.Close("p3", &chat.Sealed{}, noon)
	refused(t, refusal, "followup.closed")
	again, refusal := closed.Reopen()
	if refusal != nil || again.State != followup.Open || again.ClosedBy != "" || again.Note != nil || !again.Closed.IsZero() {
		t.Errorf("reopened: %+v, %v", again, refusal)
	}
	if (followup.FollowUp{State: followup.Open}).Overdue(noon) {
		t.Error("without a due time it is never overdue")
	}
}

func TestPage(t *testing.T) {
	t.Parallel()
	p := followup.Page{ID: "P-1", State: followup.PageTriggered, At: noon}
	taken, refusal := p.Acknowledge("p1", noon)
	if refusal != nil || taken.TakenBy != "p1" || !taken.TakenAt.Equal(noon) {
		t.Fatalf("acknowledged: %+v, %v", taken, refusal)
	}
	same, refusal := taken.Acknowledge("p2", noon.Add(time.Minute))
	refused(t, refusal, "page.taken")
	if by, _ := refusal.Text.Arg("by"); by.Word != "p1" || same.TakenBy != "p1" {
		t.Errorf("the second took it: %+v", same)
	}
	done, refusal := taken.Resolve("", noon.Add(time.Hour))
	if refusal != nil || done.State != followup.PageResolved || !done.ResolvedAt.Equal(noon.Add(time.Hour)) {
		t.Fatalf("resolved: %+v, %v", done, refusal)
	}
	_, refusal = done.Resolve("p1", noon)
	refused(t, refusal, "page.resolved")
	_, refusal = done.Acknowledge("p1", noon)
	refused(t, refusal, "page.resolved")
}
