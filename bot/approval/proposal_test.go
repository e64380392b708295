package approval_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func TestDigestIsUnambiguous(t *testing.T) {
	t.Parallel()
	p := func(subject string, pairs ...string) approval.Proposal {
		made := approval.Proposal{Subject: subject}
		for i := 0; i < len(pairs); i += 2 {
			made.Parts = append(made.Parts, approval.Part{Name: pairs[i], Value: pairs[i+1]})
		}
		return made
	}
	seen := map[string]int{}
	for i, q := range []approval.Proposal{
		p(""), p("R-1"), p("R-1", "", ""), p("R-1", "a", "b"), p("R-1", "ab", ""), p("R-1", "", "ab"), p("R-1", "b", "a"),
		p("R-1a", "b", ""), p("R-1", "a", "b", "c", "d"), p("R-1", "a", "b\x01c\x01d"), p("R-1", "a", "b", "a", "b"), p("R-2", "a", "b"),
	} {
		if other, ok := seen[q.Digest()]; ok {
			t.Errorf("proposals %d and %d share a digest", other, i)
		}
		seen[q.Digest()] = i
	}
	// Stored ballots and buttons hold digests: the encoding must not drift.
	const known = "980edc1da6319a1d1e4aba210f45b3538c09219c313c6a14620bfaefca1f7d63"
	if got := proposal.Digest(); got != known {
		t.Errorf("digest %s", got)
	}
}

func proposals() *rapid.Generator[approval.Proposal] {
	word := rapid.SampledFrom([]string{"", "a", "b", "ab", "c"})
	return rapid.Custom(func(t *rapid.T) approval.Proposal {
		return approval.Proposal{
			Subject: rapid.SampledFrom([]string{"R-1", "R-2"}).Draw(t, "subject"),
			Parts: rapid.SliceOfN(rapid.Custom(func(t *rapid.T) approval.Part {
				return approval.Part{Name: word.Draw(t, "name"), Value: word.Draw(t, "value")}
			}), 0, 4).Draw(t, "parts"),
		}
	})
}

func TestDifferenceLaw(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := proposals().Draw(t, "a"), proposals().Draw(t, "b")
		if same := a.Digest() == b.Digest(); same != (len(approval.Difference(a, b)) == 0) {
			t.Fatalf("same digest %t, difference %v", same, approval.Difference(a, b))
		}
		shuffled := approval.Proposal{Subject: a.Subject, Parts: rapid.Permutation(a.Parts).Draw(t, "order")}
		before := slices.Clone(shuffled.Parts)
		if shuffled.Digest() != a.Digest() || approval.Difference(a, shuffled) != nil {
			t.Fatal("the order of parts must mean nothing")
		}
		if !slices.Equal(before, shuffled.Parts) {
			t.Fatal("the parts were reordered in place")
		}
	})
}

func TestChangeText(t *testing.T) {
	t.Parallel()
	for want, c := range map[chat.Code]approval.Change{
		"approval.part_changed": {Name: "artifact", Before: "a", After: "b"},
		"approval.part_added":   {Name: "artifact", After: "b"},
		"approval.part_removed": {Name: "artifact", Before: "a"},
	} {
		if got := c.Text().Code; got != want {
			t.Errorf("%+v: %s, want %s", c, got, want)
		}
	}
	long, other := strings.Repeat("0a", 32), strings.Repeat("0b", 32)
	for _, c := range []struct{ before, after, shows, records string }{
		{long, other, "artifact: was 0a0a0a0a0a0a…, is 0b0b0b0b0b0b…", "artifact: was " + long + ", is " + other},
		{long, long[:63] + "b", "artifact: was " + long + ", is " + long[:63] + "b", "artifact: was " + long + ", is " + long[:63] + "b"},
		{"feed", "a long name of something else", "artifact: was feed, is a long name of something else", "artifact: was feed, is a long name of something else"},
	} {
		change := approval.Change{Name: "artifact", Before: c.before, After: c.after}
		if shows, records := words.Text(change.Text(), nil, time.Time{}), words.Text(change.Exactly(), nil, time.Time{}); shows != c.shows || records != c.records {
			t.Errorf("shows %q, records %q", shows, records)
		}
	}
	changes := approval.Difference(proposal, approval.Proposal{Subject: "R-2", Parts: proposal.Parts})
	if !slices.Equal(changes, []approval.Change{{Name: "subject", Before: "R-1", After: "R-2"}}) {
		t.Errorf("%+v", changes)
	}
}
