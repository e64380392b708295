package main

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// buckets are the upper bounds in seconds of the duration histogram: those
// that the Prometheus client libraries use unless told otherwise.
var buckets = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

// metrics counts business requests. Health, version and metrics requests are
// left out, so an error rate over these counters is one of the business.
type metrics struct {
	service, version string
	start            time.Time

	mu      sync.Mutex
	byCode  map[int]uint64
	buckets [len(buckets)]uint64 // each counts its own interval; summed when written
	sum     float64              // seconds
	count   uint64
}

func newMetrics(service, version string, start time.Time) *metrics {
	// Counters that exist from the start let a reader tell "no errors" from
	// "no figures".
	return &metrics{service: service, version: version, start: start, byCode: map[int]uint64{200: 0, 500: 0}}
}

func (m *metrics) observe(code int, d time.Duration) {
	seconds := d.Seconds()
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byCode[code]++
	m.count++
	m.sum += seconds
	if i, _ := slices.BinarySearch(buckets[:], seconds); i < len(buckets) {
		m.buckets[i]++
	}
}

// serve writes the Prometheus text format, version 0.0.4.
func (m *metrics) serve(w http.ResponseWriter, _ *http.Request) {
	var b strings.Builder
	m.write(&b)
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	w.Write([]byte(b.String()))
}

func (m *metrics) write(b *strings.Builder) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b.WriteString("# HELP build_info Which build this is.\n# TYPE build_info gauge\n")
	fmt.Fprintf(b, "build_info{service=%q,version=%q} 1\n", m.service, m.version)
	b.WriteString("# HELP http_requests_total Business requests answered, by status code.\n# TYPE http_requests_total counter\n")
	for _, code := range slices.Sorted(maps.Keys(m.byCode)) {
		fmt.Fprintf(b, "http_requests_total{code=\"%d\"} %d\n", code, m.byCode[code])
	}
	b.WriteString("# HELP http_request_duration_seconds Time to answer a business request.\n# TYPE http_request_duration_seconds histogram\n")
	var below uint64
	for i, bound := range buckets {
		below += m.buckets[i]
		fmt.Fprintf(b, "http_request_duration_seconds_bucket{le=\"%g\"} %d\n", bound, below)
	}
	fmt.Fprintf(b, "http_request_duration_seconds_bucket{le=\"+Inf\"} %d\n", m.count)
	fmt.Fprintf(b, "http_request_duration_seconds_sum %g\nhttp_request_duration_seconds_count %d\n", m.sum, m.count)
	b.WriteString("# HELP process_start_time_seconds Start of the process, in seconds since 1970.\n# TYPE process_start_time_seconds gauge\n")
	fmt.Fprintf(b, "process_start_time_seconds %.3f\n", float64(m.start.UnixMilli())/1000)
}
