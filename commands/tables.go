package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// What the bot remembers of releases. Every record is covered by the audit trail.
var (
	releases    = state.Governed[release.Release]("release")
	deployments = state.Governed[rollout.Deployment]("deployment")
	freezes     = state.Governed[freeze.Freeze]("freeze")
	exceptions  = state.Governed[freeze.Exception]("exception")
	locks       = state.Governed[lock.Lock]("lock")  // by place
	running     = state.Governed[Running]("running") // by place
	followUps   = state.Governed[followup.FollowUp]("follow-up")
	pages       = state.Governed[followup.Page]("page")
)

// Indexes, so that no decision scans what has ended. They follow from the records and can be made anew.
var (
	openReleases = state.Ungoverned[struct{}]("open-release") // service/R-1, until it is settled
	plannedLast  = state.Ungoverned[string]("planned-last")   // service/version: the id of the release that was planned last
	followUpsOf  = state.Ungoverned[struct{}]("follow-up-of") // until it is closed
	pagesOf      = state.Ungoverned[struct{}]("page-of")      // D-1/P-1, A-1/P-1
)

// Track is what the past says of a service: how often it was deployed, and how often that went wrong.
type Track struct {
	Deployments int `json:"deployments"`
	Failures    int `json:"failures"`
}

var tracks = state.Governed[Track]("track")

// putRelease writes a release and its place in the indexes.
func putRelease(t *bot.Turn, r release.Release) error {
	key := place(r.Service, r.ID)
	if r.State.Settled() {
		openReleases.Delete(t.Tx, key)
		if err := showMilestones(t, r.ID); err != nil {
			return err
		}
	} else if err := openReleases.Put(t.Tx, key, struct{}{}); err != nil {
		return err
	}
	return releases.Put(t.Tx, r.ID, r)
}

// Running is what runs of a service in an environment, as far as the bot knows.
type Running struct {
	rollout.Build
	// Deployment and Release put it there; empty for what ran before the bot was told.
	Deployment string `json:"deployment,omitempty"`
	Release    string `json:"release,omitempty"`
	// Outside is a run that somebody else started there since.
	Outside *OutsideRun `json:"outside,omitempty"`
	// Before is what ran before that, one step back: what a rollback restores.
	Before *Running `json:"before,omitempty"`
}

// noted is what is noted to run somewhere, and whether anything is: that others started a run there says nothing of it.
func noted(r state.Reader, at string) (Running, bool, error) {
	now, ok, err := running.Get(r, at)
	return now, ok && !now.Build.IsZero(), err
}

// place is the key of what there is one of per service and environment.
func place(service, environment string) string { return service + "/" + environment }

// The letters of short ids.
const (
	letterRelease    = "R"
	letterDeployment = "D"
	letterBallot     = "B"
	letterFreeze     = "F"
	letterException  = "X"
	letterFollowUp   = "A"
	letterPage       = "P"
	letterIncident   = "I"
)
