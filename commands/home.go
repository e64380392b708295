package commands

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// homeMost is how many of a kind home shows; the others are counted, and listed by commands of their own.
const homeMost = 10

func home() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"home"}, Summary: "Show what is yours: votes that wait for you, releases, pages, and the freezes to come.",
			Examples: []command.Example{{Line: "/home", Does: "shows what waits for you, with buttons"}},
		},
		Strangers: true,
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			if !r.Linked {
				return privately(stranger(r), nil), nil
			}
			m := chat.Message{Title: chat.Say("home.title", chat.Person("person", r.Person))}
			for _, part := range []func(*bot.Reading) ([]chat.Section, error){votesAtHome, windowsAtHome, releasesAtHome, callsAtHome, freezesAtHome} {
				sections, err := part(r)
				if err != nil {
					return chat.Reply{}, err
				}
				m.Sections = append(m.Sections, sections...)
			}
			return privately(m, nil), nil
		},
	}
}

// under puts a heading over sections, and says so where there is nothing or more than is shown.
func under(heading, nothing chat.Code, sections []chat.Section, all int) []chat.Section {
	if len(sections) == 0 {
		return []chat.Section{{Heading: chat.Say(heading), Lines: []chat.Line{{Text: chat.Say(nothing)}}}}
	}
	sections[0].Heading = chat.Say(heading)
	if more := all - homeMost; more > 0 {
		last := &sections[len(sections)-1]
		last.Lines = append(last.Lines, chat.Line{Text: chat.Say("home.more", chat.Count("count", more))})
	}
	return sections
}

// votesAtHome are the ballots that wait for the reader, each with its buttons.
func votesAtHome(r *bot.Reading) ([]chat.Section, error) {
	open, err := openBallots(r)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(open, func(a, b approval.Ballot) int { return a.Closes.Compare(b.Closes) })
	var sections []chat.Section
	all := 0
	for _, head := range open {
		b, _, err := ballots.Get(r, head.ID)
		if err != nil {
			return nil, err
		}
		rel, err := releaseOfBallot(r, r.Org, b)
		if err != nil {
			return nil, err
		}
		who, err := electors(r, r.Now, r.Org, b, rel, work(r, rel, r.Org, r.Bot.Store(), nil))
		if err != nil {
			return nil, err
		}
		tally := b.Tally(who)
		unconfirmed := slices.Contains(tally.Unconfirmed, r.Person)
		if !unconfirmed && !slices.Contains(b.Needed(tally), r.Person) {
			continue
		}
		if all++; all > homeMost {
			continue
		}
		buttons, err := bot.Offers(r, b.ID)
		if err != nil {
			return nil, err
		}
		line := chat.Line{Mark: chat.MarkWaiting, Sub: []chat.Text{tally.Text()},
			Text: chat.Say("home.vote", chat.Word("ballot", b.ID), chat.Nested("purpose", chat.Say("ballot.purpose."+chat.Code(b.Purpose))),
				chat.Word("what", rel.Subject()), chat.Word("on", b.Subject), chat.Time("closes", b.Closes))}
		if v, _ := b.VoteOf(r.Person); unconfirmed {
			line.Sub = append(line.Sub, chat.Say("home.confirm", chat.Nested("choice", v.Choice.Text()), chat.Word("ballot", b.ID)))
		}
		sections = append(sections, chat.Section{Buttons: buttons, Lines: []chat.Line{line}})
	}
	return under("home.heading.votes", "home.no_votes", sections, all), nil
}

// releasesAtHome are the reader's releases that are under way.
func releasesAtHome(r *bot.Reading) ([]chat.Section, error) {
	var ids []string
	err := openReleases.All(r, func(key string, _ struct{}) error {
		ids = append(ids, key[strings.LastIndexByte(key, '/')+1:])
		return nil
	})
	if err != nil {
		return nil, err
	}
	var s chat.Section
	all := 0
	for _, id := range slices.Backward(ids) {
		rel, ok, err := releases.Get(r, id)
		if err != nil {
			return nil, err
		}
		if !ok || rel.Requester != r.Person {
			continue
		}
		if all++; all <= homeMost {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("release.line", chat.Word("release", id), chat.Word("what", rel.Subject()),
				chat.Nested("state", rel.State.Text()), chat.Word("tier", rel.Tier), chat.Time("planned", rel.PlannedAt))})
		}
	}
	return offering(r, "release plan", under("home.heading.releases", "home.no_releases", lines(s), all)), nil
}

// callsAtHome are pages that nobody has taken, or the reader has, and follow-ups that are theirs.
func callsAtHome(r *bot.Reading) ([]chat.Section, error) {
	var sections []chat.Section
	all := 0
	seen := 0
	err := pages.Latest(r, func(id string, p followup.Page) error {
		if seen++; seen > namesSeen {
			return kv.ErrStop
		}
		mine := p.State == followup.PageTriggered && r.Org.May(r.Person, people.Respond, p.Service, "") || p.State == followup.PageAcknowledged && p.TakenBy == r.Person
		if !mine {
			return nil
		}
		if all++; all > homeMost {
			return nil
		}
		buttons, err := bot.Offers(r, id)
		sections = append(sections, chat.Section{Buttons: buttons, Lines: []chat.Line{{Mark: chat.MarkClosed,
			Text: chat.Say("card.page", chat.Word("page", id), chat.Nested("text", p.Text), chat.Nested("state", p.State.Text()))}}})
		return err
	})
	if err != nil {
		return nil, err
	}
	open, err := allFollowUps(r)
	if err != nil {
		return nil, err
	}
	for _, f := range open {
		theirs := f.TakenBy == r.Person || f.TakenBy == "" && (f.Owner == r.Person || slices.Contains(r.Org.Directory.Members(f.Owner), r.Person))
		if !theirs {
			continue
		}
		if all++; all > homeMost {
			continue
		}
		buttons, err := bot.Offers(r, f.ID)
		if err != nil {
			return nil, err
		}
		sections = append(sections, chat.Section{Buttons: buttons, Lines: []chat.Line{followUpLine(f, r)}})
	}
	return under("home.heading.calls", "home.no_calls", sections, all), nil
}

// allFollowUps lists the follow-ups that stay to be done.
func allFollowUps(r state.Reader) (open []followup.FollowUp, err error) {
	var ids []string
	err = followUpsOf.All(r, func(key string, _ struct{}) error {
		ids = append(ids, key[strings.LastIndexByte(key, '/')+1:])
		return nil
	})
	for _, id := range ids {
		f, ok, failure := followUps.Get(r, id)
		if failure != nil {
			return nil, failure
		}
		if ok && f.State != followup.Closed {
			open = append(open, f)
		}
	}
	return open, err
}

// freezesAtHome are the freezes that hold, then those announced, the next first.
func freezesAtHome(r *bot.Reading) ([]chat.Section, error) {
	var list []freeze.Freeze
	seen := 0
	err := freezes.Latest(r, func(_ string, f freeze.Freeze) error {
		if seen++; seen > recentFreezes {
			return kv.ErrStop
		}
		if at := f.State(r.Now); at == freeze.Active || at == freeze.Announced {
			list = append(list, f)
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b freeze.Freeze) int { return starts(a, r.Now).Compare(starts(b, r.Now)) })
	var s chat.Section
	for _, f := range list[:min(len(list), homeMost)] {
		s.Lines = append(s.Lines, freezeLine(f, r.Now))
	}
	return offering(r, "freeze add", under("home.heading.freezes", "home.no_freezes", lines(s), len(list))), err
}

// starts is when a freeze began, or next will.
func starts(f freeze.Freeze, now time.Time) time.Time {
	from, _ := f.Times(now)
	return from
}

// recentFreezes bounds the records that a look for freezes reads.
const recentFreezes = 512

// lines is a section as a list, none where it has no lines.
func lines(s chat.Section) []chat.Section {
	if len(s.Lines) == 0 {
		return nil
	}
	return []chat.Section{s}
}

// offering puts the form of a command under sections, for a reader who may use it.
func offering(r *bot.Reading, words string, sections []chat.Section) []chat.Section {
	found, _ := r.Bot.Catalogue().Lookup(words)
	last := &sections[len(sections)-1]
	last.Buttons = append(last.Buttons, forms(r, found[:min(len(found), 1)], takes)...)
	return sections
}
