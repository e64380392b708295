// Package duty keeps duties apart: nobody approves what they wrote or asked for, and nobody puts into production what they
// wrote, asked for or approved. Duties are compared between people, never between accounts; the caller resolves accounts
// and commit addresses to people first.
//
// Commit fields are forgeable: they may add a conflict and never remove one. So work whose authors are unknown, or known
// only in part, is inconclusive for everyone, and inconclusive never passes. An emergency lifts nothing here: who goes ahead
// regardless opens a review. Who pushed and who merged is what the repository's host says, and counts besides.
package duty

import "github.com/gonogo-chat/gonogo/bot/chat"

// Duty is a part that somebody had in a piece of work.
type Duty string

// The duties. A duty that is not listed here is kept apart like authorship.
const (
	CommitAuthor   Duty = "commit author"
	CoAuthor       Duty = "co-author"
	MergeAuthor    Duty = "merge request author"
	Pusher         Duty = "pusher"          // pushed to the branch of a merge request, as the host says
	Merger         Duty = "merger"          // merged a merge request
	PipelineEditor Duty = "pipeline editor" // wrote the pipeline file of the run
	ConfigEditor   Duty = "config editor"   // proposed or accepted a change of what the work's gates ask, since the last release
	Requester      Duty = "requester"
	Approver       Duty = "approver"
	SoleApprover   Duty = "sole approver"
	Identifier     Duty = "identity administrator" // would say that an address is their own
	Namer          Duty = "namer"                  // said whose an address of the work is
	Registrar      Duty = "registrar"              // may say whose any address is, and so could have said it long ago
	Administrator  Duty = "administrator"          // may note what runs, and so how much of the work has still to be agreed to
)

// labels names each duty's wording, its role in "Dana is … of checkout 2.4.0".
var labels = map[Duty]chat.Code{
	CommitAuthor:   "duty.commit_author",
	CoAuthor:       "duty.co_author",
	MergeAuthor:    "duty.merge_author",
	Pusher:         "duty.pusher",
	Merger:         "duty.merger",
	PipelineEditor: "duty.pipeline_editor",
	ConfigEditor:   "duty.config_editor",
	Requester:      "duty.requester",
	Approver:       "duty.approver",
	SoleApprover:   "duty.sole_approver",
	Identifier:     "duty.identifier",
	Namer:          "duty.namer",
	Registrar:      "duty.registrar",
	Administrator:  "duty.administrator",
}

// Text words the duty.
func (d Duty) Text() chat.Text {
	if code, ok := labels[d]; ok {
		return chat.Say(code)
	}
	return chat.Say("duty.other", chat.Word("duty", string(d)))
}

// wrote are the duties of which at least one must be known for work to have an author at all.
func (d Duty) wrote() bool { return d == CommitAuthor || d == CoAuthor || d == MergeAuthor }

// Attribution says that an address had a part in the work.
type Attribution struct {
	// Address is where the part was seen: a commit address, an account. It ends up in findings and so in the audit trail:
	// pass a stand-in where it may not be kept.
	Address string `json:"address,omitempty"` // empty where nobody is named at all
	// Person is the opaque id of whose it is; empty while nobody knows.
	Person string `json:"person,omitempty"`
	// Machine says that the address is configured as a machine's. That resolves it, yet clears nobody.
	Machine bool `json:"machine,omitempty"`
	As      Duty `json:"as"`
	// In is where it was seen, a commit, a merge request or a proposal, and Through the account, masked; both for people to look up.
	In      string `json:"in,omitempty"`
	Through string `json:"through,omitempty"`
}

func (a Attribution) unresolved() bool { return a.Person == "" && !a.Machine }

// Work is what is judged: who asked for it, who had a part in it, and who approved it so far.
type Work struct {
	Subject      string        `json:"subject"` // "checkout 2.4.0"
	Requester    string        `json:"requester,omitempty"`
	Attributions []Attribution `json:"attributions,omitempty"`
	Approvers    []string      `json:"approvers,omitempty"` // the people whose go counted
	// Unread says what could not be read of who had a part: while there is any, others may have had one too.
	Unread []chat.Text `json:"unread,omitempty"`
}
