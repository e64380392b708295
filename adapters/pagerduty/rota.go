package pagerduty

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	api "github.com/PagerDuty/go-pagerduty"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// mapped is the PagerDuty service of a service.
func (a *Adapter) mapped(service string, r route, ok bool) (string, error) {
	switch {
	case a.token == "":
		return "", effect.Permanently(fmt.Errorf("%w: %w", errNoToken, effect.ErrNotFound))
	case service == "" || !ok:
		return "", effect.Permanently(fmt.Errorf("pagerduty: no PagerDuty service is configured for %s: %w", service, effect.ErrNotFound))
	}
	return r.service, nil
}

// OnCall lists who is on call for a service now, by the escalation policy of where its pages go. Somebody on several levels is listed on the
// first.
func (a *Adapter) OnCall(ctx context.Context, service string) ([]port.Responder, error) {
	r, ok := a.routeOf(service)
	id, err := a.mapped(service, r, ok)
	if err != nil {
		return nil, err
	}
	v, err := a.service(ctx, id)
	if err != nil {
		return nil, err
	}
	all, err := a.onCall(ctx, v.EscalationPolicy.ID)
	if err != nil {
		return nil, err
	}
	return responders(all), nil
}

func (a *Adapter) service(ctx context.Context, id string, include ...string) (*api.Service, error) {
	var v *api.Service
	err := a.ask("GET /services/"+id, func(c *api.Client) (err error) {
		v, err = c.GetServiceWithContext(ctx, id, &api.GetServiceOptions{Includes: include})
		return err
	})
	return v, err
}

func (a *Adapter) onCall(ctx context.Context, policy string) ([]api.OnCall, error) {
	var all []api.OnCall
	err := a.pages(ctx, "GET /oncalls", func(c *api.Client, limit, offset uint) (api.APIListObject, int, error) {
		l, err := c.ListOnCallsWithContext(ctx, api.ListOnCallOptions{
			Limit: limit, Offset: offset, Includes: []string{"users"}, EscalationPolicyIDs: []string{policy},
		})
		if err != nil {
			return api.APIListObject{}, 0, err
		}
		all = append(all, l.OnCalls...)
		return l.APIListObject, len(l.OnCalls), nil
	})
	return all, err
}

// responders sorts those on call by level, then by name, each once: on the first level that they are on, for as long as they are there.
func responders(all []api.OnCall) []port.Responder {
	slices.SortStableFunc(all, func(x, y api.OnCall) int {
		return cmp.Or(cmp.Compare(x.EscalationLevel, y.EscalationLevel), strings.Compare(nameOf(x.User), nameOf(y.User)), strings.Compare(x.User.ID, y.User.ID))
	})
	var list []port.Responder
	at := map[string]int{}
	for _, o := range all {
		if o.User.ID == "" {
			continue
		}
		until, _ := time.Parse(time.RFC3339, o.End)
		if i, there := at[o.User.ID]; there {
			if r := &list[i]; r.Level == int(o.EscalationLevel) && !r.Until.IsZero() && (until.IsZero() || until.After(r.Until)) {
				r.Until = until
			}
			continue
		}
		at[o.User.ID] = len(list)
		list = append(list, port.Responder{
			Account: account(o.User.ID), Email: o.User.Email, Level: int(o.EscalationLevel), Until: until,
		})
	}
	return list
}

func nameOf(u api.User) string { return cmp.Or(u.Name, u.Summary) }

func account(id string) chat.Account { return chat.Account{Platform: PlatformName, ID: id} }

// user is whom PagerDuty knows by an address, nil for nobody.
func (a *Adapter) user(ctx context.Context, email string) (*api.User, error) {
	var found *api.User
	err := a.pages(ctx, "GET /users", func(c *api.Client, limit, offset uint) (api.APIListObject, int, error) {
		l, err := c.ListUsersWithContext(ctx, api.ListUsersOptions{Query: email, Limit: limit, Offset: offset})
		if err != nil {
			return api.APIListObject{}, 0, err
		}
		for i := range l.Users {
			if strings.EqualFold(l.Users[i].Email, email) {
				found = &l.Users[i]
			}
		}
		return l.APIListObject, len(l.Users), nil
	})
	return found, err
}
