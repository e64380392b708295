package window_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/window"
)

var (
	now  = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	sat  = time.Date(2026, 11, 28, 1, 0, 0, 0, time.UTC)
	sun  = sat.Add(24 * time.Hour)
	pay  = window.Party{Kind: window.OfLine, Name: "payments"}
	shop = window.Party{Kind: window.OfLine, Name: "shop"}

	owners = window.Owners{pay: {"olga"}, shop: {"sven", "ann"}}
	both   = []window.Party{pay, shop}
)

func proposal(by string, from time.Time) window.Proposal {
	return window.Proposal{From: from, To: from.Add(2 * time.Hour), Zone: "Europe/Berlin", By: by, Closes: now.Add(48 * time.Hour)}
}

func proposed(t *testing.T, by string) window.Window {
	t.Helper()
	w, refusal := window.Propose(window.Window{ID: "W-1", Service: "payments", Environment: "prod"}, proposal(by, sat), both, owners, now)
	if refusal != nil {
		t.Fatal(refusal)
	}
	return w
}

func wants(t *testing.T, refusal *chat.Refusal, code chat.Code) {
	t.Helper()
	switch {
	case refusal == nil && code != "":
		t.Errorf("done, want %s", code)
	case refusal != nil && refusal.Text.Code != code:
		t.Errorf("%v, want %q", refusal.Text, code)
	}
}

func TestAllMustAccept(t *testing.T) {
	t.Parallel()
	w := proposed(t, "dev")
	if w.State != window.Proposed || len(w.Waiting()) != 2 {
		t.Fatalf("%+v", w)
	}
	_, refusal := w.Accept("dev", owners, now)
	wants(t, refusal, "window.not_yours")
	w, refusal = w.Accept("olga", owners, now)
	wants(t, refusal, "")
	if w.State != window.Proposed || len(w.Waiting()) != 1 || w.Waiting()[0] != shop {
		t.Errorf("%+v", w)
	}
	_, refusal = w.Accept("olga", owners, now)
	wants(t, refusal, "window.accepted_already")
	w, refusal = w.Accept("ann", owners, now)
	wants(t, refusal, "")
	if w.State != window.Accepted || w.Open(sat.Add(-1)) || !w.Open(sat) || w.Open(sat.Add(2*time.Hour)) {
		t.Errorf("%+v", w)
	}
	_, refusal = w.Accept("sven", owners, now)
	wants(t, refusal, "window.not_now")
}

func TestWhoProposesAcceptsForWhatTheyOwn(t *testing.T) {
	t.Parallel()
	w := proposed(t, "olga")
	if len(w.Waiting()) != 1 || w.Waiting()[0] != shop || w.Answers[0].By != "olga" {
		t.Errorf("%+v", w)
	}
	alone, refusal := window.Propose(window.Window{ID: "W-2", Service: "payments"}, proposal("olga", sat), []window.Party{pay}, owners, now)
	if wants(t, refusal, ""); alone.State != window.Accepted {
		t.Errorf("it concerns nobody else: %s", alone.State)
	}
}

func TestWhatCanNotBeProposed(t *testing.T) {
	t.Parallel()
	w := window.Window{ID: "W-1", Service: "payments"}
	for code, p := range map[chat.Code]window.Proposal{
		"window.past":   proposal("dev", now),
		"window.length": {From: sat, To: sat.Add(8 * 24 * time.Hour), By: "dev"},
	} {
		_, refusal := window.Propose(w, p, both, owners, now)
		wants(t, refusal, code)
		_, refusal = window.Plan(w, p, now)
		wants(t, refusal, code)
		_, refusal = proposed(t, "dev").Counter(window.Proposal{From: p.From, To: p.To, By: "olga"}, owners, now)
		wants(t, refusal, code)
	}
	_, refusal := window.Propose(w, proposal("dev", sat), nil, owners, now)
	wants(t, refusal, "window.nobody")
	_, refusal = window.Propose(w, proposal("dev", sat), both, window.Owners{pay: {"olga"}}, now)
	wants(t, refusal, "window.unowned")
}

func TestCounterAsksEverybodyAnew(t *testing.T) {
	t.Parallel()
	w := proposed(t, "dev")
	w, _ = w.Accept("olga", owners, now)
	w, refusal := w.Counter(proposal("sven", sun), owners, now)
	wants(t, refusal, "")
	dev := window.Party{Kind: window.OfPerson, Name: "dev"}
	if w.State != window.Countered || w.Round != 2 || !w.From.Equal(sun) || len(w.Waiting()) != 2 || w.Waiting()[0] != pay || w.Waiting()[1] != dev {
		t.Fatalf("%+v", w)
	}
	w, refusal = w.Accept("olga", owners, now)
	wants(t, refusal, "")
	if w.State != window.Countered {
		t.Error("the one who asked first was not asked")
	}
	_, refusal = w.Counter(proposal("chair", sat), owners, now)
	wants(t, refusal, "window.not_yours")
	_, refusal = w.Counter(proposal("olga", sun), owners, now)
	wants(t, refusal, "window.same")
	back, refusal := w.Counter(proposal("dev", sat), owners, now)
	wants(t, refusal, "")
	if len(back.Waiting()) != 2 || back.Round != 3 {
		t.Errorf("%+v", back.Waiting())
	}
	w, refusal = w.Accept("dev", owners, now)
	if wants(t, refusal, ""); w.State != window.Accepted {
		t.Errorf("%s", w.State)
	}
}

func TestOneRefusalIsEnough(t *testing.T) {
	t.Parallel()
	w := proposed(t, "dev")
	_, refusal := w.Refuse("chair", nil, owners, now)
	wants(t, refusal, "window.not_yours")
	w, refusal = w.Refuse("olga", nil, owners, now)
	wants(t, refusal, "")
	if w.State != window.Refused || w.EndedBy != "olga" {
		t.Errorf("%+v", w)
	}
	_, refusal = w.Accept("sven", owners, now)
	wants(t, refusal, "window.not_now")
}

func TestTimeRunsOut(t *testing.T) {
	t.Parallel()
	w := proposed(t, "dev")
	_, refusal := w.Expire(w.Closes.Add(-1))
	wants(t, refusal, "window.not_now")
	_, refusal = w.Accept("olga", owners, w.Closes)
	wants(t, refusal, "window.not_now")
	w, refusal = w.Expire(w.Closes)
	if wants(t, refusal, ""); w.State != window.Expired {
		t.Errorf("%s", w.State)
	}
	soon, _ := window.Propose(window.Window{ID: "W-1"}, proposal("dev", now.Add(time.Hour)), both, owners, now)
	if !soon.Closes.Equal(soon.From) {
		t.Errorf("it can be answered until %s, after it began", soon.Closes)
	}
}

func TestWithdraw(t *testing.T) {
	t.Parallel()
	w := proposed(t, "dev")
	_, refusal := w.Withdraw("olga", nil, false, owners, now)
	wants(t, refusal, "window.not_yours_to_withdraw")
	back, refusal := w.Withdraw("dev", nil, false, owners, now)
	if wants(t, refusal, ""); back.State != window.Withdrawn {
		t.Errorf("%s", back.State)
	}
	w, _ = w.Accept("olga", owners, now)
	w, _ = w.Accept("sven", owners, now)
	_, refusal = w.Withdraw("chair", nil, false, owners, now)
	wants(t, refusal, "window.not_yours_to_withdraw")
	_, refusal = w.Withdraw("olga", nil, false, owners, now)
	wants(t, refusal, "")
	_, refusal = w.Withdraw("chair", nil, true, owners, now)
	wants(t, refusal, "")
	_, refusal = w.Withdraw("dev", nil, false, owners, w.To)
	wants(t, refusal, "window.not_now")
}

func TestTestsLetIn(t *testing.T) {
	t.Parallel()
	w, refusal := window.Plan(window.Window{ID: "W-3", Service: "payments", Environment: "prod"}, proposal("sec", sat), now)
	if wants(t, refusal, ""); w.State != window.Accepted || w.Kind != window.Test {
		t.Fatalf("%+v", w)
	}
	a := window.Agreement{Release: "R-1", Digest: "d1", By: "sec", At: now}
	w, refusal = w.Agree(a, now)
	wants(t, refusal, "")
	_, refusal = w.Agree(a, now)
	wants(t, refusal, "window.agreed_already")
	if !w.Lets("R-1", "d1") || w.Lets("R-1", "d2") || w.Lets("R-2", "d1") || w.Lets("R-1", "") {
		t.Error("it lets in what nobody agreed to")
	}
	_, refusal = w.Agree(window.Agreement{Release: "R-2"}, w.To)
	wants(t, refusal, "window.not_now")
	_, refusal = proposed(t, "dev").Agree(a, now)
	wants(t, refusal, "window.no_test")
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	w := window.Window{ID: "W-1", Service: "payments", Environment: "prod", From: sat, To: sat.Add(time.Hour)}
	of := func(id, service, env string, from time.Time, s window.State) window.Window {
		return window.Window{ID: id, Service: service, Environment: env, From: from, To: from.Add(time.Hour), State: s}
	}
	others := []window.Window{
		w, of("W-2", "ledger", "prod", sat, window.Accepted), of("W-3", "web", "prod", sat.Add(59*time.Minute), window.Proposed),
		of("W-4", "web", "prod", sat.Add(time.Hour), window.Accepted), of("W-5", "web", "staging", sat, window.Accepted),
		of("W-6", "ledger", "prod", sat, window.Refused), of("W-7", "other", "prod", sat, window.Accepted),
	}
	relation := func(a, b string) window.Relation {
		return map[string]window.Relation{"payments/ledger": window.Depends, "payments/web": window.Serves, "payments/payments": window.Same}[a+"/"+b]
	}
	found := window.Conflicts(w, others, relation)
	if len(found) != 2 || found[0].With.ID != "W-2" || found[0].Relation != window.Depends || found[1].With.ID != "W-3" || found[1].Relation != window.Serves {
		t.Errorf("%+v", found)
	}
}

func TestLengths(t *testing.T) {
	t.Parallel()
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, c := range []struct {
		from, to, zone string
		length, shown  time.Duration
	}{
		{"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "Europe/Berlin", time.Hour, 2 * time.Hour},
		{"2027-10-30T23:30:00Z", "2027-10-31T02:30:00Z", "Europe/Berlin", 3 * time.Hour, 2 * time.Hour},
		{"2027-10-30T23:30:00Z", "2027-10-31T02:30:00Z", "Asia/Kolkata", 3 * time.Hour, 3 * time.Hour},
		{"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "", time.Hour, time.Hour},
		{"2027-03-28T00:30:00Z", "2027-03-28T01:30:00Z", "Mars/Olympus", time.Hour, time.Hour},
	} {
		length, shown := window.Window{From: at(c.from), To: at(c.to), Zone: c.zone}.Lengths()
		if length != c.length || shown != c.shown {
			t.Errorf("%+v: %v, %v", c, length, shown)
		}
	}
}
