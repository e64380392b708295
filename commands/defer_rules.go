package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// reconsider holds a release back, or lets it go, as the rules say now. It returns what it said.
func reconsider(t *bot.Turn, r release.Release, f figures) ([]chat.Text, error) {
	was, err := deferralOf(t, r.ID)
	if err != nil {
		return nil, err
	}
	rules := t.Org.Planning.Deferral
	if len(rules) == 0 && len(was.Causes) == 0 {
		return nil, nil
	}
	in, err := planningContext(t, t.Org, r, f.of(r.Service), t.Now)
	if err != nil {
		return nil, err
	}
	d, changes := was, []ruleChange{}
	for _, rule := range rules {
		event, inputs := heard(rule, r, in)
		next, change := d.Hear(rule.Rule, event, figuresOf(inputs), t.Now)
		if d = next; change != deferral.Nothing {
			changes = append(changes, ruleChange{rule.Rule, change, event, inputs})
		}
	}
	for _, c := range was.Causes { // of rules that are no more
		if c.Rule == "" || slices.ContainsFunc(rules, func(rule organisation.DeferralRule) bool { return rule.Name == c.Rule }) {
			continue
		}
		gone := deferral.Rule{Name: c.Rule, Why: c.Why}
		if next, change := d.Hear(gone, deferral.Gone, nil, t.Now); change != deferral.Nothing {
			d, changes = next, append(changes, ruleChange{gone, change, deferral.Gone, nil})
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	return tellRules(t, r, d, changes)
}

// ruleChange is a rule that began or ceased to hold a release back.
type ruleChange struct {
	deferral.Rule
	change deferral.Change
	event  deferral.Event
	inputs []policy.Input
}

// tellRules writes what holds a release back now, and tells those whom it concerns which rule it was, with its figures.
func tellRules(t *bot.Turn, r release.Release, d deferral.Deferral, changes []ruleChange) ([]chat.Text, error) {
	t.About(r.ID)
	if err := putDeferral(t, r, d); err != nil {
		return nil, err
	}
	var told []chat.Text
	for _, c := range changes {
		text, tone := c.text(r, d, t.Now), chat.Good
		if c.change == deferral.Began {
			tone = chat.Warning
		}
		told = append(told, text)
		m := chat.Message{Title: text, Tone: tone, Mentions: concerned(t.Org, r)}
		if len(c.inputs) > 0 {
			s := chat.Section{Heading: chat.Say("heading.figures")}
			for _, in := range c.inputs {
				s.Lines = append(s.Lines, chat.Line{Text: in.Text()})
				t.Evidence(in.Source, in.Text())
			}
			m.Sections = []chat.Section{s}
		}
		if err := t.Announce("deferral:"+r.ID+":"+c.Name+":"+t.Now.UTC().Format(time.RFC3339Nano), t.Org.Channels.Releases, m); err != nil {
			return nil, err
		}
	}
	return told, nil
}

func (c ruleChange) text(r release.Release, d deferral.Deferral, at time.Time) chat.Text {
	if c.change == deferral.Began {
		return chat.Say("deferral.began", chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("rule", c.Name), chat.Word("why", c.Why))
	}
	why := chat.Code("deferral.rule_over")
	if c.event == deferral.Gone {
		why = "deferral.rule_gone"
	}
	return resumedText(r, d, at, chat.Say(why, chat.Word("rule", c.Name)))
}

// heard says what a rule's conditions make of a release, and what they read.
func heard(rule organisation.DeferralRule, r release.Release, in policy.Context) (deferral.Event, []policy.Input) {
	if !slices.Contains(rule.Tiers, r.Tier) || !r.State.Deployable() {
		return deferral.Gone, nil
	}
	inputs := rule.When.Inputs(in)
	when := truth(rule.When, in)
	if rule.Until == nil {
		return deferral.Judge(when, not(when)), inputs
	}
	for _, more := range rule.Until.Inputs(in) {
		if !slices.ContainsFunc(inputs, func(i policy.Input) bool { return i.Field.Name == more.Field.Name }) {
			inputs = append(inputs, more)
		}
	}
	return deferral.Judge(when, truth(rule.Until, in)), inputs
}

// truth is what a condition says; nil where that is not known.
func truth(c *policy.Condition, in policy.Context) *bool {
	answer := c.Holds(in)
	if answer.Unknown || len(c.Stale(in, staleFigures)) > 0 {
		return nil
	}
	return &answer.True
}

// staleFigures is the age from which a fact of the moment is of no use to a rule.
const staleFigures = 2 * lookEvery

func not(b *bool) *bool {
	if b == nil {
		return nil
	}
	inverse := !*b
	return &inverse
}

// figuresOf are the inputs as they are kept with what a rule holds back.
func figuresOf(inputs []policy.Input) []deferral.Figure {
	var out []deferral.Figure
	for _, in := range inputs {
		if in.Known {
			out = append(out, deferral.Figure{Name: in.Field.Name, Value: in.Value, System: in.Source.System, At: in.Source.At})
		}
	}
	return out
}
