package gate

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// DefaultMaxAge is how old facts from outside may be when nothing else is said.
const DefaultMaxAge = 10 * time.Minute

// Facts are all that gates look at. Nil means not known; a gate that needs it is then inconclusive.
type Facts struct {
	Now         time.Time
	Release     string
	Service     string
	Version     string
	Environment string
	// Deployment is the one that asks, empty before there is one; Of is the deployment that it rolls back.
	Deployment string
	Of         string
	Executor   string // opaque person id; empty when the bot does it by itself

	// MaxAge bounds the age of facts from outside; DefaultMaxAge if zero.
	MaxAge time.Duration
	// Faults say why a fact is missing, by name: "artifact", "ticket", "provenance".
	Faults map[string]string

	Artifact *port.Artifact // as it is now
	Planned  string         // the digest seen at planning
	Pinned   string         // the first digest ever seen for the version; empty if none

	Ticket   *port.Ticket
	TicketAt port.Source

	// Incidents are the open ones of the service that block, as the pager has them; nil if it could not be asked.
	Incidents   []port.Incident
	IncidentsAt port.Source

	// Provenance is how what the version brings came in; NoProvenance says that nothing is configured that could say.
	Provenance   *provenance.Report
	NoProvenance bool

	// Rehearsed is what is known of going back; nil if it was not asked.
	Rehearsed *Rehearsed

	// Lower is what passed in the environment before this one.
	Lower *Lower
	// NoVote says that the risk tier asks for no vote. Else the newest Ballot must have passed for Proposal, the digest of
	// what is proposed now; Tally is where it stands.
	NoVote   bool
	Ballot   *approval.Ballot
	Proposal string
	Tally    *approval.Tally

	Duty *duty.Finding // about the executor
	// Standing is about those who approved: what became known of them since may take an approval back.
	Standing *duty.Finding
	Freeze   *freeze.Verdict
	// Cadence is what the service's trains say, nil if that is not known; OffCadence is who said why the release goes with none, and why.
	Cadence    *cadence.Verdict
	OffCadence *OffCadence
	// Window is what the windows say; nil if that is not known.
	Window *window.Verdict
	Lock   *lock.Lock
	// Wider are the locks that are wider than Lock and take its place in.
	Wider []lock.Lock
	// Running is what runs there now; its zero value says that nothing does.
	Running *rollout.Build

	// Deferral is what holds the release back; nil if that is not known.
	Deferral *deferral.Deferral

	// Board is the architecture board's part; nil if that is not known.
	Board *Board

	// Conditions are the configured ones, by name, and Policy what they look at; Openings are those that somebody opened.
	Conditions map[string]policy.Closure
	Policy     policy.Context
	Openings   map[string]Opening

	Emergency *release.Emergency
	// Openers are the people who can open a gate, by its name.
	Openers map[string][]string

	// Cause is why a rollback is asked for, and Previous what it restores.
	Cause    *Cause
	Previous *rollout.Build
}

// OffCadence is why a release goes with no train.
type OffCadence struct {
	By  string
	Why chat.Sealed
}

// Lower is the environment that a version must have passed before.
type Lower struct {
	Environment string // empty: there is none
	Deployment  string // the last of this release that passed there; empty: none did
	Digest      string
	At          time.Time
}

// Cause is why a rollback is asked for: what the bot saw, or a person who may.
type Cause struct {
	Authorised bool
	Text       chat.Text
}

func (f *Facts) maxAge() time.Duration {
	if f.MaxAge <= 0 {
		return DefaultMaxAge
	}
	return f.MaxAge
}

// digest is that of the artifact as it is now, empty when not known.
func (f *Facts) digest() string {
	if f.Artifact == nil {
		return ""
	}
	return f.Artifact.Digest
}
