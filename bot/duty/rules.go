package duty

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Approve finds whether a person may approve the work: its authors and its requester may not, unless the policy says so.
func Approve(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	f.compareApprover(person, w, p)
	if !p.AuthorMayApprove {
		f.authors(w, p)
	}
	return f.settle()
}

// Execute finds whether a person may put the work into place: its authors, its requester and its approvers may not, unless
// the policy says so.
func Execute(person string, w Work, p Policy) Finding {
	var f Finding
	f.person(person)
	if !p.AuthorMayExecute {
		f.compareAuthor(person, w)
		f.authors(w, p)
	}
	if !p.RequesterMayExecute {
		f.compareRequester(person, w)
	}
	if slices.Contains(w.Approvers, person) && person != "" {
		sole := !slices.ContainsFunc(w.Approvers, func(id string) bool { return id != person && id != "" })
		switch {
		case sole && !p.SoleApproverMayExecute:
			f.conflict(person, SoleApprover, w)
		case !sole && !p.ApproverMayExecute:
			f.conflict(person, Approver, w)
		}
	}
	return f.settle()
}

// Standing finds whether the approvals given still stand: an address linked after the vote may show an approver to be an
// author. It tells nothing about how many approvals are needed.
func Standing(w Work, p Policy) Finding {
	var f Finding
	for _, id := range w.Approvers {
		f.compareApprover(id, w, p)
	}
	if !p.AuthorMayApprove {
		f.authors(w, p)
	}
	return f.settle()
}

// Identify finds whether an administrator may say whose an address is, or that it is a machine's (person empty): not when
// they had a part in the work, voted on it, or would name themselves.
func Identify(administrator, person string, w Work, voters []string) Finding {
	var f Finding
	f.person(administrator)
	f.compareAuthor(administrator, w)
	f.compareRequester(administrator, w)
	if administrator != "" {
		if slices.Contains(voters, administrator) || slices.Contains(w.Approvers, administrator) {
			f.conflict(administrator, Approver, w)
		}
		if administrator == person {
			f.conflict(administrator, Identifier, w)
		}
	}
	return f.settle()
}

// Barred lists those of the candidates who may not approve the work now: all of them while the finding is inconclusive. It
// is asked with every vote and allocates only for those it lists.
func Barred(candidates []string, w Work, p Policy) []string {
	known := p.AuthorMayApprove || len(missing(w, p)) == 0 && !slices.ContainsFunc(w.Attributions, Attribution.unresolved)
	var ids []string
	for _, id := range candidates {
		if !known || id == "" || !p.AuthorMayApprove && author(id, w) || !p.RequesterMayApprove && requester(id, w) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (f *Finding) person(id string) {
	if id == "" {
		f.unknown(chat.Say("duty.nobody"))
	}
}

func (f *Finding) compareApprover(person string, w Work, p Policy) {
	if !p.AuthorMayApprove {
		f.compareAuthor(person, w)
	}
	if !p.RequesterMayApprove {
		f.compareRequester(person, w)
	}
}

func (f *Finding) compareAuthor(person string, w Work) {
	for _, a := range w.Attributions {
		if a.Person == person && person != "" && a.As != Requester {
			f.conflict(person, a.As, w)
		}
	}
}

func (f *Finding) compareRequester(person string, w Work) {
	if person != "" && requester(person, w) {
		f.conflict(person, Requester, w)
	}
}

func author(person string, w Work) bool {
	return slices.ContainsFunc(w.Attributions, func(a Attribution) bool { return a.Person == person && a.As != Requester })
}

func requester(person string, w Work) bool {
	return person == w.Requester || slices.ContainsFunc(w.Attributions, func(a Attribution) bool { return a.Person == person && a.As == Requester })
}

// authors adds what is not known about who wrote the work.
func (f *Finding) authors(w Work, p Policy) {
	if code := missing(w, p); code != "" {
		f.unknown(chat.Say(code, chat.Word("subject", w.Subject)))
	}
	for _, a := range w.Attributions {
		if !a.unresolved() || slices.Contains(f.Unresolved, a) {
			continue
		}
		f.Unresolved = append(f.Unresolved, a)
		f.unknown(chat.Say("duty.unresolved", chat.Word("address", a.Address), chat.Nested("duty", a.As.Text()),
			chat.Word("subject", w.Subject)))
	}
}

// missing says that nobody is named as author, or only machines are; empty if somebody is, known or not.
func missing(w Work, p Policy) chat.Code {
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
	case !p.MachinesMayAuthor:
		return "duty.only_machines"
	}
	return ""
}
