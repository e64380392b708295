package lines_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jira"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// tickets are a Jira whose search lags a little.
func tickets(t *testing.T, kind jiratest.Kind, crucial func(*http.Request) bool) (side, *jiratest.Server, *jira.Adapter) {
	const lag = 100 * time.Millisecond
	register := jiratest.New(jiratest.Options{Kind: kind, Clock: time.Now, Lag: lag, Writes: 1000})
	t.Cleanup(register.Close)
	l := lay(t, register, crucial)
	set := jira.Settings{
		URL: address, Kind: string(kind), Token: "env:JIRA", Project: "CHG", IssueType: "Change", SearchLag: 2 * lag,
		Fields: map[string]string{"service": "Affected service", "version": "Version deployed"},
		Statuses: map[string][]string{
			"open": {"Open", "Waiting"}, "approved": {"Approved"}, "implementing": {"Implementing"}, "done": {"Done"}, "backed-out": {"Rolled Back"}, "cancelled": {"Cancelled", "Rejected"},
		},
		Resolutions: map[string]string{"done": "Done", "backed-out": "Rolled back", "cancelled": "Won't Do"},
	}
	if kind == jiratest.Cloud {
		set.Email = jiratest.Email
	}
	a, err := jira.New(set, jira.Outside{Secret: func(string) (string, error) { return jiratest.Token, nil }, Clock: time.Now, Client: l.client()})
	no(t, err)
	return side{line: l, wrong: register.Wrong}, register, a
}

func change(key string) port.Change {
	return port.Change{
		Key: key, Release: "R-1", Service: "payments", Version: "1.1.0", Environment: "prod", Summary: "payments 1.1.0 to prod", Rollback: "/rollback R-1 prod", By: "p-1", At: time.Now(),
	}
}

func cloudTickets(t *testing.T) side      { return opening(t, jiratest.Cloud) }
func dataCenterTickets(t *testing.T) side { return opening(t, jiratest.DataCenter) }

func opening(t *testing.T, kind jiratest.Kind) side {
	s, register, a := tickets(t, kind, to("POST", "/issue"))
	s.begin = func(_ *testing.T, key string) operation {
		c := change(key)
		return operation{
			perform: func(ctx context.Context) error { _, err := a.Open(ctx, c); return err },
			find:    func(ctx context.Context) error { _, err := a.Find(ctx, key); return err },
			count:   func() int { return register.Opened(key) },
		}
	}
	return s
}

// opened is a ticket that is there, opened over a good line.
func opened(t *testing.T, a *jira.Adapter, key string) string {
	t.Helper()
	made, err := a.Open(t.Context(), change(key))
	no(t, err)
	return made.ID
}

func notes(t *testing.T) side {
	s, register, a := tickets(t, jiratest.Cloud, to("POST", "/comment"))
	s.begin = func(t *testing.T, key string) operation {
		id := opened(t, a, key)
		return operation{
			perform: func(ctx context.Context) error {
				return a.Note(ctx, id, port.Note{Key: key, Text: "approved", At: time.Now()})
			},
			count: func() int { i, _ := register.Issue(id); return len(i.Comments) },
		}
	}
	return s
}

func files(t *testing.T) side {
	s, register, a := tickets(t, jiratest.DataCenter, to("POST", "/attachments"))
	s.begin = func(t *testing.T, key string) operation {
		id := opened(t, a, key)
		return operation{
			perform: func(ctx context.Context) error {
				return a.Attach(ctx, id, port.Evidence{Name: "evidence.json", Type: "application/json", Body: []byte(`{"release":"R-1"}`)})
			},
			count: func() int { i, _ := register.Issue(id); return len(i.Files) },
		}
	}
	return s
}

func moves(t *testing.T) side {
	s, register, a := tickets(t, jiratest.Cloud, to("POST", "/transitions"))
	s.begin = func(t *testing.T, key string) operation {
		id := opened(t, a, key)
		return operation{
			perform: func(ctx context.Context) error { return a.Move(ctx, id, port.TicketImplementing) },
			count: func() (n int) {
				if i, _ := register.Issue(id); i.Status == "Implementing" {
					n++
				}
				return n
			},
		}
	}
	return s
}

func amendments(t *testing.T) side {
	s, register, a := tickets(t, jiratest.DataCenter, func(r *http.Request) bool { return r.Method == http.MethodPut })
	s.begin = func(t *testing.T, key string) operation {
		id := opened(t, a, key)
		c := change(key)
		c.Version = "1.1.1"
		return operation{
			perform: func(ctx context.Context) error { return a.Amend(ctx, id, c) },
			count: func() int {
				i, _ := register.Issue(id)
				return strings.Count(i.Fields["Version deployed"], "1.1.1")
			},
		}
	}
	return s
}

// pages are looked for before they are sent; blindPages are of a bot without a token, which can't look.
func pages(t *testing.T) side      { return paging(t, "env:TOKEN") }
func blindPages(t *testing.T) side { return paging(t, "") }

func paging(t *testing.T, token string) side {
	s, pager, a := pagers(t, token)
	s.begin = func(_ *testing.T, key string) operation {
		return operation{
			perform: func(ctx context.Context) error { return a.Trigger(ctx, page(key)) },
			count:   func() int { return len(incidents(pager, key)) },
		}
	}
	return s
}

// resolutions end pages, and open none.
func resolutions(t *testing.T) side {
	s, pager, a := pagers(t, "env:TOKEN")
	s.begin = func(t *testing.T, key string) operation {
		no(t, a.Trigger(t.Context(), page(key)))
		return operation{
			perform: func(ctx context.Context) error { return a.Resolve(ctx, key) },
			count: func() int {
				all := incidents(pager, key)
				if len(all) == 1 && all[0].Status == pagerdutytest.Triggered {
					return 0
				}
				return len(all)
			},
		}
	}
	return s
}

func page(key string) port.Page {
	return port.Page{Key: key, Service: "payments", Environment: "prod", Title: "payments was rolled back (" + key + ")", At: time.Now()}
}

func incidents(pager *pagerdutytest.Server, key string) []pagerdutytest.Incident {
	return slices.DeleteFunc(pager.Incidents(), func(i pagerdutytest.Incident) bool { return !strings.Contains(i.Title, key+")") })
}

func pagers(t *testing.T, token string) (side, *pagerdutytest.Server, *pagerduty.Adapter) {
	const route = "routeroutekeyroutekeyroutekey000"
	pager := pagerdutytest.New(pagerdutytest.Options{Clock: time.Now, EventLimit: 10_000, Limit: 10_000})
	t.Cleanup(pager.Close)
	pager.AddUser(pagerdutytest.User{ID: "PBOT", Name: "gonogo", Email: "gonogo@shop.example"})
	pager.AddService(pagerdutytest.Service{ID: "PPAY", Name: "Payments", Policy: "POL1", Integrations: []pagerdutytest.Integration{{ID: "PINT", Key: route}}})
	l := lay(t, pager, to("POST", "/enqueue"))
	set := pagerduty.Settings{
		APIURL: address, EventsURL: address, Token: token, Services: map[string]pagerduty.Service{"payments": {ID: "PPAY", RoutingKey: "env:ROUTE"}},
	}
	if token != "" {
		set.From = "gonogo@shop.example"
	}
	a, err := pagerduty.New(set, pagerduty.Outside{Clock: time.Now, Client: l.client(), Secret: func(reference string) (string, error) {
		switch reference {
		case "env:TOKEN":
			return pagerdutytest.Token, nil
		case "env:ROUTE":
			return route, nil
		}
		return "", errors.New(reference + " is not set")
	}})
	no(t, err)
	return side{line: l, wrong: pager.Wrong}, pager, a
}
