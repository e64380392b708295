package verify

import (
	"math"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Round is what was seen at one moment of the watch.
type Round struct {
	At      time.Time     `json:"at"`
	Samples []port.Sample `json:"samples,omitempty"` // of health probes and smoke tests, by name
	Figures []port.Figure `json:"figures,omitempty"` // of criteria, by name
	// Faults says, by criterion, why there is no figure.
	Faults map[string]string `json:"faults,omitempty"`
}

// Watch is what all rounds so far came to: small, whatever the number of rounds.
type Watch struct {
	Started  time.Time `json:"started"`
	Last     time.Time `json:"last,omitzero"` // when the last round was
	Rounds   int       `json:"rounds,omitempty"`
	Probes   []Probed  `json:"probes,omitempty"`
	Measured []Measure `json:"measured,omitempty"`
}

// Probed is what one probe saw.
type Probed struct {
	Name   string        `json:"name"`
	Seen   int           `json:"seen"`
	Failed int           `json:"failed,omitempty"`
	Streak int           `json:"streak,omitempty"` // failures in a row, up to the last
	Worst  int           `json:"worst,omitempty"`  // most failures in a row
	Status int           `json:"status,omitempty"` // of the last answer that failed, of the last answer while none did
	Took   time.Duration `json:"took,omitempty"`   // of the last
	Fault  string        `json:"fault,omitempty"`  // of the last that failed
	At     time.Time     `json:"at,omitzero"`      // of the last round that had it
}

// Measure is what one criterion came to.
type Measure struct {
	Name  string    `json:"name"`
	Value float64   `json:"value"`
	Count float64   `json:"count,omitempty"`
	Known bool      `json:"known,omitempty"`
	Fault string    `json:"fault,omitempty"`
	At    time.Time `json:"at,omitzero"` // of the last round, whether it had a figure or not
	// Violated is set for good by a figure outside the limits that rests on enough; Value and Count stay at that figure.
	Violated bool `json:"violated,omitempty"`
}

// Begin starts a watch at the moment when the version went live.
func Begin(at time.Time) Watch { return Watch{Started: at.UTC()} }

// Add folds a round in. A round that is not later than the last one, or from before the watch, changes nothing: it was
// delivered twice, or is about something else.
func (w Watch) Add(p Plan, r Round) Watch {
	if r.At.Before(w.Started) || w.Rounds > 0 && !r.At.After(w.Last) {
		return w
	}
	w.Last, w.Rounds = r.At.UTC(), w.Rounds+1
	probes := make([]Probed, 0, len(p.Health)+len(p.Smoke))
	for _, list := range [][]port.Probe{p.Health, p.Smoke} {
		for _, probe := range list {
			probes = append(probes, w.Probe(probe.Name).add(r))
		}
	}
	measured := make([]Measure, 0, len(p.Criteria))
	for _, c := range p.Criteria {
		measured = append(measured, w.Measure(c.Name).add(c, w.Started, r))
	}
	w.Probes, w.Measured = probes, measured
	return w
}

// Probe returns what a probe saw so far.
func (w Watch) Probe(name string) Probed {
	for _, s := range w.Probes {
		if s.Name == name {
			return s
		}
	}
	return Probed{Name: name}
}

// Measure returns what a criterion came to so far.
func (w Watch) Measure(name string) Measure {
	for _, m := range w.Measured {
		if m.Name == name {
			return m
		}
	}
	return Measure{Name: name}
}

func (s Probed) add(r Round) Probed {
	for _, sample := range r.Samples {
		if sample.Probe != s.Name {
			continue
		}
		s.Seen, s.At, s.Took = s.Seen+1, r.At.UTC(), sample.Took
		if sample.OK {
			s.Streak = 0
			if s.Failed == 0 {
				s.Status = sample.Status
			}
			continue
		}
		s.Failed, s.Streak = s.Failed+1, s.Streak+1
		s.Worst = max(s.Worst, s.Streak)
		s.Status, s.Fault = sample.Status, sample.Fault
	}
	return s
}

func (m Measure) add(c Criterion, started time.Time, r Round) Measure {
	if m.Violated {
		return m
	}
	m = Measure{Name: c.Name, At: r.At.UTC(), Fault: r.Faults[c.Name]}
	for _, f := range r.Figures {
		if f.Name != c.Name {
			continue
		}
		// JSON holds neither NaN nor infinity, so such a figure could not be stored with its deployment.
		stale := !f.Source.At.IsZero() && f.Source.At.Before(started)
		if !f.Known || math.IsNaN(f.Value) || math.IsInf(f.Value, 0) || math.IsNaN(f.Count) || math.IsInf(f.Count, 0) || stale {
			m.Known = false
			continue
		}
		m.Value, m.Count = f.Value, f.Count
		m.Known = f.Count >= c.MinCount
		m.Violated = m.Known && c.violates(f.Value)
		if m.Violated {
			return m
		}
	}
	return m
}
