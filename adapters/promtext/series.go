package promtext

import (
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// series is one line of what a service publishes.
type series struct {
	metric string
	labels map[string]string
	value  float64
}

// id tells series apart.
func (s series) id() string {
	names := make([]string, 0, len(s.labels))
	for n := range s.labels {
		names = append(names, n)
	}
	sort.Strings(names)
	var b strings.Builder
	b.WriteString(s.metric)
	for _, n := range names {
		fmt.Fprintf(&b, "\x00%s\x00%s", n, s.labels[n])
	}
	return b.String()
}

// read parses the Prometheus text format into lines: a histogram comes apart into _bucket, _sum and _count again.
func read(r io.Reader) ([]series, error) {
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(r)
	if err != nil {
		return nil, err
	}
	var all []series
	for name, f := range families {
		for _, m := range f.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			add := func(suffix, label, value string, v float64) {
				own := labels
				if label != "" {
					own = map[string]string{label: value}
					for k, v := range labels {
						own[k] = v
					}
				}
				all = append(all, series{name + suffix, own, v})
			}
			switch {
			case m.GetCounter() != nil:
				add("", "", "", m.GetCounter().GetValue())
			case m.GetGauge() != nil:
				add("", "", "", m.GetGauge().GetValue())
			case m.GetUntyped() != nil:
				add("", "", "", m.GetUntyped().GetValue())
			case m.GetHistogram() != nil:
				h := m.GetHistogram()
				add("_sum", "", "", h.GetSampleSum())
				add("_count", "", "", float64(h.GetSampleCount()))
				whole := false
				for _, b := range h.GetBucket() {
					add("_bucket", "le", bound(b.GetUpperBound()), float64(b.GetCumulativeCount()))
					whole = whole || math.IsInf(b.GetUpperBound(), 1)
				}
				if !whole {
					add("_bucket", "le", bound(math.Inf(1)), float64(h.GetSampleCount()))
				}
			case m.GetSummary() != nil:
				add("_sum", "", "", m.GetSummary().GetSampleSum())
				add("_count", "", "", float64(m.GetSummary().GetSampleCount()))
			}
		}
	}
	return all, nil
}

func bound(f float64) string { return strconv.FormatFloat(f, 'g', -1, 64) }

func (m matcher) matches(v string) bool {
	if m.regex != nil {
		return m.regex.MatchString(v) != m.negative
	}
	return (m.value == v) != m.negative
}

// pick returns the series that a selector names. Present is false if nothing tells that the selector means what it says:
// no such metric, or a label asked for that none of its series has. That is missing data, not a count of nothing.
func pick(all []series, s selector) (picked []series, present bool) {
	labels := map[string]bool{}
	found := false
	for _, one := range all {
		if one.metric != s.metric {
			continue
		}
		found = true
		ok := true
		for _, m := range s.matchers {
			v, has := one.labels[m.label]
			labels[m.label] = labels[m.label] || has
			ok = ok && m.matches(v)
		}
		if ok {
			picked = append(picked, one)
		}
	}
	for _, m := range s.matchers {
		if !labels[m.label] && !m.matches("") {
			return nil, false
		}
	}
	return picked, found
}
