package commands

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
)

// kindSource is the effect that reads where a release's source code came from, when that could not be read as it was planned.
const kindSource effect.Kind = "source.read"

// sourceRead is what came of it, as a record may hold it.
type sourceRead struct {
	Span    release.Span   `json:"span"`
	Whole   bool           `json:"whole,omitempty"`
	Parts   []release.Part `json:"parts,omitempty"`
	Fault   string         `json:"fault,omitempty"`
	Commits int            `json:"commits,omitempty"`
	Source  port.Source    `json:"source,omitzero"`
	Nothing bool           `json:"nothing,omitempty"` // there was no need any more
}

// waits reports whether asking again may bring what was not read.
func (f sourceFacts) waits() bool {
	if !f.Asked || f.Whole || f.Report != nil || f.Fault == errNoArtifact || f.Fault == errNoCommit || isNotFound(f.Fault) {
		return false
	}
	verdict, _ := effect.Classify(f.Fault)
	return verdict != effect.Permanent
}

// readSourceLater has it read as soon as the host answers: nobody votes before.
func readSourceLater(t *bot.Turn, r release.Release) error {
	return t.Effect(bot.Intent{Kind: kindSource, Class: effect.Keyed, Key: "source:" + r.ID, Subject: r.ID, Lane: "source:" + r.ID})
}

func (p Ports) sourcePerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindSource] = bot.Performer{Perform: p.readSourceOf, Timeout: sourceTimeout}
}

func (p Ports) readSourceOf(ctx context.Context, e effect.Effect) (any, error) {
	read := sourceRead{Nothing: true}
	var answer func() sourceFacts
	err := p.View(func(r *bot.Reading) error {
		rel, ok, err := releases.Get(r, e.Subject)
		if err != nil || !ok || rel.State.Settled() || len(unreadOf(rel)) == 0 || p.Provenance == nil {
			return err
		}
		answer, err = p.readSource(ctx, r, rel.Service, last(r.Org).Name, rel.Artifact, nil)
		return err
	})
	if err != nil || answer == nil {
		return read, err
	}
	f := answer()
	if f.waits() {
		_, after := effect.Classify(f.Fault)
		return nil, effect.Retryable(f.Fault, after)
	}
	read = sourceRead{Span: f.Span, Whole: f.Whole, Parts: f.Parts}
	if f.Fault != nil {
		read.Fault = f.Fault.Error()
	}
	if f.Report != nil {
		read.Commits, read.Source = f.Report.Commits, f.Report.Source
	}
	return read, nil
}

// sourceWasRead keeps what was read, and shows who may vote now.
func sourceWasRead(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	r, err := getRelease(t, e.Subject)
	if err != nil {
		return err
	}
	t.About(r.ID)
	var read sourceRead
	if !o.OK {
		t.Record("source read", chat.Say("source.failed", chat.Word("release", r.ID), chat.Word("fault", o.Fault)))
		return t.Card(r.ID)
	}
	if err := o.Decode(&read); err != nil || read.Nothing {
		return err
	}
	f := sourceFacts{Asked: true, Span: read.Span, Whole: read.Whole, Parts: read.Parts}
	text := chat.Say("source.read", chat.Word("release", r.ID), chat.Word("commit", short(read.Span.Commit)), chat.Count("commits", read.Commits))
	if read.Fault != "" {
		f.Fault = sourceFault(read.Fault)
		text = chat.Say("source.failed", chat.Word("release", r.ID), chat.Word("fault", read.Fault))
	}
	t.Evidence(read.Source, chat.Say("evidence.source", chat.Word("what", r.Subject()), chat.Word("commit", short(read.Span.Commit)), chat.Count("commits", read.Commits)))
	t.Record("source read", text)
	if err := putRelease(t, f.add(r, t.Store())); err != nil {
		return err
	}
	if b := r.Ballot(); b != "" {
		if err := t.Card(b); err != nil {
			return err
		}
	}
	return t.Card(r.ID)
}

// sourceFault is a fault that came back from where it was found.
type sourceFault string

func (f sourceFault) Error() string { return string(f) }
