package organisation

import (
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// Offices are who may do for a service what goes together with no decision on it, where the duties say that: the rights are theirs
// through whatever group or grant, and a decision may come to them by delegation. The list is shared: don't change it.
func (o *Organisation) Offices(service string) []duty.Attribution {
	if o.Duty.IdentifierMayDecide && o.Duty.AdministratorMayDecide {
		return nil
	}
	type officesKey string
	if v, ok := o.memo.Load(officesKey(service)); ok {
		return v.([]duty.Attribution)
	}
	var all []duty.Attribution
	for _, of := range []struct {
		may   bool
		right people.Right
		as    duty.Duty
	}{{o.Duty.IdentifierMayDecide, people.Identify, duty.Registrar}, {o.Duty.AdministratorMayDecide, people.Administer, duty.Administrator}} {
		if of.may {
			continue
		}
		for _, id := range o.Holders(of.right, service, "") {
			all = append(all, duty.Attribution{Person: id, As: of.as})
		}
	}
	o.memo.Store(officesKey(service), all)
	return all
}
