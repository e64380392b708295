package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// ballotCard is what a board member decides by in ten seconds: what is asked, on what evidence, until when, and how it stands.
func ballotCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	b, ok, err := ballots.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	rel, err := releaseOfBallot(r, r.Org, b)
	if err != nil {
		return chat.Message{}, nil, err
	}
	m := chat.Message{Card: id, Tone: ballotTones[b.State], Title: chat.Say("card.ballot", chat.Word("ballot", id), chat.Nested("purpose", chat.Say("ballot.purpose."+chat.Code(b.Purpose))),
		chat.Word("on", b.Subject), chat.Word("what", rel.Subject()), chat.Nested("state", b.State.Text()))}
	asked := []chat.Field{
		{Label: "label.tier", Value: tierValue(rel)},
		{Label: "label.closes", Value: chat.Say("value.time", chat.Time("at", b.Closes))},
		{Label: "label.requester", Value: chat.Say("value.person", chat.Person("person", rel.Requester))},
	}
	if rel.Ticket != "" {
		asked = append(asked, chat.Field{Label: "label.ticket", Value: chat.Say("value.word", chat.Word("word", rel.Ticket))})
	}
	if a := rel.Artifact; a != nil {
		asked = append(asked, commitField(a.Build)...)
	}
	asked = append(asked, chat.Field{Label: "label.proposal", Value: chat.Say("value.digest", chat.Word("digest", short(b.Digest)))})
	w := work(r, rel, r.Org, r.Bot.Store(), nil)
	who, err := electors(r, r.Now, r.Org, b, rel, w)
	if err != nil {
		return chat.Message{}, nil, err
	}
	tally := b.Tally(who)
	more, err := askedSections(r, b)
	if err != nil {
		return chat.Message{}, nil, err
	}
	m.Sections = append([]chat.Section{{Fields: asked}}, more...)
	m.Sections = append(m.Sections, seatSections(b, tally)...)
	changed, err := reaffirmSections(r, b, rel)
	if err != nil {
		return chat.Message{}, nil, err
	}
	m.Sections = append(m.Sections, changed...)
	if reason := reasonOf(r, b); reason != nil {
		m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("heading.reason"), Lines: []chat.Line{{Text: chat.Say("quote", chat.Quote("text", *reason))}}})
	}
	asking, err := ladderSections(r, b)
	if err != nil {
		return chat.Message{}, nil, err
	}
	m.Sections = append(m.Sections, asking...)
	seen, err := evidenceSection(r, rel)
	if err != nil {
		return chat.Message{}, nil, err
	}
	if len(seen.Lines) > 0 {
		m.Sections = append(m.Sections, seen)
	}
	stands := tally.Text()
	if b.Why != nil {
		stands = *b.Why
	}
	s := chat.Section{Heading: chat.Say("heading.votes"), Lines: []chat.Line{{Mark: ballotMarks[b.State], Text: stands}}}
	if b.State == approval.StateOpen && tally.Impossible && len(tally.Barred) > 0 {
		// What is not known of who wrote it bars everybody: the card says what it is.
		s.Lines[0].Sub = append(s.Lines[0].Sub, duty.Approve(tally.Barred[0], w, duties(b, r.Org)).Unknown...)
	}
	for _, v := range b.Votes {
		line := voteLine(v, b.For(tally, v, who))
		line.Sub = append(line.Sub, marks(b, v)...)
		if b.State == approval.StateOpen && slices.Contains(tally.Unconfirmed, v.Person) {
			line.Mark, line.Sub = chat.MarkWaiting, append(line.Sub, chat.Say("vote.unconfirmed"))
		}
		if b.State == approval.StateOpen && slices.Contains(tally.Ignored, v.Person) {
			line.Mark, line.Sub = chat.MarkUnknown, append(line.Sub, chat.Say("vote.ignored"))
		}
		s.Lines = append(s.Lines, line)
	}
	if b.State == approval.StateOpen {
		waiting, err := waitingLines(r, b, tally, who)
		if err != nil {
			return chat.Message{}, nil, err
		}
		s.Lines, m.Mentions = append(s.Lines, waiting...), b.Needed(tally)
	}
	for _, c := range b.Changes {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: c.Text()})
	}
	m.Sections = append(m.Sections, s)
	m.Buttons, err = bot.Offers(r, id)
	places := r.Org.Channels.CAB
	if b.Purpose == approval.Emergency {
		places = slices.Concat(places, r.Org.Channels.OnCall)
	}
	return m, places, err
}

// evidenceSection is what was seen of a release in the environments that it passed: what a vote can go by.
func evidenceSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.verdict")}
	for _, env := range r.Org.Environments {
		d, ok, err := deployments.Get(r, rel.Passed[env.Name])
		if err != nil {
			return s, err
		}
		if !ok || d.Verdict == nil {
			continue
		}
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkOpen, Sub: d.Verdict.Reasons,
			Text: chat.Say("deployment.stands", chat.Word("deployment", d.ID), chat.Word("kind", string(d.Kind)), chat.Word("what", d.Subject()),
				chat.Word("environment", d.Environment), chat.Nested("state", d.State.Text()))})
	}
	return s, nil
}

var ballotTones = map[approval.State]chat.Tone{
	approval.StatePassed: chat.Good, approval.StateRejected: chat.Bad, approval.StateVoid: chat.Bad, approval.StateExpired: chat.Warning,
}

var voteMarks = map[approval.Choice]chat.Mark{approval.Go: chat.MarkOpen, approval.NoGo: chat.MarkClosed, approval.Abstain: chat.MarkUnknown}

// voteLine is a vote, given in the place of somebody else where there is one.
func voteLine(v approval.Vote, principal string) chat.Line {
	line := chat.Line{Mark: voteMarks[v.Choice], Text: chat.Say("vote.line", chat.Person("person", v.Person), chat.Nested("choice", v.Choice.Text()), chat.Time("at", v.At))}
	if principal != "" {
		line.Text.Args = append(line.Text.Args, chat.Person("for", principal))
	}
	if v.Reason != nil {
		line.Sub = []chat.Text{chat.Say("quote", chat.Quote("text", *v.Reason))}
	}
	return line
}

// reasonOf is what was written by whoever asked for what the ballot is about.
func reasonOf(r *bot.Reading, b approval.Ballot) *chat.Sealed {
	if b.Purpose == approval.Exception {
		if x, ok, err := exceptions.Get(r, b.Subject); err == nil && ok {
			return x.Reason
		}
		return nil
	}
	rel, ok, err := releases.Get(r, b.Subject)
	if err != nil || !ok {
		return nil
	}
	if b.Purpose == approval.Emergency && rel.Emergency != nil {
		return rel.Emergency.Reason
	}
	if b.Purpose == approval.Tier && rel.Lowering != nil {
		return rel.Lowering.Reason
	}
	return rel.Summary
}

// followUpCard is what stays to be done.
func followUpCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	f, ok, err := followUps.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m := chat.Message{Card: id, Tone: chat.Warning, Title: chat.Say("card.followup", chat.Word("follow_up", id), chat.Nested("kind", f.Kind.Text()), chat.Nested("state", f.State.Text()))}
	s := chat.Section{Fields: []chat.Field{{Label: "label.release", Value: chat.Say("value.word", chat.Word("word", f.Release))}}, Lines: []chat.Line{{Text: f.Text}}}
	if f.Owner != "" {
		owner := chat.Say("value.word", chat.Word("word", f.Owner))
		if _, person := r.Org.Directory.Person(f.Owner); person {
			owner = chat.Say("value.person", chat.Person("person", f.Owner))
		}
		s.Fields = append(s.Fields, chat.Field{Label: "label.owner", Value: owner})
	}
	if f.TakenBy != "" {
		s.Fields = append(s.Fields, chat.Field{Label: "label.taken_by", Value: chat.Say("value.person", chat.Person("person", f.TakenBy))})
	}
	if !f.Due.IsZero() {
		s.Fields = append(s.Fields, chat.Field{Label: "label.due", Value: chat.Say("value.time", chat.Time("at", f.Due))})
	}
	if f.State == followup.Closed {
		m.Tone = chat.Good
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkOpen, Text: chat.Say("followup.closed_by", chat.Person("by", f.ClosedBy), chat.Time("at", f.Closed))})
	}
	if f.Note != nil {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("quote", chat.Quote("text", *f.Note))})
	}
	m.Sections = []chat.Section{s}
	m.Buttons, err = bot.Offers(r, id)
	return m, r.Org.Channels.OnCall, err
}
