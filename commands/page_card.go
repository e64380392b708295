package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// pageCard is what the on-call need on one screen: what happened, why with figures, what runs now, and what to do if that fails too.
func pageCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	p, ok, err := pages.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	d, _, err := deployments.Get(r, p.Deployment)
	if err != nil {
		return chat.Message{}, nil, err
	}
	now, _, err := running.Get(r, place(d.Service, d.Environment))
	if err != nil {
		return chat.Message{}, nil, err
	}
	f, _, err := followUps.Get(r, p.FollowUp)
	if err != nil {
		return chat.Message{}, nil, err
	}
	m := chat.Message{Card: id, Tone: chat.Bad, Title: chat.Say("card.page", chat.Word("page", id), chat.Nested("text", p.Text), chat.Nested("state", p.State.Text()))}
	if p.State == followup.PageTriggered {
		m.Mentions = r.Org.Holders(people.Respond, d.Service, d.Environment)
	} else {
		m.Tone = chat.Warning
	}
	var reasons []chat.Text
	if d.Verdict != nil {
		reasons = append(reasons, d.Verdict.Reasons...)
	}
	if d.Reason != nil {
		reasons = append(reasons, *d.Reason)
	}
	m.Sections = []chat.Section{whySection(reasons), standsSection(p, d, now)}
	if p.State != followup.PageResolved {
		m.Sections = append(m.Sections, nextSection(p, d, f.Kind))
	}
	waiting, err := waitingFor(r, id)
	if err != nil {
		return m, nil, err
	}
	if len(waiting.Lines) > 0 {
		m.Sections = append(m.Sections, waiting)
	}
	if m.Buttons, err = bot.Offers(r, id); err != nil {
		return m, nil, err
	}
	if p.Release != "" {
		m.Buttons = append(m.Buttons, chat.Button{Name: "release", Label: "button.open_release", URL: "/#" + p.Release})
	}
	return m, r.Org.Channels.OnCall, nil
}

func whySection(reasons []chat.Text) chat.Section {
	s := chat.Section{Heading: chat.Say("heading.why")}
	for _, reason := range reasons {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: reason})
	}
	return s
}

// standsSection says what the page is about and what runs there now.
func standsSection(p followup.Page, d rollout.Deployment, now Running) chat.Section {
	s := chat.Section{Fields: []chat.Field{
		{Label: "label.release", Value: chat.Say("value.word", chat.Word("word", p.Release))},
		{Label: "label.deployment", Value: chat.Say("value.deployment", chat.Word("deployment", d.ID), chat.Nested("state", d.State.Text()))},
		{Label: "label.runs_now", Value: chat.Say("value.word", chat.Word("word", now.Version))},
		{Label: "label.follow_up", Value: chat.Say("value.word", chat.Word("word", p.FollowUp))},
	}}
	if len(p.OnCall) > 0 {
		s.Fields = append(s.Fields, chat.Field{Label: "label.on_call", Value: chat.Say("value.people", chat.People("people", p.OnCall))})
	}
	if p.TakenBy != "" {
		s.Fields = append(s.Fields, chat.Field{Label: "label.taken_by", Value: chat.Say("value.person", chat.Person("person", p.TakenBy))})
	}
	return s
}

// nextSection says what to do, and what to do if that fails too.
func nextSection(p followup.Page, d rollout.Deployment, kind followup.Kind) chat.Section {
	code, ok := nextSteps[kind]
	if !ok {
		return chat.Section{}
	}
	return chat.Section{Heading: chat.Say("heading.next"), Lines: []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say(code, chat.Word("page", p.ID),
		chat.Word("deployment", d.ID), chat.Word("release", d.Release), chat.Word("environment", d.Environment), chat.Word("service", d.Service),
		chat.Word("previous", d.Previous.Version), chat.Word("follow_up", p.FollowUp))}}}
}

// nextSteps are the ways on, by what the page asks to be done.
var nextSteps = map[followup.Kind]chat.Code{
	followup.Rollback: "next.rollback", followup.FailedRollback: "next.failed_rollback", followup.HeldWatch: "next.held", followup.LostRun: "next.lost",
}
