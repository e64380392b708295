package command_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
)

// specs are commands of every shape; the last parameters of "do" have every kind that the others lack.
var specs = []command.Spec{
	{
		Words: []string{"release", "plan"}, DryRun: true, Summary: "plans",
		Params: []command.Param{
			{Name: "service", Kind: command.KindService, Help: "which service"},
			{Name: "version", Kind: command.KindVersion},
			{Name: "after", Kind: command.KindRelease, Flag: true, Optional: true},
			{Name: "urgent", Kind: command.KindBool, Flag: true, Optional: true},
		},
		Examples: []command.Example{{Line: "/release plan payments 1.1.0"}, {Line: "/release plan payments 1.1.0 --after R-1 --urgent"}},
	},
	{
		Words: []string{"release", "show"}, Params: []command.Param{{Name: "release", Kind: command.KindRelease}},
		Examples: []command.Example{{Line: "/release show R-1"}},
	},
	{Words: []string{"release", "list"}, Examples: []command.Example{{Line: "/release list"}}},
	{
		Words: []string{"vote"},
		Params: []command.Param{
			{Name: "release", Kind: command.KindRelease},
			{Name: "ballot", Kind: command.KindChoice, Choices: []string{"go", "no-go", "abstain"}},
			{Name: "reason", Kind: command.KindText, Rest: true, Optional: true},
		},
		Examples: []command.Example{{Line: `/vote R-1 go "looks fine"`}},
	},
	{
		Words: []string{"freeze", "add"}, DryRun: true,
		Params: []command.Param{
			{Name: "environment", Kind: command.KindEnvironment},
			{Name: "from", Kind: command.KindTime},
			{Name: "to", Kind: command.KindEnd},
			{Name: "reason", Kind: command.KindText, Rest: true},
		},
		Examples: []command.Example{{Line: `/freeze add prod now +2h "closing"`}},
	},
	{
		Words: []string{"do"},
		Params: []command.Param{
			{Name: "subject", Kind: command.KindSubject},
			{Name: "times", Kind: command.KindNumber},
			{Name: "word", Kind: command.KindText},
			{Name: "for", Kind: command.KindDuration, Flag: true},
			{Name: "at", Kind: command.KindTime, Flag: true, Optional: true},
			{Name: "until", Kind: command.KindEnd, Flag: true, Optional: true},
			{Name: "like", Kind: command.KindFollowUp, Optional: true},
		},
		Examples: []command.Example{{Line: "/do F-3 2 it --for 2h"}},
	},
	{
		Words: []string{"help"}, Params: []command.Param{{Name: "command", Kind: command.KindCommand, Optional: true}},
		Examples: []command.Example{{Line: "/help release plan"}, {Line: "/help"}},
	},
}

// organisation is what the parser knows.
type organisation struct{}

func (organisation) Known(kind command.Kind, given map[string]command.Value) ([]string, bool) {
	switch kind {
	case command.KindService:
		return []string{"payments", "ledger", "Web"}, true
	case command.KindEnvironment:
		return []string{"staging", "prod"}, true
	case command.KindVersion:
		if given["service"].Text == "payments" {
			return []string{"1.1.0", "1.2.0"}, true
		}
		return []string{"9.9.9"}, false
	case command.KindRelease:
		return []string{"R-12", "R-7"}, true
	}
	return nil, false
}

// wednesday is 11:30 in Berlin.
var wednesday = time.Date(2026, 11, 25, 10, 30, 0, 0, time.UTC)

func moment(t testing.TB) command.Moment {
	t.Helper()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skipf("no zone database here: %v", err)
	}
	return command.Moment{Now: wednesday, Zone: berlin}
}

func catalogue(t testing.TB) *command.Catalogue {
	t.Helper()
	c, err := command.New(specs)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// values writes a call's arguments as name=text, sorted by declaration.
func values(c command.Call) string {
	parts := []string{strings.Join(c.Spec.Words, " ")}
	for _, p := range c.Spec.Params {
		if c.Has(p.Name) {
			parts = append(parts, p.Name+"="+c.Text(p.Name))
		}
	}
	if c.DryRun {
		parts = append(parts, "dry")
	}
	return strings.Join(parts, "|")
}

func TestParse(t *testing.T) {
	t.Parallel()
	c, at := catalogue(t), moment(t)
	for line, want := range map[string]string{
		"/release plan payments 1.1.0":                               "release plan|service=payments|version=1.1.0",
		"release plan payments 1.1.0":                                "release plan|service=payments|version=1.1.0",
		"  /Release PLAN Payments 1.1.0  ":                           "release plan|service=payments|version=1.1.0",
		"/release plan web 7.0":                                      "release plan|service=Web|version=7.0",
		"/release plan --dry-run payments 1.1.0":                     "release plan|service=payments|version=1.1.0|dry",
		"/release plan payments 1.1.0 —dry-run":                      "release plan|service=payments|version=1.1.0|dry",
		"/release plan payments --after r-3 1.1.0":                   "release plan|service=payments|version=1.1.0|after=R-3",
		"/release plan payments --After=R-3 1.1.0":                   "release plan|service=payments|version=1.1.0|after=R-3",
		`/release plan payments --after="R-3" 1.1.0`:                 "release plan|service=payments|version=1.1.0|after=R-3",
		"/release plan payments 1.1.0 --urgent":                      "release plan|service=payments|version=1.1.0|urgent=true",
		`/release plan "payments" “1.1.0”`:                           "release plan|service=payments|version=1.1.0",
		"/release list":                                              "release list",
		"/release show r-1":                                          "release show|release=R-1",
		"/release show R-999":                                        "release show|release=R-999",
		"/vote R-12 go":                                              "vote|release=R-12|ballot=go",
		`/vote r-12 GO "looks fine"`:                                 "vote|release=R-12|ballot=go|reason=looks fine",
		"/vote R-12 no-go it isn't  ready":                           "vote|release=R-12|ballot=no-go|reason=it isn't  ready",
		"/vote R-12 no-go 'it isn't ready'":                          "vote|release=R-12|ballot=no-go|reason=it isn't ready",
		"/vote R-12 go “fine”":                                       "vote|release=R-12|ballot=go|reason=fine",
		"/vote R-12 go „gut gemacht“":                                "vote|release=R-12|ballot=go|reason=gut gemacht",
		"/vote R-12 go «très bien»":                                  "vote|release=R-12|ballot=go|reason=très bien",
		"/vote R-12 go ‘fine’":                                       "vote|release=R-12|ballot=go|reason=fine",
		`/vote R-12 go "say \"yes\" \\ or C:\temp"`:                  `vote|release=R-12|ballot=go|reason=say "yes" \ or C:\temp`,
		`/vote R-12 go he said "yes" today`:                          `vote|release=R-12|ballot=go|reason=he said "yes" today`,
		"/vote R-12 go — fine":                                       "vote|release=R-12|ballot=go|reason=— fine",
		"/vote R-12 go —fine":                                        "vote|release=R-12|ballot=go|reason=—fine",
		"/vote R-12 go -- --dry-run failed":                          "vote|release=R-12|ballot=go|reason=--dry-run failed",
		`/vote R-12 go "--dry-run"`:                                  "vote|release=R-12|ballot=go|reason=--dry-run",
		`/freeze add prod now +2h "closing"`:                         "freeze add|environment=prod|from=now|to=+2h|reason=closing",
		`/freeze add prod tomorrow 02:00 +2h "closing"`:              "freeze add|environment=prod|from=tomorrow 02:00|to=+2h|reason=closing",
		`/freeze add prod "tomorrow 02:00" "+2h" x y`:                "freeze add|environment=prod|from=tomorrow 02:00|to=+2h|reason=x y",
		`/freeze add prod now until 18:00 month end`:                 "freeze add|environment=prod|from=now|to=until 18:00|reason=month end",
		"/freeze add prod sat 02:00 UTC 04:00 why --dry-run not":     "freeze add|environment=prod|from=sat 02:00 UTC|to=04:00|reason=why not|dry",
		"/do f-3 -2 it --for 90m":                                    "do|subject=F-3|times=-2|word=it|for=90m",
		`/do F-3 2 it a-4 --for 2h --at "tomorrow 02:00" --until 3h`: "do|subject=F-3|times=2|word=it|for=2h|at=tomorrow 02:00|until=3h|like=A-4",
		"/help":                "help",
		"/help release":        "help|command=release",
		"/help /Release plan":  "help|command=release plan",
		`/help "release plan"`: "help|command=release plan",
	} {
		call, failure := c.Parse(line, at, organisation{})
		if failure != nil {
			t.Errorf("%s: %v", line, failure.Text)
			continue
		}
		if got := values(call); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
		if call.Line != strings.TrimSpace(line) {
			t.Errorf("%s: kept as %q", line, call.Line)
		}
		again, failure := c.Parse(command.Print(call), at, organisation{})
		if failure != nil || values(again) != values(call) {
			t.Errorf("%s: printed as %s, which is %v (%v)", line, command.Print(call), again, failure)
		}
	}
}

func TestParsedTimes(t *testing.T) {
	t.Parallel()
	c, at := catalogue(t), moment(t)
	for line, want := range map[string][2]string{
		"/freeze add prod now +2h x":                             {"2026-11-25T11:30:00+01:00", "2026-11-25T13:30:00+01:00"},
		"/freeze add prod tomorrow 22:00 02:00 x":                {"2026-11-26T22:00:00+01:00", "2026-11-27T02:00:00+01:00"},
		"/freeze add prod 2026-12-24 18:00 2026-12-26 08:00 x":   {"2026-12-24T18:00:00+01:00", "2026-12-26T08:00:00+01:00"},
		"/freeze add prod sat 02:00 America/New_York 04:00 x":    {"2026-11-28T02:00:00-05:00", "2026-11-28T04:00:00-05:00"},
		`/freeze add prod "2026-12-24" "18:00" x`:                {"2026-12-24T00:00:00+01:00", "2026-12-24T18:00:00+01:00"},
		"/do F-1 1 x --for 1h --until 2h --at 2026-12-24T18:00Z": {"2026-12-24T19:00:00+01:00", "2026-12-24T21:00:00+01:00"},
		"/do F-1 1 x --for 1h --until 2h":                        {"0001-01-01T00:00:00Z", "2026-11-25T13:30:00+01:00"},
	} {
		call, failure := c.Parse(line, at, organisation{})
		if failure != nil {
			t.Errorf("%s: %v", line, failure.Text)
			continue
		}
		from, to := call.Time("from"), call.Time("to")
		if call.Spec.Words[0] == "do" {
			from, to = call.Time("at"), call.Time("until")
		}
		if f, u := from.Format(time.RFC3339), to.Format(time.RFC3339); f != want[0] || u != want[1] {
			t.Errorf("%s: %s to %s, want %v", line, f, u, want)
		}
	}
	call, failure := c.Parse("/do F-1 7 x --for 1d12h", at, nil)
	if failure != nil || call.Duration("for") != 36*time.Hour || call.Values["times"].Number != 7 {
		t.Errorf("%v, %v", call, failure)
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	c, at := catalogue(t), moment(t)
	for _, x := range []struct {
		line string
		code chat.Code
		args string // name=value of some arguments, words joined by commas
	}{
		{"", command.CodeEmpty, ""},
		{"  / ", command.CodeEmpty, ""},
		{strings.Repeat("x", command.MaxLine+1), command.CodeTooLong, "max=4000"},
		{"/vote R-1\x00 go", command.CodeCharacters, ""},
		{"/vote R-1 go a\nb", command.CodeCharacters, ""},
		{"/vote R-1 go \xff", command.CodeCharacters, ""},
		{"/vote R-1 go \u202egnorw", command.CodeCharacters, ""},
		{"/vote R-1 go \u0085x", command.CodeCharacters, ""},
		{"/vote R-1 go" + strings.Repeat(" x", command.MaxArguments), command.CodeTooMany, "max=256"},
		{`/vote R-1 go "fine`, command.CodeUnclosed, `said="fine;example=/vote R-1 go "looks fine"`},
		{`/vote R-1 go "fine"x`, command.CodeUnclosed, ""},
		{"/relase plan payments 1.1.0", command.CodeUnknown, "said=relase;suggest=/release plan"},
		{"/release paln payments 1.1.0", command.CodeUnknown, "said=release paln;suggest=/release plan;known=release plan,release show,release list;example=/release plan payments 1.1.0"},
		{"/vtoe", command.CodeUnknown, "suggest=/vote"},
		{"/plan payments", command.CodeUnknown, "suggest=/release plan"},
		{"/xyzzy", command.CodeUnknown, "said=xyzzy;known=release,vote,freeze,do,help;suggest="},
		{`"release" plan`, command.CodeUnknown, "said=release"},
		{"/release", command.CodeIncomplete, "said=release;known=release plan,release show,release list;example=/release plan payments 1.1.0"},
		{"/release plan payments 1.1.0 --dryrun", command.CodeFlag, "said=--dryrun;suggest=--dry-run;known=--after,--urgent,--dry-run"},
		{"/vote R-1 go --dry-run", command.CodeFlag, "said=--dry-run"},
		{"/release plan payments 1.1.0 --after", command.CodeFlagValue, "param=--after"},
		{"/release plan payments 1.1.0 --after --urgent", command.CodeFlagValue, "param=--after"},
		{"/release plan payments 1.1.0 --urgent=yes", command.CodeFlagNoValue, "param=--urgent"},
		{"/release plan payments 1.1.0 --dry-run=false", command.CodeFlagNoValue, "param=--dry-run"},
		{"/release plan payments 1.1.0 --urgent --urgent", command.CodeFlagTwice, "param=--urgent"},
		{"/release plan", command.CodeMissing, "param=service;help=which service;known=payments,ledger,Web;usage=/release plan <service> <version> [--after <after>] [--urgent] [--dry-run];example=/release plan payments 1.1.0"},
		{"/release plan payments", command.CodeMissing, "param=version;known=1.1.0,1.2.0"},
		{"/do F-1 1 x", command.CodeMissing, "param=--for"},
		{`/vote R-1 go ""`, command.CodeBlank, "param=reason"},
		{`/release plan " " 1.1.0`, command.CodeBlank, "param=service"},
		{"/release plan payments 1.1.0 now", command.CodeExtra, "said=now"},
		{"/release list all", command.CodeExtra, "said=all"},
		{"/release plan paymnets 1.1.0", command.CodeService, "said=paymnets;suggest=payments;known=payments,ledger,Web"},
		{"/release plan payments 1.1.1", command.CodeVersion, "said=1.1.1;suggest=1.1.0"},
		{"/release plan ledger $(boom)", command.CodeNotName, "param=version;said=$(boom)"},
		{"/freeze add production now +2h x", command.CodeEnvironment, "said=production;known=staging,prod"},
		{"/vote R12 go", command.CodeID, "param=release;said=R12;form=R-42;suggest=R-12"},
		{"/vote 5 go", command.CodeID, "said=5;suggest=R-5"},
		{"/vote D-1 go", command.CodeID, "said=D-1"},
		{"/vote R-01 go", command.CodeID, "said=R-01"},
		{"/vote R-1234567890 go", command.CodeID, ""},
		{"/vote R-1 yes", command.CodeChoice, "param=ballot;said=yes;known=go,no-go,abstain"},
		{"/vote R-1 abstian", command.CodeChoice, "suggest=abstain"},
		{"/do F-1 many x --for 1h", command.CodeNumber, "param=times;said=many"},
		{"/do F-1 9999999999 x --for 1h", command.CodeNumber, ""},
		{"/do F-1 1 x --for long", "when.duration", "param=for;line=/do F-3 2 it --for 2h"},
		{"/freeze add prod soon +2h x", "when.time", "param=from;said=soon"},
		{"/freeze add prod tomorrow +2h x", "when.needs-clock", "param=from;said=tomorrow"},
		{"/freeze add prod tomorrow 25:00 +2h x", "when.clock", "param=from"},
		{"/freeze add prod tomorrow 02:00 Eurpoe/Berlin +2h x", "when.zone", "param=from;zone=Eurpoe/Berlin"},
		{"/freeze add prod 2027-03-28 02:30 CEST +2h x", "when.gap", "param=from"},
		{"/freeze add prod 2027-10-31 02:30 +2h x", "when.twice", "first=2027-10-31 02:30 CEST"},
		{"/freeze add prod 2026-12-24 2026-12-01 x", "when.backwards", "param=to;line=/freeze add prod now +2h \"closing\""},
		{"/freeze add prod 2026-12-24 18:00", command.CodeMissing, "param=to"},
		{"/help relese", command.CodeUnknown, "said=relese;suggest=/release plan,/release show,/release list"},
	} {
		call, failure := c.Parse(x.line, at, organisation{})
		if failure == nil {
			t.Errorf("%.60q is taken for %s", x.line, values(call))
			continue
		}
		if failure.Text.Code != x.code || failure.Outcome != chat.Invalid || call.Spec != nil || call.Values != nil {
			t.Errorf("%.60q: %v, want %s", x.line, failure.Text, x.code)
			continue
		}
		for pair := range strings.SplitSeq(x.args, ";") {
			name, want, ok := strings.Cut(pair, "=")
			if !ok {
				continue
			}
			a, found := failure.Text.Arg(name)
			got := a.Word
			if a.Kind == chat.KindList {
				got = strings.Join(a.Words, ",")
			} else if a.Kind == chat.KindNumber {
				got = strconv.Itoa(int(a.Number))
			}
			if !found || got != want {
				t.Errorf("%.60q: %s is %q, want %q", x.line, name, got, want)
			}
		}
		if s := failure.Spec; s != nil {
			example, ok := failure.Text.Arg("example")
			if line, timed := failure.Text.Arg("line"); timed {
				example = line
			}
			if usage, has := failure.Text.Arg("usage"); !ok || !has || usage.Word != command.Usage(s) || example.Word != s.Examples[0].Line {
				t.Errorf("%.60q: %v lacks usage or example", x.line, failure.Text)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	want := []string{
		"/release plan <service> <version> [--after <after>] [--urgent] [--dry-run]", "/release show <release>", "/release list",
		"/vote <release> <go|no-go|abstain> [<reason…>]", "/freeze add <environment> <from> <to> <reason…> [--dry-run]",
		"/do <subject> <times> <word> [<like>] --for <for> [--at <at>] [--until <until>]", "/help [<command>]",
	}
	for i := range specs {
		if got := command.Usage(&specs[i]); got != want[i] {
			t.Errorf("%s, want %s", got, want[i])
		}
	}
}
