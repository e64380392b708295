package faultkv

import (
	"errors"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// ErrCrashed is returned by the call during which the machine lost power, and by
// every later one; it wraps kv.ErrClosed. Whether that call's batch survived is
// for the reopened store to tell.
var ErrCrashed = errors.Join(errors.New("faultkv: crashed"), kv.ErrClosed)

// Point is a moment within Apply.
type Point int

const (
	// Nowhere lets the call succeed.
	Nowhere Point = iota
	// BeforeWrite comes before anything is written: the batch is lost.
	BeforeWrite
	// BeforeSync comes when the batch is written and not yet synced: it is lost
	// whole when power fails.
	BeforeSync
	// BeforeAnswer comes when the batch is synced and its caller not yet told:
	// it survives.
	BeforeAnswer
)

// Fault is what goes wrong in one Apply. The zero value is nothing.
type Fault struct {
	At Point
	// Err is returned at that point; nil means that power is lost there. At
	// BeforeWrite it leaves the engine in order, as an engine that refuses
	// does. Later it comes wrapped in kv.ErrUncertain and the engine refuses
	// every further write until reopened.
	Err error
}

// CrashAt loses power at p.
func CrashAt(p Point) Fault { return Fault{At: p} }

// Refuse returns err with nothing changed.
func Refuse(err error) Fault { return Fault{At: BeforeWrite, Err: err} }
