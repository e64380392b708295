package commands

import (
	"context"
	"errors"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/incident"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

var (
	incidents     = state.Governed[incident.Incident]("incident")
	incidentOfRef = state.Ungoverned[string]("incident-of") // system/the pager's id
	incidentsOf   = state.Ungoverned[struct{}]("incidents") // R-1/I-1
)

// kindIncidentTake acknowledges an incident where it is kept.
const kindIncidentTake effect.Kind = "incident.take"

// taking is what to tell the pager of who took an incident.
type taking struct {
	Ref    string `json:"ref"`
	Person string `json:"person"`
}

func (p Ports) incidentPerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindIncidentTake] = bot.Performer{Perform: onPayload(func(ctx context.Context, w taking) (any, error) {
		keeper, ok := p.Pager.(port.Incidents)
		if !ok {
			return nil, effect.Permanently(errors.New("the configured pager keeps no incidents"))
		}
		as := port.Responder{}
		if id := accountOn(p.Reader().Accounts(w.Person), p.PagerSystem); id != "" {
			as.Account = chat.Account{Platform: p.PagerSystem, ID: id}
		}
		return nil, keeper.Take(ctx, w.Ref, as)
	})}
}

// keepsIncidents reports whether the pager keeps incidents that it tells of.
func (p Ports) keepsIncidents() bool {
	_, ok := p.Pager.(port.Incidents)
	return ok
}

// askIncidents asks the pager what is open about a service now: an empty list if nothing is.
func (p Ports) askIncidents(ctx context.Context, service string) ([]port.Incident, error) {
	keeper, ok := p.Pager.(port.Incidents)
	if !ok {
		return nil, errors.New("the configured pager keeps no incidents")
	}
	all, err := keeper.Open(ctx, service)
	if err != nil {
		return nil, err
	}
	return append([]port.Incident{}, all...), nil
}

// blockingIncidents are those that stand in the way. Pages of the bot's own do not: they are about what it did itself.
func blockingIncidents(r *bot.Reading, all []port.Incident) ([]port.Incident, error) {
	blocking := []port.Incident{}
	for _, i := range incident.Blocking(all, r.Org.Incidents.Block) {
		_, own, err := pageOfKey(r, i.Key)
		if err != nil {
			return nil, err
		}
		if !own {
			i.Title = "" // people's words, which a verdict does not repeat
			blocking = append(blocking, i)
		}
	}
	return blocking, nil
}

// incidentHeard takes what the pager said of an incident: one of the bot's own pages, or trouble that came by itself.
func (p Ports) incidentHeard(t *bot.Turn, n port.Notice, now port.Incident) error {
	page, own, err := pageOfKey(t, now.Key)
	if err != nil {
		return err
	}
	if own {
		return pageHeard(t, n, page, now.State)
	}
	if _, ok := t.Org.Service(now.Service); !ok {
		return nil
	}
	i, known, err := heardOf(t, n.System, now)
	if err != nil {
		return err
	}
	next, changed := i.Hear(now, n.At)
	if !changed {
		return nil
	}
	if now.State == port.IncidentAcknowledged && i.State != port.IncidentAcknowledged {
		next.TakenBy = t.Person
	}
	if !known {
		if next, err = p.newIncident(t, n, next, now); err != nil {
			return err
		}
	}
	t.About(next.ID)
	text := incidentText(next)
	t.Record("incident heard", text)
	if err := incidents.Put(t.Tx, next.ID, next); err != nil {
		return err
	}
	if err := lookSoon(t); err != nil {
		return err
	}
	if !known && !next.Open() { // kept, as that it began may still be heard, and no news
		return nil
	}
	if !next.Open() || next.State == port.IncidentAcknowledged {
		if err := t.Retract(next.ID, "acknowledge"); err != nil {
			return err
		}
	} else if err := offerIncident(t, next); err != nil {
		return err
	}
	if next.Release == "" {
		return t.Card(next.ID)
	}
	t.About(next.Release, next.Deployment)
	if !known {
		m := chat.Message{Title: chat.Say("incident.after", chat.Word("incident", next.ID), chat.Word("name", next.Name), chat.Word("service", next.Service),
			chat.Word("severity", string(next.Severity)), chat.Word("deployment", next.Deployment)), Tone: chat.Bad}
		if err := t.Announce("incident:"+next.ID, t.Org.Channels.Releases, m); err != nil {
			return err
		}
	}
	if err := t.Card(next.ID); err != nil {
		return err
	}
	return t.Card(next.Release)
}

// heardOf is what is known of an incident; false if nothing is.
func heardOf(r state.Reader, system string, now port.Incident) (incident.Incident, bool, error) {
	id, ok, err := incidentOfRef.Get(r, system+"/"+now.ID)
	if err != nil || !ok {
		return incident.Incident{V: incident.Version, System: system, Ref: now.ID, Service: now.Service, OpenedAt: now.OpenedAt.UTC()}, false, err
	}
	i, ok, err := incidents.Get(r, id)
	return i, ok, err
}

// newIncident gives an incident its id, and traces it to what was deployed not long before.
func (p Ports) newIncident(t *bot.Turn, n port.Notice, i incident.Incident, now port.Incident) (incident.Incident, error) {
	id, err := t.Next(letterIncident)
	if err != nil {
		return i, err
	}
	i.ID = id
	if now.Title != "" {
		title, err := t.Store().Seal(state.Strangers, now.Title)
		if err != nil {
			return i, err
		}
		i.Title = &title
	}
	d, found, err := deployedNotLongBefore(t, i)
	if err != nil {
		return i, err
	}
	if found {
		i.Deployment, i.Release = d.ID, d.Release
		if err := incidentsOf.Put(t.Tx, d.Release+"/"+id, struct{}{}); err != nil {
			return i, err
		}
	}
	if err := noteIncident(t, i); err != nil {
		return i, err
	}
	return i, incidentOfRef.Put(t.Tx, n.System+"/"+now.ID, id)
}

// deployedNotLongBefore is the newest deployment of an incident's service that began within the configured time before it: to the last
// environment, whose incidents wake people, else to any.
func deployedNotLongBefore(t *bot.Turn, i incident.Incident) (found rollout.Deployment, ok bool, err error) {
	err = deployments.Latest(t, func(_ string, d rollout.Deployment) error {
		if !d.RequestedAt.IsZero() && i.OpenedAt.Sub(d.RequestedAt) > searchedBack+t.Org.Incidents.Trace {
			return kv.ErrStop
		}
		if d.Service != i.Service || !incident.Follows(i.OpenedAt, d.StartedAt, t.Org.Incidents.Trace) {
			return nil
		}
		if final := t.Org.Final(d.Environment); final || !ok {
			found, ok = d, true
			if final {
				return kv.ErrStop
			}
		}
		return nil
	})
	return found, ok, err
}

// incidentText says where an incident stands.
func incidentText(i incident.Incident) chat.Text {
	return chat.Say("incident.stands", chat.Word("incident", i.ID), chat.Word("name", i.Name), chat.Word("service", i.Service),
		chat.Word("severity", string(i.Severity)), chat.Nested("state", incident.Text(i.State)), chat.Person("by", i.TakenBy))
}

func offerIncident(t *bot.Turn, i incident.Incident) error {
	return t.Offer(i.ID, bot.Offer{Name: "acknowledge", Label: "button.acknowledge", Line: "/ack " + i.ID, Style: chat.StylePrimary})
}

// ackIncident takes an incident, here and where it is kept.
func ackIncident(t *bot.Turn, id string) (chat.Reply, error) {
	i, ok, err := incidents.Get(t, id)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "incident.unknown", "incident", id)
	}
	t.About(id)
	if i.Release != "" {
		t.About(i.Release)
	}
	if refusal := t.Authorise(people.Respond, i.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	i, refusal := i.Take(t.Person)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := incidents.Put(t.Tx, id, i); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Retract(id, "acknowledge"); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Effect(bot.Intent{Kind: kindIncidentTake, Class: effect.Keyed, Key: "take:" + i.System + ":" + i.Ref + ":" + t.Key, Subject: id, Lane: "incident:" + id,
		Payload: taking{Ref: i.Ref, Person: t.Person}}); err != nil {
		return chat.Reply{}, err
	}
	if i.Release != "" {
		if err := t.Card(i.Release); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(chat.Say("incident.acknowledged", chat.Word("incident", id), chat.Word("name", i.Name), chat.Person("by", t.Person)),
		map[string]string{"incident": id}), t.Card(id)
}

// isIncident reports whether a short id is an incident's.
func isIncident(id string) bool { return strings.HasPrefix(id, letterIncident+"-") }
