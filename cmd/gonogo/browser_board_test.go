package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// TestBrowserContestedVote: a board decides on payments. Somebody changes their mind, security's veto ends the vote and is taken back on
// the next, an owner's seat is handed on, and what is voted on is built anew meanwhile.
func TestBrowserContestedVote(t *testing.T) {
	t.Parallel()
	b := sit(t)
	rita, carla, chris, dana := b.member("rita"), b.member("carla"), b.member("chris"), b.member("dana")
	sami, olga, pat, joe := b.member("sami"), b.member("olga"), b.member("pat"), b.member("joe")

	rita.says(`/release plan payments 1.1.0 "refunds are rounded"`)
	rita.shows("R-1", "payments 1.1.0", "customers pay through it")
	rita.enters("R-1", "deploy")
	rita.shows("R-1", "staging runs 1.1.0, verified")

	// Everybody who is asked sees what is asked of whom.
	for _, p := range []*tab{carla, chris, dana, sami, olga, pat} {
		p.to("#cab")
		p.shows("B-1", "payments 1.1.0", "CAB is still open for 2 people: Carla Chair, Chris Change and Cleo Customer-Care", "security is still open: Sami Security", "owner of payments is still open: Olga Owner")
	}
	carla.look("asked")
	dana.hears(func() { dana.enters("B-1", "approve") }, "commit author")
	pat.hears(func() { pat.enters("B-1", "approve") }, "vote")

	// Contested: no at first, and then yes, by the keyboard alone.
	carla.hears(func() { carla.says(`/vote B-1 no-go "it is Friday"`) }, "no-go")
	chris.shows("B-1", "Carla Chair: no-go", "it is Friday")
	carla.hears(func() { carla.walks("B-1", "approve") }, "B-1")
	chris.shows("B-1", "Carla Chair: go", "Carla Chair fills CAB")

	// The owner's seat is handed on; whoever has it votes from their own account, and fills it once.
	olga.says(`/delegate pat "now" "+1d" "at the dentist"`)
	chris.shows("B-1", "Pat Deputy stands in for Olga Owner until")
	pat.hears(func() { pat.enters("B-1", "approve") }, "for Olga Owner", "2 of 4 seats filled")
	chris.shows("B-1", "Pat Deputy for Olga Owner: go", "Pat Deputy fills owner of payments for Olga Owner", "CAB is still open: Chris Change and Cleo Customer-Care")
	pat.hears(func() { pat.enters("B-1", "approve") }, "2 of 4 seats filled")
	chris.look("delegated")

	// A veto ends it, on everybody's page.
	sami.hears(func() { sami.says(`/vote B-1 no-go "no rollback plan"`) }, "rejected")
	for _, p := range []*tab{carla, chris, pat} {
		p.shows("B-1", "rejected", "no rollback plan")
		p.lacks("B-1", "approve", "reject", "abstain", "reason")
	}
	joe.hears(func() { joe.says("/deploy R-1 prod") }, "approval")
	rita.shows("R-1", "rejected")
	rita.look("vetoed")

	// Asked again, security agrees; then somebody builds the same version anew. The next vote finds that out and voids the others.
	rita.enters("R-1", "reopen")
	for _, p := range []*tab{sami, carla, pat} {
		p.hears(func() { p.enters("B-2", "approve") }, "B-2")
	}
	chris.shows("B-2", "Sami Security fills security", "Pat Deputy fills owner of payments for Olga Owner")
	putBack := copied(t, filepath.Join(b.centre.repository(), "payments", "1.1.0"))
	b.mill("-rebuild", "payments@1.1.0")
	chris.hears(func() { chris.enters("B-2", "approve") }, "artifact: was")
	for _, p := range []*tab{carla, chris, sami} {
		p.shows("B-2", "void", "artifact: was")
		p.lacks("B-2", "approve", "reject", "abstain", "reason")
	}
	chris.look("void")
	rita.hears(func() { rita.enters("R-1", "reopen") }, "payments 1.1.0")
	rita.shows("R-1", "artifact: was")

	// What was tried is put back. One click votes as before; who had not voted is asked.
	putBack()
	rita.enters("R-1", "reopen")
	carla.shows("B-3", "Carla Chair voted go there, and not here yet", "Sami Security voted go there, and not here yet")
	carla.look("reaffirm")
	for _, p := range []*tab{carla, sami, pat} {
		p.hears(func() { p.enters("B-3", "reaffirm") }, "B-3")
	}
	chris.shows("B-3", "CAB is still open: Chris Change and Cleo Customer-Care")
	chris.hears(func() { chris.enters("B-3", "approve") }, "4 of 4 seats filled")
	for _, p := range []*tab{carla, chris, dana, sami, olga, pat} {
		p.shows("B-3", "passed")
		p.lacks("B-3", "approve", "reject", "abstain", "reason", "reaffirm")
	}
	olga.look("passed")

	joe.shows("R-1", "approved")
	joe.enters("R-1", "deploy")
	joe.shows("R-1", "payments 1.1.0 · released")
	joe.look("released")

	b.stands("#releases", map[string]string{"R-1": "released"})
	b.stands("#cab", map[string]string{"B-1": "rejected", "B-2": "void", "B-3": "passed"})
	b.adjourn()
	says(t, b.must(0, "audit", "show", "B-1", "--data", b.store()).out, "Carla Chair", "for Olga Owner", "Sami Security")
	says(t, b.must(0, "audit", "show", "B-2", "--data", b.store()).out, "artifact: was")
}

// TestBrowserQuarterEnd: the books of the quarter are closed by a freeze that comes again. One release is let through once, and breaks on
// its way; two people let it in as an emergency, which is reviewed. When the freeze is lifted, the next release passes as any other.
func TestBrowserQuarterEnd(t *testing.T) {
	t.Parallel()
	b := sit(t)
	b.mill("-add", "ledger@1.1.0")
	b.mill("-add", "web@1.1.0")
	rita, joe, carla, chris, sami, aud := b.member("rita"), b.member("joe"), b.member("carla"), b.member("chris"), b.member("sami"), b.member("aud")

	// Two releases are tried and agreed to, as on any day.
	for n, plan := range []string{`/release plan ledger 1.1.0 "bookings are doubled"`, `/release plan web 1.1.0 "a new window"`} {
		rita.says(plan)
		rita.enters(fmt.Sprintf("R-%d", n+1), "deploy")
	}
	for _, p := range []*tab{carla, chris, sami} {
		p.to("#cab")
	}
	for n := range 2 {
		rita.shows(fmt.Sprintf("R-%d", n+1), "staging runs 1.1.0, verified")
		ballot := fmt.Sprintf("B-%d", n+1)
		carla.hears(func() { carla.enters(ballot, "approve") }, "passed")
	}

	// The quarter's end is announced, and begins while everybody looks on.
	rita.says(`/freeze add prod "+3s" "+2h" "closing the books of the quarter" --every "FREQ=MONTHLY;INTERVAL=3"`)
	for _, p := range []*tab{rita, joe, aud} {
		p.reads("Announced: F-1", "It has begun: F-1", "closing the books of the quarter")
		p.shows("F-1", "active", "every 3 months on day")
	}
	rita.look("frozen")
	joe.shows("R-1", "approved", "F-1")
	joe.hears(func() { joe.enters("R-1", "deploy") }, "closing the books of the quarter")
	aud.lacks("F-1", "approve")

	// One exception is asked, by somebody who then has no vote on it.
	rita.says(`/freeze exception R-1 "bookings are doubled at every closing"`)
	carla.shows("B-3", "Freeze exception", "bookings are doubled at every closing", "X-1 past F-1 to prod: requested", "closing the books of the quarter")
	carla.look("exception")
	rita.to("#cab")
	rita.hears(func() { rita.enters("B-3", "approve") }, "vote")
	rita.to("#releases")
	carla.hears(func() { carla.walks("B-3", "approve") }, "1 more vote")
	sami.hears(func() { sami.enters("B-3", "approve") }, "passed")
	joe.reads("X-1 is granted")
	chris.lacks("B-3", "approve", "reject", "abstain")

	// Its one use is spent, though the pipeline is out of order. A second use is refused.
	broken := b.centre.path("datacentre", "broken-prod")
	if err := os.WriteFile(broken, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	joe.enters("R-1", "deploy")
	joe.reads("past F-1 by X-1")
	joe.shows("R-1", "ledger 1.1.0 · failed", "used 1 of 1 time")
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	joe.hears(func() { joe.says("/deploy R-1 prod") }, "X-1 has been used 1 time, as often as granted")
	joe.look("used")

	// It can't wait: two people, aloud. Neither the one who asks is the second, nor do those two review it.
	joe.says(`/emergency R-1 prod "every booking is doubled, the bank calls"`)
	for _, p := range []*tab{joe, sami, aud} {
		p.to("#oncall")
		p.reads("EMERGENCY: Joe Operator wants ledger 1.1.0")
		p.shows("B-4", "every booking is doubled, the bank calls", "approval, freeze and staged")
	}
	sami.look("emergency")
	joe.hears(func() { joe.enters("B-4", "approve") }, "vote")
	sami.hears(func() { sami.enters("B-4", "approve") }, "passed")
	aud.reads("EMERGENCY granted: Joe Operator and Sami Security")
	joe.to("#releases")
	joe.enters("R-1", "deploy-emergency")
	joe.shows("R-1", "ledger 1.1.0 · released")
	aud.reads("EMERGENCY deployment")
	aud.reads("emergency review · open")
	review := aud.newest("A")
	aud.shows(review, "emergency review", "every booking is doubled")
	aud.look("review")
	joe.hears(func() { joe.says("/followup close " + review + ` "well done"`) }, "review")
	aud.says("/followup close " + review + ` "right to do; the pipeline is to be watched at closings"`)
	aud.shows(review, "closed", "Aud Auditor")

	// The freeze still holds for everybody else, until it is lifted this once: it comes again.
	joe.hears(func() { joe.enters("R-2", "deploy") }, "closing the books of the quarter")
	rita.enters("F-1", "once")
	rita.reads("lifted F-1 this once")
	joe.shows("F-1", "announced")
	joe.look("lifted")
	joe.enters("R-2", "deploy")
	joe.shows("R-2", "web 1.1.0 · released")

	b.stands("#releases", map[string]string{"R-1": "released", "R-2": "released", "F-1": "announced"})
	b.stands("#cab", map[string]string{"B-1": "passed", "B-2": "passed", "B-3": "passed", "B-4": "passed"})
	b.stands("#oncall", map[string]string{review: "closed"})
	b.adjourn()
	says(t, b.must(0, "audit", "show", "X-1", "--data", b.store()).out, "Rita Release-Manager", "Carla Chair", "Sami Security")
	says(t, b.must(0, "audit", "show", review, "--data", b.store()).out, "Aud Auditor")
}
