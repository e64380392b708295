package main

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// meters are what /metrics shows. Labels hold command words, outcomes and kinds only: never what people typed.
type meters struct {
	registry *prometheus.Registry
	turns    *prometheus.CounterVec
	latency  prometheus.Histogram
	effects  *prometheus.CounterVec
	group    prometheus.Histogram
	commit   prometheus.Histogram
}

func newMeters() *meters {
	seconds := prometheus.ExponentialBuckets(0.00025, 2, 16) // 0.25 ms to 8 s
	m := &meters{
		registry: prometheus.NewRegistry(),
		turns: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gonogo_turns_total", Help: "Requests answered, by command and outcome; outcome error: the bot's own failure.",
		}, []string{"command", "outcome"}),
		latency: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "gonogo_turn_duration_seconds", Help: "Time from a request to its answer, which is durable.", Buckets: seconds,
		}),
		effects: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "gonogo_effects_total", Help: "Attempts at effects, messages and cards included, by kind and result.",
		}, []string{"kind", "result"}),
		group: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "gonogo_commit_entries", Help: "Audit entries that share one commit.", Buckets: prometheus.ExponentialBuckets(1, 2, 11),
		}),
		commit: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "gonogo_commit_duration_seconds", Help: "Time of one synced commit.", Buckets: seconds,
		}),
	}
	b := build()
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "gonogo_build_info", Help: "Always 1; the labels say what runs.",
		ConstLabels: prometheus.Labels{"version": b.version, "commit": b.commit, "go": b.toolchain},
	})
	info.Set(1)
	m.registry.MustRegister(m.turns, m.latency, m.effects, m.group, m.commit, info,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meters) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{MaxRequestsInFlight: 2, Timeout: 10 * time.Second})
}

// attempted counts an attempt at an effect.
func (m *meters) attempted(kind effect.Kind, failure error) {
	result := "done"
	if failure != nil {
		result = "failed"
	}
	m.effects.WithLabelValues(string(kind), result).Inc()
}

// meteredEngine counts commits.
type meteredEngine struct {
	*badgerkv.Engine
	meters *meters
}

var (
	_ kv.Engine     = (*meteredEngine)(nil)
	_ kv.Maintainer = (*meteredEngine)(nil)
)

// Apply implements kv.Engine.
func (e *meteredEngine) Apply(epoch kv.Epoch, ops []kv.Op) error {
	began := time.Now()
	err := e.Engine.Apply(epoch, ops)
	e.meters.commit.Observe(time.Since(began).Seconds())
	entries := 0
	for i := range ops {
		if _, ok := audit.SeqOf(ops[i].Key); ok {
			entries++
		}
	}
	e.meters.group.Observe(float64(entries))
	return err
}

// meteredDoor counts what goes through the door of the bot.
type meteredDoor struct {
	*bot.Bot
	meters *meters
	words  map[string]bool
	most   int // words of a command
}

var _ port.Door = (*meteredDoor)(nil)

func (d *meteredDoor) to(b *bot.Bot, commands []bot.Command) {
	d.Bot, d.words = b, map[string]bool{}
	for _, c := range commands {
		d.words[strings.Join(c.Words, " ")] = true
		d.most = max(d.most, len(c.Words))
	}
}

// Say implements port.Door.
func (d *meteredDoor) Say(ctx context.Context, s port.Said) (chat.Reply, error) {
	began := time.Now()
	reply, err := d.Bot.Say(ctx, s)
	d.observe(d.command(s.Text), began, reply, err)
	return reply, err
}

// heard counts a request that was accepted before it was decided.
func (d *meteredDoor) heard(r port.Delivery, took time.Duration, reply chat.Reply, failure error) {
	command := "button"
	if r.Token == "" {
		command = d.command(r.Text)
	}
	d.took(command, took, reply, failure)
}

// Press implements port.Door.
func (d *meteredDoor) Press(ctx context.Context, p port.Pressed) (chat.Reply, error) {
	began := time.Now()
	reply, err := d.Bot.Press(ctx, p)
	d.observe("button", began, reply, err)
	return reply, err
}

func (d *meteredDoor) observe(command string, began time.Time, reply chat.Reply, err error) {
	d.took(command, time.Since(began), reply, err)
}

func (d *meteredDoor) took(command string, took time.Duration, reply chat.Reply, err error) {
	d.meters.latency.Observe(took.Seconds())
	outcome := string(reply.Outcome)
	if err != nil {
		outcome = "error"
	}
	d.meters.turns.WithLabelValues(command, outcome).Inc()
}

// command is the longest run of first words that is a command's; "other" for what is none.
func (d *meteredDoor) command(text string) string {
	text = strings.TrimLeft(text, "/ ")
	best := "other"
	for n, end := 0, 0; n < d.most && end < len(text); n++ {
		next := strings.IndexByte(text[end:], ' ')
		if next < 0 {
			end = len(text)
		} else {
			end += next
		}
		if d.words[text[:end]] {
			best = text[:end]
		}
		end++
	}
	return best
}
