package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/ladder"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// timerRung wakes when the time of a rung is over.
const timerRung = "ladder.rung"

// climbs are by release and ladder: the way up of its newest ballot.
var climbs = state.Governed[ladder.Climb]("climb")

// clockOf counts time in the working hours of an organisation. Hours that are configured no longer count around the clock.
func clockOf(org *organisation.Organisation) ladder.Clock {
	return func(hours string, start time.Time, length time.Duration) time.Time {
		due, _ := org.Planning.Hours[hours].Due(start, length)
		return due
	}
}

// laddersFor tells which ladders that a rule names a release goes up; for want of which figures it can't be told, it does.
func laddersFor(r state.Reader, org *organisation.Organisation, rel release.Release, rule approval.Rule, now time.Time) (up []organisation.Ladder, err error) {
	for _, group := range rule.Groups() {
		name, is := strings.CutPrefix(group, approval.Ladder)
		l, known := org.Planning.Ladders[name]
		if !is || !known || slices.ContainsFunc(up, func(other organisation.Ladder) bool { return other.Name == name }) {
			continue
		}
		if l.When != nil {
			in, err := planningContext(r, org, rel, sight{}, now)
			if err != nil {
				return nil, err
			}
			if answer := l.When.Holds(in); !answer.True && !answer.Unknown {
				continue
			}
		}
		up = append(up, l)
	}
	return up, nil
}

// onLadders is a rule as a ballot of this purpose asks it, and the ladders that it goes up: only the vote on a release does.
func onLadders(t *bot.Turn, subject string, purpose approval.Purpose, rule approval.Rule) (approval.Rule, []organisation.Ladder, error) {
	if !slices.ContainsFunc(rule.Groups(), isLadder) {
		return rule, nil, nil
	}
	var up []organisation.Ladder
	if purpose == approval.Release {
		rel, err := getRelease(t, subject)
		if err != nil {
			return rule, nil, err
		}
		if up, err = laddersFor(t, t.Org, rel, rule, t.Now); err != nil {
			return rule, nil, err
		}
	}
	return rule.Without(func(group string) bool {
		return isLadder(group) && !slices.ContainsFunc(up, func(l organisation.Ladder) bool { return approval.Ladder+l.Name == group })
	}), up, nil
}

func isLadder(group string) bool { return strings.HasPrefix(group, approval.Ladder) }

// beginClimbs puts a ballot on the first rung of the ladders that are asked from its stage on, and keeps that open until the last is
// through.
func beginClimbs(t *bot.Turn, b approval.Ballot, up []organisation.Ladder) (approval.Ballot, error) {
	for _, l := range up {
		if b.Rule.AskedFrom(approval.Ladder+l.Name) != b.Stage {
			continue
		}
		c := ladder.Begin(b.ID, b.Subject, l.Name, l.Rungs, t.Now, clockOf(t.Org))
		if end := c.End(clockOf(t.Org)); end.After(b.Closes) {
			b.Closes = end
		}
		if err := putClimb(t, c); err != nil {
			return b, err
		}
		if err := tellRung(t, c); err != nil {
			return b, err
		}
	}
	return b, nil
}

// stageClimbs begins the ladders that a new stage of a ballot asks. Those that are not for the release are in its rule no more.
func stageClimbs(t *bot.Turn, b approval.Ballot) (approval.Ballot, error) {
	if b.Purpose != approval.Release {
		return b, nil
	}
	var up []organisation.Ladder
	for _, group := range b.Rule.Groups() {
		if name, is := strings.CutPrefix(group, approval.Ladder); is {
			if l, known := t.Org.Planning.Ladders[name]; known {
				up = append(up, l)
			}
		}
	}
	return beginClimbs(t, b, up)
}

// putClimb writes a climb and wakes when the time of its rung is over.
func putClimb(t *bot.Turn, c ladder.Climb) error {
	id := c.Release + "/" + c.Ladder
	if c.Due.IsZero() {
		t.CancelTimer(timerRung + ":" + id)
	} else if err := t.Wake(state.Timer{ID: timerRung + ":" + id, At: c.Due, Kind: timerRung, Subject: id}); err != nil {
		return err
	}
	return climbs.Put(t.Tx, id, c)
}

// climbsOf lists the ladders that a release's newest ballot goes up.
func climbsOf(r state.Reader, release string) (list []ladder.Climb, err error) {
	err = climbs.Under(r, release+"/", func(_ string, c ladder.Climb) error {
		list = append(list, c)
		return nil
	})
	return list, err
}

// reached is everybody whom a release's ladder has reached.
func reached(r state.Reader, org *organisation.Organisation, release, name string) []string {
	if r == nil {
		return nil
	}
	c, ok, err := climbs.Get(r, release+"/"+name)
	if err != nil || !ok { // nobody is asked for want of knowing whom
		return nil
	}
	return inGroups(org, c.Reached())
}

func inGroups(org *organisation.Organisation, groups []string) (ids []string) {
	for _, g := range groups {
		ids = append(ids, org.Directory.Members(g)...)
	}
	return except(ids, "")
}

// rungOver asks the next rung, or says that there is none.
func rungOver(t *bot.Turn, timer state.Timer) error {
	c, ok, err := climbs.Get(t, timer.Subject)
	if err != nil || !ok || c.Due.IsZero() || t.Now.Before(c.Due) {
		return err
	}
	next, refusal := c.Apply(ladder.TimeOver, t.Now, "", nil, clockOf(t.Org))
	if refusal != nil {
		return refusal
	}
	text, err := climbed(t, next)
	t.Record(timer.Kind, text)
	return err
}

// climbed writes a climb that moved, tells those who are asked now, and shows it on the ballot.
func climbed(t *bot.Turn, c ladder.Climb) (chat.Text, error) {
	t.About(c.Ballot, c.Release)
	text := rungText(t.Org, c)
	if err := putClimb(t, c); err != nil {
		return text, err
	}
	if err := tellRung(t, c); err != nil {
		return text, err
	}
	if err := t.Card(c.Ballot); err != nil {
		return text, err
	}
	return text, t.Card(c.Release)
}

// tellRung calls those who are asked now.
func tellRung(t *bot.Turn, c ladder.Climb) error {
	return t.Announce("ladder:"+c.Ballot+":"+c.Ladder+":"+string(c.State)+":"+strconv.Itoa(c.At), t.Org.Channels.CAB,
		chat.Message{Title: rungText(t.Org, c), Tone: chat.Warning, Mentions: inGroups(t.Org, c.Asked())})
}

// rungText says who is asked, how long they have, and who is next.
func rungText(org *organisation.Organisation, c ladder.Climb) chat.Text {
	args := []chat.Arg{chat.Word("ballot", c.Ballot), chat.Word("release", c.Release), chat.Word("ladder", c.Ladder), chat.Count("rung", c.At+1), chat.Count("rungs", len(c.Rungs))}
	if c.State == ladder.Over {
		return chat.Say("ladder.through", args...)
	}
	args = append(args, chat.List("asked", c.Asked()), chat.People("people", inGroups(org, c.Asked())))
	if !c.Due.IsZero() {
		args = append(args, chat.Time("due", c.Due))
	}
	if c.State == ladder.Climbing {
		args = append(args, chat.List("next", c.Rungs[c.At+1].Ask))
	}
	if by := c.Steps[c.At].By; by != "" {
		args = append(args, chat.Person("by", by))
	}
	return chat.Say("ladder.asked", args...)
}

// climbsSettled ends the climbs of a ballot that ended.
func climbsSettled(t *bot.Turn, b approval.Ballot) error {
	list, err := climbsOf(t, b.Subject)
	if err != nil {
		return err
	}
	for _, c := range list {
		if c.Ballot != b.ID {
			continue
		}
		next, refusal := c.Apply(ladder.Decided, t.Now, "", nil, clockOf(t.Org))
		if refusal != nil {
			return refusal
		}
		if err := putClimb(t, next); err != nil {
			return err
		}
	}
	return nil
}

// ladderSections show the ladders of a ballot: each rung, who is asked on it and when, and how long they have or had.
func ladderSections(r *bot.Reading, b approval.Ballot) ([]chat.Section, error) {
	list, err := climbsOf(r, b.Subject)
	var sections []chat.Section
	for _, c := range list {
		if c.Ballot == b.ID && b.Purpose == approval.Release {
			sections = append(sections, climbSection(r.Org, c))
		}
	}
	return sections, err
}

func climbSection(org *organisation.Organisation, c ladder.Climb) chat.Section {
	s := chat.Section{Heading: chat.Say("heading.ladder", chat.Word("ladder", c.Ladder), chat.Nested("state", c.State.Text()))}
	clock, due := clockOf(org), c.Due
	for i, rung := range c.Rungs {
		args := []chat.Arg{chat.Count("rung", i+1), chat.List("asked", rung.Ask), chat.People("people", inGroups(org, rung.Ask)),
			chat.Duration("within", rung.Within), chat.Word("hours", rung.Hours)}
		line := chat.Line{Mark: chat.MarkUnknown}
		switch {
		case i < len(c.Steps):
			step := c.Steps[i]
			line.Mark, line.Text = chat.MarkOpen, chat.Say("ladder.was_asked", append(args, chat.Time("at", step.At))...)
			if i == c.At && len(c.Asked()) > 0 {
				line.Mark, line.Text.Code = chat.MarkWaiting, "ladder.is_asked"
			}
			if !step.Due.IsZero() {
				line.Text.Args = append(line.Text.Args, chat.Time("due", step.Due))
			}
			if step.By != "" {
				line.Sub = append(line.Sub, escalatedText(step))
			}
		default:
			if !due.IsZero() { // begins when the one before is over
				args = append(args, chat.Time("at", due))
				due = clock(rung.Hours, due, rung.Within)
			}
			line.Text = chat.Say("ladder.will_be_asked", args...)
		}
		s.Lines = append(s.Lines, line)
	}
	return s
}

func escalatedText(s ladder.Step) chat.Text {
	args := []chat.Arg{chat.Person("by", s.By), chat.Time("at", s.At)}
	if s.Why != nil {
		args = append(args, chat.Quote("reason", *s.Why))
	}
	return chat.Say("ladder.escalated_by", args...)
}

// mayEscalate: whoever may plan releases of the service, or is asked.
func mayEscalate(t *bot.Turn, rel release.Release, c ladder.Climb) *chat.Refusal {
	if slices.Contains(inGroups(t.Org, c.Reached()), t.Person) {
		return nil
	}
	return t.Authorise(people.Plan, rel.Service, "")
}
