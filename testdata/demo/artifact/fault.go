package artifact

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// FaultKind names one way in which a build of the sample service misbehaves.
type FaultKind string

// The faults a build can carry. Each is chosen when the artifact is made and
// can't be changed by whoever deploys it.
const (
	FaultNone        FaultKind = "none"         // behaves
	FaultErrorsAfter FaultKind = "errors-after" // fails a share of business requests, from some time after its start
	FaultHang        FaultKind = "hang"         // accepts connections and never answers
	FaultCrashLoop   FaultKind = "crash-loop"   // exits shortly after it began to listen
	FaultSlow        FaultKind = "slow"         // answers everything but /metrics late
	FaultUnhealthy   FaultKind = "unhealthy"    // says 503 on /healthz, works otherwise
	FaultSlowStart   FaultKind = "slow-start"   // takes long before it listens
)

// MaxFaultDelay bounds every duration in a fault.
const MaxFaultDelay = 24 * time.Hour

// Fault is a parsed fault.
type Fault struct {
	Kind  FaultKind
	Delay time.Duration // errors-after: from start until errors begin; slow: per answer; slow-start: before listening
	Rate  float64       // errors-after: share of business requests that fail, in (0, 1]
}

// faultForm says how many colon-separated arguments follow the kind, and how
// the whole is written.
type faultForm struct {
	args int
	form string
}

var faultForms = map[FaultKind]faultForm{
	FaultNone:        {0, "none"},
	FaultErrorsAfter: {2, "errors-after:3s:0.4"},
	FaultHang:        {0, "hang"},
	FaultCrashLoop:   {0, "crash-loop"},
	FaultSlow:        {1, "slow:800ms"},
	FaultUnhealthy:   {0, "unhealthy"},
	FaultSlowStart:   {1, "slow-start:5s"},
}

// ParseFault reads a fault such as "none", "hang", "slow:800ms" or
// "errors-after:3s:0.4". The empty string means none.
func ParseFault(s string) (Fault, error) {
	if s == "" {
		return Fault{Kind: FaultNone}, nil
	}
	parts := strings.Split(s, ":")
	kind := FaultKind(parts[0])
	form, known := faultForms[kind]
	if !known {
		return Fault{}, fmt.Errorf("unknown fault %q: use none, errors-after:3s:0.4, hang, crash-loop, slow:800ms, unhealthy or slow-start:5s", s)
	}
	args := parts[1:]
	if len(args) != form.args {
		return Fault{}, fmt.Errorf("fault %q is not written like %q", s, form.form)
	}
	f := Fault{Kind: kind}
	if len(args) > 0 {
		d, err := time.ParseDuration(args[0])
		if err != nil || d < 0 || d > MaxFaultDelay {
			return Fault{}, fmt.Errorf("fault %q needs a duration between 0s and %s, like %q", s, MaxFaultDelay, form.form)
		}
		f.Delay = d
	}
	if len(args) > 1 {
		r, err := strconv.ParseFloat(args[1], 64)
		if err != nil || !(r > 0 && r <= 1) {
			return Fault{}, fmt.Errorf("fault %q needs a rate above 0 and at most 1, like %q", s, form.form)
		}
		f.Rate = r
	}
	return f, nil
}

// String writes the fault so that ParseFault reads it back.
func (f Fault) String() string {
	switch faultForms[f.Kind].args {
	case 1:
		return fmt.Sprintf("%s:%s", f.Kind, f.Delay)
	case 2:
		return fmt.Sprintf("%s:%s:%s", f.Kind, f.Delay, strconv.FormatFloat(f.Rate, 'g', -1, 64))
	}
	if f.Kind == "" {
		return string(FaultNone)
	}
	return string(f.Kind)
}
