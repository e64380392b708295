package recur_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
)

func TestParsePhrase(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"daily":                           "FREQ=DAILY",
		"Hourly":                          "FREQ=HOURLY",
		"weekdays":                        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"every weekday":                   "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
		"weekly":                          "FREQ=WEEKLY",
		"weekly Sat":                      "FREQ=WEEKLY;BYDAY=SA",
		"weekly on Saturday and Sunday":   "FREQ=WEEKLY;BYDAY=SA,SU",
		"every Sat":                       "FREQ=WEEKLY;BYDAY=SA",
		"every 2 weeks Thu,Mon":           "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
		"every month":                     "FREQ=MONTHLY",
		"monthly last Fri":                "FREQ=MONTHLY;BYDAY=-1FR",
		"monthly on the 2nd Tuesday":      "FREQ=MONTHLY;BYDAY=2TU",
		"monthly 15":                      "FREQ=MONTHLY;BYMONTHDAY=15",
		"monthly 22nd":                    "FREQ=MONTHLY;BYMONTHDAY=22",
		"monthly last day":                "FREQ=MONTHLY;BYMONTHDAY=-1",
		"every 3 months 1st":              "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1",
		"yearly":                          "FREQ=YEARLY",
		"yearly 24 Dec":                   "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
		"yearly December 24th":            "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24",
		"yearly last Fri of Nov":          "FREQ=YEARLY;BYMONTH=11;BYDAY=-1FR",
		"weekly Sat until 2026-12-24":     "FREQ=WEEKLY;UNTIL=20261224;BYDAY=SA",
		"daily 10 times":                  "FREQ=DAILY;COUNT=10",
		"monthly 10 times":                "FREQ=MONTHLY;COUNT=10",
		"monthly 3rd 10 times":            "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=3",
		" freq=weekly;byday=sa ":          "FREQ=WEEKLY;BYDAY=SA",
		"RRULE:FREQ=DAILY;INTERVAL=2":     "FREQ=DAILY;INTERVAL=2",
		"yearly 30 Feb":                   "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
		"every 2 years 1 Jan 3 times":     "FREQ=YEARLY;INTERVAL=2;COUNT=3;BYMONTH=1;BYMONTHDAY=1",
		"annually on the last day of Feb": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
	} {
		if r, err := recur.ParsePhrase(said); err != nil || r.String() != want {
			t.Errorf("%q is read as %q, %v; want %s", said, r, err, want)
		}
	}
	for said, code := range map[string]chat.Code{
		"": "recur.phrase", "sometimes": "recur.phrase", "weekly Caturday": "recur.phrase", "every": "recur.phrase", "every 2": "recur.phrase",
		"every 2 Sat": "recur.phrase", "weekly 15": "recur.phrase", "monthly Fri": "recur.phrase", "monthly last": "recur.phrase",
		"yearly 24": "recur.phrase", "yearly Dec": "recur.phrase", "daily until Christmas": "recur.phrase", "daily until 2026-02-30": "recur.phrase",
		"daily 0 times": "recur.number", "every 0 days": "recur.number", "monthly 32": "recur.signed", "monthly 2th": "recur.phrase",
		"weekly Sat until 2026-12-24 10 times": "recur.phrase", "daily ; weekly": "recur.phrase", "FREQ=SOMETIMES": "recur.freq",
		"monthly 9th Mon": "recur.phrase", "weekly Su": "recur.phrase", "yearly 24 Dec 25": "recur.phrase",
	} {
		r, err := recur.ParsePhrase(said)
		if refusal, ok := err.(*chat.Refusal); !ok || refusal.Text.Code != code {
			t.Errorf("%q: %v (%s), want %s", said, err, r, code)
		}
	}
}
