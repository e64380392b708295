package port

import (
	"context"
	"time"
)

// Prober makes one request against a running version and says what came of it.
type Prober interface {
	Probe(ctx context.Context, p Probe) Sample
}

// Probe is one HTTP request with what is expected of the answer.
type Probe struct {
	Name    string        `json:"name"`
	URL     string        `json:"url"`
	Method  string        `json:"method,omitempty"` // GET if empty
	Body    string        `json:"body,omitempty"`
	Status  int           `json:"status,omitempty"`  // expected status; 200 if zero
	Holds   string        `json:"holds,omitempty"`   // text that the answer must hold
	Timeout time.Duration `json:"timeout,omitempty"` // 2 s if zero
}

// Sample is what one probe saw. A probe that could not be made has OK false and says why in Fault.
type Sample struct {
	Probe  string        `json:"probe"`
	OK     bool          `json:"ok"`
	Status int           `json:"status,omitempty"`
	Took   time.Duration `json:"took"`
	Fault  string        `json:"fault,omitempty"`
	Source Source        `json:"source"`
}

// Metrics measures one indicator over a window that ends now.
type Metrics interface {
	// Measure reads the figure. An indicator that can't be read is an error, never a zero.
	Measure(ctx context.Context, q Query) (Figure, error)
}

// Query names an indicator of a running version, in the words of the metrics system.
type Query struct {
	Name   string        `json:"name"`
	URL    string        `json:"url,omitempty"` // where the service publishes its metrics, for adapters that read it directly
	Expr   string        `json:"expr"`          // the adapter's own query language
	Window time.Duration `json:"window"`        // how far back; adapters that read directly compare with their last reading
	// Since keeps readings of different deployments apart: figures cover nothing before it.
	Since time.Time `json:"since,omitzero"`
}

// Figure is a measured value. Known is false while there is too little data to tell.
type Figure struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Known  bool    `json:"known"`
	Count  float64 `json:"count,omitempty"` // how many requests or events it rests on
	Unit   string  `json:"unit,omitempty"`
	Source Source  `json:"source"`
}
