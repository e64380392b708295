package release_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

func apply(t *testing.T, r release.Release, events ...release.Event) release.Release {
	t.Helper()
	for i, e := range events {
		next, refusal := r.Apply(e, noon.Add(time.Duration(i)*time.Minute))
		if refusal != nil {
			t.Fatalf("%s + %s: %v", r.State, e, refusal)
		}
		r = next
	}
	return r
}

func TestWholeLives(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		events []release.Event
		want   release.State
	}{
		{"straight", []release.Event{release.StagingPassed, release.BallotOpened, release.BallotPassed, release.DeployStarted, release.Verified}, release.Released},
		{"vote before staging", []release.Event{release.BallotOpened, release.StagingPassed, release.BallotPassed, release.DeployStarted, release.Verified}, release.Released},
		{"staged again and again", []release.Event{release.StagingPassed, release.StagingPassed, release.StagingFailed, release.StagingPassed}, release.Staged},
		{"reopened after rejection", []release.Event{release.BallotOpened, release.BallotRejected, release.BallotOpened, release.BallotPassed}, release.Approved},
		{"reopened after expiry", []release.Event{release.BallotOpened, release.BallotExpired, release.BallotOpened}, release.InReview},
		{"reopened after the approval fell", []release.Event{release.BallotOpened, release.BallotPassed, release.BallotVoided, release.BallotOpened}, release.InReview},
		{"retried", []release.Event{release.DeployStarted, release.DeployFailed, release.DeployStarted, release.Verified}, release.Released},
		{"rolled back by itself", []release.Event{release.DeployStarted, release.RollbackStarted, release.RollbackDone}, release.RolledBack},
		{"rollback tried again", []release.Event{release.DeployStarted, release.RollbackStarted, release.RollbackFailed, release.RollbackStarted, release.RollbackDone}, release.RolledBack},
		{"held, then well", []release.Event{release.DeployStarted, release.DeployHeld, release.Verified}, release.Released},
		{"superseded, then restored", []release.Event{release.DeployStarted, release.Verified, release.Supersede, release.Restore}, release.Released},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if r := apply(t, release.Release{State: release.Planned}, tt.events...); r.State != tt.want {
				t.Errorf("ended %s, want %s", r.State, tt.want)
			}
		})
	}
}

func TestApplyStampsTimes(t *testing.T) {
	t.Parallel()
	r := apply(t, release.Release{ID: "R-1", State: release.Planned}, release.DeployStarted, release.DeployFailed)
	if end := noon.Add(time.Minute); !r.EndedAt.Equal(end) || !r.ChangedAt.Equal(end) {
		t.Errorf("failed at %v, changed %v", r.EndedAt, r.ChangedAt)
	}
	if r = apply(t, r, release.DeployStarted); !r.EndedAt.IsZero() {
		t.Errorf("taken up again, yet ended %v", r.EndedAt)
	}
	before := r
	if r, _ = r.Apply(release.StagingPassed, noon.Add(time.Hour)); !r.ChangedAt.Equal(before.ChangedAt) {
		t.Error("an event that changes nothing moved the time of the change")
	}
}

func TestApplyRefuses(t *testing.T) {
	t.Parallel()
	r := release.Release{ID: "R-1", State: release.Cancelled}
	got, refusal := r.Apply(release.DeployStarted, noon)
	if refusal == nil || refusal.Outcome != chat.Refused || refusal.Text.Code != "release.not_now" {
		t.Fatalf("refusal is %v", refusal)
	}
	if diff := cmp.Diff(r, got); diff != "" {
		t.Errorf("a refused event changed the release:\n%s", diff)
	}
	if state, _ := refusal.Text.Arg("state"); state.Text == nil || state.Text.Code != "release.state.cancelled" {
		t.Errorf("the state is said as %+v", state)
	}
}

func TestEmergency(t *testing.T) {
	t.Parallel()
	whole := release.Emergency{By: "p1", Second: "p2", Until: noon, Digest: "d"}
	for _, tt := range []struct {
		name   string
		change func(*release.Emergency)
		digest string
		at     time.Time
		want   bool
	}{
		{"granted", func(*release.Emergency) {}, "d", noon.Add(-time.Nanosecond), true},
		{"over", func(*release.Emergency) {}, "d", noon, false},
		{"alone", func(e *release.Emergency) { e.Second = "" }, "d", noon.Add(-time.Hour), false},
		{"same person twice", func(e *release.Emergency) { e.Second = e.By }, "d", noon.Add(-time.Hour), false},
		{"asked for by nobody", func(e *release.Emergency) { e.By = "" }, "d", noon.Add(-time.Hour), false},
		{"another artifact", func(*release.Emergency) {}, "e", noon.Add(-time.Hour), false},
		{"no artifact", func(e *release.Emergency) { e.Digest = "" }, "", noon.Add(-time.Hour), false},
		{"without end", func(e *release.Emergency) { e.Until = time.Time{} }, "d", noon.Add(-time.Hour), false},
	} {
		e := whole
		tt.change(&e)
		if got := e.Granted(tt.digest, tt.at); got != tt.want {
			t.Errorf("%s: granted is %v", tt.name, got)
		}
	}
	var none *release.Emergency
	if none.Granted("d", noon) {
		t.Error("no emergency is granted")
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	r := release.Release{V: release.Version, ID: "R-1", Service: "web", Version: "2.0.0", State: release.Planned, PlannedAt: noon}
	if r.Subject() != "web 2.0.0" || r.Digest() != "" || r.Ballot() != "" {
		t.Errorf("subject %q, digest %q, ballot %q", r.Subject(), r.Digest(), r.Ballot())
	}
	r.Artifact, r.Ballots = &port.Artifact{Digest: "d"}, []string{"B-1", "B-2"}
	if r.Digest() != "d" || r.Ballot() != "B-2" {
		t.Errorf("digest %q, ballot %q", r.Digest(), r.Ballot())
	}
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back release.Release
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, back); diff != "" {
		t.Errorf("stored and read back it differs:\n%s", diff)
	}
}
