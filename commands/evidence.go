package commands

import (
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// evidenceSeen is who opened the evidence on which release, since this process began. It is a fact beside a decision and decides
// nothing: what was opened before the process began is not known, and nobody is marked for it.
type evidenceSeen struct {
	mu    sync.Mutex
	since time.Time
	last  map[string]time.Time // by person and release
}

// evidenceKept bounds what is remembered; when it is full, all of it is forgotten and known to be.
const evidenceKept = 20_000

func newEvidenceSeen() *evidenceSeen { return &evidenceSeen{last: map[string]time.Time{}} }

// begin says from when on evidenceSeen are heard of.
func (o *evidenceSeen) begin(at time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() {
		o.since = at
	}
}

// note remembers that a person opened the evidence on a release.
func (o *evidenceSeen) note(person, release string, at time.Time) {
	if o == nil || person == "" {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.last) >= evidenceKept {
		o.since, o.last = at, map[string]time.Time{}
	}
	o.last[person+"/"+release] = at
}

// of is when a person last opened the evidence on a release, zero for not since the moment that comes with it.
func (o *evidenceSeen) of(person, release string) (at, since time.Time) {
	if o == nil {
		return at, since
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last[person+"/"+release], o.since
}

// unread reports whether the speaker is known not to have opened the evidence since a ballot asks for votes.
func unread(facts bot.Facts, b approval.Ballot) bool {
	f, ok := facts.(artifactFacts)
	return ok && !f.watched.IsZero() && !f.watched.After(b.Opened) && f.opened.Before(b.Opened)
}

// marks are what is said of a vote for whoever reviews the decision.
func marks(b approval.Ballot, v approval.Vote) (texts []chat.Text) {
	if v.Hasty {
		texts = append(texts, chat.Say("vote.hasty", chat.Duration("hasty", b.Rule.Hasty)))
	}
	if v.Unread {
		texts = append(texts, chat.Say("vote.unread"))
	}
	return texts
}

// markedSections say to a voter how their vote is marked, and put it on record.
func markedSections(t *bot.Turn, b approval.Ballot, v approval.Vote) []chat.Section {
	said := marks(b, v)
	if len(said) == 0 {
		return nil
	}
	t.Record("vote", chat.Say("vote.marked"), said...)
	s := chat.Section{Heading: chat.Say("vote.marked")}
	for _, text := range said {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: text})
	}
	return []chat.Section{s}
}
