package webchat_test

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// almanac has what it was given, and remembers what it was asked.
type almanac struct {
	list  []port.Occasion
	asked port.CalendarQuery
	err   error
}

func (a *almanac) Occasions(_ context.Context, q port.CalendarQuery) ([]port.Occasion, error) {
	a.asked = q
	return a.list, a.err
}

func (*almanac) Feed(context.Context, string) (port.Feed, error) {
	return port.Feed{}, errors.New("not here")
}

func plainText(text string) chat.Text { return chat.Say("value.word", chat.Word("word", text)) }

func instant(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestCalendarMonth(t *testing.T) {
	t.Parallel()
	a := &almanac{list: []port.Occasion{
		{ID: "W-1", Kind: "window", Title: plainText("payments <down>"), From: instant(t, "2026-12-05T01:00:00Z"), To: instant(t, "2026-12-05T03:00:00Z"), Tentative: true,
			Details: []chat.Text{plainText("new schema")}, Conflicts: []chat.Text{plainText("frozen meanwhile")}},
		{ID: "F-1", Kind: "freeze", Title: plainText("holidays"), From: instant(t, "2026-12-23T23:00:00Z"), To: instant(t, "2026-12-26T11:00:00Z")},
		{ID: "F-2", Kind: "freeze", Title: plainText("until lifted"), From: instant(t, "2026-12-31T20:00:00Z")},
		{ID: "W-2", Kind: "window", Title: plainText("gone"), From: instant(t, "2026-12-07T01:00:00Z"), To: instant(t, "2026-12-07T02:00:00Z"), Cancelled: true},
	}}
	f := start(t, func(o *webchat.Options) { o.Calendar = a })
	w := f.ask("GET", "/calendar?month=2026-12&as=chair", "")
	page := w.Body.String()
	if w.Code != 200 || !a.asked.From.Equal(instant(t, "2026-11-30T23:00:00Z")) || !a.asked.To.Equal(instant(t, "2026-12-31T23:00:00Z")) {
		t.Errorf("%d, asked for %v", w.Code, a.asked)
	}
	for _, want := range []string{
		"<h1 id=\"title\">December 2026</h1>", `<th scope="col">Monday</th>`, "times are those of Europe/Berlin", `<time datetime="2026-12-05" aria-label="Saturday, 5 December">5</time>`,
		`<span class="when">02:00–04:00</span> payments &lt;down&gt; <em>not yet certain</em>`, "<strong>frozen meanwhile</strong>", "<li>new schema</li>",
		`<span class="when">all day</span> holidays`, `<span class="when">until 12:00</span> holidays`, `<span class="when">from 21:00</span> until lifted`, "<em>called off</em>",
		`href="/calendar?as=chair&amp;month=2026-11" rel="prev"`, `href="/calendar?as=chair&amp;month=2027-01" rel="next"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %s in\n%s", want, page)
		}
	}
	if n := strings.Count(page, "> holidays"); n != 3 {
		t.Errorf("three days are shown on %d", n)
	}
	wellFormed(t, page)
}

// wellFormed looks for elements that are not ended, and for rows that have not seven days.
func wellFormed(t *testing.T, page string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	cells := 0
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if e.Name.Local == "td" || e.Name.Local == "th" {
				cells++
			}
		case xml.EndElement:
			if e.Name.Local == "tr" && cells != 7 {
				t.Errorf("a row of %d cells", cells)
			}
			if e.Name.Local == "tr" {
				cells = 0
			}
		}
	}
}

func TestCalendarRefusals(t *testing.T) {
	t.Parallel()
	a := &almanac{}
	f := start(t, func(o *webchat.Options) { o.Calendar = a })
	if w := f.ask("GET", "/calendar", ""); w.Code != 200 || !strings.Contains(w.Body.String(), "November 2026") || !strings.Contains(w.Body.String(), `aria-current="date"`) {
		t.Errorf("today: %d\n%s", w.Code, w.Body)
	}
	for _, month := range []string{"december", "2026-13", "1999-12", "2101-01", "2026-12-05"} {
		if w := f.ask("GET", "/calendar?month="+month, ""); w.Code != 400 || !strings.Contains(w.Body.String(), "2026-11") {
			t.Errorf("%s: %d %s", month, w.Code, w.Body)
		}
	}
	for month, rel := range map[string]string{"2000-01": `rel="prev"`, "2100-12": `rel="next"`} {
		if w := f.ask("GET", "/calendar?month="+month, ""); w.Code != 200 || strings.Contains(w.Body.String(), rel) {
			t.Errorf("%s leads beyond: %d", month, w.Code)
		}
	}
	a.err = errors.New("disk on fire")
	if w := f.ask("GET", "/calendar", ""); w.Code < 500 || strings.Contains(w.Body.String(), "fire") {
		t.Errorf("failing: %d %s", w.Code, w.Body)
	}
	if w := start(t).ask("GET", "/calendar", ""); w.Code != 404 {
		t.Errorf("without a calendar: %d", w.Code)
	}
	if w := start(t, withLogin, func(o *webchat.Options) { o.Calendar = a }).ask("GET", "/calendar", ""); w.Code == 200 {
		t.Errorf("not logged in: %d", w.Code)
	}
}

// TestCalendarWeeks: every month of some years has each of its days once, in rows of seven, also where a day begins at one o'clock.
func TestCalendarWeeks(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Europe/Berlin", "America/Santiago", "Africa/Cairo"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		f := start(t, func(o *webchat.Options) {
			o.Calendar = &almanac{}
			o.Reader = func(*time.Location) port.Reader { return reader{zone} }
		})
		for month := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC); month.Year() < 2028; month = month.AddDate(0, 1, 0) {
			page := f.ask("GET", "/calendar?month="+month.Format("2006-01"), "").Body.String()
			wellFormed(t, page)
			for day := month; day.Month() == month.Month(); day = day.AddDate(0, 0, 1) {
				if n := strings.Count(page, `datetime="`+day.Format(time.DateOnly)+`" aria-label="`+day.Format("Monday, 2 January")+`"`); n != 1 {
					t.Fatalf("%s in %s is there %d times", day.Format(time.DateOnly), name, n)
				}
			}
		}
	}
}
