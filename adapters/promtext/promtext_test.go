package promtext_test

import (
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/adapters/promtext"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// bench is a service whose metrics a test sets, and a clock that it moves.
type bench struct {
	*promtext.Adapter
	url  string
	text atomic.Value
	now  time.Time
}

func setUp(t *testing.T, s promtext.Settings) *bench {
	t.Helper()
	b := &bench{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)}
	b.text.Store("")
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, b.text.Load().(string))
	}))
	t.Cleanup(server.Close)
	b.url = server.URL
	a, err := promtext.New(s, func() time.Time { return b.now })
	if err != nil {
		t.Fatal(err)
	}
	b.Adapter = a
	return b
}

// read moves the clock, publishes and measures.
func (b *bench) read(t *testing.T, after time.Duration, expr, text string) port.Figure {
	t.Helper()
	b.now = b.now.Add(after)
	b.text.Store(text)
	f, err := b.Measure(t.Context(), port.Query{Name: "n", URL: b.url, Expr: expr, Window: time.Minute})
	if err != nil {
		t.Fatalf("%s: %v", expr, err)
	}
	return f
}

func want(t *testing.T, f port.Figure, value, count float64) {
	t.Helper()
	if !f.Known || math.Abs(f.Value-value) > 1e-9 || math.Abs(f.Count-count) > 1e-9 {
		t.Errorf("got %+v, want %v from %v", f, value, count)
	}
}

func unknown(t *testing.T, f port.Figure) {
	t.Helper()
	if f.Known || f.Value != 0 {
		t.Errorf("got %+v, want it unknown", f)
	}
}

const errorRate = `ratio(http_requests_total{code=~"5.."}, http_requests_total)`

func requests(ok, bad int) string {
	text := "# TYPE http_requests_total counter\n" + fmt.Sprintf("http_requests_total{code=\"200\"} %d\n", ok)
	if bad > 0 {
		text += fmt.Sprintf("http_requests_total{code=\"503\"} %d\n", bad)
	}
	return text
}

func TestRatio(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	unknown(t, b.read(t, 0, errorRate, requests(1000, 0)))
	unknown(t, b.read(t, time.Second, errorRate, requests(1000, 0))) // no traffic
	want(t, b.read(t, time.Second, errorRate, requests(1100, 0)), 0, 100)
	want(t, b.read(t, time.Second, errorRate, requests(1100, 100)), 0.5, 200) // the first error brings its series
	want(t, b.read(t, time.Second, errorRate, requests(10, 30)), (100+30)/240.0, 240)
	f := b.read(t, time.Second, errorRate, requests(10, 30))
	if f.Unit != "ratio" || f.Source.System != "promtext" || !f.Source.At.Equal(b.now) || f.Name != "n" {
		t.Errorf("the figure is %+v", f)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	b.read(t, 0, "rate(x)", "x 0\n")
	for i := 1; i <= 10; i++ { // 100 a second for the first half, nothing in the second
		b.read(t, 10*time.Second, "rate(x)", fmt.Sprintf("x %d\n", min(i, 5)*1000))
	}
	want(t, b.read(t, 10*time.Second, "rate(x)", "x 5000\n"), 0, 0)
	want(t, b.read(t, 10*time.Second, "rate(x)", "x 5600\n"), 10, 600)
	want(t, b.read(t, time.Hour, "rate(x)", "x 9200\n"), 1, 3600)
}

func TestQuantile(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	text := func(a, b, c int) string {
		return fmt.Sprintf("# TYPE d_seconds histogram\nd_seconds_bucket{le=\"0.1\"} %d\nd_seconds_bucket{le=\"0.5\"} %d\n"+
			"d_seconds_bucket{le=\"+Inf\"} %d\nd_seconds_sum 1\nd_seconds_count %d\n", a, b, c, c)
	}
	const median, high = "quantile(0.5, d_seconds)", "quantile(0.99, d_seconds)"
	unknown(t, b.read(t, 0, median, text(500, 500, 500)))
	unknown(t, b.read(t, 0, high, text(500, 500, 500)))
	unknown(t, b.read(t, time.Second, median, text(500, 500, 500)))
	f := b.read(t, time.Second, median, text(520, 600, 600))
	want(t, f, 0.1+0.4*30/80, 100)
	if f.Unit != "s" {
		t.Errorf("the unit is %q", f.Unit)
	}
	want(t, b.read(t, time.Second, high, text(520, 600, 700)), 0.5, 200) // in the last bucket: its lower bound
	want(t, b.read(t, time.Second, high, text(100, 100, 100)), 0.5, 300) // started again
}

func TestValueAndMatchers(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	text := "# TYPE q gauge\nq{a=\"x\",b=\"1\"} 1\nq{a=\"y\",b=\"2\"} 10\nq{a=\"xy\"} 100\nother 5\n"
	for expr, v := range map[string]float64{
		`value(q)`: 111, `value(q{})`: 111, `value(q{a="x"})`: 1, `value( q { a != "x" , } )`: 110, `value(q{a=~"x.*"})`: 101,
		`value(q{a=~"x"})`: 1, `value(q{a!~"x|y"})`: 100, `value(q{b=""})`: 100, `value(q{a=~"x.*",b="1"})`: 1,
		`value(q{none=""})`: 111, `value(q{none!="z"})`: 111,
	} {
		if f := b.read(t, 0, expr, text); !f.Known || f.Value != v {
			t.Errorf("%s: got %+v, want %v", expr, f, v)
		}
	}
	for _, expr := range []string{`value(missing)`, `value(q{a="z"})`, `value(q{none="z"})`} {
		unknown(t, b.read(t, 0, expr, text))
	}
	unknown(t, b.read(t, 0, `value(q)`, "q NaN\n"))
}

func TestMissingIsNotNothing(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	for _, expr := range []string{
		`ratio(errrors_total, http_requests_total)`, `ratio(http_requests_total{cod=~"5.."}, http_requests_total)`,
		`ratio(http_requests_total, missing_total)`, `rate(missing_total)`, `quantile(0.9, http_requests_total)`,
	} {
		b.read(t, time.Second, expr, requests(10, 0))
		unknown(t, b.read(t, time.Second, expr, requests(20, 0)))
	}
}

func TestDeploymentsAreKeptApart(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	measure := func(since int, text string) port.Figure {
		b.now = b.now.Add(time.Second)
		b.text.Store(text)
		f, err := b.Measure(t.Context(), port.Query{URL: b.url, Expr: errorRate, Window: time.Hour, Since: time.Unix(int64(since), 0)})
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	unknown(t, measure(1, requests(0, 0)))
	want(t, measure(1, requests(0, 100)), 1, 100)
	unknown(t, measure(2, requests(10, 100)))
	want(t, measure(2, requests(20, 100)), 0, 10)
}

func TestRisesAddUp(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	rapid.Check(t, func(r *rapid.T) {
		expr := fmt.Sprintf("increase(x{run!=%q})", fmt.Sprint(b.now.UnixNano())) // a history of its own
		counter, sum := rapid.IntRange(0, 1000).Draw(r, "start"), 0
		read := func() port.Figure {
			b.now = b.now.Add(time.Millisecond)
			b.text.Store(fmt.Sprintf("x %d\n", counter))
			f, err := b.Measure(t.Context(), port.Query{URL: b.url, Expr: expr, Window: time.Hour})
			if err != nil {
				r.Fatal(err)
			}
			return f
		}
		read()
		for range rapid.IntRange(1, 20).Draw(r, "readings") {
			if rapid.Bool().Draw(r, "restart") {
				was := counter
				counter = rapid.IntRange(0, max(was-1, 0)).Draw(r, "counted since")
				if counter < was {
					sum += counter
				}
			} else {
				rise := rapid.IntRange(0, 100).Draw(r, "rise")
				counter, sum = counter+rise, sum+rise
			}
			if f := read(); !f.Known || f.Value != float64(sum) {
				r.Fatalf("got %+v, want %d", f, sum)
			}
		}
	})
}

func TestManyReadingsOfOneWindow(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{})
	b.read(t, 0, "increase(x)", "x 0\n")
	for i := 1; i <= 1000; i++ {
		want(t, b.read(t, 10*time.Millisecond, "increase(x)", fmt.Sprintf("x %d\n", i)), float64(i), float64(i))
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	b := setUp(t, promtext.Settings{MaxBody: 200, Timeout: time.Second})
	down := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Error(w, "x 1", http.StatusServiceUnavailable) }))
	defer down.Close()
	for _, c := range []struct{ url, expr, text, want string }{
		{b.url, "rate(x)", "x{ 1\n", "reading metrics"},
		{b.url, "rate(x)", "<html>", "reading metrics"},
		{b.url, "rate(x)", "x one\n", "reading metrics"},
		{b.url, "rate(x)", strings.Repeat("# long\n", 100), "more than 200 bytes"},
		{b.url, "rate(x)", "x -1\n", "no counter"},
		{b.url, "rate(x)", "x NaN\n", "no counter"},
		{b.url, "rate(x", "x 1\n", "expression, character 7"},
		{down.URL, "rate(x)", "", "status 503"},
		{"http://user:hunter2@127.0.0.1:1/", "rate(x)", "", "connection refused"},
		{"http://127.0.0.1:1/\x00hunter2", "rate(x)", "", "malformed"},
	} {
		b.text.Store(c.text)
		f, err := b.Measure(t.Context(), port.Query{URL: c.url, Expr: c.expr})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q of %q: %+v, %v, want an error that holds %q", c.expr, c.text, f, err, c.want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Measure(ctx, port.Query{URL: b.url, Expr: "rate(x)"}); err == nil {
		t.Error("a done context gave no error")
	}
	for _, s := range []promtext.Settings{{Timeout: -1}, {MaxBody: -1}} {
		if _, err := promtext.New(s, time.Now); err == nil {
			t.Errorf("New took %+v", s)
		}
	}
}
