package duty_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

func by(person string, as duty.Duty) duty.Attribution {
	return duty.Attribution{Address: "git:" + person + "@example.org", Person: person, As: as}
}

// What some duties may do nevertheless.
var (
	votes = duty.Row{Approve: true, Alone: true}
	runs  = duty.Row{Execute: true}
)

var (
	unlinked = duty.Attribution{Address: "git:who@example.org", As: duty.CommitAuthor}
	machine  = duty.Attribution{Address: "git:bot@example.org", Machine: true, As: duty.CommitAuthor}
	payments = duty.Work{
		Subject: "payments 1.1.0", Requester: "rex",
		Attributions: []duty.Attribution{
			by("dana", duty.CommitAuthor), by("dana", duty.CommitAuthor), by("dana", duty.PipelineEditor),
			by("mia", duty.MergeAuthor), by("odd", "release manager"), machine,
		},
		Approvers: []string{"ann", "bob", "bob"},
	}
)

func with(change func(*duty.Work)) duty.Work {
	w := payments
	w.Attributions = slices.Clone(w.Attributions)
	change(&w)
	return w
}

type want struct {
	verdict duty.Verdict
	as      []duty.Duty
	unknown []chat.Code
}

func check(t *testing.T, f duty.Finding, person string, w want) {
	t.Helper()
	var as []duty.Duty
	for _, c := range f.Conflicts {
		as = append(as, c.As)
		named, _ := c.Text.Arg("person")
		subject, _ := c.Text.Arg("subject")
		if c.Person != person || named.Word != person || subject.Word != "payments 1.1.0" || c.Text.Code != "duty.conflict" {
			t.Errorf("conflict %+v does not name %s and the work", c, person)
		}
	}
	var unknown []chat.Code
	for _, u := range f.Unknown {
		unknown = append(unknown, u.Code)
	}
	if f.Verdict != w.verdict || !slices.Equal(as, w.as) || !slices.Equal(unknown, w.unknown) {
		t.Errorf("%s %v %v, want %+v", f.Verdict, as, unknown, w)
	}
	if f.OK() != (w.verdict == duty.OK) || len(f.Reasons()) != len(w.as)+len(w.unknown) {
		t.Errorf("OK %t with reasons %v", f.OK(), f.Reasons())
	}
}

func TestApprove(t *testing.T) {
	t.Parallel()
	partly := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, unlinked, unlinked) })
	nobody := with(func(w *duty.Work) { w.Attributions = nil })
	requested := with(func(w *duty.Work) {
		w.Requester, w.Attributions = "", []duty.Attribution{by("rex", duty.Requester)}
	})
	machines := with(func(w *duty.Work) { w.Attributions = []duty.Attribution{machine} })
	loose := duty.Policy{Author: votes, PipelineEditor: votes}
	merged := with(func(w *duty.Work) {
		w.Attributions = append(w.Attributions, by("max", duty.Merger), by("dana", duty.Merger), by("pia", duty.Pusher), by("ida", duty.Namer))
	})
	mergers := duty.Policy{Merger: votes}
	whoMerged := with(func(w *duty.Work) {
		w.Attributions = append(w.Attributions, duty.Attribution{Address: "github:w…", As: duty.Merger})
	})
	unnamed := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, duty.Attribution{As: duty.CommitAuthor}) })
	unread := with(func(w *duty.Work) { w.Unread = []chat.Text{chat.Say("duty.unread")} })
	for name, tt := range map[string]struct {
		person string
		work   duty.Work
		policy duty.Policy
		want   want
	}{
		"somebody else":           {"ann", payments, duty.Policy{}, want{verdict: duty.OK}},
		"author, every duty":      {"dana", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.CommitAuthor, duty.PipelineEditor}, nil}},
		"merge author":            {"mia", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.MergeAuthor}, nil}},
		"requester":               {"rex", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.Requester}, nil}},
		"a duty of another name":  {"odd", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{"release manager"}, nil}},
		"linked to nobody":        {"", payments, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.nobody"}}},
		"unknown author":          {"ann", partly, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.unresolved"}}},
		"conflict outweighs":      {"mia", partly, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.MergeAuthor}, []chat.Code{"duty.unresolved"}}},
		"no author":               {"ann", nobody, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.no_author"}}},
		"only a requester":        {"rex", requested, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.Requester}, []chat.Code{"duty.no_author"}}},
		"only machines":           {"ann", machines, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.only_machines"}}},
		"only machines, allowed":  {"ann", machines, duty.Policy{MachinesMayAuthor: true}, want{verdict: duty.OK}},
		"author allowed":          {"dana", partly, loose, want{verdict: duty.OK}},
		"requester still not":     {"rex", partly, loose, want{duty.Conflicting, []duty.Duty{duty.Requester}, nil}},
		"requester allowed":       {"rex", payments, duty.Policy{Requester: votes}, want{verdict: duty.OK}},
		"merger":                  {"max", merged, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.Merger}, nil}},
		"merger allowed":          {"max", merged, mergers, want{verdict: duty.OK}},
		"merger who wrote it":     {"dana", merged, mergers, want{duty.Conflicting, []duty.Duty{duty.CommitAuthor, duty.PipelineEditor}, nil}},
		"merger, author allowed":  {"dana", merged, loose, want{duty.Conflicting, []duty.Duty{duty.Merger}, nil}},
		"pusher":                  {"pia", merged, mergers, want{duty.Conflicting, []duty.Duty{duty.Pusher}, nil}},
		"who named an author":     {"ida", merged, mergers, want{duty.Conflicting, []duty.Duty{duty.Namer}, nil}},
		"unknown merger":          {"ann", whoMerged, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.unresolved"}}},
		"unknown merger allowed":  {"ann", whoMerged, mergers, want{verdict: duty.OK}},
		"nobody is named":         {"ann", unnamed, mergers, want{duty.Inconclusive, nil, []chat.Code{"duty.unnamed"}}},
		"not all was read":        {"ann", unread, mergers, want{duty.Inconclusive, nil, []chat.Code{"duty.unread"}}},
		"unread, authors allowed": {"ann", unread, duty.Policy{Author: votes, PipelineEditor: votes, Merger: votes}, want{verdict: duty.OK}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, duty.Approve(tt.person, tt.work, tt.policy), tt.person, tt.want)
		})
	}
}

func TestExecute(t *testing.T) {
	t.Parallel()
	partly := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, unlinked) })
	sole := with(func(w *duty.Work) { w.Approvers = []string{"ann", "ann", ""} })
	unvoted := with(func(w *duty.Work) { w.Approvers = nil })
	approver := duty.Policy{ApproverMayExecute: true}
	merged := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, by("dana", duty.Merger)) })
	for name, tt := range map[string]struct {
		person string
		work   duty.Work
		policy duty.Policy
		want   want
	}{
		"somebody else":           {"sam", payments, duty.Policy{}, want{verdict: duty.OK}},
		"not voted on":            {"sam", unvoted, duty.Policy{}, want{verdict: duty.OK}},
		"author":                  {"dana", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.CommitAuthor, duty.PipelineEditor}, nil}},
		"author allowed":          {"dana", partly, duty.Policy{Author: runs, PipelineEditor: runs}, want{verdict: duty.OK}},
		"requester":               {"rex", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.Requester}, nil}},
		"requester allowed":       {"rex", payments, duty.Policy{Requester: runs}, want{verdict: duty.OK}},
		"one of several":          {"bob", payments, duty.Policy{}, want{duty.Conflicting, []duty.Duty{duty.Approver}, nil}},
		"one of several, allowed": {"bob", payments, approver, want{verdict: duty.OK}},
		"sole approver":           {"ann", sole, approver, want{duty.Conflicting, []duty.Duty{duty.SoleApprover}, nil}},
		"sole approver, allowed":  {"ann", sole, duty.Policy{SoleApproverMayExecute: true}, want{verdict: duty.OK}},
		"merger":                  {"dana", merged, duty.Policy{Author: runs, PipelineEditor: runs}, want{duty.Conflicting, []duty.Duty{duty.Merger}, nil}},
		"merger allowed":          {"dana", merged, duty.Policy{Author: runs, PipelineEditor: runs, Merger: runs}, want{verdict: duty.OK}},
		"unknown author":          {"sam", partly, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.unresolved"}}},
		"linked to nobody":        {"", sole, duty.Policy{}, want{duty.Inconclusive, nil, []chat.Code{"duty.nobody"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, duty.Execute(tt.person, tt.work, tt.policy), tt.person, tt.want)
		})
	}
}

func TestStanding(t *testing.T) {
	t.Parallel()
	check(t, duty.Standing(payments, duty.Policy{}), "", want{verdict: duty.OK})
	linked := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, by("bob", duty.CoAuthor)) })
	check(t, duty.Standing(linked, duty.Policy{}), "bob", want{duty.Conflicting, []duty.Duty{duty.CoAuthor}, nil})
	check(t, duty.Standing(linked, duty.Policy{Author: votes, PipelineEditor: votes}), "", want{verdict: duty.OK})
	partly := with(func(w *duty.Work) { w.Attributions = append(w.Attributions, unlinked) })
	check(t, duty.Standing(partly, duty.Policy{}), "", want{duty.Inconclusive, nil, []chat.Code{"duty.unresolved"}})
}

func TestIdentify(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		admin, person string
		want          want
	}{
		"neither author nor voter": {"ida", "dana", want{verdict: duty.OK}},
		"a machine's":              {"ida", "", want{verdict: duty.OK}},
		"author":                   {"mia", "dana", want{duty.Conflicting, []duty.Duty{duty.MergeAuthor}, nil}},
		"merger":                   {"max", "dana", want{duty.Conflicting, []duty.Duty{duty.Merger}, nil}},
		"requester":                {"rex", "dana", want{duty.Conflicting, []duty.Duty{duty.Requester}, nil}},
		"voter against":            {"vic", "dana", want{duty.Conflicting, []duty.Duty{duty.Approver}, nil}},
		"approver":                 {"ann", "dana", want{duty.Conflicting, []duty.Duty{duty.Approver}, nil}},
		"themselves":               {"ida", "ida", want{duty.Conflicting, []duty.Duty{duty.Identifier}, nil}},
		"nobody":                   {"", "", want{duty.Inconclusive, nil, []chat.Code{"duty.nobody"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			named := with(func(w *duty.Work) {
				w.Attributions = append(w.Attributions, by("ida", duty.Namer), by("max", duty.Merger), unlinked)
				w.Unread = []chat.Text{chat.Say("duty.unread")}
			})
			check(t, duty.Identify(tt.admin, tt.person, named, []string{"vic"}), tt.admin, tt.want)
		})
	}
}

func TestDutyText(t *testing.T) {
	t.Parallel()
	seen := map[chat.Code]bool{}
	for _, d := range []duty.Duty{duty.CommitAuthor, duty.CoAuthor, duty.MergeAuthor, duty.PipelineEditor, duty.Requester,
		duty.Approver, duty.SoleApprover, duty.Identifier,
		duty.Pusher, duty.Merger, duty.Namer, "something else"} {
		code := d.Text().Code
		if seen[code] || code == "duty.other" != (d == "something else") {
			t.Errorf("%s is worded by %s", d, code)
		}
		seen[code] = true
	}
}

func works() *rapid.Generator[duty.Work] {
	id := rapid.SampledFrom([]string{"", "a", "b", "c", "d"})
	as := rapid.SampledFrom([]duty.Duty{duty.CommitAuthor, duty.CoAuthor, duty.MergeAuthor, duty.PipelineEditor, duty.ConfigEditor, duty.Merger, duty.Requester, "other"})
	return rapid.Custom(func(t *rapid.T) duty.Work {
		return duty.Work{
			Subject: "payments 1.1.0", Requester: id.Draw(t, "requester"), Approvers: rapid.SliceOfN(id, 0, 4).Draw(t, "approvers"),
			Unread: rapid.SliceOfN(rapid.Just(chat.Say("duty.unread")), 0, 1).Draw(t, "unread"),
			Attributions: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) duty.Attribution {
				return duty.Attribution{Person: id.Draw(t, "person"), Machine: rapid.Bool().Draw(t, "machine"), As: as.Draw(t, "as")}
			}), 0, 5).Draw(t, "attributions"),
		}
	})
}

func policies() *rapid.Generator[duty.Policy] {
	return rapid.Custom(func(t *rapid.T) duty.Policy {
		b := func(name string) bool { return rapid.Bool().Draw(t, name) }
		row := func(of string) duty.Row {
			return duty.Row{Approve: b(of + "a"), Alone: b(of + "o"), Execute: b(of + "e")}
		}
		return duty.Policy{
			Author: row("author"), Merger: row("merger"), PipelineEditor: row("pipeline"), ConfigEditor: row("config"), Requester: row("requester"),
			ApproverMayExecute: b("pe"), SoleApproverMayExecute: b("se"), MachinesMayAuthor: b("ma"),
		}
	})
}

func TestLaws(t *testing.T) {
	t.Parallel()
	people := []string{"", "a", "b", "c", "d", "z"}
	rapid.Check(t, func(t *rapid.T) {
		w, p := works().Draw(t, "work"), policies().Draw(t, "policy")
		barred := duty.Barred(people, w, p)
		for _, id := range people {
			approve, execute := duty.Approve(id, w, p), duty.Execute(id, w, p)
			if slices.Contains(barred, id) == approve.OK() {
				t.Fatalf("Barred says %v, Approve(%q) %+v", barred, id, approve)
			}
			if duty.Approve(id, w, duty.Policy{}).OK() && !approve.OK() || duty.Execute(id, w, duty.Policy{}).OK() && !execute.OK() {
				t.Fatal("the zero policy must be the strictest")
			}
			for _, f := range []duty.Finding{approve, execute} {
				if f.OK() != (len(f.Reasons()) == 0) {
					t.Fatalf("%s with reasons %v", f.Verdict, f.Reasons())
				}
			}
			more := w
			more.Attributions = append(slices.Clone(w.Attributions), duty.Attribution{Person: "z", As: duty.CommitAuthor})
			if c := duty.Approve(id, more, p).Conflicts; len(c) < len(approve.Conflicts) {
				t.Fatal("a commit field removed a conflict")
			}
			for n, a := range w.Attributions { // whoever says whose it is, or that it is a machine's
				if a.Person != "" || a.Machine {
					continue
				}
				for _, named := range []duty.Attribution{{Address: a.Address, As: a.As, Machine: true}, {Address: a.Address, As: a.As, Person: "b"}} {
					told := w
					told.Attributions = slices.Clone(w.Attributions)
					told.Attributions[n] = named
					for _, pair := range [][2][]duty.Conflict{
						{approve.Conflicts, duty.Approve(id, told, p).Conflicts}, {execute.Conflicts, duty.Execute(id, told, p).Conflicts},
						{duty.Standing(w, p).Conflicts, duty.Standing(told, p).Conflicts},
					} {
						for _, c := range pair[0] {
							if !slices.ContainsFunc(pair[1], func(now duty.Conflict) bool { return now.Person == c.Person && now.As == c.As }) {
								t.Fatalf("naming an address removed a conflict: %+v", c)
							}
						}
					}
				}
			}
		}
		if slices.ContainsFunc(w.Approvers, func(id string) bool { return id != "" && slices.Contains(barred, id) }) && duty.Standing(w, p).OK() {
			t.Fatal("the approval of somebody barred stands")
		}
	})
}

func TestHotPathAllocatesNothing(t *testing.T) {
	candidates := []string{"ann", "bob", "cid", "eve", "fay", "gus", "hal", "ivy", "jon"}
	if n := testing.AllocsPerRun(100, func() { duty.Barred(candidates, payments, duty.Policy{}) }); n > 0 {
		t.Errorf("Barred: %v allocations", n)
	}
	if n := testing.AllocsPerRun(100, func() { duty.Approve("ann", payments, duty.Policy{}) }); n > 0 {
		t.Errorf("Approve: %v allocations", n)
	}
}

func TestReview(t *testing.T) {
	strict, _ := duty.Of(duty.SOX)
	for person, as := range map[string][]duty.Duty{
		"dana": {duty.CommitAuthor}, "mia": {duty.MergeAuthor}, "pat": {duty.Pusher}, "rex": nil, "sam": nil, "ann": nil,
	} {
		w := with(func(w *duty.Work) {
			w.Attributions = append(w.Attributions, by("pat", duty.Pusher), by("sam", duty.Merger), unlinked)
			w.Unread = []chat.Text{chat.Say("x")}
		})
		f := duty.Review(person, w, strict)
		if len(as) == 0 != f.OK() || len(f.Conflicts) != len(as) || len(as) > 0 && f.Conflicts[0].As != as[0] {
			t.Errorf("%s reviews: %+v, want %v", person, f, as)
		}
	}
	if f := duty.Review("", payments, strict); f.OK() {
		t.Error("nobody may review")
	}
	free := duty.Policy{Author: votes}
	if f := duty.Review("dana", payments, free); !f.OK() {
		t.Errorf("an author who may approve may not review: %+v", f)
	}
}
