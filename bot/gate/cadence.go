package gate

import "github.com/gonogo-chat/gonogo/bot/chat"

// cadenceConcerns: a service with trains has the gate asked, whether an environment names it or not.
func cadenceConcerns(f *Facts) bool { return f.Cadence == nil || f.Cadence.Trains }

// trains: the release goes with one, or somebody said why not.
func trains(f *Facts, a *answer) {
	v := f.Cadence
	service := chat.Word("service", f.Service)
	switch {
	case v == nil:
		a.missing(f, "cadence")
	case !v.Trains:
		a.pass("gate.cadence.none", service)
	case v.In != nil:
		a.pass("gate.cadence.on", chat.Nested("slot", v.In.Text()))
	case f.OffCadence != nil:
		a.pass("gate.cadence.excused", chat.Person("by", f.OffCadence.By), chat.Quote("why", f.OffCadence.Why))
	default:
		args := []chat.Arg{service, chat.Word("release", f.Release)}
		if v.Next != nil {
			args = append(args, chat.Nested("next", v.Next.Text()))
			a.next = v.Next.From
		}
		a.close("gate.cadence.off", args...)
	}
}
