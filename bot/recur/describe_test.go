package recur_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// plain needs no reader: nothing of a rule is a person's, or an instant.
func plain(t chat.Text) string { return words.Text(t, nil, time.Time{}) }

func TestRulesInWords(t *testing.T) {
	t.Parallel()
	for phrase, want := range map[string]string{
		"daily":                                 "every day",
		"every 3 days":                          "every 3 days",
		"weekdays":                              "every weekday",
		"weekly Sat":                            "every Saturday",
		"weekly Sat until 2026-12-24":           "every Saturday until 2026-12-24",
		"weekly Mon Thu":                        "every week on Mon and Thu",
		"every 2 weeks Mon,Thu":                 "every 2 weeks on Mon and Thu",
		"monthly last Fri":                      "the last Friday of each month",
		"monthly 2nd Tue 1 times":               "the second Tuesday of each month, 1 time",
		"monthly 15":                            "day 15 of each month",
		"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=28": "every 3 months on day 28",
		"FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1": "every 3 months on the last day",
		"FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR":    "every 2 months on the last Friday",
		"FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=24": "by the rule FREQ=YEARLY;INTERVAL=2;BYMONTH=12;BYMONTHDAY=24",
		"monthly last day":                 "the last day of each month",
		"yearly 24 Dec":                    "each year on 24 December",
		"yearly last Fri of Nov":           "the last Friday of November each year",
		"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO": "by the rule FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
	} {
		r, err := recur.ParsePhrase(phrase)
		if err != nil {
			t.Errorf("%s: %v", phrase, err)
			continue
		}
		if got := plain(recur.Describe(r)); got != want {
			t.Errorf("%s is “%s”, want “%s”", phrase, got, want)
		}
	}
	weekly, err := recur.ParsePhrase("weekly")
	if err != nil {
		t.Fatal(err)
	}
	s := recur.Schedule{Zone: "Europe/Berlin", Start: recur.On(2026, 11, 28, 22, 0, 0), End: recur.On(2026, 11, 29, 4, 0, 0), Rule: weekly}
	if got, want := plain(s.Text()), "every Saturday, 22:00 to 04:00 Europe/Berlin"; got != want {
		t.Errorf("“%s”, want “%s”", got, want)
	}
}
