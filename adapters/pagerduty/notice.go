package pagerduty

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// How far back a look goes for incidents that are over already: those opened this long before it, at first as long as PagerDuty itself
// repeats a webhook.
const (
	lookBackFirst = 48 * time.Hour
	lookBack      = time.Hour
)

// look is what was last told of an incident.
type look struct {
	state    port.IncidentState
	severity port.Severity
	title    string
}

func lookOf(i port.Incident) look { return look{i.State, i.Severity, i.Title} }

// Run looks at the incidents of the configured services every poll until ctx ends: a safety net beside webhooks, which may be missing or
// switched off. Without a token it only waits.
func (a *Adapter) Run(ctx context.Context) error {
	if a.token == "" || a.outside.Listener == nil {
		<-ctx.Done()
		return nil
	}
	since := a.outside.Clock().Add(-lookBackFirst)
	a.watch.Loop(ctx, "incidents", a.settings.Poll, func(ctx context.Context) error {
		now := a.outside.Clock()
		err := a.lookAround(ctx, since)
		if err == nil {
			since = now.Add(-lookBack)
		} else if ctx.Err() == nil {
			a.outside.Log.Warn("incidents can't be looked at", "error", err)
		}
		return err
	})
	return nil
}

// lookAround tells of every incident that is not as it was told of: those open now, those that were opened since and are over, and those
// that were open and are not any more.
func (a *Adapter) lookAround(ctx context.Context, since time.Time) error {
	open, err := a.list(ctx, api.ListIncidentsOptions{ServiceIDs: a.ids(), Statuses: openStatuses, DateRange: "all"})
	if err != nil {
		return err
	}
	over, err := a.list(ctx, api.ListIncidentsOptions{
		ServiceIDs: a.ids(), Statuses: []string{string(port.IncidentResolved)}, Since: since.UTC().Format(time.RFC3339),
		Until: a.outside.Clock().Add(time.Minute).UTC().Format(time.RFC3339),
	})
	if err != nil {
		return err
	}
	all := append(open, over...)
	is := map[string]bool{}
	for _, i := range all {
		is[i.ID] = true
	}
	var gone []string
	a.seen.Each(func(id string, l look) {
		if l.state != port.IncidentResolved && !is[id] {
			gone = append(gone, id)
		}
	})
	slices.Sort(gone)
	for _, id := range gone {
		i, err := a.read(ctx, id)
		if rest.Status(err) == http.StatusNotFound {
			a.seen.Put(id, look{state: port.IncidentResolved}) // merged away, or no longer ours to see
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, i)
	}
	var faults []error
	for _, i := range all {
		faults = append(faults, a.lookAt(ctx, i))
	}
	return errors.Join(faults...)
}

// lookAt tells of an incident if it changed since it was last told of.
func (a *Adapter) lookAt(ctx context.Context, i api.Incident) error {
	now := a.incident(i, "", "")
	before, known := a.seen.Get(i.ID)
	if known && before == lookOf(now) {
		return nil
	}
	key, err := a.keyOf(ctx, i)
	if err != nil {
		return err
	}
	at := changedAt(i)
	n := port.Notice{Key: fmt.Sprintf("incident:%s:%s:%s:%d", i.ID, now.State, now.Severity, at.Unix()), At: at}
	if !known || before.state != now.State {
		n.Account = agent(i.LastStatusChangeBy.Type, i.LastStatusChangeBy.ID)
	}
	return a.tell(ctx, n, i, key)
}

// tell gives the notice of an incident, once for each service that its PagerDuty service stands for.
func (a *Adapter) tell(ctx context.Context, n port.Notice, i api.Incident, key string) error {
	key0 := n.Key
	now := look{state: port.IncidentResolved} // what moved to a service that is nobody's is over here
	for _, service := range a.services(i.Service.ID) {
		is := a.incident(i, key, service)
		now = lookOf(is)
		n.Key, n.System, n.Incident = key0+":"+service, PlatformName, &port.IncidentNotice{Incident: is}
		if err := a.outside.Listener.Notice(ctx, n); err != nil {
			return err
		}
	}
	if now.state == port.IncidentResolved && key != "" {
		a.ended.Put(key, struct{}{})
	}
	a.seen.Put(i.ID, now)
	return nil
}

// changedAt is when an incident last changed, as far as it says.
func changedAt(i api.Incident) time.Time {
	var last time.Time
	for _, text := range []string{i.CreatedAt, i.LastStatusChangeAt, i.UpdatedAt, i.ResolvedAt} {
		if at, err := time.Parse(time.RFC3339, text); err == nil && at.After(last) {
			last = at
		}
	}
	return last.UTC()
}

// agent is who did something; nobody, if an integration or a service did.
func agent(kind, id string) chat.Account {
	if kind != "user_reference" && kind != "user" || id == "" {
		return chat.Account{}
	}
	return account(id)
}
