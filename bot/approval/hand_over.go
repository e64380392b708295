package approval

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// MaxDelegation is the longest that a place may be handed on: a year. Who is away for longer is to be replaced in the groups.
const MaxDelegation = 366 * 24 * time.Hour

// overlaps reports whether two delegations are in force at the same moment.
func (d Delegation) overlaps(o Delegation) bool {
	return d.Since.Before(o.Until) && o.Since.Before(d.Until)
}

// HandOver says what speaks against a delegation beside the others that there are; nil for nothing. Nobody hands a place on twice
// for the same time, and nobody who stands in for another, or whose stand-in has handed on their own place, is in a chain.
func HandOver(d Delegation, others []Delegation, now time.Time) *chat.Refusal {
	switch {
	case d.From == d.To:
		return chat.Reject("delegate.self")
	case !d.Until.After(now):
		return chat.Reject("delegate.past", chat.Time("until", d.Until))
	case !d.Until.After(d.Since):
		return chat.Reject("delegate.backwards", chat.Time("since", d.Since), chat.Time("until", d.Until))
	case d.Until.Sub(d.Since) > MaxDelegation:
		return chat.Reject("delegate.long", chat.Duration("most", MaxDelegation))
	}
	for _, o := range others {
		if !o.overlaps(d) {
			continue
		}
		to, from, until := chat.Person("to", o.To), chat.Person("from", o.From), chat.Time("until", o.Until)
		switch {
		case o.From == d.From:
			return chat.Refuse("delegate.already", to, until)
		case o.To == d.From:
			return chat.Refuse("delegate.chain", from, until)
		case o.From == d.To:
			return chat.Refuse("delegate.handed_on", from, to, until)
		}
	}
	return nil
}
