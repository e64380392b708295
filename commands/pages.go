package commands

import (
	"context"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/state"
)

// Effects on the pager.
const (
	kindPage        effect.Kind = "page.trigger"
	kindPageAck     effect.Kind = "page.acknowledge"
	kindPageResolve effect.Kind = "page.resolve"
)

// paging is what to tell the pager.
type paging struct {
	Page        string       `json:"page,omitempty"`
	Key         string       `json:"key"`
	Service     string       `json:"service,omitempty"`
	Environment string       `json:"environment,omitempty"`
	Release     string       `json:"release,omitempty"`
	Message     chat.Message `json:"message,omitzero"`
}

// woken is what came of a page: who is on call, where the pager knows, or why it could not say.
type woken struct {
	Accounts []chat.Account `json:"accounts,omitempty"`
	Fault    string         `json:"fault,omitempty"`
}

func (p Ports) pagePerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindPage] = bot.Performer{Perform: func(ctx context.Context, e effect.Effect) (any, error) {
		return onPayload(func(ctx context.Context, w paging) (any, error) { return p.wake(ctx, w, e) })(ctx, e)
	}}
	performers[kindPageAck] = bot.Performer{Perform: onPayload(func(ctx context.Context, w paging) (any, error) {
		return nil, p.Pager.Acknowledge(ctx, w.Key)
	})}
	performers[kindPageResolve] = bot.Performer{Perform: onPayload(func(ctx context.Context, w paging) (any, error) {
		return nil, p.Pager.Resolve(ctx, w.Key)
	})}
}

// wake triggers a page and asks who that wakes. A page that was resolved meanwhile wakes nobody.
func (p Ports) wake(ctx context.Context, w paging, e effect.Effect) (any, error) {
	over := false
	var its *bot.Bot
	links := []port.Link{}
	err := p.View(func(r *bot.Reading) error {
		its = r.Bot
		page, ok, err := pages.Get(r, e.Subject)
		over = ok && page.State == followup.PageResolved
		if link := p.releaseLink(r, w.Release); link != "" && w.Release != "" {
			links = append(links, port.Link{Text: w.Release, URL: link})
		}
		return err
	})
	if err != nil || over {
		return nil, err
	}
	said := words.WordMessage(w.Message, p.Reader(), e.At)
	if err := p.Pager.Trigger(ctx, port.Page{
		Key: w.Key, Service: w.Service, Environment: w.Environment, Severity: port.Critical, Title: said.Title, Message: w.Message,
		Details: details(said), Links: links, At: e.At,
	}); err != nil {
		return nil, err
	}
	rota, ok := p.Pager.(port.Rota)
	if !ok {
		return nil, nil
	}
	list, err := rota.OnCall(ctx, w.Service)
	if err != nil { // somebody is woken: that the bot can't name them is no reason to wake them again
		return woken{Fault: its.Redacted(err).Error()}, nil
	}
	return woken{Accounts: accountsOf(list)}, nil
}

// accountsOf are the accounts by which those on call may be known here.
func accountsOf(list []port.Responder) (accounts []chat.Account) {
	for _, r := range list {
		accounts = append(accounts, r.Account)
		if r.Email != "" {
			accounts = append(accounts, gitAccount(r.Email))
		}
	}
	return accounts
}

// details are a worded message as label and text, for pagers that show no message of ours.
func details(m words.Message) (list []port.Detail) {
	for _, s := range m.Sections {
		for _, f := range s.Fields {
			list = append(list, port.Detail{Label: f.Label, Text: f.Value})
		}
		for _, l := range s.Lines {
			list = append(list, port.Detail{Label: s.Heading, Text: strings.Join(append([]string{l.Text}, l.Sub...), "; ")})
		}
	}
	return list
}

// page wakes the on-call: through the pager, and on a card in their channel.
func page(t *bot.Turn, d rollout.Deployment, followUp string, title chat.Text, reasons []chat.Text) error {
	id, err := t.Next(letterPage)
	if err != nil {
		return err
	}
	p := followup.Page{
		V: followup.Version, ID: id, Key: pageKey(id, d.Key), Service: d.Service, Release: d.Release, Deployment: d.ID, FollowUp: followUp,
		State: followup.PageTriggered, At: t.Now.UTC(), Text: title,
	}
	t.About(id)
	if err := pages.Put(t.Tx, id, p); err != nil {
		return err
	}
	for _, about := range []string{d.ID, followUp} {
		if err := pagesOf.Put(t.Tx, about+"/"+id, struct{}{}); err != nil {
			return err
		}
	}
	f, _, err := followUps.Get(t, followUp)
	if err != nil {
		return err
	}
	if err := offerOnPage(t, p, d, f.Kind); err != nil {
		return err
	}
	now, _, err := running.Get(t, place(d.Service, d.Environment))
	if err != nil {
		return err
	}
	m := chat.Message{Title: title, Tone: chat.Bad, Mentions: t.Org.Holders(people.Respond, d.Service, d.Environment)}
	m.Sections = append(m.Sections, whySection(reasons), standsSection(p, d, now), nextSection(p, d, f.Kind))
	if err := t.Effect(bot.Intent{Kind: kindPage, Class: effect.Keyed, Key: p.Key, Subject: id, Lane: "page:" + id,
		Payload: paging{Key: p.Key, Service: d.Service, Environment: d.Environment, Release: d.Release, Message: m}}); err != nil {
		return err
	}
	return t.Card(id)
}

// offerOnPage puts the ways on on a page: who is woken should need nothing else.
func offerOnPage(t *bot.Turn, p followup.Page, d rollout.Deployment, kind followup.Kind) error {
	offers := []bot.Offer{
		{Name: "acknowledge", Label: "button.acknowledge", Line: "/ack " + p.ID, Style: chat.StylePrimary},
		{Name: "owner", Label: "button.call_owner", Line: "/oncall owner " + p.ID, Order: 3},
	}
	if kind == followup.Rollback || kind == followup.FailedRollback {
		offers = append(offers, bot.Offer{Name: "retry", Label: "button.retry_rollback", Line: "/rollback " + d.Release + " " + d.Environment, Style: chat.StyleDanger, Order: 1,
			Confirm: chat.Say("confirm.rollback", chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("previous", d.Previous.Version))})
	}
	for _, o := range offers {
		if err := t.Offer(p.ID, o); err != nil {
			return err
		}
	}
	return nil
}

func (p Ports) ack() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"ack"}, Right: people.Respond, DryRun: true, Summary: "Take a page or an incident: others see that somebody is on it.",
			Params: []command.Param{{Name: "page", Kind: command.KindSubject, Help: "The page or incident: P-1, I-1."}},
			Examples: []command.Example{
				{Line: "/ack P-1", Does: "acknowledges P-1"},
				{Line: "/ack I-1", Does: "acknowledges the incident I-1, in the pager too"},
			},
		},
		Decide: ack,
	}
}

func ack(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	id := c.Text("page")
	if isIncident(id) {
		return ackIncident(t, id)
	}
	p, ok, err := pages.Get(t, id)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "page.unknown", "page", id)
	}
	t.About(id, p.Release, p.Deployment)
	if refusal := t.Authorise(people.Respond, p.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	p, refusal := p.Acknowledge(t.Person, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := pages.Put(t.Tx, id, p); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Retract(id, "acknowledge"); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Effect(bot.Intent{Kind: kindPageAck, Class: effect.Keyed, Key: p.Key + ":ack", Subject: id, Lane: "page:" + id, Payload: paging{Key: p.Key}}); err != nil {
		return chat.Reply{}, err
	}
	if p.FollowUp != "" {
		if err := takeFollowUp(t, p.FollowUp); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(chat.Say("page.acknowledged", chat.Word("page", id), chat.Person("by", t.Person), chat.Nested("about", p.Text)),
		map[string]string{"page": id, "release": p.Release}), t.Card(id)
}

// refreshPages shows the pages about a deployment as things stand now.
func refreshPages(t *bot.Turn, deployment string) error {
	ids, err := pagesAbout(t, deployment)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := t.Card(id); err != nil {
			return err
		}
	}
	return nil
}

// openFollowUp notes work that must not be forgotten, and whose it is.
func openFollowUp(t *bot.Turn, kind followup.Kind, d rollout.Deployment, text chat.Text) (string, error) {
	id, err := t.Next(letterFollowUp)
	if err != nil {
		return "", err
	}
	s, _ := t.Org.Service(d.Service)
	f := followup.FollowUp{
		V: followup.Version, ID: id, Kind: kind, Release: d.Release, Deployment: d.ID, Owner: s.Owner, Opened: t.Now.UTC(),
		State: followup.Open, Text: text,
	}
	t.About(id)
	return id, putFollowUp(t, f)
}

func putFollowUp(t *bot.Turn, f followup.FollowUp) error {
	if f.State == followup.Open {
		o := bot.Offer{Name: "take", Label: "button.take", Line: "/followup take " + f.ID}
		if err := t.Offer(f.ID, o); err != nil {
			return err
		}
	} else if err := t.Retract(f.ID, "take"); err != nil {
		return err
	}
	if key := f.Release + "/" + f.ID; f.State == followup.Closed {
		followUpsOf.Delete(t.Tx, key)
	} else if err := followUpsOf.Put(t.Tx, key, struct{}{}); err != nil {
		return err
	}
	if err := followUps.Put(t.Tx, f.ID, f); err != nil {
		return err
	}
	return t.Card(f.ID)
}

// takeFollowUp marks that the speaker sees to a follow-up; one that is closed already stays so.
func takeFollowUp(t *bot.Turn, id string) error {
	f, ok, err := followUps.Get(t, id)
	if err != nil || !ok || f.State == followup.Closed {
		return err
	}
	f, refusal := f.Acknowledge(t.Person)
	if refusal != nil {
		return refusal
	}
	t.About(id)
	return putFollowUp(t, f)
}

// resolvePagesOf tells the pager that what a follow-up was about is over.
func resolvePagesOf(t *bot.Turn, followUp string) error {
	ids, err := pagesAbout(t, followUp)
	if err != nil {
		return err
	}
	for _, id := range ids {
		p, ok, err := pages.Get(t, id)
		if err != nil {
			return err
		}
		if !ok || p.State == followup.PageResolved {
			continue
		}
		next, refusal := p.Resolve(t.Person, t.Now)
		if refusal != nil {
			return refusal
		}
		if err := pages.Put(t.Tx, p.ID, next); err != nil {
			return err
		}
		if err := t.Retract(p.ID, pageButtons...); err != nil {
			return err
		}
		if err := t.Effect(bot.Intent{Kind: kindPageResolve, Class: effect.Keyed, Key: p.Key + ":resolve", Subject: p.ID, Lane: "page:" + p.ID, Payload: paging{Key: p.Key}}); err != nil {
			return err
		}
		if err := t.Card(p.ID); err != nil {
			return err
		}
	}
	return nil
}

// openFollowUps lists what is still open about a release.
func openFollowUps(r state.Reader, release string) ([]followup.FollowUp, error) {
	var list []followup.FollowUp
	err := followUpsOf.Under(r, release+"/", func(key string, _ struct{}) error {
		f, ok, err := followUps.Get(r, key[len(release)+1:])
		if ok {
			list = append(list, f)
		}
		return err
	})
	return list, err
}

// pagesAbout lists the pages about a deployment or a follow-up.
func pagesAbout(r state.Reader, about string) ([]string, error) {
	var ids []string
	err := pagesOf.Under(r, about+"/", func(key string, _ struct{}) error {
		ids = append(ids, key[len(about)+1:])
		return nil
	})
	return ids, err
}
