package config_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/config"
)

func TestDuration(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "0s": 0, "90s": 90 * time.Second, "2h30m": 150 * time.Minute, "3d": 72 * time.Hour, "2w": 336 * time.Hour,
		"1.5h": 90 * time.Minute, "250ms": 250 * time.Millisecond, " 1m ": time.Minute, "1d12h": 36 * time.Hour,
	} {
		if got, err := config.ParseDuration(text); got != want || err != nil {
			t.Errorf("%q: %s, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "5", "-1h", "+1h", "h", "1y", "1 h", "1..5h", "1h2", "soon", "9e9h", "100000000000000000000w", "1µs"} {
		if got, err := config.ParseDuration(text); err == nil {
			t.Errorf("%q is %s", text, got)
		}
	}
}

func TestDurationRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := config.Duration(rapid.Int64Range(0, config.MaxDuration.Milliseconds()).Draw(t, "ms")) * config.Duration(time.Millisecond)
		if back, err := config.ParseDuration(d.String()); err != nil || back != d.D() {
			t.Fatalf("%s came back as %s, %v", d, back, err)
		}
	})
}

func TestSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.Size{"0B": 0, "512MB": 512e6, "2GiB": 2 << 30, "1 kB": 1000, "7B": 7, "1024TiB": config.MaxSize} {
		var s config.Size
		if err := s.UnmarshalText([]byte(text)); s != want || err != nil {
			t.Errorf("%q: %d, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "5", "MB", "-1MB", "1.5GB", "1PB", "99999999999999999999B", "1025TiB", "1e3B"} {
		var s config.Size
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %d", text, s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := config.Size(rapid.Int64Range(0, int64(config.MaxSize)).Draw(t, "bytes"))
		var back config.Size
		if err := back.UnmarshalText([]byte(s.String())); err != nil || back != s {
			t.Fatalf("%s came back as %d, %v", s, back, err)
		}
	})
}

func TestShare(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.Share{
		"2/3": {2, 3}, "4/6": {2, 3}, "60%": {3, 5}, "66.5%": {133, 200}, "0.5": {1, 2}, "1": {1, 1}, "100%": {1, 1}, ".5": {1, 2}, "1.0": {1, 1},
	} {
		var s config.Share
		if err := s.UnmarshalText([]byte(text)); s != want || err != nil {
			t.Errorf("%q: %v, %v", text, s, err)
		}
	}
	for _, text := range []string{"", "0", "0%", "101%", "1.1", "3/2", "1/0", "-1/2", "-1/-2", "half", "1/9999999999", "0.123456", "1e-1", "/", "%"} {
		var s config.Share
		if err := s.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is %v", text, s)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.IntRange(1, 1000).Draw(t, "den")
		num := rapid.IntRange(1, den).Draw(t, "num")
		var s config.Share
		// A rule compares n of m votes with the share: equal fractions must be equal figures.
		if err := s.UnmarshalText(fmt.Appendf(nil, "%d/%d", num, den)); err != nil || s.Float() != float64(num)/float64(den) {
			t.Fatalf("%d/%d is %v, %v", num, den, s, err)
		}
	})
}

func TestAccountsAndPlaces(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]chat.Account{
		"local:main:ada":       {Platform: "local", Workspace: "main", ID: "ada"},
		"git::ada@example.org": {Platform: "git", ID: "ada@example.org"},
		"slack:T1:U1:x":        {Platform: "slack", Workspace: "T1", ID: "U1:x"},
	} {
		got, err := config.ParseAccount(text)
		if got != want || err != nil || got.String() != text {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "ada", "local:ada", "::ada", "local:main:", "local:main:a da"} {
		if _, err := config.ParseAccount(text); err == nil {
			t.Errorf("%q is an account", text)
		}
	}
	c := config.Chat{Platform: "slack", Workspace: "T1"}
	if p, err := c.Place("#cab"); err != nil || p != (chat.Place{Platform: "slack", Workspace: "T1", Channel: "#cab"}) {
		t.Errorf("%v, %v", p, err)
	}
	if p, err := c.Place("local:main:#cab"); err != nil || p != (chat.Place{Platform: "local", Workspace: "main", Channel: "#cab"}) {
		t.Errorf("%v, %v", p, err)
	}
	for _, text := range []string{"", "#", "# cab", "local:#cab", ":"} {
		if p, err := c.Place(text); err == nil {
			t.Errorf("%q is %v", text, p)
		}
	}
}

func TestLookups(t *testing.T) {
	t.Parallel()
	c := load(t, demo(t))
	same := func(what string, got any, want string) {
		t.Helper()
		if s := fmt.Sprint(got); s != want {
			t.Errorf("%s: %s, want %s", what, s, want)
		}
	}
	same("services", c.ServiceNames(), "[web payments ledger]")
	same("environments", c.EnvironmentNames(), "[staging prod]")
	same("lines", c.AllLines(), "[storefront payments]")
	same("lines of web", c.Lines("web"), "[storefront]")
	same("lines of nothing", c.Lines("nothing"), "[]")
	same("services of a line", c.ServicesOf("payments"), "[payments ledger]")
	same("what web needs", c.DependsOn("web"), "[payments]")
	same("who needs ledger", c.Dependants("ledger"), "[payments]")
	before, ok := c.PreviousEnvironment("prod")
	same("before prod", before.Name, "staging")
	if _, first := c.PreviousEnvironment("staging"); !ok || first {
		t.Error("the first environment has one before it")
	}
	if _, ok := c.Plan("nowhere"); ok {
		t.Error("nowhere has a plan")
	}
	if _, _, ok := c.ApprovalOf("low"); ok {
		t.Error("low asks for a vote")
	}
	same("the channel of votes", c.Chat.CAB(), "[{local demo #cab}]")
	same("the channel of releases", c.Chat.Releases(), "[{local demo #releases}]")
	same("the channel of pages", c.Chat.OnCall(), "[{local demo #oncall}]")
	p, _ := c.Person("sec")
	same("a person", p.Name, "Sam Security")
}
