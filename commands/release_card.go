package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// releaseTones colour a release's card by its state.
var releaseTones = map[release.State]chat.Tone{
	release.Released: chat.Good, release.Approved: chat.Good, release.Rejected: chat.Bad, release.Failed: chat.Bad,
	release.RolledBack: chat.Warning, release.RollingBack: chat.Bad, release.Held: chat.Warning, release.Deploying: chat.Warning,
}

// releaseCard is the one card of a release: where it stands, what is missing, and what can be done.
func releaseCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	rel, ok, err := releases.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m, err := releaseMessage(r, rel)
	return m, r.Org.Channels.Releases, err
}

func releaseMessage(r *bot.Reading, rel release.Release) (chat.Message, error) {
	m := chat.Message{Card: rel.ID, Tone: releaseTones[rel.State], Title: chat.Say("card.release", chat.Word("release", rel.ID),
		chat.Word("service", rel.Service), chat.Word("version", rel.Version), chat.Nested("state", rel.State.Text()))}
	m.Sections = append(m.Sections, chat.Section{Fields: releaseFields(rel)})
	if rel.Summary != nil {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("quote", chat.Quote("text", *rel.Summary))}}})
	}
	for _, part := range []func(*bot.Reading, release.Release) (chat.Section, error){
		timingSection, environmentsSection, trainSection, sourceSection, planningSection, deferralSection, holdsSection, voteSection, boardSection, newsSection, itemsSection, lastDeploymentSection, incidentsSection, todoSection, waitingSection,
	} {
		s, err := part(r, rel)
		if err != nil {
			return m, err
		}
		if len(s.Lines)+len(s.Fields) > 0 {
			m.Sections = append(m.Sections, s)
		}
	}
	buttons, err := Buttons(r, rel.ID)
	if err != nil {
		return m, err
	}
	m.Buttons = buttons
	if rel.Link != "" {
		m.Buttons = append(m.Buttons, chat.Button{Name: "ticket", Label: "button.ticket", URL: rel.Link})
	}
	if n := len(rel.Deployments); n > 0 {
		d, _, err := deployments.Get(r, rel.Deployments[n-1])
		if err != nil {
			return m, err
		}
		if d.Run.Link != "" {
			m.Buttons = append(m.Buttons, chat.Button{Name: "pipeline", Label: "button.pipeline", URL: d.Run.Link})
		}
	}
	return m, nil
}

// Buttons lists a subject's buttons; the votes on a release are cast on the ballot's own card.
func Buttons(r state.Reader, subject string) ([]chat.Button, error) {
	buttons, err := bot.Offers(r, subject)
	if subject[:1] == letterRelease || subject[:1] == letterException {
		buttons = slices.DeleteFunc(buttons, func(b chat.Button) bool {
			return slices.Contains(voteButtons, b.Name)
		})
	}
	return buttons, err
}

func releaseFields(rel release.Release) []chat.Field {
	fields := []chat.Field{
		{Label: "label.tier", Value: tierValue(rel)},
		{Label: "label.requester", Value: chat.Say("value.person", chat.Person("person", rel.Requester))},
		{Label: "label.planned", Value: chat.Say("value.time", chat.Time("at", rel.PlannedAt))},
	}
	ticket := chat.Say("value.ticket_pending")
	if rel.Ticket != "" {
		ticket = chat.Say("value.word", chat.Word("word", rel.Ticket))
	}
	fields = append(fields, chat.Field{Label: "label.ticket", Value: ticket})
	if a := rel.Artifact; a != nil {
		fields = append(fields, chat.Field{Label: "label.artifact", Value: chat.Say("value.digest", chat.Word("digest", short(a.Digest)))})
		fields = append(fields, commitField(a.Build)...)
	}
	return fields
}

// commitField is what a build says that it was made from; nothing of a build that says nothing, which the metadata gate stops.
func commitField(b port.Build) []chat.Field {
	if b.Commit == "" && b.RunID == "" {
		return nil
	}
	return []chat.Field{{Label: "label.commit", Value: chat.Say("value.commit", chat.Word("commit", short(b.Commit)), chat.Word("run", b.RunID))}}
}

// tierValue is the risk tier with the rule that gave it and that rule's reason, or that none applied.
func tierValue(rel release.Release) chat.Text {
	if n := len(rel.Retiered); n > 0 {
		change := rel.Retiered[n-1]
		return chat.Say("value.tier_changed", chat.Word("tier", rel.Tier), chat.Word("was", change.From), chat.Person("by", change.By), chat.Word("ballot", change.Ballot))
	}
	if rel.Rule == "" {
		return chat.Say("value.tier_default", chat.Word("tier", rel.Tier))
	}
	return chat.Say("value.tier", chat.Word("tier", rel.Tier), chat.Word("rule", rel.Rule), chat.Word("why", rel.Why))
}

// environmentsSection says what of the release runs where.
func environmentsSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.environments")}
	for _, env := range r.Org.Environments {
		now, known, err := noted(r, place(rel.Service, env.Name))
		if err != nil {
			return s, err
		}
		line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("environment.runs", chat.Word("environment", env.Name), chat.Word("version", now.Version))}
		switch {
		case !known:
			line = chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("environment.nothing", chat.Word("environment", env.Name))}
		case now.Release == rel.ID && rel.Passed[env.Name] != "":
			line = chat.Line{Mark: chat.MarkOpen, Text: chat.Say("environment.passed", chat.Word("environment", env.Name), chat.Word("version", now.Version),
				chat.Word("deployment", rel.Passed[env.Name]))}
		}
		if now.Outside != nil {
			line.Mark = chat.MarkUnknown
			line.Sub = append(line.Sub, outsideLine(now.Outside))
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// voteSection says where the newest ballot stands.
func voteSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.vote")}
	if rel.Ballot() == "" {
		if r.Org.Tiers[rel.Tier].Approval != "" && !rel.State.Settled() {
			s.Lines = []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("vote.later", chat.Word("rule", r.Org.Tiers[rel.Tier].Approval))}}
		}
		return s, nil
	}
	b, ok, err := ballots.Get(r, rel.Ballot())
	if err != nil || !ok {
		return s, err
	}
	stands := chat.Say("ballot.stands", chat.Word("ballot", b.ID), chat.Nested("state", b.State.Text()))
	s.Lines = []chat.Line{{Mark: ballotMarks[b.State], Text: stands}}
	if b.Why != nil {
		s.Lines[0].Sub = append(s.Lines[0].Sub, *b.Why)
	} else {
		who, err := electors(r, r.Now, r.Org, b, rel, work(r, rel, r.Org, r.Bot.Store(), nil))
		if err != nil {
			return s, err
		}
		tally := b.Tally(who)
		s.Lines[0].Text.Args = append(stands.Args, chat.Nested("tally", tally.Text()))
	}
	for _, c := range b.Changes {
		s.Lines[0].Sub = append(s.Lines[0].Sub, c.Text())
	}
	return s, nil
}

var ballotMarks = map[approval.State]chat.Mark{
	approval.StateOpen: chat.MarkWaiting, approval.StatePassed: chat.MarkOpen, approval.StateRejected: chat.MarkClosed,
	approval.StateVoid: chat.MarkClosed, approval.StateExpired: chat.MarkClosed, approval.StateWithdrawn: chat.MarkClosed,
}

var deploymentMarks = map[rollout.State]chat.Mark{
	rollout.Succeeded: chat.MarkOpen, rollout.Failed: chat.MarkClosed, rollout.RollbackFailed: chat.MarkClosed, rollout.Cancelled: chat.MarkClosed,
	rollout.RolledBack: chat.MarkClosed, rollout.Refused: chat.MarkClosed, rollout.Lost: chat.MarkUnknown, rollout.Held: chat.MarkUnknown,
}

// lastDeploymentSection shows the newest deployments, with how the run and the watch of the last one stand, and of those that
// did not succeed.
func lastDeploymentSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.deployments")}
	shown := rel.Deployments[max(0, len(rel.Deployments)-cardDeployments):]
	for n, id := range shown {
		d, found, err := deployments.Get(r, id)
		if err != nil {
			return s, err
		}
		if !found {
			continue
		}
		mark, ok := deploymentMarks[d.State]
		if !ok {
			mark = chat.MarkWaiting
		}
		line := chat.Line{Mark: mark, Text: chat.Say("deployment.stands", chat.Word("deployment", d.ID), chat.Word("kind", string(d.Kind)), chat.Word("what", d.Subject()),
			chat.Word("environment", d.Environment), chat.Nested("state", d.State.Text()))}
		if d.State.Open() && d.Progress.Stage != "" {
			line.Sub = append(line.Sub, chat.Say("run.stands", chat.Word("stage", d.Progress.Stage), chat.Percent("percent", float64(d.Progress.Percent)/100)))
		}
		if d.Kind == rollout.Rollback && d.Cause != nil {
			line.Sub = append(line.Sub, *d.Cause)
		}
		if d.Verdict != nil && (n == len(shown)-1 || d.State != rollout.Succeeded) {
			line.Sub = append(line.Sub, d.Verdict.Reasons...)
		}
		if d.Hold != nil && !d.State.Ended() {
			line.Sub = append(line.Sub, holdText(d))
		}
		if d.Reason != nil {
			line.Sub = append(line.Sub, *d.Reason)
		}
		if d.Progress.State == port.RunFailed {
			for _, output := range d.Progress.Tail[max(0, len(d.Progress.Tail)-cardOutput):] {
				line.Sub = append(line.Sub, chat.Say("pipeline.output", chat.Word("line", output)))
			}
		}
		s.Lines = append(s.Lines, line)
	}
	return s, nil
}

// cardDeployments is how many deployments a release's card shows; the audit trail has all.
const cardDeployments = 3

// cardOutput is how many lines of the output of a run that failed a release's card shows; /pipeline show has more, its link all.
const cardOutput = 5

func todoSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.follow_ups")}
	list, err := openFollowUps(r, rel.ID)
	for _, f := range list {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("followup.stands", chat.Word("follow_up", f.ID), chat.Nested("text", f.Text), chat.Nested("state", f.State.Text()))})
	}
	return s, err
}

// waitingSection says which other system the release waits for, and why, while one is down.
func waitingSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	return waitingFor(r, append([]string{rel.ID}, rel.Deployments[max(0, len(rel.Deployments)-cardDeployments):]...)...)
}

// waitingFor lists what is still to be done about subjects in other systems, and what the last attempt failed with.
func waitingFor(r *bot.Reading, subjects ...string) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.waiting")}
	for _, subject := range subjects {
		waiting, err := r.Bot.Waiting(r, subject)
		if err != nil {
			return s, err
		}
		for _, e := range waiting {
			what, ok := waitsFor[e.Kind]
			if !ok {
				what = "effect.other"
			}
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("effect.waiting", chat.Nested("effect", chat.Say(what,
				chat.Word("subject", subject), chat.Word("effect", string(e.Kind)))), chat.Word("fault", e.Fault))})
		}
	}
	return s, nil
}

// waitsFor names what is to be done in another system.
var waitsFor = map[effect.Kind]chat.Code{
	kindTicketOpen: "effect.ticket_open", kindTicketNote: "effect.ticket_note", kindTicketMove: "effect.ticket_note",
	kindTicketItems: "effect.ticket_items", kindTicketEvidence: "effect.ticket_evidence",
	kindPage: "effect.page", kindPageAck: "effect.page_ack", kindPageResolve: "effect.page_resolve", kindIncidentTake: "effect.incident_take",
	kindStart: "effect.start", kindFollow: "effect.follow", kindCancel: "effect.cancel", kindWatch: "effect.watch",
	kindSource: "effect.source", kindTrainMember: "effect.train_member",
}

// shownOn is the subject on whose card it shows what an effect waits for: a deployment has none of its own.
func shownOn(r state.Reader, subject string) (string, error) {
	if subject == "" || subject[:1] != letterDeployment {
		return subject, nil
	}
	d, _, err := deployments.Get(r, subject)
	return d.Release, err
}

// short is enough of a digest or commit for people.
func short(digest string) string { return digest[:min(12, len(digest))] }
