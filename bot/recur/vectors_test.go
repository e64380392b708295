package recur_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// vectors reads a file of the reference vectors, which stand beside the checkout.
func vectors(t *testing.T, name string, into any) {
	t.Helper()
	for _, dir := range []string{os.Getenv("GONOGO_REFERENCE"), "../../../shared/reference"} {
		if b, err := os.ReadFile(filepath.Join(dir, "rrule", name)); err == nil && dir != "" {
			if err := json.Unmarshal(b, into); err != nil {
				t.Fatal(err)
			}
			return
		}
	}
	t.Skipf("the reference vectors %s are not here (GONOGO_REFERENCE names the folder)", name)
}

func first(s recur.Set, n int, form func(time.Time) string) []string {
	var list []string
	for at := range s.All() {
		if len(list) == n {
			break
		}
		list = append(list, form(at))
	}
	return list
}

func local(t time.Time) string { return t.Format("20060102T150405") }
func utc(t time.Time) string   { return t.UTC().Format(time.RFC3339) }

func TestDateutilVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			ID, Text string
			Expect   []string
		}
	}
	vectors(t, "dateutil_rrule.json", &file)
	for _, c := range file.Cases {
		s, err := recur.ParseSet(c.Text)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if got := first(s, len(c.Expect)+1, local); !slices.Equal(got, c.Expect) {
			t.Errorf("%s: %q\n got %v\nwant %v", c.ID, c.Text, got, c.Expect)
		}
	}
}

func TestRFCVectors(t *testing.T) {
	t.Parallel()
	var file struct {
		Cases []struct {
			ID, TZ, DTStart, RRule string
			Complete               bool
			ExpectLocal, ExpectUTC []string
		}
	}
	vectors(t, "rfc5545_examples.json", &file)
	for _, c := range file.Cases {
		if _, err := recur.Parse(c.RRule); err != nil {
			t.Errorf("%s: %v", c.ID, err)
		}
		s, err := recur.ParseSet("DTSTART;TZID=" + c.TZ + ":" + c.DTStart + "\nRRULE:" + c.RRule)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		n := len(c.ExpectUTC)
		if c.Complete {
			n++
		}
		if got := first(s, n, utc); !slices.Equal(got, c.ExpectUTC) {
			t.Errorf("%s: %s\n got %v\nwant %v", c.ID, c.RRule, got, c.ExpectUTC)
		}
		if got := first(s, n, local); !slices.Equal(got, c.ExpectLocal) {
			t.Errorf("%s: %s\n got %v\nwant %v", c.ID, c.RRule, got, c.ExpectLocal)
		}
	}
}

func TestInvalidVectors(t *testing.T) {
	t.Parallel()
	var file struct{ Invalid []string }
	vectors(t, "invalid_rules.json", &file)
	for _, text := range file.Invalid {
		if r, err := recur.Parse(text); err == nil {
			t.Errorf("%q is read as %s", text, r)
		}
	}
}

// wallCase is a daily rule around a change of the clocks: what does not exist is ignored and does not count.
type wallCase struct {
	ID, TZ, DTStart, RRule string
	WallClock              []struct {
		Local                                   string
		Exists, Ambiguous                       bool
		UTCFirst, UTCSecond, UTCGapOffsetBefore string
	}
	ExpectUTC []string
}

type dstFile struct{ WallClockCases, HourlyCases []wallCase }

func TestDaylightSavingVectors(t *testing.T) {
	t.Parallel()
	var file dstFile
	vectors(t, "dst.json", &file)
	for _, c := range file.WallClockCases {
		s, err := recur.ParseSet("DTSTART;TZID=" + c.TZ + ":" + c.DTStart + "\nRRULE:" + c.RRule)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		var want []string
		for _, w := range c.WallClock {
			if w.Exists {
				want = append(want, w.UTCFirst)
			}
			// The same time on its own, as an RDATE.
			single := w.UTCFirst
			if !w.Exists {
				single = w.UTCGapOffsetBefore
			}
			dated, err := recur.ParseSet("DTSTART;TZID=" + c.TZ + ":" + w.Local)
			if err != nil {
				t.Errorf("%s: %v", c.ID, err)
			}
			if got := first(dated, 2, utc); !slices.Equal(got, []string{single}) {
				t.Errorf("%s: %s alone is %v, not %s", c.ID, w.Local, got, single)
			}
		}
		if got := first(s, len(c.WallClock)+1, utc); len(got) != len(c.WallClock) || !slices.Equal(got[:len(want)], want) {
			t.Errorf("%s: got %v\nwant first %v, and %d in all", c.ID, got, want, len(c.WallClock))
		}
	}
	for _, c := range file.HourlyCases {
		s, err := recur.ParseSet("DTSTART;TZID=" + c.TZ + ":" + c.DTStart + "\nRRULE:" + c.RRule)
		if err != nil {
			t.Errorf("%s: %v", c.ID, err)
			continue
		}
		if got := first(s, len(c.ExpectUTC)+1, utc); !slices.Equal(got, c.ExpectUTC) {
			t.Errorf("%s: got %v\nwant %v", c.ID, got, c.ExpectUTC)
		}
	}
}

func zone(t interface {
	Helper()
	Fatalf(string, ...any)
}, name string) *time.Location {
	t.Helper()
	z, ok := when.Zone(name)
	if !ok {
		t.Fatalf("no zone %s", name)
	}
	return z
}
