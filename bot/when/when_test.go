package when_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/when"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone database here: %v", err)
	}
	return z
}

// failer is what table, fuzz and property tests have in common.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// refusal returns the refusal that an error must be, and checks what every one of them carries.
func refusal(t failer, err error) *chat.Refusal {
	t.Helper()
	var r *chat.Refusal
	if !errors.As(err, &r) {
		t.Fatalf("error %v is no refusal", err)
	}
	if r.Outcome != chat.Invalid || !strings.HasPrefix(string(r.Text.Code), "when.") {
		t.Fatalf("refusal %s %s", r.Outcome, r.Text.Code)
	}
	for _, name := range []string{"said", "example"} {
		if a, ok := r.Text.Arg(name); !ok || name == "example" && a.Word == "" {
			t.Fatalf("%s lacks %s", r.Text.Code, name)
		}
	}
	return r
}

// wednesday is 11:30 in Berlin.
var wednesday = time.Date(2026, 11, 25, 10, 30, 0, 0, time.UTC)

func TestTime(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for said, want := range map[string]string{
		"now":                                    "2026-11-25T11:30:00+01:00",
		"Now UTC":                                "2026-11-25T10:30:00Z",
		"+2h":                                    "2026-11-25T13:30:00+01:00",
		"+1d12h":                                 "2026-11-26T23:30:00+01:00",
		"in 90m":                                 "2026-11-25T13:00:00+01:00",
		"In 2h Asia/Kolkata":                     "2026-11-25T18:00:00+05:30",
		"today 14:00":                            "2026-11-25T14:00:00+01:00",
		"today 08:00":                            "2026-11-25T08:00:00+01:00",
		"tomorrow 02:00":                         "2026-11-26T02:00:00+01:00",
		"Tomorrow at 2:00":                       "2026-11-26T02:00:00+01:00",
		"  tomorrow   02:00  ":                   "2026-11-26T02:00:00+01:00",
		"tomorrow 02:00 America/New_York":        "2026-11-26T02:00:00-05:00",
		"tomorrow 02:00 america/new_york":        "2026-11-26T02:00:00-05:00",
		"today 23:00 Pacific/Kiritimati":         "2026-11-26T23:00:00+14:00",
		"Sat 02:00":                              "2026-11-28T02:00:00+01:00",
		"saturday 2:00":                          "2026-11-28T02:00:00+01:00",
		"WED 11:31":                              "2026-11-25T11:31:00+01:00",
		"wed 11:30":                              "2026-12-02T11:30:00+01:00",
		"wed 02:00":                              "2026-12-02T02:00:00+01:00",
		"02:00":                                  "2026-11-26T02:00:00+01:00",
		"at 12:00":                               "2026-11-25T12:00:00+01:00",
		"11:30":                                  "2026-11-26T11:30:00+01:00",
		"11:30:01":                               "2026-11-25T11:30:01+01:00",
		"2026-12-24":                             "2026-12-24T00:00:00+01:00",
		"2026-12-24 18:00":                       "2026-12-24T18:00:00+01:00",
		"2026-12-24 18:00:59":                    "2026-12-24T18:00:59+01:00",
		"2026-12-24 at 18:00 CET Europe/Berlin":  "2026-12-24T18:00:00+01:00",
		"2026-12-24 18:00 utc":                   "2026-12-24T18:00:00Z",
		"2026-12-24 18:00 GMT":                   "2026-12-24T18:00:00Z",
		"2026-12-24T18:00:00Z":                   "2026-12-24T19:00:00+01:00",
		"2026-12-24t18:00z":                      "2026-12-24T19:00:00+01:00",
		"2026-12-24T18:00":                       "2026-12-24T18:00:00+01:00",
		"2026-12-24T18:00:00-05:00":              "2026-12-25T00:00:00+01:00",
		"2026-12-24 18:00+05:30":                 "2026-12-24T13:30:00+01:00",
		"2026-12-24 18:00 +05:30":                "2026-12-24T13:30:00+01:00",
		"2026-12-24T18:00+01:00 Europe/Berlin":   "2026-12-24T18:00:00+01:00",
		"tomorrow 02:00+01:00":                   "2026-11-26T02:00:00+01:00",
		"tomorrow 02:00 CET":                     "2026-11-26T02:00:00+01:00",
		"2028-02-29 00:00":                       "2028-02-29T00:00:00+01:00",
		"2026-10-25 02:30 CEST":                  "2026-10-25T02:30:00+02:00",
		"2026-10-25 02:30 CET":                   "2026-10-25T02:30:00+01:00",
		"2026-10-25 02:30+02:00":                 "2026-10-25T02:30:00+02:00",
		"2026-10-25T02:30:00+01:00":              "2026-10-25T02:30:00+01:00",
		"2026-11-01T01:30-04:00":                 "2026-11-01T06:30:00+01:00",
		"2026-11-01 01:30 EST America/New_York":  "2026-11-01T01:30:00-05:00",
		"2026-11-01 01:30 EDT America/New_York":  "2026-11-01T01:30:00-04:00",
		"2026-03-29 03:00":                       "2026-03-29T03:00:00+02:00",
		"2026-03-29 01:59":                       "2026-03-29T01:59:00+01:00",
		"2026-03-29T02:30+02:00":                 "2026-03-29T01:30:00+01:00",
		"2026-11-25 18:00 America/Port_of_Spain": "2026-11-25T18:00:00-04:00",
	} {
		got, err := when.Time(said, wednesday, berlin)
		if err != nil {
			t.Errorf("%q: %v %v", said, err, refusal(t, err).Text)
		} else if s := got.Format(time.RFC3339); s != want {
			t.Errorf("%q is %s, want %s", said, s, want)
		}
	}
}

func TestTimeCarriesItsZone(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for said, want := range map[string]string{
		"now": "Europe/Berlin", "+2h": "Europe/Berlin", "02:00": "Europe/Berlin",
		"2026-12-24T18:00:00-05:00":     "Europe/Berlin",
		"02:00 Asia/Tokyo":              "Asia/Tokyo",
		"2026-12-24 18:00 UTC":          "UTC",
		"2026-12-24 18:00 europe/paris": "Europe/Paris",
	} {
		got, err := when.Time(said, wednesday, berlin)
		if err != nil || got.Location().String() != want {
			t.Errorf("%q is in %v (%v), want %s", said, got.Location(), err, want)
		}
	}
	got, err := when.Time("02:00", wednesday, nil)
	if err != nil || got.Location() != time.UTC {
		t.Errorf("without a zone: %v, %v", got, err)
	}
}

func TestTimeRefuses(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for said, want := range map[string]chat.Code{
		"":                                       when.CodeTime,
		"   ":                                    when.CodeTime,
		"soon":                                   when.CodeTime,
		"next saturday 02:00":                    when.CodeTime,
		"tommorow 02:00":                         when.CodeTime,
		"tomorrow 02:00 or so":                   when.CodeTime,
		"tomorrow 02:00 02:00":                   when.CodeTime,
		"tomorrow 2":                             when.CodeTime,
		"tomorrow 9pm":                           when.CodeTime,
		"now then":                               when.CodeTime,
		"now CET":                                when.CodeTime,
		"in":                                     when.CodeTime,
		"in a while":                             when.CodeTime,
		"+":                                      when.CodeTime,
		"+02:00":                                 when.CodeTime,
		"-2h":                                    when.CodeTime,
		"24.12.2026":                             when.CodeTime,
		"12/24/2026":                             when.CodeTime,
		"2026-12-24T":                            when.CodeTime,
		"2026-12-24T18":                          when.CodeTime,
		"2026-12-24 18:00 +0200":                 when.CodeTime,
		"2026-12-24 18:00+15:00":                 when.CodeTime,
		"2026-12-24 18:00+02:60":                 when.CodeTime,
		"02:00x":                                 when.CodeTime,
		"today 14:00 Europe/Berlin CET":          when.CodeTime,
		"today at 14:00 CET Europe/Berlin x y z": when.CodeTime,
		strings.Repeat("9", 500):                 when.CodeTime,
		"2h":                                     when.CodeSign,
		"tomorrow":                               when.CodeNeedsClock,
		"sat Europe/Berlin":                      when.CodeNeedsClock,
		"25:00":                                  when.CodeClock,
		"today 12:60":                            when.CodeClock,
		"today 12:00:60":                         when.CodeClock,
		"24:01":                                  when.CodeClock,
		"today 24:00":                            when.CodeMidnight,
		"2026-02-29":                             when.CodeDate,
		"2026-13-01 00:00":                       when.CodeDate,
		"2026-00-10":                             when.CodeDate,
		"2026-04-31T10:00":                       when.CodeDate,
		"1999-12-31":                             when.CodeYear,
		"2101-01-01 00:00":                       when.CodeYear,
		"+0m":                                    when.CodeDurationBound,
		"+9000d":                                 when.CodeDurationBound,
		"in 367d":                                when.CodeDurationBound,
		"02:00-04:00":                            when.CodeMinus,
		"2026-12-24 02:00-04:00":                 when.CodeMinus,
		"02:00 Eurpoe/Berlin":                    when.CodeZone,
		"02:00 right/Europe/Berlin":              when.CodeZone,
		"02:00 posix/Europe/Berlin":              when.CodeZone,
		"02:00 Europe/../Europe/Berlin":          when.CodeTime,
		"02:00 Europe/" + strings.Repeat("a", 60): when.CodeZone,
		"02:00 ../etc":                         when.CodeTime,
		"02:00 CEST":                           when.CodeAbbreviation,
		"02:00 EST":                            when.CodeAbbreviation,
		"tomorrow 02:00+02:00":                 when.CodeOffset,
		"tomorrow 02:00Z":                      when.CodeOffset,
		"2026-12-24T18:00+02:00 Europe/Berlin": when.CodeOffset,
		"2026-03-29 02:30":                     when.CodeGap,
		"2026-03-29 02:00 CET":                 when.CodeGap,
		"2026-10-25 02:30":                     when.CodeTwice,
	} {
		got, err := when.Time(said, wednesday, berlin)
		if err == nil {
			t.Errorf("%q is taken for %s", said, got)
			continue
		}
		if r := refusal(t, err); r.Text.Code != want || !got.IsZero() {
			t.Errorf("%q: %s (%s), want %s", said, r.Text.Code, got, want)
		}
	}
}

// The example in a refusal must itself be accepted, or it sends people round in circles.
func TestExamplesWork(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, said := range []string{
		"soon", "2h", "tomorrow", "+x", "25:00", "today 24:00", "2026-02-29", "1999-12-31", "02:00-04:00", "02:00 CEST",
		"tomorrow 02:00+02:00", "2026-12-24T18:00+02:00 Europe/Berlin", "2026-03-29 02:30", "2026-10-25 02:30",
		"2026-11-01 01:30 America/New_York", "2026-03-08 02:30 America/New_York",
		"2024-04-07 01:45 Australia/Lord_Howe",
	} {
		_, err := when.Time(said, wednesday, berlin)
		if err == nil {
			t.Errorf("%q is accepted", said)
			continue
		}
		for _, name := range []string{"example", "before", "after", "first", "second"} {
			a, ok := refusal(t, err).Text.Arg(name)
			if !ok {
				continue
			}
			if _, err := when.Time(a.Word, wednesday, berlin); err != nil {
				t.Errorf("%q: the suggested %q is refused: %v", said, a.Word, err)
			}
		}
	}
}

// Past the zone database's table, Go's bounds of a leap year's last day lie before it; a time there is read all the same.
func TestLastDayOfADistantLeapYear(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"2040-12-31 10:00 Europe/Berlin", "2041-01-01 00:30 America/New_York", "2096-12-31 18:00 Australia/Sydney"} {
		got, err := when.Time(said, wednesday, nil)
		if err != nil || got.Format("2006-01-02 15:04")+" "+got.Location().String() != said {
			t.Errorf("%s is %s, %v", said, got, err)
		}
	}
}
