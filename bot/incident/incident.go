// Package incident is trouble that the pager knows of: where it stands, and whether it stands in the way.
package incident

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Version is the schema version of a stored Incident.
const Version = 1

// Incident is what is known of an incident.
type Incident struct {
	V        int                `json:"v"`
	ID       string             `json:"id"` // "I-1"
	System   string             `json:"system"`
	Ref      string             `json:"ref"`            // the pager's own id
	Name     string             `json:"name,omitempty"` // as people say it there: "#1234"
	Title    *chat.Sealed       `json:"title,omitempty"`
	Service  string             `json:"service"`
	Severity port.Severity      `json:"severity"`
	State    port.IncidentState `json:"state"`
	Link     string             `json:"link,omitempty"`
	OpenedAt time.Time          `json:"opened_at"`
	// ChangedAt is the pager's own time of the newest change that was heard.
	ChangedAt time.Time `json:"changed_at"`
	// Deployment is the newest of the service's that began not long before, Release what it was of; empty for none.
	Deployment string `json:"deployment,omitempty"`
	Release    string `json:"release,omitempty"`
	TakenBy    string `json:"taken_by,omitempty"` // opaque person id; empty for somebody who is not known here
}

// States lists every state of an incident.
func States() []port.IncidentState {
	return []port.IncidentState{port.IncidentTriggered, port.IncidentAcknowledged, port.IncidentResolved}
}

// Text words a state.
func Text(s port.IncidentState) chat.Text { return chat.Say("incident.state." + chat.Code(s)) }

// order breaks a tie between two changes of one instant: what comes later in an incident's life wins.
var order = map[port.IncidentState]int{port.IncidentTriggered: 1, port.IncidentAcknowledged: 2, port.IncidentResolved: 3}

// Hear takes what the pager said of the incident at an instant of its own clock. News that is older than what is known, and news that
// says nothing new, changes nothing: webhooks come twice and in any order.
func (i Incident) Hear(now port.Incident, at time.Time) (next Incident, changed bool) {
	at = at.UTC()
	if order[now.State] == 0 || at.Before(i.ChangedAt) || at.Equal(i.ChangedAt) && order[now.State] <= order[i.State] {
		return i, false
	}
	next = i
	next.State, next.Severity, next.Name, next.Link, next.ChangedAt = now.State, now.Severity, now.Name, now.Link, at
	if next.State == port.IncidentTriggered {
		next.TakenBy = "" // nobody has it any more
	}
	said := next
	said.ChangedAt = i.ChangedAt
	return next, said != i
}

// Open reports whether the incident is not over.
func (i Incident) Open() bool { return i.State != port.IncidentResolved }

// Take says that somebody sees to it. One that somebody has already, or that is over, is refused.
func (i Incident) Take(person string) (Incident, *chat.Refusal) {
	switch i.State {
	case port.IncidentAcknowledged:
		return i, chat.Refuse("incident.taken", chat.Word("incident", i.ID), chat.Person("by", i.TakenBy))
	case port.IncidentResolved:
		return i, chat.Refuse("incident.over", chat.Word("incident", i.ID))
	}
	i.State, i.TakenBy = port.IncidentAcknowledged, person
	return i, nil
}

// Blocking are those of the open incidents that stand in the way of a deployment: as bad as the limit, or worse. An empty limit lets
// all pass.
func Blocking(open []port.Incident, limit port.Severity) []port.Incident {
	if limit == "" {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(open), func(i port.Incident) bool {
		return i.State == port.IncidentResolved || !i.Severity.AtLeast(limit)
	})
}

// Follows reports whether an incident that opened at an instant may come from a change that began at another: not long before.
func Follows(opened, began time.Time, within time.Duration) bool {
	return !began.IsZero() && !opened.Before(began) && opened.Sub(began) <= within
}
