package main

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/state"
)

// sizeEvery is how long a measured size of the store counts: measuring walks its folder.
const sizeEvery = 15 * time.Second

// gauges are read when somebody asks for them: nothing is counted along on the way of a turn.
type gauges struct {
	in *instance

	seq, size, accepting *prometheus.Desc
	outbox               *prometheus.Desc

	mu       sync.Mutex
	measured time.Time
	bytes    float64
}

// watch shows the instance's gauges.
func (m *meters) watch(i *instance) {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(name, help, labels, nil)
	}
	m.registry.MustRegister(&gauges{
		in:        i,
		seq:       desc("gonogo_audit_entries", "Number of the newest entry of the audit trail."),
		size:      desc("gonogo_store_bytes", "Size of the store on disk."),
		accepting: desc("gonogo_accepting", "1 while the bot takes requests."),
		outbox:    desc("gonogo_outbox_effects", "Effects that are not done, by status; parked ones wait for a person.", "status"),
	})
}

// Describe implements prometheus.Collector.
func (g *gauges) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{g.seq, g.size, g.accepting, g.outbox} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (g *gauges) Collect(out chan<- prometheus.Metric) {
	gauge := func(d *prometheus.Desc, v float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, v, labels...)
	}
	gauge(g.seq, float64(g.in.store.Seq()))
	gauge(g.size, g.storeSize())
	accepting := 0.0
	if g.in.ready() == nil {
		accepting = 1
	}
	gauge(g.accepting, accepting)
	counts := map[effect.Status]float64{effect.Due: 0, effect.Leased: 0, effect.Parked: 0}
	err := g.in.store.View(func(v *state.View) error {
		return v.Effects(func(e effect.Effect) error { counts[e.Status]++; return nil })
	})
	if err != nil {
		out <- prometheus.NewInvalidMetric(g.outbox, err)
		return
	}
	for status, n := range counts {
		gauge(g.outbox, n, string(status))
	}
}

func (g *gauges) storeSize() float64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if time.Since(g.measured) > sizeEvery {
		if n, err := g.in.engine.Size(); err == nil {
			g.bytes, g.measured = float64(n), time.Now()
		}
	}
	return g.bytes
}
