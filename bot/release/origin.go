package release

import "github.com/gonogo-chat/gonogo/bot/duty"

// Origin is what the host of its repository said of who had a part in a release's source code, as often as it was asked: what is
// said later adds to it, and takes nothing away.
type Origin struct {
	// Spans are what was read whole.
	Spans []Span `json:"spans,omitempty"`
	Parts []Part `json:"parts,omitempty"`
	// Fault is why the last look read nothing whole; empty if it did.
	Fault string `json:"fault,omitempty"`
}

// Span is what a version brings to where another runs: the commits since one, up to another.
type Span struct {
	Since  string `json:"since,omitempty"` // empty: nothing was known to run
	Commit string `json:"commit"`
}

// Part is what somebody had to do with the source code.
type Part struct {
	As duty.Duty `json:"as"`
	// Who is an opaque person id, or an account sealed while it is nobody's; empty where the host names nobody.
	Who string `json:"who,omitempty"`
	// In is the commit or merge request where it was seen first, and Through the account, masked, of a person's part.
	In      string `json:"in,omitempty"`
	Through string `json:"through,omitempty"`
}
