package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// planningContext is what the conditions of deferral, ladders and the architecture board see of a release: on its way to the last
// environment, with what other systems said, if they were asked.
func planningContext(r state.Reader, org *organisation.Organisation, rel release.Release, seen sight, now time.Time) (policy.Context, error) {
	return policyContext(r, org, viewpoint{release: rel, environment: org.Environments[len(org.Environments)-1], seen: seen, now: now})
}
