package recur_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/recur"
)

func FuzzParse(f *testing.F) {
	for _, text := range append(setRules, "FREQ=SECONDLY;BYSECOND=60;BYSETPOS=-1;WKST=TU", "freq=daily;until=20261224") {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := recur.Parse(text)
		if err != nil {
			return
		}
		back, err := recur.Parse(r.String())
		if err != nil || !back.Equal(r) {
			t.Fatalf("%q is %s, which is read as %s, %v", text, r, back, err)
		}
		recur.Describe(r)
	})
}

func FuzzParsePhrase(f *testing.F) {
	for _, text := range []string{"weekly Sat until 2026-12-24", "monthly last Fri", "yearly 24 Dec", "every 2 weeks Mon 3 times", "FREQ=DAILY"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := recur.ParsePhrase(text); err == nil {
			if back, err := recur.Parse(r.String()); err != nil || !back.Equal(r) {
				t.Fatalf("%q is %s, which is read as %s, %v", text, r, back, err)
			}
		}
	})
}

func FuzzParseSet(f *testing.F) {
	f.Add("DTSTART;TZID=Europe/Berlin:20260328T023000 RRULE:FREQ=DAILY;BYWEEKNO=1 RDATE:20260401T000000Z EXDATE:20260401T000000")
	f.Add("DTSTART;VALUE=DATE:20260328 EXRULE:FREQ=YEARLY;BYSETPOS=1;BYDAY=MO RDATE:20260401")
	for _, rule := range setRules {
		f.Add("DTSTART:20260101T090000 RRULE:" + rule)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := recur.ParseSet(text)
		if err != nil {
			return
		}
		got := first(s, 20, utc) // ends
		back, err := recur.ParseSet(s.String())
		if err != nil {
			t.Fatalf("%q is\n%s, which is not read: %v", text, s, err)
		}
		again := first(back, 20, utc)
		if len(got) != len(again) {
			t.Fatalf("%q: %v and %v", text, got, again)
		}
		for i := range got {
			if got[i] != again[i] {
				t.Fatalf("%q: %v and %v", text, got, again)
			}
		}
	})
}
