package duty

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// lens is which duties count for what is asked: what the policy allows is not looked at, known or not.
type lens struct {
	policy *Policy
	act    act
}

// counts reports whether a duty excludes.
func (l lens) counts(d Duty) bool { return l.act == identify || !l.policy.row(d).allows(l.act) }

// authors reports whether it matters who wrote the work, and all whether it matters who had any part in it.
func (l lens) authors() bool { return l.counts(CommitAuthor) }

func (l lens) all() bool {
	return l.authors() || l.counts(Merger) || l.counts(PipelineEditor)
}

// Approve finds whether a person may approve the work: its authors and its requester may not, unless the policy says so.
func Approve(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	l := lens{&p, approve}
	f.compare(person, w, l)
	f.ignorance(w, l)
	return f.settle()
}

// ApproveAlone finds whether a person may be the only one who approved the work.
func ApproveAlone(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	f.unaccompanied(person, w, lens{&p, alone})
	return f.settle()
}

// Execute finds whether a person may put the work into place: its authors, its requester and its approvers may not, unless
// the policy says so.
func Execute(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	l := lens{&p, execute}
	f.compare(person, w, l)
	f.ignorance(w, l)
	if slices.Contains(w.Approvers, person) && person != "" {
		sole := !slices.ContainsFunc(w.Approvers, func(id string) bool { return id != person && id != "" })
		switch {
		case sole && !p.SoleApproverMayExecute:
			f.conflict(person, Attribution{As: SoleApprover}, w)
		case !sole && !p.ApproverMayExecute:
			f.conflict(person, Attribution{As: Approver}, w)
		}
	}
	return f.settle()
}

// Standing finds whether the approvals given still stand: an address linked after the vote may show an approver to be an
// author. Of those who may approve only beside others, one other must have approved. It tells nothing about how many
// approvals are needed.
func Standing(w Work, p Policy) Finding {
	var f Finding
	voting, only := lens{&p, approve}, lens{&p, alone}
	for _, id := range w.Approvers {
		f.compare(id, w, voting)
	}
	if len(w.Approvers) > 0 && !slices.ContainsFunc(w.Approvers, func(id string) bool { return id != "" && !only.excludes(id, w) }) {
		for _, id := range w.Approvers {
			f.unaccompanied(id, w, only)
		}
	}
	if len(w.Approvers) > 0 {
		voting = only
	}
	f.ignorance(w, voting)
	return f.settle()
}

// Identify finds whether an administrator may say whose an address is, or that it is a machine's (person empty): not when
// they had a part in the work, voted on it, or would name themselves. To have named others in it is no such part, nor is an office.
func Identify(administrator, person string, w Work, voters []string) Finding {
	var f Finding
	f.person(administrator)
	own := w
	own.Attributions = slices.DeleteFunc(slices.Clone(w.Attributions), func(a Attribution) bool {
		return slices.Contains([]Duty{Namer, ConfigEditor, Registrar, Administrator}, a.As)
	})
	f.compare(administrator, own, lens{act: identify})
	if administrator != "" {
		if slices.Contains(voters, administrator) || slices.Contains(w.Approvers, administrator) {
			f.conflict(administrator, Attribution{As: Approver}, w)
		}
		if administrator == person {
			f.conflict(administrator, Attribution{As: Identifier}, w)
		}
	}
	return f.settle()
}

// Review finds whether a person may judge afterwards what went ahead without a vote: its authors may not, unless they may approve it.
// Who else had a part may, and what is not known bars nobody: a review that nobody may close would be none.
func Review(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	written := w
	written.Requester = ""
	written.Attributions = slices.DeleteFunc(slices.Clone(w.Attributions), func(a Attribution) bool { return !a.As.wrote() && a.As != Pusher })
	f.compare(person, written, lens{&p, approve})
	return f.settle()
}

// Barred lists those of the candidates who may not approve the work now: all of them while the finding is inconclusive. It
// is asked with every vote and allocates only for those it lists.
func Barred(candidates []string, w Work, p Policy) []string {
	l := lens{&p, approve}
	known := l.known(w)
	var ids []string
	for _, id := range candidates {
		if !known || id == "" || l.excludes(id, w) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Dependent lists those of the candidates whose approval counts only beside somebody else's: all who may approve and not alone,
// unless one of the approvers is none of them. Where the policy has no such duty it costs nothing.
func Dependent(candidates, approvers []string, w Work, p Policy) []string {
	if !p.dependent() {
		return nil
	}
	only := lens{&p, alone}
	if slices.ContainsFunc(approvers, func(id string) bool { return id != "" && !only.excludes(id, w) }) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(candidates), func(id string) bool { return !only.excludes(id, w) })
}

func (f *Finding) person(id string) {
	if id == "" {
		f.unknown(chat.Say("duty.nobody"))
	}
}

// compare adds every duty of a person that counts: those in the work first, then that of having asked for it.
func (f *Finding) compare(person string, w Work, l lens) {
	for a := range l.held(person, w) {
		f.conflict(person, a, w)
	}
}

// unaccompanied adds the duties with which a person may not be the only one who approved.
func (f *Finding) unaccompanied(person string, w Work, l lens) {
	for a := range l.held(person, w) {
		f.conflictAs("duty.alone", person, a, w)
	}
}

// held visits the duties of a person that count.
func (l lens) held(person string, w Work) func(func(Attribution) bool) {
	return func(visit func(Attribution) bool) {
		if person == "" {
			return
		}
		for _, a := range w.Attributions {
			if a.Person == person && a.As != Requester && l.counts(a.As) && !visit(a) {
				return
			}
		}
		if l.counts(Requester) && requester(person, w) {
			visit(Attribution{As: Requester})
		}
	}
}

func (l lens) excludes(person string, w Work) bool {
	for _, a := range w.Attributions {
		if a.Person == person && l.counts(a.As) {
			return true
		}
	}
	return l.counts(Requester) && person == w.Requester
}

func (l lens) known(w Work) bool {
	if l.all() && len(w.Unread) > 0 || l.authors() && l.missing(w) != "" {
		return false
	}
	for _, a := range w.Attributions {
		if a.unresolved() && l.doubts(a.As) {
			return false
		}
	}
	return true
}

// doubts reports whether not knowing who had a duty leaves open who is excluded. Whoever asked is known by their account.
func (l lens) doubts(d Duty) bool {
	return d != Requester && l.counts(d) || d == Requester && l.authors()
}

func requester(person string, w Work) bool {
	return person == w.Requester || slices.ContainsFunc(w.Attributions, func(a Attribution) bool { return a.Person == person && a.As == Requester })
}

// ignorance adds what is not known about who had a part in the work.
func (f *Finding) ignorance(w Work, l lens) {
	if l.all() {
		f.Unknown = append(f.Unknown, w.Unread...)
	}
	if l.authors() {
		if code := l.missing(w); code != "" {
			f.unknown(chat.Say(code, chat.Word("subject", w.Subject)))
		}
	}
	for _, a := range w.Attributions {
		if !a.unresolved() || !l.doubts(a.As) || slices.Contains(f.Unresolved, a) {
			continue
		}
		said := a.Address != "" && slices.ContainsFunc(f.Unresolved, func(b Attribution) bool { return b.Address == a.Address })
		f.Unresolved = append(f.Unresolved, a)
		if said { // whose it is answers for every part
			continue
		}
		if a.Address == "" {
			f.unknown(chat.Say("duty.unnamed", a.seen(chat.Nested("duty", a.As.Text()), chat.Word("subject", w.Subject))...))
			continue
		}
		f.unknown(chat.Say("duty.unresolved", chat.Word("address", a.Address), chat.Nested("duty", a.As.Text()),
			chat.Word("subject", w.Subject)))
	}
}

// missing says that nobody is named as author, or only machines are; empty if somebody is, known or not.
func (l lens) missing(w Work) chat.Code {
	machines := false
	for _, a := range w.Attributions {
		if a.As.wrote() && !a.Machine {
			return ""
		}
		machines = machines || a.As.wrote()
	}
	switch {
	case !machines:
		return "duty.no_author"
	case l.act == identify || !l.policy.MachinesMayAuthor:
		return "duty.only_machines"
	}
	return ""
}
