package commands_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// memory is what a conversation leaves behind, in the terms of the conversation wherever it was played.
type memory struct {
	records string   // decisions: releases, deployments, ballots and all the rest
	entries []string // of the audit trail
	cards   []string // as they stand
}

// fileLines are where in the configuration something is: a platform has a section of its own there.
var fileLines = regexp.MustCompile(`(organisation\.yaml):\d+`)

// moments are times of day in what is said: played through a platform, a conversation takes a moment longer.
var clockTimes = regexp.MustCompile(`\d{1,2}:\d\d(:\d\d)?`)

// opaque are the ids of people.
var opaque = regexp.MustCompile(`\bp-[a-z2-7]{12}\b`)

// runs are keyed by what is random.
var runs = regexp.MustCompile(`\b(gonogo-D-\d+)-[a-z2-7]{10}\b`)

// recall keeps what the conversation left behind, while its world is there.
func (p *play) recall() {
	w := p.world
	time.Sleep(30 * time.Second) // so that everything is shown as it stands
	synctest.Wait()
	p.end.records = p.comparable(remember(w))
	reader := w.bot.Reader(nil)
	err := audit.Entries(w.engine, 1, func(_ audit.Hash, body []byte) error {
		e, err := audit.Decode(append(make([]byte, 32), body...))
		if err != nil {
			return err
		}
		who, _ := w.store.Handle(e.Actor.Person)
		line := fmt.Sprintf("%s%s %s %s %v: %s", who, e.Actor.System, e.Act, e.Outcome, e.Subjects, words.Text(e.Text, reader, time.Now()))
		if e.Act == "roster" {
			return nil // what a platform says of its people: the local chat says nothing
		}
		for _, r := range e.Reasons {
			line += "\n" + words.Text(r, reader, time.Now())
		}
		p.end.entries = append(p.end.entries, p.comparable(line))
		return nil
	})
	if err != nil {
		p.Error(err)
	}
	slices.Sort(p.end.entries)                    // what happens in one instant is in no order
	p.end.entries = slices.Compact(p.end.entries) // an effect that was under way in a crash may be begun again
	w.chat.mu.Lock()
	defer w.chat.mu.Unlock()
	newest := map[string]string{}
	for _, m := range w.chat.messages {
		if c := m.message.Message; c.Card != "" {
			newest[c.Card+" in "+w.ours(m.ref.Place.Channel)] = p.comparable(words.Plain(words.WordMessage(c, reader, time.Now())))
		}
	}
	for at, text := range newest {
		p.end.cards = append(p.end.cards, at+"\n"+text)
	}
	slices.Sort(p.end.cards)
}

// comparable is a text without what differs between two plays of one conversation.
func (p *play) comparable(text string) string {
	text = clockTimes.ReplaceAllString(p.world.ours(text), "00:00")
	text = runs.ReplaceAllString(text, "$1")
	text = opaque.ReplaceAllStringFunc(text, func(id string) string { return "p-" + handle(p.world, id) })
	lines := strings.Split(text, "\n")
	// A watch under way is shown as it stood when the platform took the card.
	// Links to the bot's own pages are for those who are there already.
	lines = append(lines[:1], slices.DeleteFunc(lines[1:], func(l string) bool {
		return strings.Contains(l, " so far: at least ") || strings.Contains(l, ": /runs/") || strings.Contains(l, ": /#")
	})...)
	for i, l := range lines {
		if p.world.staged != nil && strings.Contains(l, ".platforms: ") {
			lines[i] = strings.ReplaceAll(l, p.world.staged.relay.Name(), "local")
		}
	}
	slices.Sort(lines[1:]) // some are in the order of opaque ids
	text = fileLines.ReplaceAllString(strings.Join(lines, "\n"), "$1:0")
	return digests.ReplaceAllStringFunc(text, func(d string) string { return strings.Repeat("0", len(d)) })
}
