package gate

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/lock"
)

func freezes(f *Facts, a *answer) {
	v := f.Freeze
	if v == nil {
		a.missing(f, "freezes")
		return
	}
	for _, blocking := range v.Blocking {
		a.closed = append(a.closed, blocking.Text(f.Now))
	}
	if !v.Open() {
		a.closed = append(a.closed, v.Unusable...)
		a.next = v.NextOpen
		return
	}
	if len(v.Excepted) == 0 {
		a.pass("gate.freeze.open", chat.Word("environment", f.Environment))
		return
	}
	names := make([]string, len(v.Excepted))
	for i, excepted := range v.Excepted {
		names[i] = excepted.ID
	}
	a.pass("gate.freeze.excepted", chat.List("freezes", names), chat.List("exceptions", v.Exceptions))
}

// locked: the lock is free, or that of this deployment, of its executor, or of the deployment that it rolls back; and
// nobody waits before it.
func locked(f *Facts, a *answer) {
	l := f.Lock
	if l == nil {
		a.missing(f, "lock")
		return
	}
	place := []chat.Arg{chat.Word("service", l.Service), chat.Word("environment", l.Environment)}
	own := f.Deployment != "" && l.HeldBy(f.Deployment, f.Now) || f.Of != "" && l.HeldBy(f.Of, f.Now) || l.Lends(f.Executor, f.Now)
	stand := obstacles(f)
	switch {
	case l.Service != f.Service || l.Environment != f.Environment:
		a.close("gate.lock.other", place...)
	case own:
		a.pass("gate.lock.own", place...)
	case len(stand) == 0:
		a.pass("gate.lock.open", place...)
	case stand[0].Waiter == nil:
		for _, o := range stand {
			if o.Waiter == nil {
				a.closed = append(a.closed, o.Lock.Text(f.Now))
			}
		}
		if len(stand) == 1 && stand[0].Lock.Kind == lock.Manual {
			a.next = stand[0].Lock.Expires
		}
	case stand[0].Lock.Scope().Wide():
		a.closed = append(a.closed, lock.Refusal(stand, f.Now).Text)
	default:
		a.close("gate.lock.queue", append(place, chat.Count("waiting", len(stand)), stand[0].Waiter.Arg("first"))...)
	}
}

// obstacles are what keeps the deployment from its lock. A rollback passes those who only wait.
func obstacles(f *Facts) []lock.Obstacle {
	var ticket uint64
	if i := f.Lock.Place(f.Deployment); i > 0 {
		ticket = f.Lock.Queue[i-1].Ticket
	}
	ask := lock.Ask{Owner: f.Deployment, Kind: lock.Deployment, Under: f.Executor, Ahead: f.Of != ""}
	return lock.NewBook(append(slices.Clone(f.Wider), *f.Lock)...).Obstacles(f.Lock.Scope(), ask, ticket, f.Now)
}

// undo: it is known what runs now, so that it can be restored.
func undo(f *Facts, a *answer) {
	switch {
	case f.Running == nil:
		a.missing(f, "running version")
	case f.Running.IsZero():
		a.pass("gate.rollback.first", chat.Word("service", f.Service), chat.Word("environment", f.Environment))
	case f.Running.Digest == "":
		a.close("gate.rollback.no_digest", chat.Word("version", f.Running.Version), chat.Word("environment", f.Environment))
	default:
		a.pass("gate.rollback.open", chat.Word("version", f.Running.Version), chat.Word("digest", short(f.Running.Digest)))
	}
}

func cause(f *Facts, a *answer) {
	switch {
	case f.Cause == nil || f.Cause.Text.IsZero():
		a.close("gate.cause.none")
	case !f.Cause.Authorised:
		a.close("gate.cause.unauthorised", chat.Nested("cause", f.Cause.Text))
	default:
		a.open = append(a.open, f.Cause.Text)
	}
}

func previous(f *Facts, a *answer) {
	switch {
	case f.Previous == nil || f.Previous.IsZero():
		a.close("gate.previous.none", chat.Word("service", f.Service), chat.Word("environment", f.Environment))
	case f.Previous.Digest == "" || f.Previous.Version == "":
		a.close("gate.previous.no_digest", chat.Word("version", f.Previous.Version))
	default:
		a.pass("gate.previous.open", chat.Word("version", f.Previous.Version), chat.Word("digest", short(f.Previous.Digest)))
	}
}
