package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// Who opened the evidence on a ballot that asks for that, at most once a person and until the ballot ends. It is a fact beside a decision
// and decides nothing, so it is not governed; that a vote is marked is.
var (
	evidenceOpened = state.Ungoverned[time.Time]("evidence-opened") // B-1/person
	// evidenceSince is from when on openings are kept: of a ballot that is older it is not known who opened what.
	evidenceSince = state.Ungoverned[time.Time]("evidence-since") // under sinceKey
)

const sinceKey = "began"

// keepEvidence notes at a start from when on openings are kept, if that is not noted.
func keepEvidence(t *bot.Turn) error {
	_, known, err := evidenceSince.Get(t, sinceKey)
	if err != nil || known {
		return err
	}
	return evidenceSince.Put(t.Tx, sinceKey, t.Now.UTC())
}

// openedEvidence notes that whoever reads has the evidence on a release before them, before they are shown it: a vote that follows is
// judged by it, whatever happens to the process in between. What can't be noted is not, and is shown all the same.
func openedEvidence(r *bot.Reading, rel release.Release) error {
	if r.Person == "" {
		return nil
	}
	ids, err := ballotsAbout(r, rel)
	if err != nil {
		return err
	}
	for _, id := range ids {
		b, ok, err := ballots.Head(r, id)
		if err != nil {
			return err
		}
		if !ok || !b.Rule.Evidence || b.State.Closed() {
			continue
		}
		key := id + "/" + r.Person
		if _, noted, err := evidenceOpened.Get(r, key); err != nil || noted {
			return err
		}
		_ = r.Note(func(t *bot.Turn) error {
			if now, _, err := ballots.Head(t, id); err != nil || now.State.Closed() { // ended meanwhile, and its openings with it
				return err
			}
			return evidenceOpened.Put(t.Tx, key, r.Now.UTC())
		})
	}
	return nil
}

// forgetOpened deletes who opened the evidence on a ballot that has ended.
func forgetOpened(tx *state.Tx, ballot string) error {
	var keys []string
	err := evidenceOpened.Under(tx, ballot+"/", func(key string, _ time.Time) error {
		keys = append(keys, key)
		return nil
	})
	for _, key := range keys {
		evidenceOpened.Delete(tx, key)
	}
	return err
}

// unread reports whether the speaker is known not to have opened the evidence since a ballot asks for votes.
func unread(t *bot.Turn, b approval.Ballot) (bool, error) {
	if !b.Rule.Evidence {
		return false, nil
	}
	since, known, err := evidenceSince.Get(t, sinceKey)
	if err != nil || !known || since.After(b.Opened) {
		return false, err
	}
	_, opened, err := evidenceOpened.Get(t, b.ID+"/"+t.Person)
	return !opened, err
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
