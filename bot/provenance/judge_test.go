package provenance_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// resolve knows dana, pat and ida by account and address, dana by a second account, and the host's own committer as a machine.
func resolve(a chat.Account) people.Whose {
	known := map[string]people.Whose{
		"hub::dana": {Person: "dana"}, "git::dana@shop.example": {Person: "dana"}, "hub::dana2": {Person: "dana"},
		"hub::pat": {Person: "pat"}, "git::pat@shop.example": {Person: "pat"}, "hub::ida": {Person: "ida"},
		"hub::web": {Machine: true}, "git::web@hub.example": {Machine: true}, "hub::ci": {Person: "ci", Machine: true},
	}
	return known[people.Fold(a).String()]
}

func hub(login string) port.Identity {
	return port.Identity{Account: chat.Account{Platform: "hub", ID: login}}
}

func by(login string) port.Identity {
	i := hub(login)
	i.Email = login + "@shop.example"
	return i
}

var web = port.Identity{Account: chat.Account{Platform: "hub", ID: "web"}, Email: "web@hub.example"}

// id is the full id of a commit.
func id(name string) string { return strings.Repeat(name, 40/len(name)) }

// request is #7 of dana's with one commit, approved by pat an hour after it was pushed.
func request() *port.MergeRequest {
	return &port.MergeRequest{
		ID: "#7", Author: hub("dana"), Pushers: []port.Identity{hub("dana")}, PushedAt: noon.Add(-2 * time.Hour), Head: id("b"), MergedBy: hub("pat"),
		Approvals: []port.Approval{{By: hub("pat"), At: noon.Add(-time.Hour), Commit: id("b")}},
	}
}

// brought is a range of that request's commit and its merge, by pat, and a pipeline file that came in before.
func brought(change ...func(*port.CommitRange)) port.CommitRange {
	q := request()
	r := port.CommitRange{
		Service: "web", Since: id("a"), Commit: id("c"), File: "ci.yaml", Source: port.Source{System: "hub", At: noon},
		Commits: []port.Commit{
			{ID: id("b"), Author: by("dana"), Committer: by("dana"), Request: q},
			{ID: id("c"), Author: by("pat"), Committer: web, Merge: true, Request: q},
		},
		Pipeline: &port.Commit{ID: id("9"), Author: by("ida"), Committer: web, Request: &port.MergeRequest{
			ID: "#1", Author: hub("ida"), PushedAt: noon.Add(-50 * time.Hour), Head: id("8"), MergedBy: hub("ida"),
			Approvals: []port.Approval{{By: hub("dana"), At: noon.Add(-49 * time.Hour), Commit: id("8")}},
		}},
	}
	r.Pipeline.Author.Email = "" // ida's is not known
	for _, c := range change {
		c(&r)
	}
	return r
}

func codes(texts []chat.Text) []string {
	list := []string{}
	for _, t := range texts {
		list = append(list, strings.TrimPrefix(string(t.Code), "provenance."))
	}
	return list
}

func TestJudge(t *testing.T) {
	t.Parallel()
	approvals := func(list ...port.Approval) func(*port.CommitRange) {
		return func(r *port.CommitRange) { r.Commits[0].Request.Approvals = list }
	}
	at := func(hours int, by port.Identity, commit string) port.Approval {
		return port.Approval{By: by, At: noon.Add(time.Duration(hours) * time.Hour), Commit: commit}
	}
	good := at(-1, hub("pat"), id("b"))
	for name, tt := range map[string]struct {
		change          func(*port.CommitRange)
		closed, unknown []string
	}{
		"as it should be":        {func(*port.CommitRange) {}, nil, nil},
		"nothing is new":         {func(r *port.CommitRange) { r.Commits, r.Since = nil, r.Commit }, nil, nil},
		"an older version":       {func(r *port.CommitRange) { r.Commits = nil }, nil, nil},
		"nothing ran":            {func(r *port.CommitRange) { r.Since, r.Commits = "", r.Commits[1:] }, nil, nil},
		"nothing ran, no commit": {func(r *port.CommitRange) { r.Since, r.Commits = "", nil }, nil, []string{"not_held"}},
		"the commit is not held": {func(r *port.CommitRange) { r.Commits = r.Commits[:1] }, nil, []string{"not_held"}},
		"cut short":              {func(r *port.CommitRange) { r.More, r.Commits = true, r.Commits[:1] }, nil, []string{"more"}},
		"no pipeline file":       {func(r *port.CommitRange) { r.Pipeline = nil }, nil, []string{"no_file"}},
		"which pipeline file":    {func(r *port.CommitRange) { r.Pipeline, r.File = nil, "" }, nil, []string{"file_unknown"}},
		"pipeline directly":      {func(r *port.CommitRange) { r.Pipeline.Request = nil }, []string{"direct"}, nil},
		"pipeline of the range":  {func(r *port.CommitRange) { r.Pipeline = &r.Commits[0]; r.Commits[0].Request.Approvals = nil }, []string{"unapproved"}, nil},
		"directly":               {func(r *port.CommitRange) { r.Commits[0].Request = nil }, []string{"direct"}, nil},
		"a machine directly": {func(r *port.CommitRange) {
			r.Commits[0] = port.Commit{ID: id("b"), Author: hub("ci"), Committer: hub("ci")}
		}, []string{"direct"}, nil},
		"no approval":        {approvals(), []string{"unapproved"}, nil},
		"the author's":       {approvals(at(-1, hub("dana"), id("b"))), []string{"own", "own", "own"}, nil},
		"the author's other": {approvals(at(-1, hub("Dana2"), id("b"))), []string{"own", "own", "own"}, nil},
		"a committer's":      {func(r *port.CommitRange) { r.Commits[0].Committer = by("pat") }, []string{"own"}, nil},
		"a co-author's":      {func(r *port.CommitRange) { r.Commits[0].CoAuthors = []port.Identity{{Email: "Pat@shop.example"}} }, []string{"own"}, nil},
		"a pusher's": {func(r *port.CommitRange) {
			r.Commits[0].Request.Pushers = append(r.Commits[0].Request.Pushers, hub("pat"))
		}, []string{"own"}, nil},
		"an address of two":    {func(r *port.CommitRange) { r.Commits[0].Author.Email = "pat@shop.example" }, []string{"own"}, nil},
		"who merged, unpushed": {func(r *port.CommitRange) { r.Commits[0].Request.Head = "" }, []string{"own"}, nil},
		"who merged what is head": {func(r *port.CommitRange) {
			r.Commits[0].Request.Head = id("c")
			approvals(at(-1, hub("pat"), id("c")))(r)
		}, []string{"own"}, nil},
		"before the push":    {approvals(at(-3, hub("pat"), "")), []string{"early"}, nil},
		"as it was pushed":   {approvals(at(-2, hub("pat"), "")), []string{"early"}, nil},
		"of another commit":  {approvals(at(-1, hub("pat"), id("7"))), []string{"other"}, nil},
		"before, of another": {approvals(at(-3, hub("pat"), id("7"))), []string{"other", "early"}, nil},
		"linked to nobody":   {approvals(at(-1, hub("mallory"), id("b"))), []string{"by_nobody"}, nil},
		"by a machine":       {approvals(at(-1, hub("ci"), id("b"))), []string{"by_machine"}, nil},
		"undated":            {approvals(port.Approval{By: hub("pat"), Commit: id("b")}), nil, []string{"undated"}},
		"push undated":       {func(r *port.CommitRange) { r.Commits[0].Request.PushedAt = time.Time{} }, nil, nil},
		"push undated, of what": {func(r *port.CommitRange) {
			r.Commits[0].Request.PushedAt = time.Time{}
			approvals(at(-1, hub("pat"), ""))(r)
		}, nil, []string{"unpushed"}},
		"the author is nobody's": {func(r *port.CommitRange) { r.Commits[0].Author = by("mallory") }, nil, []string{"whose", "whose"}},
		"an address is nobody's": {func(r *port.CommitRange) { r.Commits[0].Author.Email = "dana@home.example" }, nil, []string{"whose"}},
		"nobody is named":        {func(r *port.CommitRange) { r.Commits[0].Committer = port.Identity{} }, nil, []string{"whose"}},
		"the host's own address": {func(r *port.CommitRange) { r.Commits[0].Author.Email = "17+Dana@users.noreply.hub.example" }, nil, nil},
		"another's host address": {func(r *port.CommitRange) { r.Commits[0].Author.Email = "17+pat@users.noreply.hub.example" }, nil, []string{"whose"}},
		"one of several":         {approvals(at(-1, hub("dana"), id("b")), at(-3, hub("pat"), ""), good), nil, nil},
		"all reasons":            {approvals(at(-1, hub("dana"), id("b")), at(-3, hub("pat"), "")), []string{"own", "own", "own", "early"}, nil},
		"one of them may":        {approvals(at(-1, hub("dana"), id("b")), port.Approval{By: hub("pat")}), nil, []string{"undated", "own", "own", "own"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := provenance.Judge(brought(tt.change), resolve)
			if c, u := codes(got.Closed), codes(got.Unknown); !slices.Equal(c, append([]string{}, tt.closed...)) || !slices.Equal(u, append([]string{}, tt.unknown...)) {
				t.Errorf("closed %v, unknown %v; want %v, %v", c, u, tt.closed, tt.unknown)
			}
		})
	}
}

func TestReasonsNameCommitRequestAndPerson(t *testing.T) {
	t.Parallel()
	got := provenance.Judge(brought(func(r *port.CommitRange) {
		r.Commits[0].Request.Approvals = []port.Approval{{By: hub("dana2"), At: noon, Commit: id("b")}, {By: hub("mallory"), At: noon}}
		r.Pipeline.Request.Approvals = nil
	}), resolve)
	for n, want := range []map[string]string{
		{"commit": "bbbbbbbbbbbb", "request": "#7", "people": "dana", "more": ""},
		{"commit": "bbbbbbbbbbbb", "request": "#7", "people": "dana"},
		{"commit": "bbbbbbbbbbbb", "request": "#7", "people": "dana"},
		{"commit": "bbbbbbbbbbbb", "request": "#7", "address": "hub:m…"},
		{"commit": "999999999999", "request": "#1", "people": "ida", "file": "ci.yaml"},
	} {
		if n >= len(got.Closed) {
			t.Fatalf("%d reasons", len(got.Closed))
		}
		for name, value := range want {
			a, ok := got.Closed[n].Arg(name)
			if said := a.Word + strings.Join(a.Words, " "); !ok || said != value {
				t.Errorf("%s: %s is %q, want %q", got.Closed[n].Code, name, said, value)
			}
		}
	}
	if got.Commits != 2 || got.Requests != 1 || got.Source.System != "hub" {
		t.Errorf("report is %+v", got)
	}
}

func TestParts(t *testing.T) {
	t.Parallel()
	got := provenance.Parts(brought(func(r *port.CommitRange) {
		r.Commits[0].CoAuthors = []port.Identity{{Email: "Mallory@elsewhere.example"}}
		r.Commits[0].Request.Pushers = append(r.Commits[0].Request.Pushers, hub("ida"))
		r.Commits[0].Author.Email = "17+dana@users.noreply.hub.example"
	}), resolve)
	account := func(text string) chat.Account {
		parts := strings.SplitN(text, ":", 2)
		return chat.Account{Platform: parts[0], ID: parts[1]}
	}
	want := []provenance.Part{
		{As: duty.CommitAuthor, Account: account("hub:dana")}, {As: duty.CommitAuthor, Account: account("git:dana@shop.example")},
		{As: duty.CoAuthor, Account: account("git:mallory@elsewhere.example")},
		{As: duty.Merger, Account: account("hub:pat")}, {As: duty.Merger, Account: account("git:pat@shop.example")},
		{As: duty.CommitAuthor, Account: account("hub:web")}, {As: duty.CommitAuthor, Account: account("git:web@hub.example")},
		{As: duty.MergeAuthor, Account: account("hub:dana")},
		{As: duty.Pusher, Account: account("hub:dana")}, {As: duty.Pusher, Account: account("hub:ida")},
		{As: duty.PipelineEditor, Account: account("hub:web")}, {As: duty.PipelineEditor, Account: account("git:web@hub.example")},
		{As: duty.PipelineEditor, Account: account("hub:ida")},
	}
	for _, w := range want {
		n := slices.IndexFunc(got, func(p provenance.Part) bool { return p.As == w.As && p.Account == w.Account })
		if n < 0 || got[n].In == "" {
			t.Errorf("%s is not %s, or it is not said where: %v", w.Account, w.As, got)
		}
	}
	// The last commit that changed the pipeline is the host's own merge, in the name of who merged.
	if len(got) != len(want) {
		t.Errorf("%d parts, want %d: %v", len(got), len(want), got)
	}
	nobody := provenance.Parts(brought(func(r *port.CommitRange) {
		r.Commits[0].Author, r.Commits[0].Request.MergedBy = port.Identity{}, port.Identity{}
	}), resolve)
	for _, as := range []duty.Duty{duty.CommitAuthor, duty.Merger} {
		if !slices.ContainsFunc(nobody, func(p provenance.Part) bool { return p.As == as && p.Account == (chat.Account{}) && p.In != "" }) {
			t.Errorf("nobody is named as %s, and that is not said", as)
		}
	}
}

// What the host makes as it merges is in the name of who merged; what was pushed never is, nor what somebody wrote.
func TestMergers(t *testing.T) {
	t.Parallel()
	byAddress := func(login string) port.Identity { return port.Identity{Email: login + "@shop.example"} }
	for name, tt := range map[string]struct {
		change func(*port.CommitRange)
		as     []duty.Duty // of pat, who approved and merged
		open   bool
	}{
		"a merge": {func(*port.CommitRange) {}, []duty.Duty{duty.Merger}, true},
		"by an address": {func(r *port.CommitRange) {
			r.Commits[1].Author, r.Commits[1].Committer = byAddress("pat"), byAddress("pat")
		}, []duty.Duty{duty.Merger}, true},
		"squashed":                  {func(r *port.CommitRange) { squash(r, byAddress("dana"), byAddress("pat")) }, []duty.Duty{duty.Merger}, true},
		"squashed and wrote":        {func(r *port.CommitRange) { squash(r, byAddress("pat"), byAddress("pat")) }, []duty.Duty{duty.CommitAuthor, duty.Merger}, false},
		"committed what was pushed": {func(r *port.CommitRange) { r.Commits[0].Committer = byAddress("pat") }, []duty.Duty{duty.CommitAuthor, duty.Merger}, false},
		"pushed a merge": {func(r *port.CommitRange) {
			r.Commits[0].Merge, r.Commits[0].Author, r.Commits[0].Committer = true, by("pat"), by("pat")
		}, []duty.Duty{duty.CommitAuthor, duty.Merger}, false},
		"squashed by the host, pipeline": {func(r *port.CommitRange) {
			r.Commits, r.Commit = nil, r.Since
			r.Pipeline = &port.Commit{ID: id("c"), Author: by("dana"), Committer: byAddress("pat"), Request: request()}
			r.Pipeline.Request.Made = []string{id("c")}
		}, nil, true},
		"pipeline, who made it not said": {func(r *port.CommitRange) {
			r.Commits, r.Commit = nil, r.Since
			r.Pipeline = &port.Commit{ID: id("c"), Author: by("dana"), Committer: byAddress("pat"), Request: request()}
		}, []duty.Duty{duty.PipelineEditor}, false},
		"squashed, then merged": {func(r *port.CommitRange) {
			q := r.Commits[0].Request
			squash(r, byAddress("dana"), byAddress("pat"))
			r.Commits = append(r.Commits, port.Commit{ID: id("d"), Author: byAddress("pat"), Committer: byAddress("pat"), Merge: true, Request: q})
			r.Commit = id("d")
		}, []duty.Duty{duty.Merger}, true},
	} {
		r := brought(tt.change)
		var as []duty.Duty
		for _, p := range provenance.Parts(r, resolve) {
			if resolve(p.Account).Person == "pat" && !slices.Contains(as, p.As) {
				as = append(as, p.As)
			}
		}
		slices.Sort(as)
		report := provenance.Judge(r, resolve)
		if !slices.Equal(as, tt.as) || (len(report.Closed)+len(report.Unknown) == 0) != tt.open {
			t.Errorf("%s: pat is %v, closed %v, unknown %v", name, as, codes(report.Closed), codes(report.Unknown))
		}
	}
}

// squash leaves one commit in the place of what was pushed.
func squash(r *port.CommitRange, author, committer port.Identity) {
	r.Commits = []port.Commit{{ID: id("c"), Author: author, Committer: committer, Request: r.Commits[0].Request}}
}

// Whatever a commit says, it removes nobody's part, and makes no approval count that did not.
func TestCommitFieldsOnlyAdd(t *testing.T) {
	t.Parallel()
	logins := rapid.SampledFrom([]string{"", "dana", "dana2", "pat", "ida", "mallory", "ci", "web"})
	identity := rapid.Custom(func(t *rapid.T) port.Identity {
		i := port.Identity{}
		if login := logins.Draw(t, "login"); login != "" {
			i = hub(login)
		}
		if mail := logins.Draw(t, "mail"); mail != "" {
			i.Email = mail + "@shop.example"
		}
		return i
	})
	rapid.Check(t, func(t *rapid.T) {
		honest := brought(func(r *port.CommitRange) {
			r.Commits[0].Request.Author = identity.Draw(t, "author")
			r.Commits[0].Request.Approvals = []port.Approval{{By: identity.Draw(t, "approver"), At: noon.Add(time.Duration(rapid.IntRange(-4, 0).Draw(t, "at")) * time.Hour)}}
		})
		forged := brought(func(r *port.CommitRange) {
			*r.Commits[0].Request = *honest.Commits[0].Request
			r.Commits[0].CoAuthors = rapid.SliceOfN(identity, 0, 3).Draw(t, "co-authors")
			r.Commits[0].Author.Email = logins.Draw(t, "forged") + "@shop.example"
		})
		was, is := provenance.Judge(honest, resolve), provenance.Judge(forged, resolve)
		open := func(r provenance.Report) bool { return len(r.Closed)+len(r.Unknown) == 0 }
		if !open(was) && open(is) {
			t.Fatalf("what a commit says opened the gate: %v", codes(append(was.Closed, was.Unknown...)))
		}
		parts := provenance.Parts(forged, resolve)
		for _, p := range provenance.Parts(honest, resolve) {
			byEmail := p.Account.Platform == provenance.Git
			if !byEmail && !slices.Contains(parts, p) {
				t.Fatalf("what a commit says took a part away: %+v", p)
			}
		}
	})
}

func TestMasked(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]chat.Account{
		"d…@shop.example": provenance.Address("Dana@shop.example"), "…@shop.example": provenance.Address("@shop.example"),
		"git:d…": provenance.Address("dana"), "hub:d…": {Platform: "hub", ID: "dana"}, "": {},
	} {
		if got := provenance.Masked(a); got != want {
			t.Errorf("%s is shown as %q, want %q", a, got, want)
		}
	}
}

func TestSameCommit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		want bool
	}{{id("b"), id("b"), true}, {"BBBBBBB", id("b"), true}, {"bbbbbb", id("b"), false}, {"", id("b"), false}, {"", "", false}, {id("b"), id("c"), false}} {
		if provenance.SameCommit(tt.a, tt.b) != tt.want || provenance.SameCommit(tt.b, tt.a) != tt.want {
			t.Errorf("%q and %q: want %t", tt.a, tt.b, tt.want)
		}
	}
}
