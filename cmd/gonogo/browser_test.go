package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/gonogo-chat/gonogo/config"
)

// stock is what the demonstration built: the service of most versions, and those.
func stock(t *testing.T, data string) (service string, versions []string) {
	t.Helper()
	services, err := os.ReadDir(filepath.Join(data, "repo"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range services {
		entries, err := os.ReadDir(filepath.Join(data, "repo", s.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) > len(versions) {
			service, versions = s.Name(), nil
			for _, e := range entries {
				versions = append(versions, e.Name())
			}
		}
	}
	return service, versions
}

// TestBrowserPlaysTheStory plays a release by hand: nothing but the page, its input and its buttons.
func TestBrowserPlaysTheStory(t *testing.T) {
	t.Parallel()
	place, data, args := demo(t)
	s := place.start(args...)
	text, err := os.ReadFile(filepath.Join(data, "gonogo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(text, "gonogo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	releases, cab, oncall := c.Chat.Channels.Releases, c.Chat.Channels.CAB, c.Chat.Channels.OnCall
	staging, prod := c.EnvironmentNames()[0], c.EnvironmentNames()[1]
	service, versions := stock(t, data)
	// Versions of the demonstration, in turn: what runs, a good one, one that fails under traffic.
	good, bad := versions[1], versions[2]

	p := openPage(t, s.address)
	p.until(`[...document.querySelectorAll(".title")].some((n) => n.textContent.includes("Welcome"))`)
	p.as("dev")
	p.look("welcome")
	p.types("/rel", "/release ")
	p.types("pl", "/release plan ")
	p.types(service[:2], "/release plan "+service+" ")
	p.until(fmt.Sprintf(`[...document.querySelectorAll("#choices li")].some((n) => n.textContent.endsWith(%q))`, good))
	p.look("completion")
	p.types(good, "/release plan "+service+" "+good)
	p.keys(kb.Enter)
	p.until(`document.querySelector('article[data-card^="R-"]') !== null`)
	r := p.newest("R")
	p.shows(r, service+" "+good, "Change ticket")
	p.look("planned")
	p.is(`(window.card = ` + card(r) + `) !== null`)

	p.press(r, "deploy", true)
	p.shows(r, staging+" runs "+good+", verified", "votes needed")
	p.is(`window.card === ` + card(r) + ` && window.card.isConnected`)
	p.look("staged")

	b := p.votes(cab, r)
	p.as("sre")
	p.to(releases)
	p.press(r, "deploy", true)
	p.look("deploying")
	p.shows(r, service+" "+good+" · released", "error rate is")
	p.look("released")

	// A freeze keeps the next one out of production, and says why and until when.
	p.says(`/freeze add ` + prod + ` "now" "+2h" "financial closing"`)
	p.until(`document.querySelector('article[data-card^="F-"]') !== null`)
	f := p.newest("F")
	p.as("dev")
	p.says("/release plan " + service + " " + bad)
	p.until(fmt.Sprintf(`%s !== null && [...document.querySelectorAll('article[data-card^="R-"]')].at(-1).dataset.card !== %q`, card(r), r))
	r = p.newest("R")
	p.press(r, "deploy", true)
	p.shows(r, staging+" runs "+bad+", verified")
	if next := p.votes(cab, r); next == b {
		t.Errorf("both releases were voted on in %s", b)
	}
	p.as("sre")
	p.to(releases)
	p.press(r, "deploy", true)
	p.told("financial closing")
	p.look("frozen")
	p.press(f, "lift", true)
	p.shows(f, "lifted")

	// What fails under traffic goes back by itself, and the on-call hears of it.
	p.press(r, "deploy", true)
	p.until(fmt.Sprintf(`document.querySelector('.channels a[data-channel=%q] .unread').textContent.startsWith("@")`, oncall))
	p.shows(r, service+" "+bad+" · rolled back", "error rate is", prod+" runs "+good)
	p.look("rolled-back")
	p.to(oncall)
	p.until(`document.querySelector('article[data-card^="P-"]') !== null`)
	id := p.newest("P")
	p.shows(id, "error rate is", "Runs now", good)
	p.look("paged")
	p.press(id, "acknowledge", false)
	p.until(fmt.Sprintf(`%s.querySelector("button[data-name=acknowledge]") === null`, card(id)))
	p.shows(id, "Taken by", "Robin")
	p.look("acknowledged")

	// The bot is stopped and started again: the page comes back by itself, in both tabs, and nothing is lost.
	second := p.another(s.address)
	second.as("dev")
	if status := s.stop(); status != 0 {
		t.Fatalf("exit status %d: %s", status, s.log)
	}
	for _, tab := range []*tab{p, second} {
		tab.until(`document.getElementById("live").dataset.state === "lost"`)
	}
	p.look("lost")
	place.start(slices.Concat(args, []string{"--listen", strings.TrimPrefix(s.address, "http://")})...)
	for _, tab := range []*tab{p, second} {
		tab.until(isLive)
	}
	p.shows(id, "Taken by", "Robin")
	second.to(releases)
	long := strings.Repeat("a reason that does not end ", 40)
	p.to(releases)
	p.says(`/release plan ` + service + ` ` + good + ` "` + long + `"`) // runs already
	p.says(`/freeze add ` + staging + ` "now" "+1h" "` + strings.Repeat("x", 600) + " " + long + `"`)
	for _, tab := range []*tab{p, second} {
		tab.until(`[...document.querySelectorAll('article[data-card^="F-"]')].at(-1).textContent.includes("does not end")`)
	}
	p.look("long")
}

// votes has a release voted through on its card in the board's channel, where whoever wrote it has no vote.
func (p *tab) votes(cab, release string) (ballot string) {
	p.t.Helper()
	p.as("dev")
	p.to(cab)
	p.until(fmt.Sprintf(`[...document.querySelectorAll('article[data-card^="B-"]')].at(-1)?.innerText.includes(%q)`, release))
	ballot = p.newest("B")
	p.look("asked")
	p.press(ballot, "approve", false)
	p.told("requester", "commit author")
	p.look("duty")
	for _, member := range []string{"chair", "owner"} {
		p.as(member)
		p.press(ballot, "approve", false)
		p.told(ballot)
	}
	p.shows(ballot, "passed")
	p.look("passed")
	return ballot
}
