package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// alreadyNoted refuses to adopt a version where the bot knows one: it may have put it there itself.
const alreadyNoted chat.Code = "adopt.noted_already"

// adopt tells the bot what runs, as an administrator would: a version that it did not deploy itself is unknown to it. A
// start that says so again changes nothing.
func (d *demonstration) adopt(ctx context.Context, i *instance) error {
	administrator, err := holder(i.bot.Organisation(), people.Administer)
	if err != nil {
		return err
	}
	out, err := d.ask(ctx, "status", "-state", d.state())
	if err != nil {
		return err
	}
	var status struct {
		Services map[string]struct{ Service, Env, Version string } `json:"services"`
	}
	if err := json.Unmarshal(out, &status); err != nil {
		return fmt.Errorf("the data centre's answer: %w", err)
	}
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(status.Services)) {
		s := status.Services[name]
		if s.Version == "" {
			continue
		}
		reply, err := i.bot.Say(ctx, port.Said{
			Key: "demo:adopt:" + name, Account: administrator, Text: fmt.Sprintf("/deploy adopt %s %s %s", s.Service, s.Env, s.Version),
		})
		if err == nil && reply.Outcome != chat.Done && reply.Code != alreadyNoted {
			err = fmt.Errorf("%s %s: %s", name, s.Version, reply.Code)
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// holder is a local account of somebody who holds a right everywhere.
func holder(org *organisation.Organisation, right people.Right) (chat.Account, error) {
	for _, a := range accounts(org) {
		if org.May(a.Person, right, "", "") {
			return a.Account, nil
		}
	}
	return chat.Account{}, fmt.Errorf("nobody with a local account holds the right %s", right)
}

// welcome posts a card to every channel once: what the channel is for, and what to type.
func (d *demonstration) welcome(ctx context.Context, i *instance) error {
	org := i.bot.Organisation()
	if err := d.suggest(ctx, i); err != nil {
		return err
	}
	var faults []error
	for _, c := range []struct {
		place chat.Place
		title chat.Code
	}{
		{org.Channels.Releases[0], "welcome.releases"}, {org.Channels.CAB[0], "welcome.cab"}, {org.Channels.OnCall[0], "welcome.oncall"},
	} {
		m := chat.Message{Title: chat.Say(c.title, chat.Word("organisation", org.Name))}
		if c.place == org.Channels.Releases[0] {
			s := chat.Section{Heading: chat.Say("welcome.try")}
			for _, t := range d.tryOut {
				s.Lines = append(s.Lines, chat.Line{Text: chat.Say("welcome.line", chat.Word("as", t.as), chat.Word("line", t.line))})
			}
			s.Lines = append(s.Lines, d.further...)
			m.Sections = append(m.Sections, s)
		}
		_, err := i.web.Post(ctx, c.place, "welcome:"+c.place.Channel, port.Worded{Message: m, Reader: i.bot.Reader(nil), At: time.Now()})
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// suggest finds lines to try: whoever may plan the release of a version that is newer than the oldest.
func (d *demonstration) suggest(ctx context.Context, i *instance) error {
	org := i.bot.Organisation()
	var service, version string
	most := 1
	for _, s := range org.Services {
		versions, err := i.ports.Artifacts.Versions(ctx, s.Name)
		if err != nil {
			return err
		}
		if len(versions) > most {
			service, version, most = s.Name, versions[1], len(versions)
		}
	}
	for _, a := range accounts(org) {
		if service == "" || !org.May(a.Person, people.Plan, service, "") {
			continue
		}
		d.tryOut = []trial{
			{a.Handle, "/help"},
			{a.Handle, fmt.Sprintf("/release plan %s %s", service, version)},
			{a.Handle, "/release explain R-1"},
			{a.Handle, "/deploy R-1 " + org.First().Name},
		}
		d.further = further(org, service, a.Person)
		break
	}
	return nil
}

// further says how what somebody planned gets from the first environment to the last one: who may press what.
func further(org *organisation.Organisation, service, planner string) []chat.Line {
	var lines []chat.Line
	handles := func(most int, may func(person string) bool) []string {
		var out, found []string
		for _, a := range accounts(org) {
			if len(out) < most && a.Person != planner && !slices.Contains(found, a.Person) && may(a.Person) {
				out, found = append(out, a.Handle), append(found, a.Person)
			}
		}
		return out
	}
	// The strictest vote that a tier asks for: it does for the others as well.
	var strictest approval.Rule
	for _, name := range slices.Sorted(maps.Keys(org.Tiers)) {
		if rule := org.Approvals[org.Tiers[name].Approval]; rule.Quorum > strictest.Quorum {
			strictest = rule
		}
	}
	members := org.Electorate(strictest, service)
	voters := handles(strictest.Quorum, func(person string) bool {
		return slices.Contains(members.Members, person) && !slices.Contains(members.Without, person)
	})
	if len(voters) > 0 {
		lines = append(lines, chat.Line{Text: chat.Say("welcome.vote", chat.List("as", voters), chat.Word("channel", org.Channels.CAB[0].Channel))})
	}
	last := org.Environments[len(org.Environments)-1].Name
	deployers := handles(1, func(person string) bool { return org.May(person, people.Deploy, service, last) })
	if len(deployers) > 0 {
		lines = append(lines, chat.Line{Text: chat.Say("welcome.final", chat.List("as", deployers), chat.Word("environment", last))})
	}
	return lines
}
