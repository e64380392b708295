package freeze_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
)

func TestEveryExceptionStateAndEvent(t *testing.T) {
	t.Parallel()
	want := map[[2]string]freeze.ExceptionState{
		{"requested", "grant"}: freeze.Granted, {"requested", "refuse"}: freeze.Refused,
		{"requested", "expire"}: freeze.Expired, {"requested", "annul"}: freeze.Void,
		{"granted", "use"}: freeze.Granted, {"granted", "spend"}: freeze.Used,
		{"granted", "expire"}: freeze.Expired, {"granted", "annul"}: freeze.Void,
	}
	for _, s := range freeze.ExceptionStates() {
		leaves := false
		for _, e := range freeze.ExceptionEvents() {
			to, ok := freeze.NextException(s, e)
			expected, allowed := want[[2]string{string(s), string(e)}]
			if to != expected || ok != allowed {
				t.Errorf("%s + %s = %q, %v", s, e, to, ok)
			}
			leaves = leaves || ok
			delete(want, [2]string{string(s), string(e)})
		}
		if s.Terminal() == leaves {
			t.Errorf("%s: terminal is %v", s, s.Terminal())
		}
	}
	if len(want) > 0 {
		t.Errorf("not walked: %v", want)
	}
}

func granted() freeze.Exception {
	return freeze.Exception{ID: "X-1", Release: "R-1", Environment: "prod", Freezes: []string{"F-1"}, Digest: "d",
		State: freeze.Granted, Uses: 1, Expires: noon.Add(time.Hour)}
}

func TestExceptionOpens(t *testing.T) {
	t.Parallel()
	one := []freeze.Freeze{between("F-1", 0, 2*time.Hour)}
	two := append(one[:1:1], between("F-2", 0, 2*time.Hour))
	for _, tt := range []struct {
		name     string
		change   func(*freeze.Exception)
		freezes  []freeze.Freeze
		digest   string
		at       time.Duration
		open     bool
		unusable chat.Code
	}{
		{"granted", func(*freeze.Exception) {}, one, "d", 0, true, ""},
		{"to its last instant", func(*freeze.Exception) {}, one, "d", time.Hour - 1, true, ""},
		{"its time is over", func(*freeze.Exception) {}, one, "d", time.Hour, false, "exception.expired"},
		{"only requested", func(x *freeze.Exception) { x.State = freeze.Requested }, one, "d", 0, false, "exception.not_granted"},
		{"refused", func(x *freeze.Exception) { x.State = freeze.Refused }, one, "d", 0, false, "exception.not_granted"},
		{"void", func(x *freeze.Exception) { x.State = freeze.Void }, one, "d", 0, false, "exception.not_granted"},
		{"used", func(x *freeze.Exception) { x.State, x.Used = freeze.Used, 1 }, one, "d", 0, false, "exception.used"},
		{"no use granted", func(x *freeze.Exception) { x.Uses = 0 }, one, "d", 0, false, "exception.used"},
		{"another artifact", func(*freeze.Exception) {}, one, "e", 0, false, "exception.other_artifact"},
		{"unknown artifact", func(x *freeze.Exception) { x.Digest = "" }, one, "", 0, false, "exception.other_artifact"},
		{"another release", func(x *freeze.Exception) { x.Release = "R-2" }, one, "d", 0, false, ""},
		{"another environment", func(x *freeze.Exception) { x.Environment = "staging" }, one, "d", 0, false, ""},
		{"a freeze declared since", func(*freeze.Exception) {}, two, "d", 0, false, ""},
		{"asked for both", func(x *freeze.Exception) { x.Freezes = []string{"F-1", "F-2"} }, two, "d", 0, true, ""},
		{"asked for none", func(x *freeze.Exception) { x.Freezes = nil }, one, "d", 0, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := granted()
			tt.change(&x)
			v := freeze.Blocks(tt.freezes, []freeze.Exception{x}, freeze.Question{Target: prod, Release: "R-1", Digest: tt.digest}, noon.Add(tt.at))
			if v.Open() != tt.open {
				t.Errorf("open is %v: %+v", v.Open(), v)
			}
			if tt.open && (len(v.Exceptions) != 1 || v.Exceptions[0] != "X-1" || len(v.Excepted) != len(tt.freezes)) {
				t.Errorf("excepted %d by %v", len(v.Excepted), v.Exceptions)
			}
			var why chat.Code
			if len(v.Unusable) > 0 {
				why = v.Unusable[0].Code
			}
			if why != tt.unusable {
				t.Errorf("unusable because of %q, want %q", why, tt.unusable)
			}
		})
	}
}

func TestSpendOnce(t *testing.T) {
	t.Parallel()
	x, refusal := granted().Spend("D-1", "d", noon)
	if refusal != nil || x.State != freeze.Used || x.Used != 1 {
		t.Fatalf("spent: %+v, %v", x, refusal)
	}
	again, refusal := x.Spend("D-1", "d", noon)
	if diff := cmp.Diff(x, again); refusal != nil || diff != "" {
		t.Errorf("the same start again: %v\n%s", refusal, diff)
	}
	same, refusal := x.Spend("D-2", "d", noon)
	if refusal == nil || refusal.Text.Code != "exception.used" || same.Used != 1 {
		t.Errorf("a second deployment: %+v, %v", same, refusal)
	}
	list, used := []freeze.Freeze{between("F-1", 0, time.Hour)}, []freeze.Exception{x}
	for deployment, open := range map[string]bool{"D-1": true, "D-2": false, "": false} {
		q := freeze.Question{Target: prod, Release: "R-1", Digest: "d", Deployment: deployment}
		if v := freeze.Blocks(list, used, q, noon); v.Open() != open {
			t.Errorf("used by D-1, it is open to %q: %v", deployment, v.Open())
		}
	}
}

func TestApplyException(t *testing.T) {
	t.Parallel()
	x := granted()
	void, refusal := x.Apply(freeze.Annul)
	if refusal != nil || void.State != freeze.Void {
		t.Errorf("annulled: %+v, %v", void, refusal)
	}
	for _, e := range []freeze.ExceptionEvent{freeze.Use, freeze.Spend, freeze.Grant} {
		if same, refusal := x.Apply(e); refusal == nil || refusal.Text.Code != "exception.not_now" || same.State != freeze.Granted {
			t.Errorf("%s: %+v, %v", e, same, refusal)
		}
	}
}

// However often and by whomever it is tried, an exception is used by no more deployments than granted.
func TestNeverUsedMoreThanGranted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := granted()
		x.Uses = rapid.IntRange(0, 3).Draw(t, "uses")
		went := map[string]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "tries") {
			who := rapid.SampledFrom([]string{"D-1", "D-2", "D-3", "D-4", "D-5"}).Draw(t, "who")
			next, refusal := x.Spend(who, "d", noon)
			if refusal == nil {
				went[who] = true
			}
			x = next
		}
		if len(went) > x.Uses || x.Used != len(went) {
			t.Fatalf("%d deployments used it %d times, granted were %d", len(went), x.Used, x.Uses)
		}
	})
}
