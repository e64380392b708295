package commands

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// listed is how many releases a list shows.
const listed = 20

func releaseShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "show"}, Summary: "Show where a release stands.",
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/release show R-1", Does: "shows R-1's card"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			rel, err := getRelease(r, c.Text("release"))
			if err != nil {
				return chat.Reply{}, err
			}
			if err := openedEvidence(r, rel); err != nil {
				return chat.Reply{}, err
			}
			m, err := releaseMessage(r, rel)
			m.Card, m.Private = "", true
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: map[string]string{"release": rel.ID}, Messages: []chat.Message{m}}, err
		},
	}
}

func releaseList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "list"}, Summary: "List releases, the newest first.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Optional: true, Help: "Only this service."},
				{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also those that have ended."},
			},
			Examples: []command.Example{
				{Line: "/release list", Does: "lists the releases under way"},
				{Line: "/release list {service} --all", Does: "lists every release of {service}"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			s := chat.Section{}
			more := false
			err := releases.Latest(r, func(id string, rel release.Release) error {
				if c.Has("service") && rel.Service != c.Text("service") || !c.Has("all") && rel.State.Settled() {
					return nil
				}
				if more = len(s.Lines) == listed; more {
					return kv.ErrStop
				}
				s.Lines = append(s.Lines, chat.Line{Text: chat.Say("release.line", chat.Word("release", id), chat.Word("what", rel.Subject()),
					chat.Nested("state", rel.State.Text()), chat.Word("tier", rel.Tier), chat.Time("planned", rel.PlannedAt))})
				return nil
			})
			m := chat.Message{Title: chat.Say("release.list", chat.Count("count", len(s.Lines))), Private: true}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			if more {
				m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
			}
			return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, err
		},
	}
}

func releaseCancel() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "cancel"}, Right: people.Cancel, DryRun: true, Summary: "Give a release up; what runs stays as it is.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: `/release cancel R-1 "superseded by a hotfix"`, Does: "cancels R-1"}},
		},
		Decide: cancel,
	}
}

func cancel(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Cancel, r.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	next, refusal := r.Apply(release.Cancel, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	if err := putRelease(t, next); err != nil {
		return chat.Reply{}, err
	}
	if err := withdrawBallot(t, r.Ballot(), reason); err != nil {
		return chat.Reply{}, err
	}
	if r.Emergency != nil {
		if err := withdrawBallot(t, r.Emergency.Ballot, reason); err != nil {
			return chat.Reply{}, err
		}
	}
	if err := withdrawTierBallot(t, r, reason); err != nil {
		return chat.Reply{}, err
	}
	next.Lowering = nil
	if err := withdrawBoard(t, r, reason); err != nil {
		return chat.Reply{}, err
	}
	if err := releaseGivenUp(t, r, reason); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Retract(r.ID, "deploy", "cancel", "reopen"); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("release.cancelled", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Person("by", t.Person))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	if err := ticketMove(t, next, port.TicketCancelled, text); err != nil {
		return chat.Reply{}, err
	}
	return done(text, map[string]string{"release": r.ID}), t.Card(r.ID)
}

func (p Ports) releaseExplain() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "explain"}, Summary: "List every gate with its verdict, figures, who can open it and when it next opens.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Optional: true, Help: "Where to; the next one it has not passed if left out."},
			},
			Examples: []command.Example{
				{Line: "/release explain R-1", Does: "explains what R-1 waits for"},
				{Line: "/release explain R-1 {environment}", Does: "asks production's gates"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) { return p.explain(r, c) },
	}
}

// explain asks the gates as the speaker's own attempt would, and changes nothing.
func (p Ports) explain(r *bot.Reading, c command.Call) (chat.Reply, error) {
	rel, err := getRelease(r, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	env, ok := r.Org.Environment(c.Text("environment"))
	if !ok {
		env = r.Org.First()
		for rel.Passed[env.Name] != "" {
			next, more := r.Org.Next(env.Name)
			if !more {
				break
			}
			env = next
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
	defer cancel()
	f, err := p.gateFacts(ctx, r, rel.ID, env.Name)
	if err != nil {
		return chat.Reply{}, err
	}
	if err := openedEvidence(r, rel); err != nil {
		return chat.Reply{}, err
	}
	report, _, err := evaluate(r, r.Org, r.Bot.Store(), question{release: rel, environment: env, executor: r.Person, now: r.Now}, f)
	if err != nil {
		return chat.Reply{}, err
	}
	code := chat.Code("explain.closed")
	tone := chat.Warning
	if report.Open() {
		code, tone = "explain.open", chat.Good
	}
	m := chat.Message{Title: chat.Say(code, chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("environment", env.Name),
		chat.Count("closed", len(report.Closed()))), Tone: tone, Private: true, Sections: []chat.Section{{Lines: report.Lines()}}}
	if at, ok := report.NextOpen(); ok {
		m.Title.Args = append(m.Title.Args, chat.Time("opens", at))
	}
	if !deployable(r.Org, rel, env.Name) { // whatever its gates say
		code, m.Tone = "explain.closed", chat.Warning
		m.Title = chat.Say("deploy.not_now", chat.Word("release", rel.ID), chat.Nested("state", rel.State.Text()))
	}
	if r.Person != "" && !r.Org.May(r.Person, people.Deploy, rel.Service, env.Name) {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("explain.may_not",
			chat.Word("environment", env.Name), chat.People("holders", r.Org.Holders(people.Deploy, rel.Service, env.Name)))}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: code, IDs: map[string]string{"release": rel.ID}, Messages: []chat.Message{m}}, nil
}
