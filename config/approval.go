package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

// Approval is a vote: who may vote and what carries.
type Approval struct {
	Electorate []string   `yaml:"electorate" doc:"Groups, or roles, whose members may vote. Needed where there are neither seats nor stages."`
	Quorum     Quorum     `yaml:"quorum" doc:"Votes that must be cast, abstentions included: a number, or a share of the electors who are not away, like 1/2. Needed where there are neither seats nor stages."`
	Threshold  Share      `yaml:"threshold" default:"1/2" doc:"Share of approvals among votes for and against that carries."`
	Seats      []Seat     `yaml:"seats" doc:"Seats that must all be filled, each by the go of somebody else; whoever may fill one may vote."`
	Stages     []Stage    `yaml:"stages" doc:"Seats asked for one stage after another, instead of seats."`
	Veto       []string   `yaml:"veto" doc:"Groups, or roles, whose members' vote against ends it."`
	Open       Duration   `yaml:"open" default:"3d" doc:"How long the vote stays open."`
	Remind     Duration   `yaml:"remind" default:"4h" doc:"How long before the end those who have not voted are reminded."`
	Reminders  []Duration `yaml:"reminders" doc:"Further reminders, each so long before the end."`
	Wait       bool       `yaml:"wait" default:"false" doc:"Keep a vote that would carry open until everybody has voted or its time is over, so that a veto can still come."`
	Confirm    bool       `yaml:"confirm" default:"false" doc:"Count a vote only once the voter has confirmed it with their own token or key: gonogo confirm."`
	Hasty      Duration   `yaml:"hasty" default:"0s" doc:"Mark votes given within this time of being asked for. 0s: none."`
	Evidence   bool       `yaml:"evidence" default:"false" doc:"Mark votes of those who had not opened the evidence: /release show, /release explain."`
}

// Seat is a place on a board.
type Seat struct {
	Name  string     `yaml:"name" required:"true" doc:"Shown with who fills it."`
	From  []string   `yaml:"from" doc:"Groups, or roles, whose members may fill it; line-owners makes one seat for each business line of the service, filled by its owner."`
	AnyOf [][]string `yaml:"any_of" doc:"Lists of groups, or roles, one of which fills the seat by itself, instead of from."`
	Of    [][]string `yaml:"of" doc:"Lists of groups, or roles, as many of which as count says must each be filled by somebody else, instead of from and any_of."`
	Count int        `yaml:"count" default:"1" min:"1" max:"64" doc:"How many people must fill it, each with a go of their own; with of, how many of its lists."`
	When  string     `yaml:"when" doc:"A CEL expression that says whether the seat is asked for, answered when the vote is opened; what can't be told asks for it. Left out: always."`
}

// Stage is a part of a vote that is asked once the stages before it are filled.
type Stage struct {
	Name   string     `yaml:"name" required:"true" doc:"Shown as what is asked now."`
	Seats  []Seat     `yaml:"seats" required:"true" doc:"Seats that must all be filled, as above."`
	Open   Duration   `yaml:"open" required:"true" doc:"How long the stage stays open once it is asked."`
	Remind []Duration `yaml:"remind" doc:"Reminders, each so long before the stage's end."`
}

// Quorum is how many votes must be cast: a number, or a share of the electors.
type Quorum struct {
	Count int
	Share Share
}

// quorumForm is the form of a quorum.
var quorumForm = map[string]any{
	"anyOf": []any{
		map[string]any{"type": "integer", "minimum": 1, "maximum": maxQuorum},
		map[string]any{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
		map[string]any{"type": "string"},
	},
	"examples": []any{2, "1/2"},
}

// maxQuorum is more than any board has members.
const maxQuorum = 1000

// MarshalText writes the quorum as it could be configured.
func (q Quorum) MarshalText() ([]byte, error) {
	if q.Share.Den > 0 {
		return q.Share.MarshalText()
	}
	return []byte(strconv.Itoa(q.Count)), nil
}

// UnmarshalText reads a whole number, or a share.
func (q *Quorum) UnmarshalText(text []byte) error {
	t := strings.TrimSpace(string(text))
	if n, err := strconv.Atoi(t); err == nil {
		if n < 1 || n > maxQuorum {
			return fmt.Errorf("%s is out of bounds: write a number, 1 to %d, or a share like 1/2", clip(t), maxQuorum)
		}
		*q = Quorum{Count: n}
		return nil
	}
	var s Share
	if err := s.UnmarshalText([]byte(t)); err != nil {
		return fmt.Errorf("%q is no quorum: write a number, 1 to %d, or a share like 1/2", clip(t), maxQuorum)
	}
	*q = Quorum{Share: s}
	return nil
}

// Rule is the approval rule as ballots are judged by it.
func (a Approval) Rule(name string) approval.Rule {
	r := approval.Rule{
		Name: name, Electorate: a.Electorate, Quorum: a.Quorum.Count, Share: a.Quorum.Share.Float(), Threshold: a.Threshold.Float(), Veto: a.Veto,
		Open: a.Open.D(), Remind: a.Remind.D(), Reminders: reminders(a.Reminders), Wait: a.Wait, Confirm: a.Confirm,
		Seats: seats(a.Seats), Hasty: a.Hasty.D(), Evidence: a.Evidence,
	}
	for _, s := range a.Stages {
		r.Stages = append(r.Stages, approval.Stage{Name: s.Name, Seats: seats(s.Seats), Open: s.Open.D(), Reminders: reminders(s.Remind)})
	}
	return r
}

func seats(list []Seat) []approval.Seat {
	var out []approval.Seat
	for _, s := range list {
		seat := approval.Seat{Name: s.Name, From: s.From, Count: s.Count, When: s.When}
		for _, circle := range s.AnyOf {
			seat.AnyOf = append(seat.AnyOf, circle)
		}
		for _, circle := range s.Of {
			seat.Of = append(seat.Of, circle)
		}
		out = append(out, seat)
	}
	return out
}

func reminders(list []Duration) []approval.Length {
	var out []approval.Length
	for _, d := range list {
		out = append(out, approval.Length(d))
	}
	return out
}

// dynamic reports whether who is in a group follows from what is voted on.
func dynamic(group string) bool { return group == approval.LineOwners || strings.Contains(group, ":") }

// checkApproval finds what is wrong with one approval rule.
func (c *Config) checkApproval(s *strict, name string, electorates []string) {
	a, path := c.Approvals[name], "approvals."+name
	if len(a.Seats)+len(a.Stages) == 0 && !s.has(path) {
		for _, needed := range []struct {
			key  string
			none bool
		}{{"electorate", len(a.Electorate) == 0}, {"quorum", a.Quorum == Quorum{}}} {
			if _, given := s.places[path+"."+needed.key]; needed.none && !given {
				s.at(path, "needs the key %q, or seats, or stages", needed.key)
			}
		}
	}
	s.eachRefers(path+".electorate", "group or role", a.Electorate, electorates)
	s.eachRefers(path+".veto", "group or role", a.Veto, electorates)
	c.checkSeats(s, path+".seats", a.Seats, electorates)
	for i, stage := range a.Stages {
		c.checkSeats(s, index(path+".stages", i)+".seats", stage.Seats, electorates)
		s.positive(index(path+".stages", i)+".open", stage.Open)
	}
	if len(a.Electorate) == 0 || a.Quorum == (Quorum{}) {
		c.checkAsked(s, path, a)
	}
	s.positive(path+".open", a.Open)
	if a.Open > 0 && a.Remind >= a.Open {
		s.at(path+".remind", "the reminder, %s before the end, would come before the vote opens for %s", a.Remind, a.Open)
	}
	s.rule(path, a.Rule(name).Validate())
	asked := a.Rule(name).For(nil).Electorate
	known := len(asked) > 0 && !slices.ContainsFunc(asked, dynamic)
	if n := len(c.members(asked)); known && a.Quorum.Count > n && !s.has(path+".electorate") {
		s.at(path+".quorum", "%d votes can never be cast: the electorate has %d people", a.Quorum.Count, n)
	}
	c.noMachines(s, path+".electorate", c.members(a.Electorate))
	c.noMachines(s, path+".veto", c.members(a.Veto))
}

// checkAsked refuses a rule that could come to ask nobody.
func (c *Config) checkAsked(s *strict, path string, a Approval) {
	all := slices.Clone(a.Seats)
	for _, stage := range a.Stages {
		all = append(all, stage.Seats...)
	}
	if len(all) > 0 && !slices.ContainsFunc(all, func(seat Seat) bool { return seat.When == "" }) {
		s.at(path, "every seat has a condition: where none holds nobody would be asked. Leave out one seat's when, or say electorate and quorum")
	}
}

// checkSeats finds seats that nobody can fill.
func (c *Config) checkSeats(s *strict, path string, list []Seat, electorates []string) {
	for i, seat := range list {
		at := index(path, i)
		s.condition(at+".when", seat.When)
		s.eachRefers(at+".from", "group or role", seat.From, electorates)
		c.checkCircle(s, at, at+".from", seat, seat.From)
		for j, circle := range seat.AnyOf {
			s.eachRefers(index(at+".any_of", j), "group or role", circle, electorates)
			c.checkCircle(s, at, index(at+".any_of", j), seat, circle)
			if slices.Contains(circle, approval.LineOwners) {
				s.at(index(at+".any_of", j), "line-owners stands under from only: it becomes one seat for each line")
			}
		}
		c.checkOf(s, at, seat, electorates)
		if !slices.Contains(seat.From, approval.LineOwners) {
			continue
		}
		for _, line := range c.AllLines() {
			if len(c.Business[line].Owners) == 0 {
				s.at(at+".from", "nobody owns the business line %q, so nobody could fill the seat: name its owner under lines", clip(line))
			}
		}
	}
}

func (c *Config) checkCircle(s *strict, at, path string, seat Seat, circle []string) {
	if len(circle) == 0 || slices.ContainsFunc(circle, dynamic) || s.has(path) {
		return
	}
	members := c.members(circle)
	if len(members) < seat.Count {
		s.at(at+".from", "%d people must fill the seat %q, and there are %d", seat.Count, clip(seat.Name), len(members))
	}
	c.noMachines(s, path, members)
}

// checkOf finds out whether there are people enough for a seat of several circles.
func (c *Config) checkOf(s *strict, at string, seat Seat, electorates []string) {
	known, members := true, approval.Members{}
	for j, circle := range seat.Of {
		path := index(at+".of", j)
		s.eachRefers(path, "group or role", circle, electorates)
		if slices.Contains(circle, approval.LineOwners) {
			s.at(path, "line-owners stands under from only: it becomes one seat for each line")
		}
		if len(circle) == 0 || slices.ContainsFunc(circle, dynamic) || s.has(path) {
			known = false
			continue
		}
		c.noMachines(s, path, c.members(circle))
		for _, group := range circle {
			members[group] = c.members([]string{group})
		}
	}
	if !known || seat.Count > len(seat.Of) {
		return
	}
	if short := seats([]Seat{seat})[0].Short(members); short > 0 {
		s.at(at+".of", "%d people must fill the seat %q, each for another of these, and there are %d", seat.Count, clip(seat.Name), seat.Count-short)
	}
}

func (c *Config) noMachines(s *strict, path string, handles []string) {
	for _, h := range handles {
		if p, _ := c.Person(h); p.Machine {
			s.at(path, "%q is a machine identity: machines don't vote", clip(h))
		}
	}
}
