package icalfeed_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/adapters/icalfeed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// berlin reads everything as it is.
type berlin struct{}

func (berlin) PersonName(id string) string         { return id }
func (berlin) Accounts(string) []chat.Account      { return nil }
func (berlin) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }
func (berlin) Zone() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err)
	}
	return zone
}

func quoted(text string) chat.Text {
	return chat.Say("quote", chat.Quote("text", chat.Sealed{Box: []byte(text)}))
}

func feed(list ...port.Occasion) port.Feed {
	return port.Feed{Organisation: "Shop & Söhne", Reader: berlin{}, At: noon, Occasions: list}
}

func render(t interface{ Fatal(...any) }, f port.Feed) string {
	text, err := icalfeed.Render(f)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// lines are the content lines of a calendar: unfolded as RFC 5545 3.1 says, each part no longer than 75 octets and ended by CRLF.
func lines(t interface{ Fatalf(string, ...any) }, text string) []string {
	var out []string
	for raw := range strings.SplitAfterSeq(text, "\n") {
		if raw == "" {
			continue
		}
		line, ended := strings.CutSuffix(raw, "\r\n")
		if !ended || strings.ContainsAny(line, "\r\n") {
			t.Fatalf("a line is not ended by CRLF: %q", raw)
		}
		if len(line) > 75 {
			t.Fatalf("a line of %d octets: %q", len(line), line)
		}
		if rest, folded := strings.CutPrefix(line, " "); folded {
			out[len(out)-1] += rest
			continue
		}
		out = append(out, line)
	}
	return out
}

// value is a property of the only event, unescaped as RFC 5545 3.3.11 says.
func value(t interface{ Fatalf(string, ...any) }, text, name string) string {
	for _, line := range lines(t, text) {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			return strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n", `\N`, "\n").Replace(rest)
		}
	}
	return ""
}

func TestOneEvent(t *testing.T) {
	t.Parallel()
	text := render(t, feed(port.Occasion{
		ID: "W-5", Kind: "window", Title: quoted("payments, ledger; down"), From: noon, To: noon.Add(2 * time.Hour), Changed: noon.Add(-time.Hour), Sequence: 7,
		Tentative: true, Conflicts: []chat.Text{quoted("one\ntwo"), quoted("three")},
	}))
	for name, want := range map[string]string{
		"UID": "W-5@shop---s-hne.calendar.gonogo", "DTSTART": "20261123T120000Z", "DTEND": "20261123T140000Z", "DTSTAMP": "20261123T110000Z",
		"LAST-MODIFIED": "20261123T110000Z", "SEQUENCE": "7", "STATUS": "TENTATIVE", "SUMMARY": "“payments, ledger; down”",
		"DESCRIPTION": "“one two”\n“three”", "VERSION": "2.0", "PRODID": "-//gonogo//release calendar//EN", "TRANSP": "TRANSPARENT",
	} {
		if got := value(t, text, name); got != want {
			t.Errorf("%s is %q, want %q in\n%s", name, got, want, text)
		}
	}
	if !strings.Contains(text, `payments\, ledger\; down`) {
		t.Errorf("not escaped:\n%s", text)
	}
}

func TestWholeDaysAndNoEnd(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 12, 24, 0, 0, 0, 0, berlin{}.Zone())
	text := render(t, feed(port.Occasion{ID: "F-1", Title: quoted("holidays"), From: day, To: day.AddDate(0, 0, 2), AllDay: true, Cancelled: true}))
	for _, want := range []string{"DTSTART;VALUE=DATE:20261224", "DTEND;VALUE=DATE:20261226", "STATUS:CANCELLED"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	open := render(t, feed(port.Occasion{ID: "F-2", Title: quoted("until lifted"), From: noon.Add(-time.Hour)}))
	if got := value(t, open, "DTEND"); got != "20261124T000000Z" {
		t.Errorf("without an end it ends %s", got)
	}
}

// TestAnythingIsRead: whatever people write, both readers find the same text, every event once, under a UID of its own.
func TestAnythingIsRead(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		title := rapid.String().Draw(t, "title")
		if !validText(title) {
			t.Skip()
		}
		n := rapid.IntRange(1, 4).Draw(t, "events")
		var list []port.Occasion
		for i := range n {
			list = append(list, port.Occasion{ID: fmt.Sprintf("W-%d", i+1), Title: quoted(title), Details: []chat.Text{quoted(title)}, From: noon, To: noon.Add(time.Hour), Changed: noon})
		}
		text := render(t, feed(list...))
		if again := render(t, feed(list...)); again != text {
			t.Fatal("the same feed gives two texts")
		}
		parsed, err := ics.ParseCalendar(strings.NewReader(text))
		if err != nil || len(parsed.Events()) != n {
			t.Fatalf("%v: %d events of %d", err, len(parsed.Events()), n)
		}
		ids := map[string]bool{}
		for _, e := range parsed.Events() {
			ids[e.Id()] = true
			if got := e.GetProperty(ics.ComponentPropertySummary).Value; got != value(t, text, "SUMMARY") {
				t.Fatalf("%q and %q", got, value(t, text, "SUMMARY"))
			}
		}
		if len(ids) != n {
			t.Fatalf("%d of %d have a UID of their own", len(ids), n)
		}
		if got, want := value(t, text, "SUMMARY"), "“"+flat(title)+"”"; got != want {
			t.Fatalf("%q, want %q", got, want)
		}
	})
}

func validText(s string) bool { return strings.ToValidUTF8(s, "") == s && !strings.ContainsAny(s, `\`) }

// flat is a text on one line, without what a calendar may not hold.
func flat(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r == '\r' {
			return ' '
		}
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// shelf has a calendar for one token.
type shelf struct {
	feed port.Feed
	err  error
}

func (s *shelf) Occasions(context.Context, port.CalendarQuery) ([]port.Occasion, error) {
	return nil, nil
}

func (s *shelf) Feed(_ context.Context, token string) (port.Feed, error) {
	if token != "SECRET" {
		return port.Feed{}, effect.ErrNotFound
	}
	return s.feed, s.err
}

func TestFeedOverHTTP(t *testing.T) {
	t.Parallel()
	now, log := noon, &strings.Builder{}
	s := &shelf{feed: feed(port.Occasion{ID: "W-1", Title: quoted("down"), From: noon, To: noon.Add(time.Hour), Changed: noon.Add(-time.Hour)})}
	f := &icalfeed.Feed{Calendar: s, Prefix: "/calendar/", Suffix: ".ics", Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(log, nil))}
	ask := func(method, path, tag, from string) *http.Response {
		r := httptest.NewRequest(method, path, nil)
		r.RemoteAddr = from
		if tag != "" {
			r.Header.Set("If-None-Match", tag)
		}
		w := httptest.NewRecorder()
		f.ServeHTTP(w, r)
		return w.Result()
	}
	const home = "192.0.2.1:4000"
	first := ask(http.MethodGet, "/calendar/SECRET.ics", "", home)
	body, _ := io.ReadAll(first.Body)
	tag := first.Header.Get("ETag")
	if first.StatusCode != http.StatusOK || first.Header.Get("Content-Type") != "text/calendar; charset=utf-8" || !strings.Contains(string(body), "UID:W-1@") || tag == "" ||
		first.Header.Get("Last-Modified") != "Mon, 23 Nov 2026 11:00:00 GMT" || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Errorf("%d %v\n%s", first.StatusCode, first.Header, body)
	}
	for _, same := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		if got := ask(http.MethodGet, "/calendar/SECRET.ics", same, home); got.StatusCode != http.StatusNotModified {
			t.Errorf("%s: %d", same, got.StatusCode)
		}
	}
	s.feed.Occasions[0].Sequence++
	if got := ask(http.MethodGet, "/calendar/SECRET.ics", tag, home); got.StatusCode != http.StatusOK || got.Header.Get("ETag") == tag {
		t.Errorf("it changed, and the answer is %d", got.StatusCode)
	}
	for _, path := range []string{"/calendar/WRONG.ics", "/calendar/.ics", "/calendar/SECRET", "/calendar/" + strings.Repeat("A", 500) + ".ics"} {
		if got := ask(http.MethodGet, path, "", home); got.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, got.StatusCode)
		}
	}
	if got := ask(http.MethodPost, "/calendar/SECRET.ics", "", home); got.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("posted: %d", got.StatusCode)
	}
	if got := ask(http.MethodHead, "/calendar/SECRET.ics", "", home); got.StatusCode != http.StatusOK {
		t.Errorf("head: %d", got.StatusCode)
	}
	s.err = errors.New("disk on fire")
	if got := ask(http.MethodGet, "/calendar/SECRET.ics", "", home); got.StatusCode != http.StatusInternalServerError {
		t.Errorf("failing: %d", got.StatusCode)
	}
	if strings.Contains(log.String(), "SECRET") || !strings.Contains(log.String(), "disk on fire") {
		t.Errorf("logged: %s", log)
	}
	s.err = nil
	last := 0
	for range 100 {
		last = ask(http.MethodGet, "/calendar/WRONG.ics", "", "[2001:db8::1]:1").StatusCode
	}
	if last != http.StatusTooManyRequests {
		t.Errorf("the hundredth try within a minute: %d", last)
	}
	if got := ask(http.MethodGet, "/calendar/SECRET.ics", "", "[2001:db8::2]:1"); got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" {
		t.Errorf("from the same network: %d", got.StatusCode)
	}
	now = now.Add(time.Minute)
	if got := ask(http.MethodGet, "/calendar/SECRET.ics", "", "[2001:db8::2]:1"); got.StatusCode != http.StatusOK {
		t.Errorf("a minute later: %d", got.StatusCode)
	}
}
