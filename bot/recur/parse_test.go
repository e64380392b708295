package recur_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]chat.Code{
		"":                                                       "recur.form",
		"DAILY":                                                  "recur.form",
		"FREQ=DAILY;":                                            "recur.form",
		";FREQ=DAILY":                                            "recur.form",
		"FREQ=DAILY;;COUNT=1":                                    "recur.form",
		"RRULE:FREQ=DAILY":                                       "recur.unknown",
		"FREQ=DAILY; COUNT=3":                                    "recur.unknown",
		" FREQ=DAILY":                                            "recur.unknown",
		"FREQ=DAILY;BYEASTER=0":                                  "recur.unknown",
		"FREQ=DAILY;X-NAME=1":                                    "recur.unknown",
		"RSCALE=GREGORIAN;FREQ=DAILY":                            "recur.unknown",
		"FREQ=DAILY;FREQ=DAILY":                                  "recur.twice",
		"FREQ=DAILY;byhour=1;BYHOUR=2":                           "recur.twice",
		"COUNT=3":                                                "recur.no_freq",
		"FREQ=":                                                  "recur.freq",
		"FREQ=DAILY ":                                            "recur.freq",
		"FREQ=FORTNIGHTLY":                                       "recur.freq",
		"FREQ=DAILY;COUNT=3;UNTIL=20261224":                      "recur.two_ends",
		"FREQ=DAILY;COUNT=0":                                     "recur.number",
		"FREQ=DAILY;COUNT=-1":                                    "recur.number",
		"FREQ=DAILY;COUNT=+1":                                    "recur.number",
		"FREQ=DAILY;COUNT=":                                      "recur.number",
		"FREQ=DAILY;COUNT=1.5":                                   "recur.number",
		"FREQ=DAILY;COUNT=100001":                                "recur.number",
		"FREQ=DAILY;COUNT=99999999999999999999":                  "recur.number",
		"FREQ=DAILY;INTERVAL=0":                                  "recur.number",
		"FREQ=DAILY;INTERVAL=-2":                                 "recur.number",
		"FREQ=DAILY;INTERVAL=1000000001":                         "recur.number",
		"FREQ=DAILY;UNTIL=":                                      "recur.until",
		"FREQ=DAILY;UNTIL=2026":                                  "recur.until",
		"FREQ=DAILY;UNTIL=20260230":                              "recur.until",
		"FREQ=DAILY;UNTIL=20261224T250000Z":                      "recur.until",
		"FREQ=DAILY;UNTIL=20261224T240000":                       "recur.until",
		"FREQ=DAILY;UNTIL=20261224T1800":                         "recur.until",
		"FREQ=DAILY;UNTIL=2026-12-24":                            "recur.until",
		"FREQ=DAILY;UNTIL=20261224Z":                             "recur.until",
		"FREQ=DAILY;UNTIL=20261224T180000+0100":                  "recur.until",
		"FREQ=DAILY;UNTIL=00000101":                              "recur.until",
		"FREQ=DAILY;WKST=1MO":                                    "recur.weekday",
		"FREQ=DAILY;WKST=MO,TU":                                  "recur.weekday",
		"FREQ=DAILY;BYDAY=":                                      "recur.weekday",
		"FREQ=DAILY;BYDAY=MO,":                                   "recur.weekday",
		"FREQ=DAILY;BYDAY=XX":                                    "recur.weekday",
		"FREQ=DAILY;BYDAY=MONDAY":                                "recur.weekday",
		"FREQ=DAILY;BYDAY=MO, TU":                                "recur.day_number",
		"FREQ=MONTHLY;BYDAY=0MO":                                 "recur.day_number",
		"FREQ=MONTHLY;BYDAY=54MO":                                "recur.day_number",
		"FREQ=MONTHLY;BYDAY=001MO":                               "recur.day_number",
		"FREQ=MONTHLY;BYDAY=+-1MO":                               "recur.day_number",
		"FREQ=MONTHLY;BYDAY=--1MO":                               "recur.day_number",
		"FREQ=WEEKLY;BYDAY=1MO":                                  "recur.day_numbers_freq",
		"FREQ=DAILY;BYDAY=TU,-1MO":                               "recur.day_numbers_freq",
		"FREQ=HOURLY;BYDAY=-1MO":                                 "recur.day_numbers_freq",
		"FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO":                      "recur.day_numbers_weekno",
		"FREQ=DAILY;BYMONTH=0":                                   "recur.number",
		"FREQ=DAILY;BYMONTH=13":                                  "recur.number",
		"FREQ=DAILY;BYMONTH=-1":                                  "recur.number",
		"FREQ=DAILY;BYMONTH=+1":                                  "recur.number",
		"FREQ=DAILY;BYMONTH=JAN":                                 "recur.number",
		"FREQ=DAILY;BYMONTH=1,,2":                                "recur.number",
		"FREQ=DAILY;BYHOUR=24":                                   "recur.number",
		"FREQ=DAILY;BYHOUR=-1":                                   "recur.number",
		"FREQ=DAILY;BYHOUR=007":                                  "recur.number",
		"FREQ=DAILY;BYMINUTE=60":                                 "recur.number",
		"FREQ=DAILY;BYSECOND=61":                                 "recur.number",
		"FREQ=MONTHLY;BYMONTHDAY=0":                              "recur.signed",
		"FREQ=MONTHLY;BYMONTHDAY=32":                             "recur.signed",
		"FREQ=MONTHLY;BYMONTHDAY=-32":                            "recur.signed",
		"FREQ=YEARLY;BYYEARDAY=0":                                "recur.signed",
		"FREQ=YEARLY;BYYEARDAY=367":                              "recur.signed",
		"FREQ=YEARLY;BYWEEKNO=54":                                "recur.signed",
		"FREQ=YEARLY;BYWEEKNO=-54":                               "recur.signed",
		"FREQ=YEARLY;BYDAY=MO;BYSETPOS=0":                        "recur.signed",
		"FREQ=YEARLY;BYDAY=MO;BYSETPOS=367":                      "recur.signed",
		"FREQ=YEARLY;BYSETPOS=1":                                 "recur.setpos",
		"FREQ=MONTHLY;BYWEEKNO=1":                                "recur.part_with_freq",
		"FREQ=HOURLY;BYWEEKNO=1":                                 "recur.part_with_freq",
		"FREQ=DAILY;BYYEARDAY=1":                                 "recur.part_with_freq",
		"FREQ=WEEKLY;BYYEARDAY=1":                                "recur.part_with_freq",
		"FREQ=MONTHLY;BYYEARDAY=1":                               "recur.part_with_freq",
		"FREQ=WEEKLY;BYMONTHDAY=1":                               "recur.part_with_freq",
		"FREQ=DAILY;BYMONTH=" + strings.Repeat("1,", 5000) + "1": "recur.long",
	} {
		r, err := recur.Parse(text)
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Text.Code != code || !r.IsZero() {
			t.Errorf("%.60q: %v (%s), want %s", text, err, r, code)
		}
	}
}

// A rule is written canonically, whatever its order, capitals and signs.
func TestRuleIsWrittenCanonically(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"freq=daily":                                                        "FREQ=DAILY",
		"COUNT=3;FREQ=DAILY;INTERVAL=1":                                     "FREQ=DAILY;COUNT=3",
		"FREQ=DAILY;WKST=MO":                                                "FREQ=DAILY",
		"FREQ=WEEKLY;WKST=su;BYDAY=su,MO,su":                                "FREQ=WEEKLY;BYDAY=MO,SU;WKST=SU",
		"FREQ=MONTHLY;BYDAY=+1MO,-1FR":                                      "FREQ=MONTHLY;BYDAY=-1FR,1MO",
		"FREQ=YEARLY;BYMONTH=12,01,1":                                       "FREQ=YEARLY;BYMONTH=1,12",
		"FREQ=DAILY;UNTIL=20261224t180000z":                                 "FREQ=DAILY;UNTIL=20261224T180000Z",
		"FREQ=DAILY;UNTIL=20261224T180000":                                  "FREQ=DAILY;UNTIL=20261224T180000",
		"FREQ=DAILY;UNTIL=20261224":                                         "FREQ=DAILY;UNTIL=20261224",
		"FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO":                                  "FREQ=YEARLY;BYWEEKNO=-1;BYDAY=MO",
		"FREQ=HOURLY;BYYEARDAY=+1,-1":                                       "FREQ=HOURLY;BYYEARDAY=-1,1",
		"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30":                              "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
		"FREQ=SECONDLY;BYSECOND=60;BYSETPOS=-1":                             "FREQ=SECONDLY;BYSECOND=60;BYSETPOS=-1",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0;BYSETPOS=-1": "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9;BYMINUTE=0;BYSETPOS=-1",
	} {
		r, err := recur.Parse(text)
		if err != nil || r.String() != want {
			t.Errorf("%s: %s, %v; want %s", text, r, err, want)
		}
		var back recur.Rule
		b, err := json.Marshal(r)
		if err != nil || json.Unmarshal(b, &back) != nil || !back.Equal(r) {
			t.Errorf("%s: comes back from %s as %s", text, b, back)
		}
	}
}

func TestParseSetRefuses(t *testing.T) {
	t.Parallel()
	const start = "DTSTART;TZID=Europe/Berlin:20260328T023000\n"
	for text, code := range map[string]chat.Code{
		"":                 "recur.no_start",
		"RRULE:FREQ=DAILY": "recur.no_start",
		"DTSTART":          "recur.line",
		"DURATION:PT1H":    "recur.line",
		start + start:      "recur.twice",
		"DTSTART;TZID=Europe/Nowhere:20260328T023000":                          "recur.zone",
		"DTSTART;TZID=Local:20260328T023000":                                   "recur.zone",
		"DTSTART;TZID=Europe/Berlin:20260328T023000Z":                          "recur.date",
		"DTSTART;VALUE=DATE:20260328T023000":                                   "recur.date",
		"DTSTART:20260229":                                                     "recur.date",
		"DTSTART;VALUE=PERIOD:20260328T023000Z/PT1H":                           "recur.parameter",
		start + "RRULE:FREQ=DAILY;UNTIL=20260401T000000":                       "recur.until_form",
		start + "RRULE:FREQ=DAILY;UNTIL=20260401":                              "recur.until_form",
		"DTSTART:20260328T023000\nRRULE:FREQ=DAILY;UNTIL=20260401T000000Z":     "recur.until_form",
		"DTSTART:20260328T023000Z\nRRULE:FREQ=DAILY;UNTIL=20260401T000000":     "recur.until_form",
		"DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;UNTIL=20260401T000000Z": "recur.until_form",
		"DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=DAILY;BYHOUR=3":               "recur.date_times",
		"DTSTART;VALUE=DATE:20260328\nRRULE:FREQ=HOURLY":                       "recur.date_times",
		start + "RRULE:FREQ=WEEKLY;BYDAY=1MO":                                  "recur.day_numbers_freq",
		start + "RDATE;VALUE=DATE:20260401":                                    "recur.date_form",
		start + "EXDATE:20260401":                                              "recur.date_form",
		start + "EXDATE:tomorrow":                                              "recur.date",
		start + strings.Repeat("RDATE:20260401T000000\n", 4000):                "recur.long",
	} {
		s, err := recur.ParseSet(text)
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Text.Code != code {
			t.Errorf("%.90q: %v (%s), want %s", text, err, s, code)
		}
	}
}
