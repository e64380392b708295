package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/state"
)

// change is what a release's ticket says by now.
func (p Ports) change(id string) (c port.Change, err error) {
	err = p.View(func(r *bot.Reading) error {
		rel, err := getRelease(r, id)
		if err != nil {
			return effect.Permanently(err)
		}
		c, err = p.changeOf(r, rel)
		return err
	})
	return c, err
}

func (p Ports) changeOf(r *bot.Reading, rel release.Release) (port.Change, error) {
	env := r.Org.Environments[len(r.Org.Environments)-1]
	c := port.Change{
		Key: ticketKey(rel), Release: rel.ID, Service: rel.Service, Version: rel.Version, Environment: env.Name, Digest: rel.Digest(),
		Tier: rel.Tier, Risk: words.Text(tierValue(rel), p.Reader(), rel.PlannedAt),
		Summary: rel.Subject() + " to " + env.Name, Rollback: "/rollback " + rel.ID + " " + env.Name,
		By: rel.Requester, Requester: p.party(rel.Requester), Link: p.releaseLink(r, rel.ID), At: rel.PlannedAt,
	}
	if a := rel.Artifact; a != nil {
		c.Commit, c.Items = a.Build.Commit, slices.Clone(a.Build.Changes)
	}
	if rel.Summary != nil {
		if text, ok := r.Bot.Store().Unseal(*rel.Summary); ok {
			c.Items = append(c.Items, text)
		}
	}
	approvers, err := approversOf(r, rel)
	if err != nil {
		return c, err
	}
	for _, id := range approvers {
		c.Approvers = append(c.Approvers, p.party(id))
	}
	c.Window, err = windowOf(r, rel, env.Name, env.Lock)
	return c, err
}

// approversOf are the people whose go counts for a release, as its ballot stands.
func approversOf(r *bot.Reading, rel release.Release) ([]string, error) {
	if rel.Ballot() == "" {
		return nil, nil
	}
	b, ok, err := ballots.Get(r, rel.Ballot())
	if err != nil || !ok {
		return nil, err
	}
	who, err := electors(r, r.Now, r.Org, b, rel, work(r, rel, r.Org, r.Bot.Store(), nil))
	if err != nil {
		return nil, err
	}
	return b.Approvers(who), nil
}

// windowOf is when the newest deployment of a release to the end of the line was made, or is expected to have been made.
func windowOf(r state.Reader, rel release.Release, environment string, takes time.Duration) (w port.Window, err error) {
	for _, id := range rel.Deployments {
		d, ok, err := deployments.Get(r, id)
		if err != nil {
			return w, err
		}
		if !ok || d.Environment != environment || d.Kind != rollout.Deploy || d.StartedAt.IsZero() {
			continue
		}
		w = port.Window{From: d.StartedAt, Until: d.StartedAt.Add(takes)}
		if !d.EndedAt.IsZero() {
			w.Until = d.EndedAt
		}
	}
	return w, nil
}

// party is a person as the change register may know them.
func (p Ports) party(person string) port.Party {
	if person == "" {
		return port.Party{}
	}
	return port.Party{Name: p.Reader().PersonName(person), Account: accountOn(p.Reader().Accounts(person), p.TicketSystem)}
}

// accountOn is the id of the first account on a platform, empty for none.
func accountOn(accounts []chat.Account, platform string) string {
	for _, a := range accounts {
		if platform != "" && a.Platform == platform {
			return a.ID
		}
	}
	return ""
}

// releaseLink leads to the bot's own page, empty where that can't be reached from elsewhere.
func (p Ports) releaseLink(r *bot.Reading, id string) string {
	if r.Bot.Address() == "" {
		return ""
	}
	return r.Bot.Address() + "/#" + id
}

// attachEvidence adds the release's whole story to its ticket: each entry of the trail with what it rested on.
func (p Ports) attachEvidence(ctx context.Context, ticket string, w ticketWork, e effect.Effect) (any, error) {
	var m chat.Message
	err := p.View(func(r *bot.Reading) (err error) {
		m, err = Story(r.Trail(), w.Release, 1, evidenceEntries)
		return err
	})
	if err != nil {
		return nil, err
	}
	body := []byte(words.Plain(words.WordMessage(m, p.Reader(), e.At)))
	if len(body) > port.EvidenceMost {
		return nil, effect.Permanently(fmt.Errorf("the story of %s is over %d bytes: /audit show tells it", w.Release, port.EvidenceMost))
	}
	return nil, p.Tickets.Attach(ctx, ticket, port.Evidence{
		Name: fmt.Sprintf("gonogo-%s-%s-%d.txt", w.Release, w.Status, e.ID), Type: "text/plain; charset=utf-8", Body: body,
	})
}

// evidenceEntries bounds the story that a ticket gets; a longer one says how much is left. A release has some dozens of entries.
const evidenceEntries = 1000
