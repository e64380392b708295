package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
)

// dutyPager is a pager that knows who is on call, and of incidents.
type dutyPager struct {
	*pager
	*rota
}

// rota is what such a pager knows besides its pages.
type rota struct {
	people    []port.Responder
	incidents map[string]port.Incident
	order     []string
	taken     []string
	changes   []port.Changed
	down      bool
	slow      time.Duration // how long it takes to answer about incidents
}

var errPagerDown = errors.New("the pager does not answer hunter2")

func (r *rota) OnCall(context.Context, string) ([]port.Responder, error) {
	if r.down {
		return nil, effect.Retryable(errPagerDown, 0)
	}
	return r.people, nil
}

func (r *rota) Open(ctx context.Context, service string) (open []port.Incident, err error) {
	if err := takes(ctx, r.slow); err != nil {
		return nil, err
	}
	if r.down {
		return nil, effect.Retryable(errPagerDown, 0)
	}
	for _, id := range r.order {
		if i := r.incidents[id]; i.Service == service && i.State != port.IncidentResolved {
			open = append(open, i)
		}
	}
	return open, nil
}

func (r *rota) Take(_ context.Context, id string, as port.Responder) error {
	if r.down {
		return effect.Retryable(errPagerDown, 0)
	}
	r.taken = append(r.taken, id+" as "+as.Account.ID)
	return nil
}

func (r *rota) Changed(_ context.Context, c port.Changed) error {
	r.changes = append(r.changes, c)
	return nil
}

// pagerPort is the pager that the configuration names.
func (w *world) pagerPort() port.Pager {
	c, err := config.Load(w.config, "organisation.yaml")
	if err != nil || c.Pager.Name != "pagerduty" {
		return w.pager
	}
	return dutyPager{w.pager, w.rota}
}

// oncall pagerduty::PSVEN …: these are on call, the first asked first.
func (p *play) oncall(a []string, _ string) {
	p.world.rota.people = nil
	for i, id := range a {
		p.world.rota.people = append(p.world.rota.people, port.Responder{Account: chat.Account{Platform: "pagerduty", ID: id}, Level: i + 1})
	}
}

// notice says what an adapter heard. Words like key=value say more: by, at (an age), was, is, says, status, service, severity, title, env,
// version, state, claims, key; not=yet if the bot can't take it so far.
//
//	notice ticket CHG-1 was=Review is=Approved says=go by=jira::carla
//	notice incident Q1 service=payments severity=critical state=triggered
//	notice run 45 service=payments env=prod state=succeeded by=jenkins::mallory
func (p *play) notice(a []string, _ string) {
	n := port.Notice{Key: strings.Join(a, " "), System: map[string]string{"ticket": "jira", "incident": "pagerduty", "run": "jenkins"}[a[0]], At: time.Now()}
	said := map[string]string{}
	for _, word := range a[2:] {
		k, v, _ := strings.Cut(word, "=")
		said[k] = strings.ReplaceAll(v, "_", " ")
	}
	if key := said["key"]; key != "" {
		n.Key = key
	}
	if age, err := time.ParseDuration(said["at"]); err == nil {
		n.At = n.At.Add(-age)
	}
	if platform, id, ok := strings.Cut(said["by"], "::"); ok {
		n.Account = chat.Account{Platform: platform, ID: id}
	}
	switch a[0] {
	case "ticket":
		ticket, err := p.world.tickets.Ticket(p.Context(), a[1])
		if err != nil {
			p.Fatal(err)
		}
		ticket.Native = said["is"]
		if s := said["status"]; s != "" {
			ticket.Status = port.TicketStatus(s)
		}
		n.Ticket = &port.TicketNotice{Ticket: ticket, Was: said["was"], Is: said["is"], Decision: port.Decision(said["says"])}
	case "incident":
		r := p.world.rota
		if r.incidents == nil {
			r.incidents = map[string]port.Incident{}
		}
		i, known := r.incidents[a[1]]
		if page, ok := strings.CutPrefix(said["claims"], "page:"); ok {
			said["claims"] = p.world.pageKey(page)
		}
		if !known {
			r.order = append(r.order, a[1])
			i = port.Incident{ID: a[1], Name: "#" + a[1][1:], Service: said["service"], Severity: port.Severity(said["severity"]), Title: said["title"], Key: said["claims"], OpenedAt: n.At}
		}
		i.State = port.IncidentState(said["state"])
		r.incidents[a[1]] = i
		n.Incident = &port.IncidentNotice{Incident: i}
	case "run":
		if d, ok := strings.CutPrefix(said["claims"], "run:"); ok {
			said["claims"] = p.world.runKey(d)
		}
		n.Run = &port.RunNotice{Key: said["claims"], Pipeline: "runner", Service: said["service"], Environment: said["env"], Version: said["version"],
			Run: port.Run{ID: a[1]}, State: port.RunState(said["state"])}
	}
	if err := p.world.bot.Notice(p.Context(), n); said["not"] == "yet" {
		if err == nil {
			p.fail("the notice was taken")
		}
	} else if err != nil {
		p.fail("notice: %v", err)
	}
	p.heard = append(p.heard, fmt.Sprintf("%d: noticed", p.line))
}

// runKey is what the pipeline knows the run of a deployment by.
func (w *world) runKey(id string) string {
	w.pipeline.mu.Lock()
	defer w.pipeline.mu.Unlock()
	for key := range w.pipeline.runs {
		if strings.HasPrefix(key, "gonogo-"+id+"-") {
			return key
		}
	}
	return ""
}

// pageKey is what the pager knows the page of an id by.
func (w *world) pageKey(id string) string {
	w.pager.mu.Lock()
	defer w.pager.mu.Unlock()
	for _, page := range w.pager.order {
		if strings.HasPrefix(page.Key, "gonogo-"+id+"-") {
			return page.Key
		}
	}
	return ""
}
