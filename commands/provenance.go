package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// sourceFacts are what the host of its repository said of where a version's source code came from.
type sourceFacts struct {
	Configured bool // there is a host to ask
	Asked      bool
	Span       release.Span // what was asked
	Whole      bool         // and read whole
	Report     *provenance.Report
	Parts      []release.Part
	Fault      error
}

// askSource begins to ask where the source code of a version came from, and returns what waits for the answer. Only an environment
// whose gates need it has it asked.
func (p Ports) askSource(ctx context.Context, r *bot.Reading, service, environment string, a *port.Artifact) (func() sourceFacts, error) {
	f := sourceFacts{Configured: p.Provenance != nil}
	env, ok := r.Org.Environment(environment)
	if !f.Configured || !ok || !slices.ContainsFunc(sourceGates, func(name string) bool { return slices.Contains(env.Gates, name) }) {
		return func() sourceFacts { return f }, nil
	}
	return p.readSource(ctx, r, service, environment, a, nil)
}

// sourceGates are those that ask who wrote what: a vote stands only while no voter proves to be an author.
var sourceGates = []string{gate.Provenance, gate.Duty, gate.Approval}

// readSource begins to read what a version brings to where it goes, beside whatever else is read meanwhile; with turn, only while
// there is room in it.
func (p Ports) readSource(ctx context.Context, r *bot.Reading, service, environment string, a *port.Artifact, turn chan struct{}) (func() sourceFacts, error) {
	now, _, err := running.Get(r, place(service, environment))
	if err != nil {
		return nil, err
	}
	store, org := r.Bot.Store(), r.Org
	answer := beside(func() (sourceFacts, error) {
		if turn != nil {
			turn <- struct{}{}
			defer func() { <-turn }()
		}
		return p.source(ctx, org, store, service, now.Build, a), nil
	})
	return func() sourceFacts {
		f, broken := answer()
		if broken != nil {
			f = sourceFacts{Configured: true, Asked: true, Fault: broken}
		}
		f.Fault = r.Bot.Redacted(f.Fault)
		return f
	}, nil
}

// sourceOf reads what a version brings to the last environment, where most is new.
func (p Ports) sourceOf(ctx context.Context, r *bot.Reading, service string, a *port.Artifact) (sourceFacts, error) {
	answer, err := p.readSource(ctx, r, service, last(r.Org).Name, a, nil)
	if err != nil {
		return sourceFacts{}, err
	}
	return answer(), nil
}

// sourceSection says what keeps a release from being decided as long as it is not known who wrote it.
func sourceSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	s := chat.Section{Heading: chat.Say("heading.source")}
	if rel.Origin == nil || rel.State.Settled() {
		return s, nil
	}
	for _, reason := range duty.Standing(work(r, rel, r.Org, r.Bot.Store(), nil), r.Org.Duty).Unknown {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: reason})
	}
	return s, nil
}

// evidence notes what was read with the decision that rests on it.
func (f sourceFacts) evidence(t *bot.Turn, r release.Release) {
	if f.Report != nil {
		t.Evidence(f.Report.Source, chat.Say("evidence.source", chat.Word("what", r.Subject()), chat.Word("commit", short(f.Report.Commit)),
			chat.Count("commits", f.Report.Commits)))
	}
}

// readLate is a release with what was read of its source code only when somebody voted, kept if it was read whole.
func readLate(t *bot.Turn, r release.Release, facts bot.Facts) (release.Release, error) {
	f, _ := facts.(artifactFacts)
	if !f.source.Asked || f.Artifact == nil || f.Artifact.Digest != r.Digest() {
		return r, nil
	}
	r = f.source.add(r, t.Store())
	if !f.source.Whole {
		return r, nil
	}
	f.source.evidence(t, r)
	kept, err := getRelease(t, r.ID) // what is voted on may name somebody else as its requester
	if err != nil {
		return r, err
	}
	kept.Origin = r.Origin
	return r, putRelease(t, kept)
}

var (
	errNoArtifact = errors.New("the artifact is not known")
	errNoCommit   = errors.New("the build names no commit")
)

// source reads what a version brings since what runs.
func (p Ports) source(ctx context.Context, org *organisation.Organisation, store *state.Store, service string, now rollout.Build, a *port.Artifact) sourceFacts {
	f := sourceFacts{Configured: true, Asked: true}
	switch {
	case a == nil:
		f.Fault = errNoArtifact
		return f
	case a.Build.Commit == "":
		f.Fault = errNoCommit
		return f
	}
	f.Span.Commit = a.Build.Commit
	if f.Span.Since, f.Fault = p.commitOf(ctx, service, now); f.Fault != nil {
		return f
	}
	r, err := p.Provenance.Range(ctx, service, f.Span.Since, f.Span.Commit)
	if err == nil && !provenance.SameCommit(r.Commit, f.Span.Commit) {
		err = fmt.Errorf("the host answered about the commit %s", short(r.Commit))
	}
	if err != nil {
		f.Fault = err
		return f
	}
	report := provenance.Judge(r, org.Directory.Attribute)
	f.Report = &report
	if f.Parts, f.Fault = depersonaliseParts(provenance.Parts(r, org.Directory.Attribute), org, store); f.Fault != nil {
		return f
	}
	if f.Whole = !r.More; r.More {
		f.Fault = fmt.Errorf("it brings more commits than the %d that were read", len(r.Commits))
	}
	return f
}

// commitOf is the commit that something that runs was built from. What was put there before commits were noted is looked up by its
// artifact; only where nothing runs is there none.
func (p Ports) commitOf(ctx context.Context, service string, now rollout.Build) (string, error) {
	if now.Commit != "" || now.IsZero() {
		return now.Commit, nil
	}
	a, err := p.Artifacts.Artifact(ctx, service, now.Version)
	switch {
	case err != nil:
		return "", fmt.Errorf("the commit of %s, which runs, is not known: %w", now.Version, err)
	case a.Build.Commit == "" || now.Digest != "" && a.Digest != now.Digest:
		return "", effect.Permanently(fmt.Errorf("the commit of %s, which runs, is not known", now.Version))
	}
	return a.Build.Commit, nil
}

// add is a release with what was read now: it may add a conflict and never takes one away.
func (f sourceFacts) add(r release.Release, store *state.Store) release.Release {
	if !f.Asked {
		return r
	}
	both := release.Origin{}
	if r.Origin != nil {
		both = *r.Origin
	}
	known := map[string]bool{}
	for _, part := range both.Parts {
		known[partKey(part, store)] = true
	}
	both.Parts = slices.Clone(both.Parts)
	for _, part := range f.Parts {
		if key := partKey(part, store); !known[key] {
			known[key] = true
			both.Parts = append(both.Parts, part)
		}
	}
	both.Fault = ""
	if f.Fault != nil {
		both.Fault = f.Fault.Error()
	}
	if f.Whole && !slices.Contains(both.Spans, f.Span) {
		both.Spans = append(slices.Clone(both.Spans), f.Span)
	}
	r.Origin = &both
	return r
}

// partKey tells parts apart, sealed or not.
func partKey(part release.Part, store *state.Store) string {
	if a, ok := unsealAccount(part.Who, store); ok {
		return string(part.As) + " " + a.String()
	}
	return string(part.As) + " " + part.Who
}

// unread is what could not be read of who had a part in what a release brings where it goes. What is not asked now, nothing new can
// be said of.
func (f sourceFacts) unread(r release.Release, before []chat.Text) []chat.Text {
	if !f.Asked {
		return before
	}
	if f.Whole || r.Origin != nil && slices.Contains(r.Origin.Spans, f.Span) {
		return nil
	}
	return []chat.Text{unreadText(r, f.Fault.Error())}
}

func unreadText(r release.Release, fault string) chat.Text {
	args := []chat.Arg{chat.Word("subject", r.Subject())}
	if fault != "" {
		args = append(args, chat.Word("fault", fault))
	}
	return chat.Say("duty.unread", args...)
}

// unreadOf is what was never read of who had a part in a release, as its record says: a vote is not counted on ignorance.
func unreadOf(r release.Release) []chat.Text {
	if r.Origin == nil || r.Artifact == nil {
		return nil
	}
	if slices.ContainsFunc(r.Origin.Spans, func(s release.Span) bool { return s.Commit == r.Artifact.Build.Commit }) {
		return nil
	}
	return []chat.Text{unreadText(r, r.Origin.Fault)}
}
