package rollout_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func TestApplyStampsTimes(t *testing.T) {
	t.Parallel()
	d := rollout.Deployment{ID: "D-1", State: rollout.Queued, RequestedAt: noon}
	for i, e := range []rollout.Event{rollout.Leased, rollout.RunStarted, rollout.RunProgress, rollout.RunSucceeded, rollout.WatchFailed} {
		next, refusal := d.Apply(e, noon.Add(time.Duration(i+1)*time.Minute))
		if refusal != nil {
			t.Fatalf("%s + %s: %v", d.State, e, refusal)
		}
		d = next
	}
	want := [3]time.Time{noon.Add(time.Minute), noon.Add(4 * time.Minute), noon.Add(5 * time.Minute)}
	if got := [3]time.Time{d.StartedAt, d.LiveAt, d.EndedAt}; got != want {
		t.Errorf("started, live and ended at %v, want %v", got, want)
	}
	d, refusal := d.Apply(rollout.RollbackStarted, noon.Add(time.Hour))
	if refusal != nil || !d.EndedAt.IsZero() {
		t.Errorf("being rolled back it ended %v (%v)", d.EndedAt, refusal)
	}
	if d, _ = d.Apply(rollout.RollbackDone, noon.Add(2*time.Hour)); !d.EndedAt.Equal(noon.Add(2 * time.Hour)) {
		t.Errorf("rolled back it ended %v", d.EndedAt)
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	d := rollout.Deployment{ID: "D-1", State: rollout.Refused}
	got, refusal := d.Apply(rollout.Leased, noon)
	if refusal == nil || refusal.Outcome != chat.Refused || refusal.Text.Code != "rollout.not_now" {
		t.Fatalf("refusal is %v", refusal)
	}
	if diff := cmp.Diff(d, got); diff != "" {
		t.Errorf("a refused event changed the deployment:\n%s", diff)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	d := rollout.Deployment{ID: "D-2", Kind: rollout.Rollback, Release: "R-1", Service: "web", Environment: "prod",
		Build: rollout.Build{Version: "1.0.0", Digest: "d", Location: "/a", Commit: "c"}, Key: "k", Pipeline: "local",
		Previous: rollout.Build{Version: "2.0.0"}}
	want := port.Deployment{Key: "k", Service: "web", Environment: "prod", Version: "1.0.0", Digest: "d", Location: "/a",
		Pipeline: "local", Rollback: true, Release: "R-1", Commit: "c", Previous: "2.0.0"}
	if got := d.Order(); got != want {
		t.Errorf("order is %+v", got)
	}
	if d.Kind = rollout.Deploy; d.Order().Rollback {
		t.Error("going forward is asked for as a rollback")
	}
	if d.Subject() != "web 1.0.0" {
		t.Errorf("subject is %q", d.Subject())
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	d := rollout.Deployment{V: rollout.Version, ID: "D-1", Kind: rollout.Deploy, State: rollout.Queued, RequestedAt: noon,
		Build: rollout.Build{Version: "1.1.0", Digest: "d"}, Previous: rollout.Build{Version: "1.0.0", Digest: "c"}}
	raw, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	var back rollout.Deployment
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(d, back); diff != "" {
		t.Errorf("stored and read back it differs:\n%s", diff)
	}
	if d.Previous.IsZero() || !(rollout.Build{}).IsZero() {
		t.Error("a build that is known is zero, or one that is not isn't")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	b := rollout.Build{Version: "1.0.0", Digest: "d", Location: "/a"}
	noted := b
	noted.Commit = "c0ffee"
	if !b.Same(noted) || !noted.Same(b) {
		t.Error("a build noted without its commit is another one")
	}
	for _, other := range []rollout.Build{{}, {Version: "1.0.1", Digest: "d", Location: "/a"}, {Version: "1.0.0", Digest: "e", Location: "/a"}} {
		if b.Same(other) {
			t.Errorf("%+v is the same as %+v", b, other)
		}
	}
}
