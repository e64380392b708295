// Package promtext measures running versions by the metrics that they publish themselves, where no Prometheus server is.
//
// It reads the service's own text (GET of Query.URL) and compares it with its earlier readings of the same deployment. An
// expression is one function of selectors as Prometheus writes them, with the matchers =, !=, =~ and !~:
//
//	ratio(errors_total{code=~"5.."}, requests_total)   rise of the first as a share of the rise of the second
//	rate(requests_total{path!="/healthz"})             rise per second, summed over the series
//	increase(requests_total)                           rise, summed over the series
//	quantile(0.99, request_duration_seconds)           of a histogram's observations, estimated from its buckets
//	value(queue_length)                                sum of the series as they are now
//
// All but value compare readings, so the first reading after a deployment tells nothing yet: Figure.Known is false. So it
// is while a ratio's second selector or a histogram has seen nothing, and when a metric, or a label that a matcher asks
// for, is not there at all: publish counters from the start. Figure.Count is the rise that a figure rests on.
package promtext

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the reader.
type Settings struct {
	Timeout time.Duration `yaml:"timeout" doc:"time that one reading may take; 2s if not given"`
	MaxBody int64         `yaml:"max_body" doc:"bytes of metrics that a service may publish; 4194304 if not given"`
}

// The values of settings not given, and what bounds memory: with all of it used, a few MB a measured expression.
const (
	DefaultTimeout = 2 * time.Second
	DefaultMaxBody = 4 << 20
	maxHistories   = 256
	maxSeries      = 10_000 // of one expression
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	if s.Timeout < 0 {
		faults = append(faults, fmt.Errorf("timeout: %s is negative", s.Timeout))
	}
	if s.MaxBody < 0 {
		faults = append(faults, fmt.Errorf("max_body: %d is negative", s.MaxBody))
	}
	return errors.Join(faults...)
}

// Adapter is a port.Metrics that reads services directly. Its readings are in memory: a restarted bot begins anew, and
// says so with Figure.Known.
type Adapter struct {
	settings  Settings
	clock     func() time.Time
	client    *http.Client
	mu        sync.Mutex
	histories map[key]*history
}

var _ port.Metrics = (*Adapter)(nil)

type key struct {
	url, expr string
	since     int64
}

// New makes the reader.
func New(s Settings, clock func() time.Time) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clock == nil {
		return nil, errors.New("the metrics reader needs a clock")
	}
	if s.Timeout == 0 {
		s.Timeout = DefaultTimeout
	}
	if s.MaxBody == 0 {
		s.MaxBody = DefaultMaxBody
	}
	return &Adapter{settings: s, clock: clock, histories: map[key]*history{}, client: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Measure takes a reading and compares it with the earlier ones.
func (a *Adapter) Measure(ctx context.Context, q port.Query) (port.Figure, error) {
	f := port.Figure{Name: q.Name}
	e, err := parse(q.Expr)
	if err != nil {
		return f, err
	}
	all, err := a.fetch(ctx, q.URL)
	if err != nil {
		return f, fmt.Errorf("reading metrics: %w", err)
	}
	now := a.clock()
	f.Source = port.Source{System: "promtext", At: now.UTC()}
	f.Unit = unit(e)
	if e.function == "value" {
		return value(f, e, all)
	}
	counters, groups, present, err := counters(e, all)
	if err != nil {
		return f, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	h := a.history(key{q.URL, q.Expr, q.Since.UnixNano()}, now)
	if n := len(h.readings); n > 0 && !now.After(h.readings[n-1].at) {
		h.readings = h.readings[:n-1] // the clock stood still or went back: this reading stands for the one before
	}
	h.add(now, counters, groups)
	base := h.base(q.Window)
	elapsed := now.Sub(base.at)
	if !present || elapsed <= 0 {
		return f, nil
	}
	rises := map[group]float64{}
	for g, v := range h.totals {
		rises[g] = v - base.totals[g]
	}
	return figure(f, e, rises, elapsed), nil
}

func figure(f port.Figure, e expr, rises map[group]float64, elapsed time.Duration) port.Figure {
	switch e.function {
	case "ratio":
		f.Count = rises[1]
		if f.Known = f.Count > 0; f.Known {
			f.Value = rises[0] / rises[1]
		}
	case "rate":
		f.Value, f.Count, f.Known = rises[0]/elapsed.Seconds(), rises[0], true
	case "increase":
		f.Value, f.Count, f.Known = rises[0], rises[0], true
	case "quantile":
		f.Value, f.Count, f.Known = quantile(e.quantile, rises)
	}
	if math.IsNaN(f.Value) || math.IsInf(f.Value, 0) {
		f.Value, f.Known = 0, false
	}
	return f
}

func value(f port.Figure, e expr, all []series) (port.Figure, error) {
	picked, present := pick(all, e.selectors[0])
	if !present || len(picked) == 0 {
		return f, nil
	}
	for _, s := range picked {
		f.Value += s.value
	}
	f.Count, f.Known = float64(len(picked)), true
	if math.IsNaN(f.Value) || math.IsInf(f.Value, 0) {
		f.Value, f.Known = 0, false
	}
	return f, nil
}

// counters picks what the expression sums, each series under its group.
func counters(e expr, all []series) (map[string]float64, map[string]group, bool, error) {
	values, groups, present := map[string]float64{}, map[string]group{}, true
	for i, s := range e.selectors {
		if e.function == "quantile" {
			s.metric += "_bucket"
		}
		picked, there := pick(all, s)
		present = present && there
		for _, one := range picked {
			if math.IsNaN(one.value) || math.IsInf(one.value, 0) || one.value < 0 {
				return nil, nil, false, fmt.Errorf("%s is no counter: it is %v", one.metric, one.value)
			}
			g := group(i)
			if e.function == "quantile" {
				le, err := strconv.ParseFloat(one.labels["le"], 64)
				if err != nil || math.IsNaN(le) {
					return nil, nil, false, fmt.Errorf("%s has the bucket %q", one.metric, one.labels["le"])
				}
				g = group(le)
			}
			id := strconv.Itoa(i) + one.id()
			values[id], groups[id] = one.value, g
		}
	}
	if len(values) > maxSeries {
		return nil, nil, false, fmt.Errorf("%d series are over the limit of %d", len(values), maxSeries)
	}
	return values, groups, present, nil
}

// history finds or makes a history; beyond the bound the one that was not asked for the longest makes room.
func (a *Adapter) history(k key, now time.Time) *history {
	h := a.histories[k]
	if h == nil {
		if len(a.histories) >= maxHistories {
			var oldest key
			var at time.Time
			for k, h := range a.histories {
				if at.IsZero() || h.used.Before(at) {
					oldest, at = k, h.used
				}
			}
			delete(a.histories, oldest)
		}
		h = &history{}
		a.histories[k] = h
	}
	h.used = now
	return h
}

func (a *Adapter) fetch(ctx context.Context, from string) ([]series, error) {
	ctx, cancel := context.WithTimeout(ctx, a.settings.Timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return nil, errors.New("the URL is malformed")
	}
	r.Header.Set("Accept", "text/plain;version=0.0.4")
	resp, err := a.client.Do(r)
	var outer *url.Error
	if errors.As(err, &outer) {
		return nil, outer.Err // without the URL, which may hold a password
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d instead of 200", resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, a.settings.MaxBody+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > a.settings.MaxBody {
		return nil, fmt.Errorf("more than %d bytes of metrics", a.settings.MaxBody)
	}
	return read(strings.NewReader(string(body)))
}

// unit names the figure's unit where the function or, by the naming rules of Prometheus, the metric tells it.
func unit(e expr) string {
	metric := e.selectors[0].metric
	switch {
	case e.function == "ratio":
		return "ratio"
	case e.function == "rate":
		return "/s"
	case strings.HasSuffix(metric, "_seconds"):
		return "s"
	case strings.HasSuffix(metric, "_bytes"):
		return "B"
	}
	return ""
}
