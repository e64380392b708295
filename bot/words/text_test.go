package words

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// reader knows Ann and Bob, and has lost the key of "gone".
type reader struct{ zone *time.Location }

func (reader) Accounts(string) []chat.Account { return nil }
func (reader) PersonName(id string) string {
	return map[string]string{"p1": "Ann", "p2": "Bob"}[id]
}

func (reader) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), s.Person != "gone" }

func (r reader) Zone() *time.Location { return r.zone }

func berlin(t testing.TB) *time.Location {
	t.Helper()
	z, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// say words args with one template.
func say(t testing.TB, tpl string, r port.Reader, args ...chat.Arg) string {
	t.Helper()
	w := newWriter(r, time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	w.table = assemble([]source{{"test", map[chat.Code]string{"x": tpl, "inner": "inner {n}"}}})
	return string(w.text(nil, chat.Say("x", args...), 0))
}

func TestTemplates(t *testing.T) {
	t.Parallel()
	a, b := chat.Word("a", "payments"), chat.Word("b", "prod")
	for _, tc := range []struct {
		template, want string
		args           []chat.Arg
	}{
		{"done", "done", nil},
		{"{a}", "payments", []chat.Arg{a}},
		{"{a} to {b}.", "payments to prod.", []chat.Arg{a, b}},
		{"{a} to {b}.", "payments to ?.", []chat.Arg{a}},
		{"{a}[[ to {b}]].", "payments to prod.", []chat.Arg{a, b}},
		{"{a}[[ to {b}]].", "payments.", []chat.Arg{a}},
		{"{a} [[to {b}]].", "payments.", []chat.Arg{a}},
		{"{a} [[ to {b} ]] now", "payments to prod now", []chat.Arg{a, b}},
		{"{a} [[ to {b} ]] now", "payments now", []chat.Arg{a}},
		{"{a}[[ to {b} ]], now", "payments, now", []chat.Arg{a, chat.Word("b", "")}},
		{"{a}[[ to {b} ]], now", "payments to prod, now", []chat.Arg{a, b}},
		{"[[{b}: ]]{a}", "payments", []chat.Arg{a}},
		{"[[{b}: ]]{a}", "prod: payments", []chat.Arg{a, b}},
		{"[[{a} {b} ]]", "x (a: payments)", []chat.Arg{a}},
		{"{a|or}", "x, y or z", []chat.Arg{chat.List("a", []string{"x", "y", "z"})}},
		{"{a|or}", "x", []chat.Arg{chat.List("a", []string{"x"})}},
		{"one of[[ {a|or}]]", "one of", []chat.Arg{chat.List("a", nil)}},
		{"{a|or}", "7", []chat.Arg{chat.Count("a", 7)}},
		{"{n} {n|vote|votes}", "1 vote", []chat.Arg{chat.Count("n", 1)}},
		{"{n} {n|vote|votes}", "0 votes", []chat.Arg{chat.Count("n", 0)}},
		{"{n} {n|vote|votes}", "12 votes", []chat.Arg{chat.Count("n", 12)}},
		{"gate{n||s} {n}", "gates x and y", []chat.Arg{chat.List("n", []string{"x", "y"})}},
		{"gate{n||s} {n}", "gate x", []chat.Arg{chat.List("n", []string{"x"})}},
		{"[[{n} left]]", "0 left", []chat.Arg{chat.Count("n", 0)}},
		{"a { b } {not this} [[ {a", "a { b } {not this} [[ {a", []chat.Arg{a}},
		{"{a|one}", "{a|one}", []chat.Arg{a}},
		{"why: {a}", "why: inner 3", []chat.Arg{chat.Nested("a", chat.Say("inner", chat.Count("n", 3)))}},
		{"why: {a}", "why: lost.code (n: 3, m: z)",
			[]chat.Arg{chat.Nested("a", chat.Say("lost.code", chat.Count("n", 3), chat.Word("m", "z")))}},
	} {
		if got := say(t, tc.template, reader{}, tc.args...); got != tc.want {
			t.Errorf("%q with %v = %q, want %q", tc.template, tc.args, got, tc.want)
		}
	}
}

func TestArgumentsByKind(t *testing.T) {
	t.Parallel()
	zone := berlin(t)
	at := func(month time.Month, d, h, m int) chat.Arg {
		return chat.Time("a", time.Date(2026, month, d, h, m, 0, 0, zone))
	}
	for _, tc := range []struct {
		arg  chat.Arg
		want string
	}{
		{chat.Person("a", "p1"), "Ann"},
		{chat.Person("a", "p9"), "p9"},
		{chat.People("a", []string{"p1", "p2", "p9"}), "Ann, Bob and p9"},
		{chat.List("a", []string{"x", "y"}), "x and y"},
		{chat.List("a", []string{"x"}), "x"},
		{chat.List("a", nil), "?"},
		{chat.Quote("a", chat.Sealed{Person: "p1", Box: []byte("closing {b} [[")}), "“closing {b} [[”"},
		{chat.Quote("a", chat.Sealed{Person: "gone", Box: []byte("secret")}), "(erased)"},
		{chat.Number("a", 3), "3"},
		{chat.Number("a", 1e6), "1000000"},
		{chat.Number("a", 0.5), "0.5"},
		{chat.Number("a", 2.0/3), "0.667"},
		{chat.Number("a", 0.00012345), "0.000123"},
		{chat.Number("a", math.NaN()), "?"},
		{chat.Percent("a", 0.05), "5 %"},
		{chat.Percent("a", 0.125), "12.5 %"},
		{chat.Percent("a", 1), "100 %"},
		{chat.Percent("a", 0.0123), "1.23 %"},
		{chat.Percent("a", 0.00001), "0.001 %"},
		{chat.Percent("a", 0), "0 %"},
		{chat.Percent("a", math.Inf(1)), "?"},
		{chat.Duration("a", 90*time.Minute), "1 h 30 min"},
		{chat.Duration("a", 8*time.Second), "8 s"},
		{chat.Duration("a", 8400*time.Millisecond), "8.4 s"},
		{chat.Duration("a", 45*time.Millisecond), "45 ms"},
		{chat.Duration("a", 300*time.Microsecond), "300 µs"},
		{chat.Duration("a", 1), "1 µs"},
		{chat.Duration("a", 999900*time.Microsecond), "1 s"},
		{chat.Duration("a", 9999*time.Millisecond), "10 s"},
		{chat.Duration("a", 59900*time.Millisecond), "1 min"},
		{chat.Duration("a", 2*time.Hour), "2 h"},
		{chat.Duration("a", 119*time.Minute+50*time.Second), "2 h"},
		{chat.Duration("a", 3*time.Minute+20*time.Second), "3 min 20 s"},
		{chat.Duration("a", 30*time.Hour), "1 d 6 h"},
		{chat.Duration("a", 23*time.Hour+59*time.Minute+45*time.Second), "1 d"},
		{chat.Duration("a", 0), "0 s"},
		{chat.Duration("a", -5*time.Minute), "-5 min"},
		{at(11, 23, 14, 5), "today 14:05 CET"},
		{at(11, 24, 0, 0), "tomorrow 00:00 CET"},
		{at(11, 22, 23, 59), "yesterday 23:59 CET"},
		{at(11, 28, 2, 0), "Sat 28 Nov 02:00 CET"},
		{at(7, 1, 9, 0), "Wed 1 Jul 09:00 CEST"},
		{chat.Time("a", time.Date(2027, 1, 2, 3, 4, 0, 0, zone)), "Sat 2 Jan 2027 03:04 CET"},
		{chat.Time("a", time.Time{}), "?"},
		{chat.Arg{Name: "a", Kind: "novel", Word: "w"}, "w"},
		{chat.Arg{Name: "a", Kind: chat.KindQuote}, "?"},
		{chat.Arg{Name: "a", Kind: chat.KindText}, "?"},
		{chat.Arg{Name: "a", Kind: chat.KindTime}, "?"},
	} {
		if got := say(t, "{a}", reader{zone}, tc.arg); got != tc.want {
			t.Errorf("%+v = %q, want %q", tc.arg, got, tc.want)
		}
	}
}

func TestDaysAreTheReaders(t *testing.T) {
	t.Parallel()
	// 12:00 UTC: 23:30 UTC is still today in London and already tomorrow in Berlin.
	a := chat.Time("a", time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC))
	dubai := time.FixedZone("+04", 4*60*60)
	for zone, want := range map[*time.Location]string{
		time.UTC:  "today 23:30 UTC",
		berlin(t): "tomorrow 00:30 CET",
		dubai:     "tomorrow 03:30 UTC+04",
	} {
		if got := say(t, "{a}", reader{zone}, a); got != want {
			t.Errorf("in %s: %q, want %q", zone, got, want)
		}
	}
	said := chat.Time("a", time.Date(2026, 11, 23, 13, 0, 0, 0, berlin(t)))
	if got, want := say(t, "{a}", reader{}, said), "today 13:00 CET"; got != want {
		t.Errorf("a reader without zone: %q, want the zone it was said in: %q", got, want)
	}
	said.Zone = "Nowhere/Land"
	if got, want := say(t, "{a}", nil, said), "today 12:00 UTC"; got != want {
		t.Errorf("an unknown zone: %q, want %q", got, want)
	}
}

func TestTextWithoutWording(t *testing.T) {
	t.Parallel()
	if got := Text(chat.Text{}, nil, time.Time{}); got != "" {
		t.Errorf("nothing to say: %q", got)
	}
	if got := Text(chat.Say("no.such"), nil, time.Time{}); got != "no.such" {
		t.Errorf("got %q", got)
	}
	got := Text(chat.Say("no.such", chat.Person("who", "p1"), chat.Duration("for", time.Second)), reader{}, time.Time{})
	if want := "no.such (who: Ann, for: 1 s)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Label("no.label"); got != "no.label" || Known("no.label") {
		t.Errorf("got %q", got)
	}
}

func TestNestingIsBounded(t *testing.T) {
	t.Parallel()
	loop := &chat.Text{Code: "x"}
	loop.Args = []chat.Arg{{Name: "a", Kind: chat.KindText, Text: loop}}
	if got := say(t, "-{a}", reader{}, loop.Args...); !strings.HasSuffix(got, "…") || len(got) > 100 {
		t.Errorf("a sentence that contains itself: %q", got)
	}
}

func FuzzTemplate(f *testing.F) {
	for _, s := range []string{"", "{a}", "[[ {a} ]]", "{a|b|c}", "[[[[{a}]]]]", "{a", "]] {a|}", "[[ , ]].", "{{a}}", "{a|||}"} {
		f.Add(s, "word", "w", 1.5, int64(-1))
		f.Add(s, "time", "", -1e300, int64(math.MaxInt64))
		f.Add(s, "duration", "\x00", float64(math.MinInt64), int64(math.MinInt64))
	}
	zone := berlin(f)
	f.Fuzz(func(t *testing.T, tpl, kind, word string, number float64, sec int64) {
		at := time.Unix(sec, 0)
		a := chat.Arg{Name: "a", Kind: chat.Kind(kind), Word: word, Words: []string{word, word}, Number: number, Time: &at,
			Zone: word, Quote: &chat.Sealed{Person: word}, Text: &chat.Text{Code: chat.Code(word)}}
		if say(t, tpl, reader{zone}, a) == "" || say(t, tpl, nil) == "" {
			t.Errorf("template %q with %+v says nothing", tpl, a)
		}
	})
}

func TestDurationsAreCloseAndNeverOverflowAUnit(t *testing.T) {
	t.Parallel()
	for d := 10 * time.Second; d < 50*24*time.Hour; d = d*107/100 + 7*time.Millisecond {
		got := string(appendDuration(nil, d))
		back, err := time.ParseDuration(strings.ReplaceAll(inHours(got), " ", ""))
		if err != nil {
			t.Fatalf("%s = %q: %v", d, got, err)
		}
		if off := (back - d).Abs(); off > d/20 {
			t.Errorf("%s = %q: off by %s", d, got, off)
		}
		for _, full := range []string{"24 h", "60 min", "60 s"} {
			if strings.HasPrefix(got, full) || strings.HasSuffix(got, " "+full) {
				t.Errorf("%s = %q", d, got)
			}
		}
	}
}

// inHours writes days as hours, which time.ParseDuration knows.
func inHours(s string) string {
	days, rest, ok := strings.Cut(s, " d")
	if !ok {
		return strings.ReplaceAll(s, "min", "m")
	}
	n, hours := 0, 0
	for _, c := range days {
		n = n*10 + int(c-'0')
	}
	for _, c := range strings.TrimSuffix(strings.TrimSpace(rest), " h") {
		hours = hours*10 + int(c-'0')
	}
	return strings.TrimSpace(string(appendNumber(nil, float64(n*24+hours))) + "h")
}
