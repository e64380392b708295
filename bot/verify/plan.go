// Package verify judges what runs after a deployment: health probes and smoke tests, and indicators against their limits,
// watched for a configured time. It passes nothing that it does not know.
package verify

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of a plan. A watch longer than a day would hold its lock for longer than any on-call shift; one that looks more
// often than ten times a second measures itself.
const (
	MaxDuration = 24 * time.Hour
	MinInterval = 100 * time.Millisecond
	MaxTolerate = 100
)

// OnInconclusive says what becomes of a deployment about which too little is known at the end of its watch.
type OnInconclusive string

// What to do when too little is known. Empty is Hold.
const (
	Hold     OnInconclusive = "hold" // leave it as it is and page
	Rollback OnInconclusive = "rollback"
)

// Plan is how a deployment is watched.
type Plan struct {
	Name     string        `json:"name,omitempty" yaml:"name,omitempty"`
	Duration time.Duration `json:"duration" yaml:"duration"` // of the watch
	Interval time.Duration `json:"interval" yaml:"interval"` // between rounds
	// Health is probed in every round; a URL that is only a path is one of the service's own address in the environment.
	Health []port.Probe `json:"health,omitempty" yaml:"health,omitempty"`
	// Smoke is probed in the first round; one failure fails the deployment.
	Smoke    []port.Probe `json:"smoke,omitempty" yaml:"smoke,omitempty"`
	Criteria []Criterion  `json:"criteria,omitempty" yaml:"criteria,omitempty"`
	// Tolerate is how many failures in a row of one health probe are no failure of the deployment.
	Tolerate       int            `json:"tolerate,omitempty" yaml:"tolerate,omitempty"`
	OnInconclusive OnInconclusive `json:"on_inconclusive,omitempty" yaml:"on_inconclusive,omitempty"`
}

// Criterion is one indicator with the limits that it must keep within.
type Criterion struct {
	Name string `json:"name" yaml:"name"`
	Expr string `json:"expr" yaml:"expr"` // in the query language of the metrics adapter
	// Unit words the figure: "share" as a percentage, "s" as a duration, anything else as it is.
	Unit  string   `json:"unit,omitempty" yaml:"unit,omitempty"`
	Below *float64 `json:"below,omitempty" yaml:"below,omitempty"` // the figure must be less
	Above *float64 `json:"above,omitempty" yaml:"above,omitempty"` // the figure must be more
	// MinCount is how many requests or events a figure must rest on to say anything.
	MinCount float64 `json:"min_count,omitempty" yaml:"min_count,omitempty"`
	// Window is how far back the figure reaches; zero: since the version went live.
	Window time.Duration `json:"window,omitempty" yaml:"window,omitempty"`
}

// violates reports whether a known figure is outside the limits.
func (c Criterion) violates(v float64) bool {
	return c.Below != nil && !(v < *c.Below) || c.Above != nil && !(v > *c.Above)
}

// Validate returns everything that is wrong with the plan.
func (p Plan) Validate() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if p.Duration <= 0 || p.Duration > MaxDuration {
		wrong("duration is %v: it must be more than 0 and at most %v", p.Duration, MaxDuration)
	}
	if p.Interval < MinInterval || p.Interval > max(p.Duration, MinInterval) {
		wrong("interval is %v: it must be at least %v and at most the duration of %v", p.Interval, MinInterval, p.Duration)
	}
	if p.Tolerate < 0 || p.Tolerate > MaxTolerate {
		wrong("tolerate is %d: it must be from 0 to %d", p.Tolerate, MaxTolerate)
	}
	if p.OnInconclusive != "" && p.OnInconclusive != Hold && p.OnInconclusive != Rollback {
		wrong("on_inconclusive is %q: it must be %q or %q", p.OnInconclusive, Hold, Rollback)
	}
	if len(p.Health)+len(p.Smoke)+len(p.Criteria) == 0 {
		wrong("nothing is checked: give at least one health probe, smoke test or criterion")
	}
	names := map[string]bool{}
	named := func(kind, name string) {
		if name == "" {
			wrong("a %s has no name", kind)
		} else if names[name] {
			wrong("%s %q: the name is used twice in the plan", kind, name)
		}
		names[name] = true
	}
	for _, probe := range p.Health {
		named("health probe", probe.Name)
	}
	for _, probe := range p.Smoke {
		named("smoke test", probe.Name)
	}
	for _, c := range p.Criteria {
		named("criterion", c.Name)
		errs = append(errs, c.validate())
	}
	return errors.Join(errs...)
}

func (c Criterion) validate() error {
	var errs []error
	wrong := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("criterion %q: "+format, append([]any{c.Name}, args...)...))
	}
	if c.Expr == "" {
		wrong("no expr says what to measure")
	}
	if c.Below == nil && c.Above == nil {
		wrong("neither below nor above is given")
	}
	for _, limit := range []*float64{c.Below, c.Above} {
		if limit != nil && (math.IsNaN(*limit) || math.IsInf(*limit, 0)) {
			wrong("a limit is %v: it must be a number", *limit)
		}
	}
	if c.Below != nil && c.Above != nil && *c.Above >= *c.Below {
		wrong("above %v and below %v leave nothing between them", *c.Above, *c.Below)
	}
	if c.MinCount < 0 || math.IsNaN(c.MinCount) || math.IsInf(c.MinCount, 0) {
		wrong("min_count is %v: it must be 0 or more", c.MinCount)
	}
	if c.Window < 0 {
		wrong("window is %v: it must be 0 or more", c.Window)
	}
	return errors.Join(errs...)
}
