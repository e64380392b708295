package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// letterStandIn begins the short ids of delegations.
const letterStandIn = "DG"

// Timer kinds of delegations.
const (
	timerStandInBegins = "delegation.begins"
	timerStandInEnds   = "delegation.ends"
)

// standingIn is who stands in for whom, and who is away.
func (p Ports) standingIn() subject {
	return subject{
		commands: []bot.Command{delegate(), delegateList(), delegateEnd(), away(), awayOff()},
		timers: map[string]func(*bot.Turn, state.Timer) error{
			timerStandInBegins: standInBegins, timerStandInEnds: standInOver,
		},
	}
}

func delegate() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"delegate"}, DryRun: true,
			Summary: "Let somebody vote in your place for a time.",
			Params: []command.Param{
				{Name: "person", Kind: command.KindText, Help: "Who stands in for you, by handle."},
				{Name: "from", Kind: command.KindTime, Help: "When it begins: now, or \"2026-12-20\"."},
				{Name: "until", Kind: command.KindEnd, Help: "When it ends: \"2027-01-02\", or +2w after its start."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why: everybody reads it."},
				{Name: "for", Kind: command.KindText, Flag: true, Optional: true, Help: "Only your places from this group or role, like security or line-owners."},
			},
			Examples: []command.Example{
				{Line: `/delegate {colleague} "now" "+2w" "holidays"`, Does: "lets {colleague} vote in your place for two weeks"},
				{Line: `/delegate {colleague} "2026-12-20" "2027-01-02" "holidays" --for line-owners`, Does: "hands on one seat over the holidays"},
			},
		},
		Decide: delegated,
	}
}

func delegated(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	if refusal := resting(t); refusal != nil {
		return chat.Reply{}, refusal
	}
	to, refusal := personNamed(t, c.Text("person"))
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	one := StandIn{V: 1, From: t.Person, To: to.ID, Group: c.Text("for"), Since: c.Time("from"), Until: c.Time("until").UTC(), At: t.Now.UTC()}
	if zone := one.Since.Location().String(); zone != "Local" {
		one.Zone = zone
	}
	if one.Since.Before(t.Now) { // nobody votes in hindsight
		one.Since = t.Now
	}
	one.Since = one.Since.UTC()
	if refusal := mayHandOn(t, one, to); refusal != nil {
		return chat.Reply{}, refusal
	}
	stand, err := placesHandedOn(t)
	if err != nil {
		return chat.Reply{}, err
	}
	if refusal := approval.HandOver(one.delegation(), stand.delegations, t.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	if one.ID, err = t.Next(letterStandIn); err != nil {
		return chat.Reply{}, err
	}
	if one.Reason, err = sealOptional(t, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	t.About(one.ID)
	if err := putStandIn(t, one); err != nil {
		return chat.Reply{}, err
	}
	for _, timer := range []state.Timer{
		{ID: timerStandInBegins + ":" + one.ID, At: one.Since, Kind: timerStandInBegins, Subject: one.ID},
		{ID: timerStandInEnds + ":" + one.ID, At: one.Until, Kind: timerStandInEnds, Subject: one.ID},
	} {
		if timer.At.After(t.Now) {
			if err := t.Wake(timer); err != nil {
				return chat.Reply{}, err
			}
		}
	}
	text := standInText("delegate.done", one)
	if one.delegation().Covers(t.Now) {
		if err := openCards(t); err != nil {
			return chat.Reply{}, err
		}
	}
	if err := t.Announce("delegation:"+one.ID, t.Org.Channels.CAB, chat.Message{Title: text, Mentions: []string{one.To}}); err != nil {
		return chat.Reply{}, err
	}
	return quietly(text, map[string]string{"delegation": one.ID}), nil
}

// mayHandOn refuses to hand on what somebody does not have, and to hand it to what is nobody.
func mayHandOn(t *bot.Turn, one StandIn, to people.Person) *chat.Refusal {
	switch {
	case to.Machine || t.Org.Directory.Resting(to.ID):
		return chat.Refuse("delegate.nobody", chat.Person("to", to.ID))
	case !t.Org.May(t.Person, people.Vote, "", ""):
		return chat.Refuse("delegate.no_vote")
	case one.Group == "":
		return nil
	}
	if slices.Contains(membersOf(t.Org, one.Group), t.Person) {
		return nil
	}
	var own []string
	for _, group := range seatGroups(t.Org) {
		if slices.Contains(membersOf(t.Org, group), t.Person) {
			own = append(own, group)
		}
	}
	args := []chat.Arg{chat.Word("group", brief(one.Group))}
	if len(own) > 0 {
		args = append(args, chat.List("own", own))
	}
	return chat.Refuse("delegate.not_in", args...)
}

// standInText words a delegation.
func standInText(code chat.Code, one StandIn) chat.Text {
	since, until := chat.Time("since", one.Since), chat.Time("until", one.delegation().Until)
	since.Zone, until.Zone = one.Zone, one.Zone
	args := []chat.Arg{chat.Word("delegation", one.ID), chat.Person("to", one.To), chat.Person("from", one.From), since, until}
	if one.Group != "" {
		args = append(args, chat.Word("group", one.Group))
	}
	if one.Reason != nil {
		args = append(args, chat.Quote("reason", *one.Reason))
	}
	return chat.Say(code, args...)
}

func delegateEnd() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"delegate", "end"}, DryRun: true, Summary: "End a delegation of yours, or one to you.",
			Params:   []command.Param{{Name: "delegation", Kind: command.KindSubject, Help: "The delegation: DG-1."}},
			Examples: []command.Example{{Line: "/delegate end DG-1", Does: "ends it now; votes given under it stand"}},
		},
		Decide: delegationEnded,
	}
}

func delegationEnded(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	id := c.Text("delegation")
	one, ok, err := standIns.Get(t, id)
	if err != nil || !ok {
		return chat.Reply{}, orUnknown(err, "delegate.unknown", "delegation", id)
	}
	t.About(id)
	over := one.delegation()
	switch {
	case t.Person != one.From && t.Person != one.To:
		return chat.Reply{}, chat.Refuse("delegate.others", chat.Word("delegation", id), chat.Person("from", one.From), chat.Person("to", one.To))
	case !t.Now.Before(over.Until):
		return chat.Reply{}, chat.Refuse("delegate.over", chat.Word("delegation", id), chat.Time("until", over.Until))
	}
	one.Ended, one.EndedBy = t.Now.UTC(), t.Person
	if one.Ended.Before(one.Since) {
		one.Since = one.Ended
	}
	if err := putStandIn(t, one); err != nil {
		return chat.Reply{}, err
	}
	t.CancelTimer(timerStandInBegins + ":" + id)
	t.CancelTimer(timerStandInEnds + ":" + id)
	text := chat.Say("delegate.ended", chat.Word("delegation", id), chat.Person("from", one.From), chat.Person("to", one.To))
	if err := t.Announce("delegation:ended:"+id, t.Org.Channels.CAB, chat.Message{Title: text, Mentions: []string{one.To}}); err != nil {
		return chat.Reply{}, err
	}
	return quietly(text, map[string]string{"delegation": id}), openCards(t)
}

// standInBegins calls whoever stands in from now on to the votes that are open.
func standInBegins(t *bot.Turn, timer state.Timer) error {
	return standInTurns(t, timer, "delegate.begins")
}

// standInOver tells that a place is its owner's again.
func standInOver(t *bot.Turn, timer state.Timer) error {
	return standInTurns(t, timer, "delegate.ends")
}

func standInTurns(t *bot.Turn, timer state.Timer, code chat.Code) error {
	one, ok, err := standIns.Get(t, timer.Subject)
	if err != nil || !ok || !one.Ended.IsZero() {
		return err
	}
	text := standInText(code, one)
	t.About(one.ID)
	t.Record(timer.Kind, text)
	if err := t.Announce(timer.ID, t.Org.Channels.CAB, chat.Message{Title: text, Mentions: []string{one.To}}); err != nil {
		return err
	}
	return openCards(t)
}

func delegateList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"delegate", "list"}, Summary: "List who stands in for whom, and who is away.",
			Examples: []command.Example{{Line: "/delegate list", Does: "lists delegations that are in force or to come, and absences"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			stand, err := placesHandedOn(r)
			if err != nil {
				return chat.Reply{}, err
			}
			s := chat.Section{}
			for _, id := range stand.ids {
				one, _, err := standIns.Get(r, id)
				if err != nil {
					return chat.Reply{}, err
				}
				d := one.delegation()
				if !r.Now.Before(d.Until) {
					continue
				}
				line := chat.Line{Mark: chat.MarkWaiting, Text: standInText("delegate.line", one)}
				if d.Covers(r.Now) {
					line.Mark = chat.MarkOpen
				}
				s.Lines = append(s.Lines, line)
			}
			delegations := len(s.Lines)
			for _, id := range stand.away(r.Now) {
				s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("away.line", chat.Person("person", id), chat.Time("until", stand.until(id, r.Now)))})
			}
			m := chat.Message{Title: chat.Say("delegate.list", chat.Count("delegations", delegations), chat.Count("away", len(s.Lines)-delegations))}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			return privately(m, nil), nil
		},
	}
}
