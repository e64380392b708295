package promtext

import (
	"math"
	"slices"
	"time"
)

// group names one running total of an expression: the number of its selector, or a bucket's upper bound.
type group float64

// history is what one expression has seen of one deployment. Totals only grow: they sum what each counter rose by from
// reading to reading, so readings in between may be dropped and a process that started again takes nothing away.
type history struct {
	used     time.Time
	last     map[string]float64 // counters by series at the last reading
	totals   map[group]float64
	readings []reading
}

type reading struct {
	at     time.Time
	totals map[group]float64
}

// maxReadings bounds a history; the window is covered more coarsely when it is asked more often.
const maxReadings = 256

// add takes a reading. A counter that fell, or was not there before, started from zero: its process started again, or
// nothing had happened yet for its labels. That the first reading of all tells no rise is left to the caller.
func (h *history) add(at time.Time, counters map[string]float64, groups map[string]group) {
	first := h.last == nil
	if h.totals == nil {
		h.totals = map[group]float64{}
	}
	next := map[group]float64{}
	for g, v := range h.totals {
		next[g] = v
	}
	for id, v := range counters {
		rise := v
		if old := h.last[id]; v >= old {
			rise = v - old
		}
		if first {
			rise = 0
		}
		next[groups[id]] += rise
	}
	h.last, h.totals = counters, next
	h.readings = append(h.readings, reading{at, next})
}

// base is the reading that the window begins with: the last one not within it, else the oldest there is.
func (h *history) base(window time.Duration) reading {
	now := h.readings[len(h.readings)-1].at
	i := 0
	for i+1 < len(h.readings)-1 && !h.readings[i+1].at.After(now.Add(-window)) {
		i++
	}
	h.readings = slices.Delete(h.readings, 0, i)
	if len(h.readings) > maxReadings {
		kept := h.readings[:1]
		for j := 1; j < len(h.readings); j++ {
			if j%2 == 0 || j == len(h.readings)-1 {
				kept = append(kept, h.readings[j])
			}
		}
		h.readings = kept
	}
	return h.readings[0]
}

// quantile estimates as Prometheus does: linear within the bucket that holds the rank, and the highest finite bound when
// that is the last one. Rises are cumulative counts by upper bound.
// https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
func quantile(q float64, rises map[group]float64) (value, count float64, ok bool) {
	var bounds []float64
	for g := range rises {
		bounds = append(bounds, float64(g))
	}
	slices.Sort(bounds)
	if len(bounds) < 2 || !math.IsInf(bounds[len(bounds)-1], 1) {
		return 0, 0, false
	}
	count = rises[group(math.Inf(1))]
	if !(count > 0) {
		return 0, 0, false
	}
	rank := q * count
	below, lower := 0.0, 0.0
	if bounds[0] < 0 {
		lower = bounds[0]
	}
	for _, b := range bounds {
		n := max(rises[group(b)], below) // buckets are cumulative also where they were read torn
		if n >= rank {
			switch {
			case math.IsInf(b, 1):
				return bounds[len(bounds)-2], count, true
			case n == below:
				return b, count, true
			}
			return lower + (b-lower)*(rank-below)/(n-below), count, true
		}
		below, lower = n, b
	}
	return bounds[len(bounds)-2], count, true
}
