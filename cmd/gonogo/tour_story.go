package main

import (
	"bufio"
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// story is a script that the tour plays. testdata/tour/README.md says how one is written.
type story struct {
	name     string
	chapters []chapter
}

// chapter is a part of the story under a heading.
type chapter struct {
	title string
	steps []step
}

// step is one line of the story with what must come out.
type step struct {
	line    int // of the file, 1 based
	text    string
	verb    string // "say" for something said
	args    []string
	remarks []string // told before it is played
	expect  []expectation
}

// Verbs of expectations.
const (
	expectText    = "~"
	expectNot     = "!~"
	expectEffects = "effects"
	expectExit    = "exit"
)

// expectation is something that must come out of a step.
type expectation struct {
	line int
	verb string // one of the verbs above, or an outcome
	rest string
}

func (e expectation) String() string { return strings.TrimSpace(e.verb + " " + e.rest) }

// outcomes are what a reply can be.
var outcomes = []string{"done", "refused", "invalid"}

// verbs are what a step can be besides something said, with the fewest words that follow.
var verbs = map[string]int{"press": 3, "card": 3, "channel": 3, "live": 2, "run": 2, "gonogo": 1, "stop": 0}

const remarkSign, chapterSign = "# ", "== "

// parseStory reads a story; an error names the line.
func parseStory(name string, script []byte) (story, error) {
	s := story{name: name}
	var remarks []string
	lines := bufio.NewScanner(bytes.NewReader(script))
	for n := 1; lines.Scan(); n++ {
		raw := lines.Text()
		text := strings.TrimSpace(raw)
		switch {
		case text == "":
		case strings.HasPrefix(raw, chapterSign):
			s.chapters, remarks = append(s.chapters, chapter{title: text[len(chapterSign):]}), nil
		case strings.HasPrefix(raw, remarkSign):
			remarks = append(remarks, text[len(remarkSign):])
		case raw[0] == ' ':
			last := s.last()
			e, err := parseExpectation(text)
			if last == nil {
				err = fmt.Errorf("nothing comes before it")
			}
			if err != nil {
				return s, fmt.Errorf("%s:%d: %q: %w", name, n, text, err)
			}
			e.line = n
			last.expect = append(last.expect, e)
		default:
			next, err := parseStep(text)
			if err == nil && len(s.chapters) == 0 {
				err = fmt.Errorf("a story begins with a chapter")
			}
			if err != nil {
				return s, fmt.Errorf("%s:%d: %q: %w", name, n, text, err)
			}
			next.line, next.remarks, remarks = n, remarks, nil
			c := &s.chapters[len(s.chapters)-1]
			c.steps = append(c.steps, next)
		}
	}
	return s, lines.Err()
}

func (s *story) last() *step {
	if len(s.chapters) == 0 {
		return nil
	}
	c := &s.chapters[len(s.chapters)-1]
	if len(c.steps) == 0 {
		return nil
	}
	return &c.steps[len(c.steps)-1]
}

func parseExpectation(text string) (expectation, error) {
	verb, rest, _ := strings.Cut(text, " ")
	e := expectation{verb: verb, rest: rest}
	switch {
	case slices.Contains(outcomes, verb):
	case rest == "":
		return e, fmt.Errorf("it does not say what is expected")
	case verb != expectText && verb != expectNot && verb != expectEffects && verb != expectExit:
		return e, fmt.Errorf("%q is nothing that can be expected", verb)
	}
	return e, nil
}

func parseStep(text string) (step, error) {
	if who, said, ok := strings.Cut(text, ": "); ok {
		if person, channel, ok := strings.Cut(who, " "); ok && strings.HasPrefix(channel, "#") && !strings.Contains(channel, " ") {
			return step{text: text, verb: "say", args: []string{person, channel, said}}, nil
		}
	}
	fields := strings.Fields(text)
	least, ok := verbs[fields[0]]
	switch {
	case !ok:
		return step{}, fmt.Errorf("%q is no step", fields[0])
	case len(fields)-1 < least:
		return step{}, fmt.Errorf("%q takes more words", fields[0])
	}
	s := step{text: text, verb: fields[0], args: fields[1:]}
	if s.verb == "card" || s.verb == "channel" {
		if s.args[1] != expectText && s.args[1] != expectNot {
			return step{}, fmt.Errorf("say %s or %s before what it says", expectText, expectNot)
		}
		_, want, _ := strings.Cut(text, " "+s.args[1]+" ")
		s.args = []string{s.args[0], s.args[1], want}
	}
	return s, nil
}
