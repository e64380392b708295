package icalfeed

import (
	"bytes"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// product names the program that made a calendar, as RFC 5545 3.7.3 asks.
const product = "-//gonogo//release calendar//EN"

// domain ends every event's UID, which RFC 7986 5.3 asks to be unique in the world; the organisation's name stands before it.
const domain = "calendar.gonogo"

// epoch stands where it is not known when something was written.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// Render writes a feed as RFC 5545 has it: in UTC, whole days as dates of the reader's zone, each event under the same UID whenever it
// is asked. The same feed gives the same bytes.
func Render(f port.Feed) ([]byte, error) {
	zone := f.Reader.Zone()
	if zone == nil {
		zone = time.UTC
	}
	c := ics.NewCalendarFor(product)
	c.SetProductId(product)
	c.SetCalscale("GREGORIAN")
	c.SetXWRCalName("Releases: " + clean(f.Organisation))
	c.SetXPublishedTTL("PT1H")
	for _, o := range f.Occasions {
		e := c.AddEvent(o.ID + "@" + host(f.Organisation) + domain)
		stamp := o.Changed
		if stamp.IsZero() { // it follows from a rule, and nobody noted when that was written
			stamp = epoch
		}
		e.SetDtStampTime(stamp)
		e.SetLastModifiedAt(stamp)
		e.SetSequence(max(o.Sequence, 0))
		times(e, o, zone, f.At)
		e.SetSummary(clean(words.Text(o.Title, f.Reader, f.At)))
		if text := description(o, f); text != "" {
			e.SetDescription(text)
		}
		e.SetProperty(ics.ComponentPropertyCategories, clean(o.Kind))
		e.SetStatus(status(o))
		e.SetTimeTransparency(ics.TransparencyTransparent) // nobody is busy because of a freeze
	}
	var b bytes.Buffer
	err := c.SerializeTo(&b, ics.WithNewLineWindows)
	return b.Bytes(), err
}

// openEnded is how far ahead something without an end is shown: until it is lifted, a day more each day.
const openEnded = 24 * time.Hour

func times(e *ics.VEvent, o port.Occasion, zone *time.Location, now time.Time) {
	to := o.To
	if to.IsZero() {
		to = later(o.From, now).UTC().Truncate(openEnded).Add(openEnded)
	}
	if o.AllDay {
		e.SetAllDayStartAt(o.From.In(zone))
		e.SetAllDayEndAt(to.In(zone))
		return
	}
	e.SetStartAt(o.From)
	e.SetEndAt(to)
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func description(o port.Occasion, f port.Feed) string {
	var text []string
	for _, list := range [][]chat.Text{o.Details, o.Conflicts} {
		for _, t := range list {
			text = append(text, clean(words.Text(t, f.Reader, f.At)))
		}
	}
	return strings.Join(text, "\n")
}

func status(o port.Occasion) ics.ObjectStatus {
	switch {
	case o.Cancelled:
		return ics.ObjectStatusCancelled
	case o.Tentative:
		return ics.ObjectStatusTentative
	}
	return ics.ObjectStatusConfirmed
}

// clean keeps what people wrote to one line without control characters, which RFC 5545 3.1 does not allow.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r < 0x20 || r == 0x7f:
			return -1
		}
		return r
	}, text)
}

// host makes of an organisation's name what may stand in a UID.
func host(name string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z' || '0' <= r && r <= '9':
			return r
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name)
	if kept = strings.Trim(kept, "-"); kept == "" {
		return ""
	}
	return kept + "."
}
