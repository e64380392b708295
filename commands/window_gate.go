package commands

import (
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/window"
	"github.com/gonogo-chat/gonogo/state"
)

// fillWindow asks the windows. Downtime matters where the business is: in the last environment.
func fillWindow(r state.Reader, org *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	own, err := windowsOf(r, q.release.Service)
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
