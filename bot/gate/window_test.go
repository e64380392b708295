package gate_test

import (
	"slices"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// TestWindowIsAskedWhereItMatters: an environment that does not name the gate has it asked all the same by what needs it.
func TestWindowIsAskedWhereItMatters(t *testing.T) {
	t.Parallel()
	without := slices.DeleteFunc(names(), func(name string) bool { return name == gate.Window })
	f := well()
	if _, asked := gate.Evaluate(without, f).Verdict(gate.Window); asked {
		t.Error("asked, and there is nothing to ask")
	}
	for _, v := range []window.Verdict{{Needs: true}, {Tests: []window.Window{{ID: "W-1"}}}} {
		f.Window = &v
		r := gate.Evaluate(without, f)
		if verdict, asked := r.Verdict(gate.Window); !asked || verdict.Status != gate.Closed || r.Open() {
			t.Errorf("%+v: %+v", v, verdict)
		}
	}
	if _, asked := gate.EvaluateRollback(f).Verdict(gate.Window); asked {
		t.Error("a rollback is asked for a window")
	}
}
