package port

import "context"

// Traffic says how many customers a service has at which hour of the week.
type Traffic interface {
	// Curve returns what is known of a service or a business line; effect.ErrNotFound where that is nothing.
	Curve(ctx context.Context, of TrafficOf) (Curve, error)
}

// TrafficOf is what a curve is about: exactly one of the two is set.
type TrafficOf struct {
	Service string `json:"service,omitempty"`
	Line    string `json:"line,omitempty"`
}

// HoursOfWeek is how many hours a curve may know.
const HoursOfWeek = 7 * 24

// Curve is how many customers use something in each hour of an ordinary week.
type Curve struct {
	Of   TrafficOf `json:"of"`
	Zone string    `json:"zone"` // IANA name of the zone whose clock the hours are of
	// Hours holds customers by hour of the week, 0 being Monday from 00:00 to 01:00. An hour that is not there is not known.
	Hours  map[int]float64 `json:"hours"`
	Source Source          `json:"source"`
}
