package command

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var wordForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// kinds are all there are.
var kinds = []Kind{
	KindService, KindVersion, KindEnvironment, KindRelease, KindDeployment, KindFreeze, KindException, KindFollowUp,
	KindMilestone, KindTrain, KindWindow, KindSubject, KindText, KindChoice, KindZone, KindTime, KindEnd, KindRange, KindDuration, KindNumber, KindBool, KindCommand,
}

// anything is an organisation where every name is right: declarations are checked against it.
type anything struct{}

func (anything) Known(Kind, map[string]Value) ([]string, bool) { return nil, false }

// exampleMoment is when examples are checked: a winter noon in UTC, where no clock is changed.
var exampleMoment = Moment{Now: time.Date(2026, 1, 15, 12, 0, 0, 0, time.UTC), Zone: time.UTC}

// check finds everything wrong with the declarations.
func (c *Catalogue) check(specs []Spec) error {
	var all []error
	seen := map[string]bool{}
	for i := range specs {
		s := &specs[i]
		name := strings.Join(s.Words, " ")
		problems := checkSpec(s)
		if seen[name] {
			problems = append(problems, errors.New("declared twice"))
		}
		if len(problems) == 0 { // examples of a broken declaration say nothing
			problems = c.checkExamples(s)
		}
		seen[name] = true
		for _, p := range problems {
			all = append(all, fmt.Errorf("command %q: %w", name, p))
		}
	}
	return errors.Join(all...)
}

func checkSpec(s *Spec) (problems []error) {
	complain := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	if len(s.Words) == 0 {
		complain("has no words")
	}
	for _, w := range s.Words {
		if !wordForm.MatchString(w) {
			complain("word %q is not in lower case letters, digits and single hyphens", w)
		}
	}
	if len(s.Examples) == 0 {
		complain("has no example")
	}
	seen := map[string]bool{dryRun: true}
	var optional, rest string
	for _, p := range s.Params {
		for _, problem := range checkParam(p) {
			complain("parameter %q: %w", p.Name, problem)
		}
		if seen[p.Name] {
			complain("parameter %q: the name is taken", p.Name)
		}
		seen[p.Name] = true
		if p.Flag {
			continue
		}
		if rest != "" {
			complain("parameter %q: %q before it takes the rest of the line", p.Name, rest)
		}
		if optional != "" && !p.Optional {
			complain("parameter %q: required after %q, which is optional", p.Name, optional)
		}
		if p.Optional {
			optional = p.Name
		}
		if p.Rest || p.Kind == KindCommand {
			rest = p.Name
		}
	}
	return problems
}

func checkParam(p Param) (problems []error) {
	for _, rule := range []struct {
		broken bool
		says   string
	}{
		{!wordForm.MatchString(p.Name), "the name is not in lower case letters, digits and single hyphens"},
		{!slices.Contains(kinds, p.Kind), fmt.Sprintf("there is no kind %q", p.Kind)},
		{p.Kind == KindBool && (!p.Flag || !p.Optional), "a bool is an optional flag"},
		{p.Flag && p.Rest, "a flag can't take the rest of the line"},
		{p.Rest && p.Kind != KindText && p.Kind != KindCommand, "only text takes the rest of the line"},
		{p.Kind == KindChoice && len(p.Choices) == 0, "a choice needs choices"},
		{len(p.Also) > 0 && p.Kind != KindService && p.Kind != KindEnvironment, "only services and environments have words beside their names"},
		{p.Many && (p.Kind != KindRelease || p.Flag), "only releases come as many, and not as a flag"},
		{p.Kind == KindZone && !p.Flag, "a zone is a flag"},
		{p.Days != "" && p.Kind != KindTime && p.Kind != KindEnd, "only a time or an end is a whole day"},
		{p.Kind != KindChoice && len(p.Choices) > 0, "only a choice has choices"},
	} {
		if rule.broken {
			problems = append(problems, errors.New(rule.says))
		}
	}
	for i, choice := range p.Choices {
		if quote(choice) != choice {
			problems = append(problems, fmt.Errorf("choice %q is not a plain word", choice))
		}
		if slices.ContainsFunc(p.Choices[:i], func(c string) bool { return strings.EqualFold(c, choice) }) {
			problems = append(problems, fmt.Errorf("choice %q is there twice", choice))
		}
	}
	return problems
}

func (c *Catalogue) checkExamples(s *Spec) (problems []error) {
	for _, ex := range s.Examples {
		call, failure := c.Parse(ex.Line, exampleMoment, anything{})
		switch {
		case failure != nil:
			problems = append(problems, fmt.Errorf("example %q: %w", ex.Line, failure))
		case call.Spec != s:
			problems = append(problems, fmt.Errorf("example %q is of another command", ex.Line))
		}
	}
	return problems
}
