package train_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/train"
)

var noon = time.Date(2026, 12, 24, 12, 0, 0, 0, time.UTC)

// Every state with every event: what is not here is refused, and changes nothing.
func TestWholeProduct(t *testing.T) {
	t.Parallel()
	want := map[train.State]map[train.Event]train.State{
		train.Planned:   {train.Depart: train.Underway, train.Withdraw: train.Withdrawn},
		train.Underway:  {train.Arrive: train.Arrived, train.Hold: train.Held, train.Halt: train.Stopped, train.Reverse: train.Returning, train.Stop: train.Stopped},
		train.Held:      {train.Resume: train.Underway, train.Withdraw: train.Withdrawn},
		train.Stopped:   {train.Resume: train.Underway, train.Withdraw: train.Withdrawn},
		train.Returning: {train.TakeBack: train.Returned, train.Hold: train.Stuck},
		train.Stuck:     {train.Resume: train.Returning, train.Withdraw: train.Withdrawn},
		train.Returned:  {train.Depart: train.Underway, train.Withdraw: train.Withdrawn},
		train.Arrived:   {train.Depart: train.Underway, train.Withdraw: train.Withdrawn},
	}
	for _, s := range train.States() {
		for _, e := range train.Events() {
			was := train.Train{ID: "T-1", State: s, EndedAt: noon}
			got, refusal := was.Apply(e, noon.Add(time.Hour))
			to, ok := want[s][e]
			switch {
			case ok != (refusal == nil):
				t.Errorf("%s, %s: %v", s, e, refusal)
			case !ok && (got.State != s || !got.EndedAt.Equal(noon)):
				t.Errorf("%s, %s is refused and changes %+v", s, e, got)
			case ok && (got.State != to || got.EndedAt.IsZero() != to.Moves()):
				t.Errorf("%s, %s: %+v, want %s", s, e, got, to)
			}
		}
	}
}

// Every state of a deployment says where its member stands.
func TestEveryDeploymentStands(t *testing.T) {
	t.Parallel()
	want := map[rollout.State]train.Standing{
		rollout.Queued: train.Going, rollout.Starting: train.Going, rollout.Running: train.Going, rollout.Cancelling: train.Going,
		rollout.Watching: train.Going, rollout.Held: train.Asking, rollout.Lost: train.Asking, rollout.Succeeded: train.Passed,
		rollout.Failed: train.Failed, rollout.Cancelled: train.Failed, rollout.Refused: train.Blocked,
		rollout.RollingBack: train.GoingBack, rollout.RolledBack: train.Gone, rollout.RollbackFailed: train.Fallen,
	}
	text := train.Planned.Text()
	for _, s := range rollout.States() {
		d := rollout.Deployment{State: s}
		if got := (train.Member{Deployment: "D-1"}).Stands(d); got != want[s] {
			t.Errorf("%s: %s, want %s", s, got, want[s])
		}
		if got := (train.Member{}).Stands(d); got != train.Waiting {
			t.Errorf("without a deployment: %s", got)
		}
		if got := (train.Member{Deployment: "D-1", Blocked: []chat.Text{text}}).Stands(d); got != train.Blocked {
			t.Errorf("%s, blocked: %s", s, got)
		}
		if got := (train.Member{Called: true}).Stands(d); got != train.Going {
			t.Errorf("called: %s", got)
		}
		kept := want[s]
		if s == rollout.Succeeded {
			kept = train.Fallen
		}
		if got := (train.Member{Deployment: "D-1", Kept: []chat.Text{text}}).Stands(d); got != kept {
			t.Errorf("%s, kept: %s", s, got)
		}
	}
}
