package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// calendarEdits let security plan tests, and trains go.
var calendarEdits = []string{
	"  - {name: member, rights: [vote]}", "  - {name: member, rights: [vote, window.test]}",
	"\nrisk:", `
cadence:
  - {service: payments, name: monthly, reason: contract, why: the bank's acceptance tests, start: "2024-01-06 10:00", every: monthly 1st Sat}
  - {line: storefront, name: tuesdays, reason: roadmap, why: what the shop promised its customers, start: "2024-01-02 09:00", every: weekly Tue, slot: 2h}
risk:`,
}

// TestBrowserCalendar turns the months of the calendar, by the mouse and by the keyboard, and reads what is on it.
func TestBrowserCalendar(t *testing.T) {
	t.Parallel()
	b := sit(t, calendarEdits...)
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	next := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, zone)
	day := func(n int) string { return next.AddDate(0, 0, n-1).Format(time.DateOnly) }
	for _, said := range []struct{ who, line string }{
		{"rita", `/freeze add prod "now" "+70d" "the books are being closed" --service ledger`},
		{"rita", `/freeze add prod "` + day(10) + ` 03:30" "` + day(10) + ` 06:00" "stocktaking"`},
		{"rita", `/window propose payments "` + day(10) + ` 02:00-04:00" "schema change"`},
		{"sami", `/window test web "` + day(10) + ` 03:00-05:00" "pen-test by ACME"`},
		{"rita", `/window propose ledger "` + day(11) + ` 22:00-23:00" "new disks"`},
		{"olga", "/window accept W-3"},
		{"rita", `/window propose web "` + day(12) + ` 22:00-23:00" "not needed after all"`},
		{"rita", `/window withdraw W-4 "not needed"`},
	} {
		if reply := b.asks(said.who, said.line); reply.Outcome != "done" {
			t.Fatalf("%s: %+v", said.line, reply)
		}
	}

	p := b.member("rita")
	p.follow(`a[href="/calendar"]`)
	p.titled(now)
	p.holds(`document.querySelector("#month [aria-current=date] time").getAttribute("datetime") === %q`, now.Format(time.DateOnly))
	p.holds(`document.querySelector("#month [aria-current=date]").innerText.includes("F-1")`)
	p.looks("this-month")

	p.follow("a[rel=next]")
	p.titled(next)
	on := func(n int) string {
		return fmt.Sprintf(`document.querySelector('time[datetime="%s"]').closest("td")`, day(n))
	}
	for _, c := range []struct {
		day   int
		texts []string
	}{
		{10, []string{"02:00–04:00", "W-1: payments may be down", "not yet certain", "03:00–05:00", "W-2: a security test of web", "03:30–06:00", "F-2", "In the way"}},
		{11, []string{"22:00–23:00", "W-3: ledger may be down"}},
		{12, []string{"W-4", "called off"}},
		{1, []string{"all day", "F-1"}},
	} {
		for _, text := range c.texts {
			p.holds(on(c.day)+`.innerText.includes(%q)`, text)
		}
	}
	p.holds(`[...document.querySelectorAll("#month li.slot")].filter((n) => n.innerText.includes("payments goes with the train monthly")).length === 1`)
	p.holds(`[...document.querySelectorAll("#month li.slot")].filter((n) => n.innerText.includes("storefront goes with the train tuesdays")).length >= 4`)
	p.holds(`document.querySelectorAll("#month td > time").length === %d`, next.AddDate(0, 1, -1).Day())
	p.looks("next-month")

	// By the keyboard: past the head of the page to the month, and into what gets in the way.
	p.turn(chromedp.Reload())
	p.keys(kb.Tab)
	p.holds(`document.activeElement.className === "skip"`)
	p.keys(kb.Enter)
	p.holds(`location.hash === "#month"`)
	for range 40 {
		if p.keys(kb.Tab); ask[bool](p, `document.activeElement.tagName === "SUMMARY" && document.activeElement.closest("li").innerText.includes("W-1")`) {
			break
		}
	}
	p.holds(`document.activeElement.tagName === "SUMMARY" && document.activeElement.closest("li").innerText.includes("W-1")`)
	p.keys(kb.Enter)
	p.holds(`document.activeElement.parentElement.open && document.activeElement.parentElement.innerText.includes("Frozen meanwhile: F-2")`)
	p.holds(`document.activeElement.parentElement.innerText.includes("for a service that depends on it: W-2")`)
	p.looks("in-the-way")

	p.follow("a[rel=prev]")
	p.titled(now)
	p.follow("a[rel=prev]")
	p.titled(now.AddDate(0, 0, -now.Day()))
	p.do(chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll(".months a")].find((n) => n.innerText === "This month").focus()`))
	p.turn(chromedp.KeyEvent(kb.Enter))
	p.titled(now)

	// What concerns one service, and the way back to the chat.
	p.turn(chromedp.Navigate(b.address + "/calendar?service=ledger&month=" + next.Format("2006-01")))
	p.holds(`document.getElementById("title").innerText.endsWith("ledger")`)
	p.holds(`document.getElementById("month").innerText.includes("W-3")`)
	p.holds(`!document.getElementById("month").innerText.includes("tuesdays")`)
	p.follow(`.top a`)
	p.until(isReady)
	b.adjourn()
}

// turn does what loads another page, and waits for it.
func (p *tab) turn(action chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, action)
	if err != nil || answer.Status != http.StatusOK {
		p.t.Fatalf("%v: %+v", err, answer)
	}
}

// follow clicks a link that leads to another page.
func (p *tab) follow(selector string) {
	p.t.Helper()
	p.turn(chromedp.Click(selector))
}

// titled wants the month of an instant to be shown.
func (p *tab) titled(at time.Time) {
	p.t.Helper()
	p.holds(`document.getElementById("title").innerText === %q && document.title.startsWith(%q)`, at.Format("January 2006"), at.Format("January 2006"))
}

// holds wants something to be true of a page that is not the chat.
func (p *tab) holds(condition string, args ...any) {
	p.t.Helper()
	if condition = fmt.Sprintf(condition, args...); !ask[bool](p, condition) {
		p.t.Errorf("not true: %s\n%s", condition, ask[string](p, `document.body.innerText`))
	}
}

// looks checks that the page fits narrow and wide screens, and keeps pictures of the whole of it in the folder that GONOGO_SHOTS names.
func (p *tab) looks(name string) {
	p.t.Helper()
	folder := os.Getenv("GONOGO_SHOTS")
	for _, scheme := range []string{"light", "dark"} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
		if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
			p.t.Fatal(err)
		}
		for _, width := range []int64{380, 1200} {
			p.do(chromedp.EmulateViewport(width, 900), chromedp.Evaluate[chromedp.Void](`document.activeElement.scrollIntoView({block: "center"})`))
			p.holds(`document.documentElement.scrollWidth <= innerWidth`)
			p.holds(`document.querySelector(".scroll").scrollWidth <= document.querySelector(".scroll").clientWidth`)
			if folder == "" {
				continue
			}
			picture, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("calendar-%s-%s-%d.png", name, scheme, width)), picture, 0o600)
			}
			if err != nil {
				p.t.Log(err)
			}
		}
	}
}
