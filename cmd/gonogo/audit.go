package main

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
)

type auditShowCommand struct {
	folder
	Subject string `arg:"" help:"Short id, such as R-1."`
}

// Run tells a subject's story.
func (c auditShowCommand) Run(s streams) error {
	return c.do("audit/show", url.Values{"subject": {c.Subject}}, s.out)
}

type auditVerifyCommand struct{ folder }

// Run verifies the trail: exit status 0 whole, 1 broken, 2 for anything that kept it from being verified.
func (c auditVerifyCommand) Run(s streams) error {
	err := c.do("audit/verify", nil, s.out)
	var e exit
	if err != nil && !errors.As(err, &e) {
		return exit{exitUsage, err}
	}
	return err
}

type auditExportCommand struct{ folder }

// Run writes the trail as JSON Lines.
func (c auditExportCommand) Run(s streams) error { return c.do("audit/export", nil, s.out) }

func auditShow(_ context.Context, s *site, args url.Values, out io.Writer) error {
	snapshot := s.engine.Snapshot()
	defer snapshot.Release()
	story, err := commands.Story(snapshot, args.Get("subject"), 1, 0)
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return exit{exitFailed, errors.New(words.Text(refusal.Text, nil, time.Now()))}
	}
	if err != nil {
		return err
	}
	return s.show(out, story, rendering(args))
}

// show prints a message for people. No moment is now: dates are written out, as a record of them should be.
func (s *site) show(out io.Writer, m chat.Message, as terminal.Options) error {
	_, err := io.WriteString(out, terminal.Render(words.WordMessage(m, s.reader(), time.Time{}), as))
	return err
}

// sinkTime bounds asking the outsider for its checkpoints.
const sinkTime = 30 * time.Second

func auditVerify(ctx context.Context, s *site, args url.Values, out io.Writer) error {
	trust := audit.Trust{Keys: []ed25519.PublicKey{s.public}}
	// The outsider is asked first: everything that they hold must be in the moment that is verified.
	held, fault := s.outsiders(ctx)
	snapshot := s.engine.Snapshot()
	defer snapshot.Release()
	kept, givenUp := sinceRestored(snapshot, held)
	trust.Outside = kept
	report, err := audit.Chain(snapshot, trust)
	if err != nil {
		return err
	}
	if report.Whole() && report.Entries > 0 {
		if err := audit.Records(snapshot, state.GovernedPrefix, &report); err != nil {
			return err
		}
	}
	m := commands.Verdict(report, trust, unheard(fault)...)
	last := &m.Sections[len(m.Sections)-1]
	last.Lines = append(last.Lines, givenUp...)
	if err := tellVerdict(out, m, rendering(args)); err != nil {
		return err
	}
	if !report.Whole() {
		return exit{status: exitFailed}
	}
	return nil
}

// unheard says why the outsider's word is missing; nothing where it is not.
func unheard(fault error) []chat.Line {
	switch {
	case errors.Is(fault, errNoSink):
		return []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("audit.no_sink")}}
	case fault != nil:
		return []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("audit.sink_down", chat.Word("fault", fault.Error()))}}
	}
	return nil
}

// tellVerdict prints without the store's own words: they could not be read from one that does not hold.
func tellVerdict(out io.Writer, m chat.Message, as terminal.Options) error {
	_, err := io.WriteString(out, terminal.Render(words.WordMessage(m, nil, time.Now()), as))
	return err
}

var errNoSink = errors.New("no sink is configured")

func (s *site) outsiders(ctx context.Context) ([]port.Checkpoint, error) {
	sink, err := s.sink()
	if err != nil {
		return nil, err
	}
	if sink == nil {
		return nil, errNoSink
	}
	ctx, cancel := context.WithTimeout(ctx, sinkTime)
	defer cancel()
	held, err := sink.Checkpoints(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the outsider: %w", err)
	}
	return held, nil
}

func auditExport(_ context.Context, s *site, _ url.Values, out io.Writer) error {
	snapshot := s.engine.Snapshot()
	defer snapshot.Release()
	_, err := audit.Export(snapshot, out)
	return err
}
