package commands

import (
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/recur"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// How far a simulation looks.
const (
	simulateAhead = 90 * 24 * time.Hour // unless said
	simulateBack  = 90 * 24 * time.Hour
	simulateReads = 20_000 // deployments of the past, at most
)

func freezeSimulate() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words:   []string{"freeze", "simulate"},
			Summary: "Show what a freeze would hit, with every time that it would hold; nothing is changed.",
			Params: append(freezeTimes("to"), append(freezeFlags(),
				command.Param{Name: "until", Kind: command.KindTime, Flag: true, Optional: true, Help: "How far to look ahead; 90 days if left out."})...),
			Examples: []command.Example{
				{Line: `/freeze simulate {environment} "Fri 16:00" "Mon 08:00" --every weekly`, Does: "shows what closed weekends would hit in {environment}"},
				{Line: `/freeze simulate all "2026-12-24" "2026-12-26" --all-day --zone Europe/Berlin`, Does: "shows what three whole days would hit everywhere"},
			},
		},
		Read: simulate,
	}
}

func simulate(r *bot.Reading, c command.Call) (chat.Reply, error) {
	f, refusal := freezeSaid(r.Org, c, "to", r.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := senseless(r.Org, f, r.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	until := r.Now.Add(simulateAhead)
	if c.Has("until") {
		until = c.Time("until")
	}
	if !until.After(r.Now) {
		return chat.Reply{}, chat.Reject("freeze.simulate_past", chat.Time("until", until))
	}
	zone := c.Time("from").Location()
	m := chat.Message{Title: chat.Say("freeze.simulated", chat.Nested("freeze", simulatedText(f, r.Now))), Private: true}
	parts := []func() (chat.Section, error){
		func() (chat.Section, error) { return simulatedTimes(f, r.Now, until, zone), nil },
		func() (chat.Section, error) { return simulatedReleases(r, f) },
		func() (chat.Section, error) { return simulatedCalendar(r, f, until) },
		func() (chat.Section, error) { return simulatedPast(r, f, zone) },
	}
	for _, part := range parts {
		s, err := part()
		if err != nil {
			return chat.Reply{}, err
		}
		if len(s.Lines) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}

// simulatedText says what is tried.
func simulatedText(f freeze.Freeze, now time.Time) chat.Text {
	from, until := f.Times(now)
	text := chat.Say("freeze.tried", chat.Nested("scope", f.Scope.Text()), inZone(chat.Time("from", from), f.Zone))
	if !until.IsZero() {
		text.Args = append(text.Args, inZone(chat.Time("until", until), f.Zone))
	}
	if f.Schedule != nil {
		text.Args = append(text.Args, chat.Nested("every", f.Schedule.Text()))
	}
	return text
}

// simulatedTimes lists when it would hold, each with what the clocks do to it. What the clocks do is listed however far it is.
func simulatedTimes(f freeze.Freeze, now, until time.Time, zone *time.Location) chat.Section {
	s := chat.Section{}
	count, plain, total := 0, 0, time.Duration(0)
	for o := range f.Occurrences(now, until) {
		if count++; count > simulateReads {
			break
		}
		if freeze.Ends(o) {
			total += o.To.Sub(o.From)
		}
		edges := f.Edges(o, zone)
		if plain++; plain > listed && len(edges) == 0 || len(s.Lines) > 2*listed {
			continue
		}
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: occurrenceText(o, f.Zone), Sub: edges})
	}
	s.Heading = chat.Say("freeze.times", chat.Count("count", count), chat.Duration("total", total), inZone(chat.Time("until", until), f.Zone))
	if shown := len(s.Lines); shown < count {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("freeze.times_more", chat.Count("more", count-shown))})
	}
	return s
}

// simulatedReleases lists the releases under way that would be held back.
func simulatedReleases(r *bot.Reading, f freeze.Freeze) (chat.Section, error) {
	s := chat.Section{}
	more := 0
	err := openReleases.All(r, func(key string, _ struct{}) error {
		_, id, _ := strings.Cut(key, "/")
		rel, ok, err := releases.Get(r, id)
		if err != nil || !ok || rel.State.Settled() || !coversService(r.Org, f.Scope, rel.Service) {
			return err
		}
		if len(s.Lines) == listed {
			more++
			return nil
		}
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: releaseLine(rel)})
		return nil
	})
	s.Heading = chat.Say("freeze.would_hold", chat.Count("count", len(s.Lines)+more))
	if more > 0 {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("freeze.times_more", chat.Count("more", more))})
	}
	return s, err
}

func releaseLine(rel release.Release) chat.Text {
	return chat.Say("freeze.would_hold_release", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Nested("state", rel.State.Text()))
}

// simulatedPast estimates from the deployments of the past how many it would hit.
func simulatedPast(r *bot.Reading, f freeze.Freeze, zone *time.Location) (chat.Section, error) {
	like, comparable := f.Like(zone)
	since, read, all, hit := r.Now.Add(-simulateBack), 0, 0, 0
	err := deployments.Latest(r, func(_ string, d rollout.Deployment) error {
		if read++; d.RequestedAt.Before(since) || read > simulateReads {
			return kv.ErrStop
		}
		if d.Kind == rollout.Rollback || d.StartedAt.IsZero() || !f.Scope.Covers(target(r.Org, d.Service, d.Environment)) {
			return nil
		}
		all++
		if comparable && like.State(d.StartedAt) == freeze.Active {
			hit++
		}
		return nil
	})
	if err != nil {
		return chat.Section{}, err
	}
	text := chat.Say("freeze.past_hits", chat.Count("hit", hit), chat.Count("count", all), chat.Duration("back", simulateBack))
	switch {
	case read > simulateReads:
		text.Code = "freeze.past_many"
	case !comparable:
		text.Code = "freeze.past_unlike"
	}
	return chat.Section{Heading: chat.Say("heading.past_hits"), Lines: []chat.Line{{Text: text}}}, nil
}

// occurrenceText says when one time begins and ends.
func occurrenceText(o recur.Interval, zone string) chat.Text {
	text := chat.Say("freeze.occurrence", inZone(chat.Time("from", o.From), zone))
	if freeze.Ends(o) {
		text.Args = append(text.Args, inZone(chat.Time("until", o.To), zone), chat.Duration("length", o.To.Sub(o.From)))
	}
	return text
}
