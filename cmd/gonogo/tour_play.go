package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// tour is a story under way in a demonstration. It speaks as people do: over the local chat's HTTP door and the command
// line.
type tour struct {
	*demonstration
	*printer
	client   *terminal.Client
	channels []string
	halt     func() error      // stops the bot
	seen     map[string]bool   // entries that were printed, by id
	cards    map[string]string // cards as they were printed last, by short id
	answer   []string          // what the last reply said: a channel that is told the same is not printed
}

// Times of the tour.
const (
	longestLook = 60 * time.Second       // for something to show, and for effects
	glance      = 150 * time.Millisecond // between two looks at the channels
)

var errNotAsItMust = errors.New("the story did not come out as it must")

// play plays all chapters, and stops at the first step that comes out otherwise than it must.
func (t *tour) play(ctx context.Context, tale story, began time.Time) error {
	if _, err := t.entries(ctx); err != nil { // the welcome
		return err
	}
	steps, checks := 0, 0
	for _, c := range tale.chapters {
		t.chapter(c.title)
		for _, s := range c.steps {
			for _, r := range s.remarks {
				t.remark(r)
			}
			if err := acts[s.verb](t, ctx, s); err != nil {
				t.failed(err.Error())
				return fmt.Errorf("%s:%d: %s: %w", tale.name, s.line, s.text, errNotAsItMust)
			}
			steps, checks = steps+1, checks+max(1, len(s.expect))
		}
	}
	t.line("", "")
	t.passed(fmt.Sprintf("%d steps, %d checks: everything came out as it must, in %s.", steps, checks, time.Since(began).Round(time.Second)))
	return nil
}

// acts play one step each, by its verb.
var acts = map[string]func(*tour, context.Context, step) error{
	"say":     (*tour).say,
	"press":   (*tour).press,
	"card":    (*tour).card,
	"channel": (*tour).channel,
	"live":    (*tour).live,
	"run":     (*tour).program,
	"gonogo":  (*tour).command,
	"stop":    (*tour).stop,
}

func (t *tour) say(ctx context.Context, s step) error {
	t.step(s.args[0] + " " + s.args[1] + "> " + s.args[2])
	reply, err := t.client.Say(ctx, terminal.Request{As: s.args[0], In: s.args[1], Text: s.args[2], Wait: wait(s)})
	return t.answered(ctx, s, reply, err)
}

func (t *tour) press(ctx context.Context, s step) error {
	t.step(fmt.Sprintf("%s presses [%s] on %s", s.args[0], s.args[2], s.args[1]))
	reply, err := t.client.Press(ctx, terminal.PressRequest{As: s.args[0], On: s.args[1], Button: s.args[2], Wait: wait(s)})
	return t.answered(ctx, s, reply, err)
}

// wait is how long to wait for effects: where the story says what becomes of them.
func wait(s step) time.Duration {
	if slices.ContainsFunc(s.expect, func(e expectation) bool { return e.verb == expectEffects }) {
		return longestLook
	}
	return 0
}

// answered prints a reply and checks it.
func (t *tour) answered(ctx context.Context, s step, r words.Reply, err error) error {
	if err != nil {
		return errors.New(t.client.Failure(err).Text)
	}
	t.answer = nil
	for _, m := range r.Messages {
		t.message("", m)
		t.answer = append(t.answer, words.Plain(m))
	}
	for _, e := range s.expect {
		if !met(e, r) {
			return fmt.Errorf("line %d expects %q: it was %s %s %v, effects %q", e.line, e, r.Outcome, r.Code, r.IDs, r.Effects)
		}
		t.passed(e.String())
	}
	_, err = t.entries(ctx)
	return err
}

// met reports whether a reply is what was expected.
func met(e expectation, r words.Reply) bool {
	switch e.verb {
	case expectText:
		return strings.Contains(r.Text, e.rest)
	case expectNot:
		return !strings.Contains(r.Text, e.rest)
	case expectEffects:
		return string(r.Effects) == e.rest
	}
	words := strings.Fields(e.rest)
	if e.verb != string(r.Outcome) || len(words) > 0 && words[0] != string(r.Code) {
		return false
	}
	for _, id := range words[min(1, len(words)):] {
		found := false
		for _, v := range r.IDs {
			found = found || v == id
		}
		if !found {
			return false
		}
	}
	return true
}

// card waits for what a card says.
func (t *tour) card(ctx context.Context, s step) error {
	var shown terminal.Entry
	err := t.await(ctx, s, func(entries []terminal.Entry) string {
		for _, e := range entries {
			if e.Message.Card == s.args[0] {
				shown = e
			}
		}
		return read(shown.Message)
	})
	if text := read(shown.Message); shown.ID != "" && t.cards[s.args[0]] != text {
		t.cards[s.args[0]] = text
		t.message(shown.Channel, shown.Message)
	}
	return t.told(s, err)
}

// channel waits for what is said in a channel.
func (t *tour) channel(ctx context.Context, s step) error {
	return t.told(s, t.await(ctx, s, func(entries []terminal.Entry) string {
		var b strings.Builder
		for _, e := range entries {
			if e.Channel == s.args[0] {
				b.WriteString(read(e.Message) + "\n")
			}
		}
		return b.String()
	}))
}

func (t *tour) told(s step, err error) error {
	if err == nil {
		t.passed(s.text)
	}
	return err
}

// read is a message as text, with its buttons.
func read(m words.Message) string {
	text := words.Plain(m)
	for _, b := range m.Buttons {
		text += "\n[" + b.Name + "]"
	}
	return text
}

// await looks until something says what the step wants, and everything new that is said meanwhile is printed.
func (t *tour) await(ctx context.Context, s step, look func([]terminal.Entry) string) error {
	return t.until(ctx, func() (string, bool, error) {
		entries, err := t.entries(ctx)
		text := look(entries)
		return text, err == nil && strings.Contains(text, s.args[2]) == (s.args[1] == expectText), err
	})
}

// until asks again and again until the answer is right, or longestLook ends.
func (t *tour) until(ctx context.Context, ask func() (found string, ok bool, err error)) error {
	ctx, cancel := context.WithTimeout(ctx, longestLook)
	defer cancel()
	tick := time.NewTicker(glance)
	defer tick.Stop()
	for {
		found, ok, err := ask()
		if err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("it did not come; what there is says:\n%s", found)
		case <-tick.C:
		}
	}
}

// most is how many entries of a channel the tour looks at.
const most = 500

// entries reads all channels, and prints what is new in them and no card: cards are printed when the story looks at them.
func (t *tour) entries(ctx context.Context) (all []terminal.Entry, err error) {
	for _, c := range t.channels {
		entries, err := t.client.Entries(ctx, c, most)
		if err != nil {
			return nil, errors.New(t.client.Failure(err).Text)
		}
		all = append(all, entries...)
	}
	for _, e := range all {
		if !t.seen[e.ID] && e.Message.Card == "" && e.Line == "" && !slices.Contains(t.answer, words.Plain(e.Message)) {
			t.message(e.Channel, e.Message)
		}
		t.seen[e.ID] = true
	}
	return all, nil
}

// live waits until the data centre runs a version.
func (t *tour) live(ctx context.Context, s step) error {
	t.step(s.text)
	err := t.until(ctx, func() (string, bool, error) {
		out, err := t.ask(ctx, "status", "-state", t.state())
		if err != nil {
			return "", false, err
		}
		var status struct {
			Services map[string]struct{ Version string } `json:"services"`
		}
		err = json.Unmarshal(out, &status)
		return string(out), status.Services[s.args[0]].Version == s.args[1], err
	})
	if err == nil {
		t.passed("the data centre says so")
	}
	return err
}

// program runs one of the demonstration's programs, as whoever builds versions would.
func (t *tour) program(ctx context.Context, s step) error {
	t.step(s.text)
	args := slices.Clone(s.args[1:])
	if s.args[0] == millProgram {
		args = append([]string{"-out", t.repository(), "-checkout", t.folder}, args...)
	}
	return t.run(ctx, t.folder, t.demonstration.program(s.args[0]), args...)
}

// command runs gonogo itself on the demonstration's data folder.
func (t *tour) command(_ context.Context, s step) error {
	t.step("$ " + s.text + " --data " + t.data)
	var out bytes.Buffer
	status := run(append(slices.Clone(s.args), "--data", t.data), streams{in: os.Stdin, out: &out, err: &out})
	t.text(out.String())
	for _, e := range s.expect {
		ok := false
		switch e.verb {
		case expectExit:
			ok = fmt.Sprint(status) == e.rest
		case expectText:
			ok = strings.Contains(out.String(), e.rest)
		case expectNot:
			ok = !strings.Contains(out.String(), e.rest)
		}
		if !ok {
			return fmt.Errorf("line %d expects %q: the exit status was %d", e.line, e, status)
		}
		t.passed(e.String())
	}
	return nil
}

// stop stops the bot in good order: what follows reads its store.
func (t *tour) stop(context.Context, step) error {
	t.step("the bot is stopped")
	return t.halt()
}
