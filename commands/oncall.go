package commands

import (
	"context"
	"encoding/json"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func (p Ports) onCall() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"oncall"}, Summary: "Say who is on call for a service.",
			Params:   []command.Param{{Name: "service", Kind: command.KindService, Help: "The service."}},
			Examples: []command.Example{{Line: "/oncall {service}", Does: "names who is on call for {service}"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			service := c.Text("service")
			answer := r.Org.Holders(people.Respond, service, "")
			rota, ok := p.Pager.(port.Rota)
			if !ok {
				return privately(chat.Plain(chat.Say("oncall.no_rota", chat.Word("service", service), chat.People("people", answer))), nil), nil
			}
			ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
			defer cancel()
			list, err := rota.OnCall(ctx, service)
			if err != nil {
				return privately(chat.Plain(chat.Say("oncall.unknown", chat.Word("service", service), chat.Word("fault", r.Bot.Redacted(err).Error()), chat.People("people", answer))), nil), nil
			}
			m := chat.Message{Title: chat.Say("oncall.now", chat.Word("service", service), chat.Word("system", p.PagerSystem))}
			s := chat.Section{}
			for _, someone := range list {
				s.Lines = append(s.Lines, responderLine(r, someone, p.PagerSystem))
			}
			if len(s.Lines) == 0 {
				s.Lines = []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("oncall.nobody", chat.Word("service", service), chat.People("people", answer))}}
			}
			m.Sections = []chat.Section{s}
			return privately(m, nil), nil
		},
	}
}

// responderLine names somebody on call as they are known here.
func responderLine(r *bot.Reading, someone port.Responder, system string) chat.Line {
	who := chat.Say("notice.stranger", chat.Word("system", system))
	mark := chat.MarkUnknown
	for _, a := range accountsOf([]port.Responder{someone}) {
		if person, ok := r.Org.Directory.Resolve(a); ok {
			who, mark = chat.Say("value.person", chat.Person("person", person)), chat.MarkOpen
			break
		}
	}
	text := chat.Say("oncall.line", chat.Nested("who", who), chat.Count("level", someone.Level))
	if !someone.Until.IsZero() {
		text = chat.Say("oncall.line_until", chat.Nested("who", who), chat.Count("level", someone.Level), chat.Time("until", someone.Until))
	}
	return chat.Line{Mark: mark, Text: text}
}

func callOwner() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"oncall", "owner"}, Right: people.Respond, DryRun: true, Summary: "Call the owner of what a page is about.",
			Params:   []command.Param{{Name: "page", Kind: command.KindSubject, Help: "The page: P-1."}},
			Examples: []command.Example{{Line: "/oncall owner P-1", Does: "calls the owner of the service that P-1 is about, in the on-call channel"}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			id := c.Text("page")
			p, ok, err := pages.Get(t, id)
			if err != nil || !ok {
				return chat.Reply{}, orUnknown(err, "page.unknown", "page", id)
			}
			t.About(id, p.Release)
			if refusal := t.Authorise(people.Respond, p.Service, ""); refusal != nil {
				return chat.Reply{}, refusal
			}
			s, _ := t.Org.Service(p.Service)
			owners := []string{s.Owner}
			if _, person := t.Org.Directory.Person(s.Owner); !person {
				owners = t.Org.Directory.Members(s.Owner)
			}
			if owners = except(owners, ""); len(owners) == 0 {
				return chat.Reply{}, chat.Refuse("call.no_owner", chat.Word("service", p.Service))
			}
			text := chat.Say("call.owner", chat.People("owners", owners), chat.Person("by", t.Person), chat.Word("page", id), chat.Nested("about", p.Text))
			if err := t.Announce("call:"+t.Key, t.Org.Channels.OnCall, chat.Message{Title: text, Tone: chat.Bad, Mentions: owners, Thread: id}); err != nil {
				return chat.Reply{}, err
			}
			return quietly(chat.Say("call.called", chat.People("owners", owners), chat.Word("page", id)), map[string]string{"page": id}), nil
		},
	}
}

// changePerformers tell the on-call's pager of changes, where it takes them.
func (p Ports) changePerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindChanged] = bot.Performer{Perform: func(ctx context.Context, e effect.Effect) (any, error) {
		feed, ok := p.Pager.(port.ChangeFeed)
		if !ok {
			return nil, nil
		}
		var w changing
		if err := json.Unmarshal(e.Payload, &w); err != nil {
			return nil, effect.Permanently(err)
		}
		var c port.Changed
		err := p.View(func(r *bot.Reading) error {
			d, _, err := deployments.Get(r, w.Deployment)
			c = p.changedBy(r, d, w.Text, e.Key, e.At)
			return err
		})
		if err != nil {
			return nil, err
		}
		return nil, feed.Changed(ctx, c)
	}}
}

func (p Ports) changedBy(r *bot.Reading, d rollout.Deployment, text chat.Text, key string, at time.Time) port.Changed {
	c := port.Changed{
		Key: key, Service: d.Service, Environment: d.Environment, Version: d.Version, Release: d.Release, Deployment: d.ID, Rollback: d.Kind == rollout.Rollback,
		Summary: words.Text(text, p.Reader(), at), At: at,
	}
	for _, detail := range []port.Detail{
		{Label: words.Label("label.release"), Text: d.Release}, {Label: words.Label("label.deployment"), Text: d.ID},
		{Label: words.Label("label.artifact"), Text: d.Digest}, {Label: words.Label("label.previous"), Text: d.Previous.Version},
	} {
		if detail.Text != "" {
			c.Details = append(c.Details, detail)
		}
	}
	if link := p.releaseLink(r, d.Release); link != "" {
		c.Links = append(c.Links, port.Link{Text: d.Release, URL: link})
	}
	if d.Run.Link != "" && d.Run.Link[0] != '/' {
		c.Links = append(c.Links, port.Link{Text: words.Label("button.pipeline"), URL: d.Run.Link})
	}
	return c
}
