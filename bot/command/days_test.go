package command_test

import (
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/when"
)

// A zone holds for every time of the line, wherever it stands in it; days are whole under their flag alone.
func TestZoneAndWholeDays(t *testing.T) {
	t.Parallel()
	berlin, err := when.ReadZone("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database")
	}
	c, err := command.New([]command.Spec{{
		Words: []string{"close"},
		Params: []command.Param{
			{Name: "zone", Kind: command.KindZone, Flag: true, Optional: true},
			{Name: "all-day", Kind: command.KindBool, Flag: true, Optional: true},
			{Name: "from", Kind: command.KindTime, Days: "all-day"},
			{Name: "until", Kind: command.KindEnd, Days: "all-day"},
		},
		Examples: []command.Example{{Line: "/close now +2h"}, {Line: "/close 2026-12-24 2026-12-26 --all-day --zone Europe/Berlin"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	at := command.Moment{Now: time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC), Zone: time.UTC}
	day := func(d, h int, zone *time.Location) time.Time { return time.Date(2026, 12, d, h, 0, 0, 0, zone) }
	for _, tt := range []struct {
		line        string
		from, until time.Time
		refused     chat.Code
	}{
		{"/close 2026-12-24 2026-12-26 --all-day --zone europe/berlin", day(24, 0, berlin), day(27, 0, berlin), ""},
		{"/close --all-day 2026-12-24 2026-12-24", day(24, 0, time.UTC), day(25, 0, time.UTC), ""},
		{"/close 2026-12-24 2026-12-26", day(24, 0, time.UTC), day(26, 0, time.UTC), ""},
		{`/close "2026-12-24 18:00" "2026-12-26 06:00" --zone Europe/Berlin`, day(24, 18, berlin), day(26, 6, berlin), ""},
		{"/close 2026-12-24 2026-12-24", time.Time{}, time.Time{}, when.CodeBackwards},
		{`/close "2026-12-24 18:00" 2026-12-26 --all-day`, time.Time{}, time.Time{}, when.CodeTime},
		{"/close 2026-12-24 2026-12-26 --zone Europe/Nowhere", time.Time{}, time.Time{}, when.CodeZone},
	} {
		call, failure := c.Parse(tt.line, at, nil)
		if failure != nil {
			if failure.Text.Code != tt.refused {
				t.Errorf("%s: %v, want %q", tt.line, failure.Text, tt.refused)
			}
			continue
		}
		if tt.refused != "" || !call.Time("from").Equal(tt.from) || !call.Time("until").Equal(tt.until) || call.Time("from").Location().String() != tt.from.Location().String() {
			t.Errorf("%s: %v to %v", tt.line, call.Time("from"), call.Time("until"))
		}
	}
}
