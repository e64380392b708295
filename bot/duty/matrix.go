package duty

// Policy is which duties one person may hold together. The zero policy is the strictest: it keeps all of them apart.
type Policy struct {
	// The matrix: what whoever has a duty may do with the work nevertheless.
	Author, Merger, PipelineEditor, ConfigEditor, Requester Row
	// ApproverMayExecute lets an approver execute when somebody else approved too; SoleApproverMayExecute even when not.
	ApproverMayExecute     bool
	SoleApproverMayExecute bool
	// MachinesMayAuthor accepts work that only machines are named as authors of. Without it such work is inconclusive: a
	// machine's address in a commit is as easily written as any other.
	MachinesMayAuthor bool
	// IdentifierMayDecide lets whoever may say whose an address is approve and execute: they could have named somebody else as the
	// author of what they were yet to write. AdministratorMayDecide lets administrators, who note what runs.
	IdentifierMayDecide, AdministratorMayDecide bool
	// ExecutorMayReview lets whoever deployed under an emergency review it afterwards.
	ExecutorMayReview bool
}

// Row is what whoever has a duty may do nevertheless: approve, be the only one who did, and execute.
type Row struct{ Approve, Alone, Execute bool }

// What some duties leave free.
var (
	free  = Row{Approve: true, Alone: true, Execute: true}
	votes = Row{Approve: true, Alone: true}
)

// The standards are the policies that a configuration can begin from. None lets an author approve.
const (
	Startup  = "startup"
	Standard = "standard"
	SOX      = "sox"
)

var standards = map[string]Policy{
	// Few people, who deploy what they wrote once somebody else agreed.
	Startup: {
		Author: Row{Execute: true}, Merger: free, PipelineEditor: Row{Execute: true}, ConfigEditor: free, Requester: free,
		ApproverMayExecute: true, SoleApproverMayExecute: true, ExecutorMayReview: true, IdentifierMayDecide: true, AdministratorMayDecide: true,
	},
	// Who wrote it, who agreed and who deployed are three; whoever reviewed may have merged.
	Standard: {Merger: votes, ConfigEditor: free, ExecutorMayReview: true, IdentifierMayDecide: true, AdministratorMayDecide: true},
	// Section 404 of the Sarbanes-Oxley Act asks for controls over changes, and auditors for all duties apart.
	SOX: {},
}

// Standards names the standards, the least strict first.
func Standards() []string { return []string{Startup, Standard, SOX} }

// Of is the policy of a standard, and whether there is one of that name.
func Of(standard string) (Policy, bool) {
	p, ok := standards[standard]
	return p, ok
}

// row is what a duty's holder may do. A duty that is not listed is kept apart like authorship.
func (p *Policy) row(d Duty) Row {
	switch d {
	case Merger:
		return p.Merger
	case PipelineEditor:
		return p.PipelineEditor
	case ConfigEditor:
		return p.ConfigEditor
	case Requester:
		return p.Requester
	case Registrar:
		return whole(p.IdentifierMayDecide)
	case Administrator:
		return whole(p.AdministratorMayDecide)
	}
	return p.Author
}

// whole is the row of what goes together with every duty, or with none.
func whole(may bool) Row { return Row{Approve: may, Alone: may, Execute: may} }

// dependent reports whether some duty lets its holder approve, and not alone.
func (p *Policy) dependent() bool {
	for _, r := range []Row{p.Author, p.Merger, p.PipelineEditor, p.ConfigEditor, p.Requester} {
		if r.Approve && !r.Alone {
			return true
		}
	}
	return false
}

// act is what somebody would do with the work.
type act int

const (
	approve act = iota
	alone       // be the only one who approved
	execute
	identify // say whose an address is: no duty goes together with that
)

// allows reports whether a row allows an act. To approve alone takes that one may approve at all.
func (r Row) allows(a act) bool {
	switch a {
	case approve:
		return r.Approve
	case alone:
		return r.Approve && r.Alone
	case execute:
		return r.Execute
	}
	return false
}
