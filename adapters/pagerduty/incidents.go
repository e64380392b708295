package pagerduty

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

var openStatuses = []string{string(port.IncidentTriggered), string(port.IncidentAcknowledged)}

// Open lists what is open on the PagerDuty service of a service, however old. The default one's incidents may be about anything: they are
// no service's.
func (a *Adapter) Open(ctx context.Context, service string) ([]port.Incident, error) {
	r, ok := a.routes[service]
	id, err := a.mapped(service, r, ok)
	if err != nil {
		return nil, err
	}
	all, err := a.list(ctx, api.ListIncidentsOptions{ServiceIDs: []string{id}, Statuses: openStatuses, DateRange: "all"})
	if err != nil {
		return nil, err
	}
	var open []port.Incident
	for _, i := range all {
		key, err := a.keyOf(ctx, i)
		if err != nil {
			return nil, err
		}
		open = append(open, a.incident(i, key, service))
	}
	return open, nil
}

// list reads incidents page by page.
func (a *Adapter) list(ctx context.Context, o api.ListIncidentsOptions) ([]api.Incident, error) {
	var all []api.Incident
	err := a.pages(ctx, "GET /incidents", func(c *api.Client, limit, offset uint) (api.APIListObject, int, error) {
		o.Limit, o.Offset = limit, offset
		l, err := c.ListIncidentsWithContext(ctx, o)
		if err != nil {
			return api.APIListObject{}, 0, err
		}
		if l.Incidents == nil {
			return api.APIListObject{}, 0, fmt.Errorf("there is no list of incidents in it")
		}
		all = append(all, l.Incidents...)
		return l.APIListObject, len(l.Incidents), nil
	})
	return all, err
}

func (a *Adapter) read(ctx context.Context, id string) (api.Incident, error) {
	var i *api.Incident
	err := a.ask("GET /incidents/"+id, func(c *api.Client) (err error) {
		i, err = c.GetIncidentWithContext(ctx, id)
		return err
	})
	if err != nil {
		return api.Incident{}, err
	}
	return *i, nil
}

// keyOf is what an incident was triggered under. PagerDuty shows the key of an incident that has alerts with these alone.
func (a *Adapter) keyOf(ctx context.Context, i api.Incident) (string, error) {
	if i.IncidentKey != "" {
		return i.IncidentKey, nil
	}
	if key, known := a.keys.Get(i.ID); known {
		return key, nil
	}
	keys, err := a.alertKeys(ctx, i.ID)
	if err != nil {
		return "", err
	}
	if len(keys) == 0 {
		return "", nil // there may be one a moment later
	}
	a.keys.Put(i.ID, keys[0])
	return keys[0], nil
}

// alertKeys are the keys of an incident's alerts, the oldest first: at most as many as a page holds.
func (a *Adapter) alertKeys(ctx context.Context, id string) ([]string, error) {
	var keys []string
	err := a.ask("GET /incidents/"+id+"/alerts", func(c *api.Client) error {
		l, err := c.ListIncidentAlertsWithContext(ctx, id, api.ListIncidentAlertsOptions{Limit: pageLength, SortBy: "created_at"})
		if err != nil {
			return err
		}
		for _, alert := range l.Alerts {
			keys = append(keys, alert.AlertKey)
		}
		return nil
	})
	return keys, err
}

// incident is an incident of PagerDuty's as one of a service.
func (a *Adapter) incident(i api.Incident, key, service string) port.Incident {
	priority := ""
	if i.Priority != nil {
		priority = cmp.Or(i.Priority.Name, i.Priority.Summary)
	}
	opened, _ := time.Parse(time.RFC3339, i.CreatedAt)
	return port.Incident{
		ID: i.ID, Key: key, Name: fmt.Sprintf("#%d", i.IncidentNumber), Title: cmp.Or(i.Title, i.Summary), Service: service,
		Severity: a.severity(priority, i.Urgency), State: stateOf(i.Status), Link: i.HTMLURL, OpenedAt: opened,
	}
}

func (a *Adapter) severity(priority, urgency string) port.Severity {
	if s, ok := a.settings.Severity.Priorities[priority]; ok {
		return s
	}
	if urgency == "low" {
		return a.settings.Severity.Low
	}
	return a.settings.Severity.High
}

// stateOf takes a status that is not known yet for open: PagerDuty says that there may come more.
func stateOf(status string) port.IncidentState {
	switch s := port.IncidentState(status); s {
	case port.IncidentAcknowledged, port.IncidentResolved:
		return s
	}
	return port.IncidentTriggered
}

// Take acknowledges an incident: in the name of whoever did it where PagerDuty knows their address and they may, else of the configured user.
func (a *Adapter) Take(ctx context.Context, id string, as port.Responder) error {
	i, err := a.read(ctx, id)
	if err != nil || stateOf(i.Status) != port.IncidentTriggered {
		return err
	}
	from, err := a.nameOf(ctx, as)
	if err != nil {
		return err
	}
	err = a.acknowledge(ctx, id, from)
	if rest.Status(err) == http.StatusForbidden && from != a.settings.From {
		err = a.acknowledge(ctx, id, a.settings.From)
	}
	if status := rest.Status(err); status == http.StatusBadRequest || status == http.StatusConflict {
		// somebody may have been faster
		if now, again := a.read(ctx, id); again == nil && stateOf(now.Status) != port.IncidentTriggered {
			return nil
		}
	}
	return err
}

func (a *Adapter) acknowledge(ctx context.Context, id, from string) error {
	return a.ask("PUT /incidents", func(c *api.Client) error {
		_, err := c.ManageIncidentsWithContext(ctx, from, []api.ManageIncidentsOptions{{ID: id, Status: string(port.IncidentAcknowledged)}})
		return err
	})
}

// nameOf is the address in whose name something is done.
func (a *Adapter) nameOf(ctx context.Context, as port.Responder) (string, error) {
	if as.Account.Platform == PlatformName && objectID.MatchString(as.Account.ID) {
		var u *api.User
		err := a.ask("GET /users/"+as.Account.ID, func(c *api.Client) (err error) {
			u, err = c.GetUserWithContext(ctx, as.Account.ID, api.GetUserOptions{})
			return err
		})
		if err == nil && u.Email != "" {
			return u.Email, nil
		}
		if err != nil && rest.Status(err) != http.StatusNotFound {
			return "", err
		}
	}
	if as.Email != "" {
		u, err := a.user(ctx, as.Email)
		if err != nil {
			return "", err
		}
		if u != nil {
			return u.Email, nil
		}
	}
	return a.settings.From, nil
}
