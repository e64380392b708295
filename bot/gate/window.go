package gate

import "github.com/gonogo-chat/gonogo/bot/chat"

// windowConcerns: downtime or a test under way asks the gate, whether an environment names it or not.
func windowConcerns(f *Facts) bool { return f.Window == nil || f.Window.Concerns() }

// windows: what takes the service down happens when the business agreed to it, and nothing disturbs a security test.
func windows(f *Facts, a *answer) {
	v := f.Window
	if v == nil {
		a.missing(f, "windows")
		return
	}
	what := chat.Word("what", f.Service+" "+f.Version)
	for _, w := range v.Tests {
		a.close("gate.window.test", chat.Word("window", w.ID), chat.Word("service", f.Service), chat.Time("until", w.To), chat.Word("release", f.Release))
	}
	switch {
	case !v.Needs || v.In != nil:
	case v.Late != nil:
		a.close("gate.window.late", what, chat.Duration("length", v.Length), chat.Word("window", v.Late.ID), chat.Time("until", v.Late.To))
	case v.Bound != "":
		a.close("gate.window.bound", what, chat.Word("service", f.Service), chat.Word("window", v.Bound))
	default:
		a.close("gate.window.outside", what, chat.Word("service", f.Service), chat.Word("environment", f.Environment))
	}
	if len(a.closed) > 0 {
		a.next = v.NextOpen
		switch {
		case !v.Needs || v.In != nil:
		case v.Next != nil:
			a.close("gate.window.next", chat.Word("window", v.Next.ID), chat.Time("from", v.Next.From), chat.Time("until", v.Next.To))
		default:
			a.close("gate.window.no_next", chat.Word("service", f.Service))
		}
		return
	}
	if v.In != nil {
		a.pass("gate.window.open", chat.Word("window", v.In.ID), chat.Time("until", v.In.To))
	}
	for _, w := range v.Let {
		for _, agreed := range w.Agreed {
			if agreed.Release == f.Release && agreed.Digest == f.digest() {
				a.pass("gate.window.let", chat.Word("window", w.ID), chat.Person("by", agreed.By))
			}
		}
	}
	if !v.Concerns() {
		a.pass("gate.window.not_needed")
	}
}
