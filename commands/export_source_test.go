package commands

import (
	"errors"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// What was read of source code, for tests of what is made of it.
type (
	SourceFacts = sourceFacts
	SourcePart  = provenance.Part
)

// SourceCommit is the commit that SourceRead reads.
const SourceCommit = "feed0000"

var (
	Work      = work
	Patiently = patiently
)

// SourceRead is what was read of those who had a part.
func SourceRead(parts []provenance.Part, org *organisation.Organisation, store *state.Store, whole bool) (SourceFacts, error) {
	held, err := depersonaliseParts(parts, org, store)
	f := sourceFacts{Configured: true, Asked: true, Span: release.Span{Commit: SourceCommit}, Whole: whole, Parts: held}
	if !whole {
		f.Fault = errors.New("not all was read")
	}
	return f, err
}

// AddSource adds what was read to a release.
func AddSource(f SourceFacts, r release.Release, store *state.Store) release.Release {
	return f.add(r, store)
}
