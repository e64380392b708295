package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Pager wakes the on-call. A page is keyed: triggering, acknowledging or resolving the same key twice is no error, and a
// trigger repeated after the page was resolved wakes nobody.
type Pager interface {
	Trigger(ctx context.Context, p Page) error
	Acknowledge(ctx context.Context, key string) error
	Resolve(ctx context.Context, key string) error
}

// Severity is how bad something is.
type Severity string

// The severities, the worst first.
const (
	Critical Severity = "critical"
	Error    Severity = "error"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

var severities = map[Severity]int{Critical: 4, Error: 3, Warning: 2, Info: 1}

// Known reports whether it is one of the severities.
func (s Severity) Known() bool { return severities[s] > 0 }

// AtLeast reports whether it is as bad as another, or worse. One that is not known is taken for the worst.
func (s Severity) AtLeast(other Severity) bool {
	rank, ok := severities[s]
	return !ok || rank >= severities[other]
}

// Page is what the on-call is woken with: one screen. Sentences are worded already.
type Page struct {
	Key         string       `json:"key"`
	Service     string       `json:"service"`
	Environment string       `json:"environment,omitempty"`
	Severity    Severity     `json:"severity,omitempty"` // critical if empty
	Title       string       `json:"title"`
	Message     chat.Message `json:"message"`
	// Details are what the message says, as label and text in order, for pagers that show no message of ours.
	Details []Detail  `json:"details,omitempty"`
	Links   []Link    `json:"links,omitempty"`
	At      time.Time `json:"at"`
}

// Detail is one labelled line of a page.
type Detail struct {
	Label string `json:"label"`
	Text  string `json:"text"`
}

// Link leads to something.
type Link struct {
	Text string `json:"text"`
	URL  string `json:"url"`
}

// ChangeFeed is a pager that shows its on-call what changed, without waking anybody.
type ChangeFeed interface {
	// Changed tells of a deployment or a rollback. It is tried at most once.
	Changed(ctx context.Context, c Changed) error
}

// Changed is a deployment or a rollback that began or ended. Sentences are worded already.
type Changed struct {
	Key         string    `json:"key"`
	Service     string    `json:"service"`
	Environment string    `json:"environment"`
	Version     string    `json:"version"`
	Release     string    `json:"release"`
	Deployment  string    `json:"deployment"`
	Rollback    bool      `json:"rollback,omitempty"`
	Summary     string    `json:"summary"`
	Details     []Detail  `json:"details,omitempty"`
	Links       []Link    `json:"links,omitempty"`
	At          time.Time `json:"at"`
}

// Rota is a pager that knows who is on call.
type Rota interface {
	// OnCall lists who is on call for a service now, those asked first first. effect.ErrNotFound: the service has no rota there.
	OnCall(ctx context.Context, service string) ([]Responder, error)
}

// Responder is somebody on call.
type Responder struct {
	// Account is theirs on the pager; Email is what the pager knows them by besides, empty if it does not say.
	Account chat.Account `json:"account"`
	Email   string       `json:"email,omitempty"`
	Level   int          `json:"level"` // of escalation, from 1
	Until   time.Time    `json:"until,omitzero"`
}

// IncidentState is where an incident stands.
type IncidentState string

// The states of an incident.
const (
	IncidentTriggered    IncidentState = "triggered"
	IncidentAcknowledged IncidentState = "acknowledged"
	IncidentResolved     IncidentState = "resolved"
)

// Incident is trouble with a service as the pager has it.
type Incident struct {
	ID string `json:"id"` // the pager's own
	// Key is what it was triggered under, where it was by an event: a page of the bot's is known by it.
	Key      string        `json:"key,omitempty"`
	Name     string        `json:"name,omitempty"` // as people say it: "#1234"
	Title    string        `json:"title"`
	Service  string        `json:"service"` // as configured here
	Severity Severity      `json:"severity"`
	State    IncidentState `json:"state"`
	Link     string        `json:"link,omitempty"`
	OpenedAt time.Time     `json:"opened_at"`
}

// Incidents is a pager that can be asked about incidents.
type Incidents interface {
	// Open lists what is open about a service now: triggered or acknowledged. effect.ErrNotFound: the service is not known there.
	Open(ctx context.Context, service string) ([]Incident, error)
	// Take acknowledges an incident by its id, as somebody where the pager knows them. One that is acknowledged or resolved stays so.
	Take(ctx context.Context, id string, as Responder) error
}
