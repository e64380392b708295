package duty_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

// kept are all duties that somebody can have in a work.
var kept = []duty.Duty{
	duty.CommitAuthor, duty.CoAuthor, duty.MergeAuthor, duty.Pusher, duty.PipelineEditor, duty.ConfigEditor, duty.Merger, duty.Requester, duty.Namer,
	duty.Registrar, duty.Administrator,
}

// of is the work of somebody who had one duty in it; who wrote it is somebody else.
func of(as duty.Duty, approvers ...string) duty.Work {
	w := duty.Work{Subject: "payments 1.1.0", Attributions: []duty.Attribution{by("dana", duty.CommitAuthor), by("hal", as)}, Approvers: approvers}
	if as == duty.Requester {
		w.Requester = "hal"
	}
	return w
}

// TestStandards shows the whole matrix of each standard: a vote beside somebody else's, the only vote, and the deployment.
func TestStandards(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		duty.Startup: `
			commit author: execute
			co-author: execute
			merge request author: execute
			pusher: execute
			pipeline editor: execute
			config editor: approve alone execute
			merger: approve alone execute
			requester: approve alone execute
			namer: execute
			registrar: approve alone execute
			administrator: approve alone execute
			approver: execute
			sole approver: execute`,
		duty.Standard: `
			commit author:
			co-author:
			merge request author:
			pusher:
			pipeline editor:
			config editor: approve alone execute
			merger: approve alone
			requester:
			namer:
			registrar: approve alone execute
			administrator: approve alone execute
			approver:
			sole approver:`,
		duty.SOX: `
			commit author:
			co-author:
			merge request author:
			pusher:
			pipeline editor:
			config editor:
			merger:
			requester:
			namer:
			registrar:
			administrator:
			approver:
			sole approver:`,
	}
	if len(want) != len(duty.Standards()) {
		t.Fatalf("the standards are %v", duty.Standards())
	}
	for _, name := range duty.Standards() {
		p, ok := duty.Of(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		var got strings.Builder
		line := func(of duty.Duty, may map[string]bool) {
			words := []string{string(of) + ":"}
			for _, act := range []string{"approve", "alone", "execute"} {
				if may[act] {
					words = append(words, act)
				}
			}
			fmt.Fprintf(&got, "\n\t\t\t%s", strings.Join(words, " "))
		}
		for _, as := range kept {
			line(as, map[string]bool{
				"approve": duty.Approve("hal", of(as), p).OK() && duty.Standing(of(as, "hal", "ann"), p).OK(),
				"alone":   duty.Standing(of(as, "hal"), p).OK(), "execute": duty.Execute("hal", of(as), p).OK(),
			})
		}
		line(duty.Approver, map[string]bool{"execute": duty.Execute("ann", of(duty.CoAuthor, "ann", "bob"), p).OK()})
		line(duty.SoleApprover, map[string]bool{"execute": duty.Execute("ann", of(duty.CoAuthor, "ann"), p).OK()})
		if got.String() != want[name] {
			t.Errorf("%s is\n%s\nnot\n%s", name, got.String(), want[name])
		}
		if (p.MachinesMayAuthor || p.ExecutorMayReview) && name == duty.SOX {
			t.Errorf("%s lets %+v", name, p)
		}
	}
	if _, ok := duty.Of("iso"); ok {
		t.Error("there is a standard that is not listed")
	}
}

// Whoever may approve only beside others is not enough, and neither are several of them.
func TestAlone(t *testing.T) {
	t.Parallel()
	beside := duty.Policy{Author: duty.Row{Approve: true}, PipelineEditor: duty.Row{Approve: true}}
	two := duty.Work{Subject: "payments 1.1.0", Attributions: []duty.Attribution{by("dana", duty.CommitAuthor), by("eve", duty.CoAuthor)}}
	for _, approvers := range [][]string{nil, {"ann"}, {"dana", "ann"}} {
		w := two
		w.Approvers = approvers
		check(t, duty.Standing(w, beside), "", want{verdict: duty.OK})
	}
	for name, approvers := range map[string][]string{"an author alone": {"dana"}, "two authors": {"dana", "eve"}, "twice": {"dana", "dana"}} {
		w := two
		w.Approvers = approvers
		f := duty.Standing(w, beside)
		if f.Verdict != duty.Conflicting || f.Conflicts[0].Text.Code != "duty.alone" || f.Conflicts[0].Person != "dana" {
			t.Errorf("%s: %+v", name, f)
		}
	}
	w := two
	w.Attributions, w.Approvers = append(slices.Clone(w.Attributions), unlinked), []string{"ann"}
	check(t, duty.Standing(w, beside), "", want{duty.Inconclusive, nil, []chat.Code{"duty.unresolved"}})
}

// A conflict says where the part was seen, and through which account.
func TestConflictsSayWhere(t *testing.T) {
	t.Parallel()
	w := payments
	w.Attributions = []duty.Attribution{{Person: "dana", As: duty.CommitAuthor, In: "feed00100000", Through: "d…@shop.example"}}
	f := duty.Approve("dana", w, duty.Policy{})
	in, _ := f.Conflicts[0].Text.Arg("in")
	through, _ := f.Conflicts[0].Text.Arg("through")
	if in.Word != "feed00100000" || through.Word != "d…@shop.example" {
		t.Errorf("%+v", f.Conflicts)
	}
}
