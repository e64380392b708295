package commands

import (
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

// fillCadence asks the trains. They run where the business is: in the last environment.
func fillCadence(_ state.Reader, org *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	f.Cadence = &cadence.Verdict{At: q.now}
	if org.Final(q.environment.Name) {
		v := judgeCadence(org, q.release.Service, q.now)
		f.Cadence = &v
	}
	if timing := q.release.Time(); timing.OffCadence != nil {
		f.OffCadence = &gate.OffCadence{By: timing.By, Why: *timing.OffCadence}
	}
	return nil
}

// fillWindow asks the windows. Downtime matters where the business is: in the last environment.
func fillWindow(r state.Reader, org *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	own, err := windowsAt(r, q.release.Service, q.environment.Name, q.now)
	if err != nil {
		return err
	}
	ask := window.Question{
		Service: q.release.Service, Environment: q.environment.Name, Release: q.release.ID, Digest: q.release.Digest(), Now: q.now,
		Needs: org.Final(q.environment.Name) && needsDowntime(q.release, org),
	}
	switch {
	case q.deployment != nil: // what would go there, whatever the repository holds by now
		ask.Digest = q.deployment.Digest
	case f.Artifact != nil:
		ask.Digest = f.Artifact.Digest
	}
	timing := q.release.Time()
	if ask.Needs {
		ask.Length = lengthOf(timing, q.environment)
	}
	if timing.Window != nil {
		ask.Bound = timing.Window.ID
	}
	verdict := window.Judge(own, ask)
	f.Window = &verdict
	return nil
}
