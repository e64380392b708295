package gate

import "github.com/gonogo-chat/gonogo/bot/chat"

// incidents: nothing is on fire that a deployment would feed. What the pager can't say is not known, and so not open.
func incidents(f *Facts, a *answer) {
	if f.Incidents == nil {
		a.missing(f, "incidents")
		return
	}
	a.fresh(f, "incidents", f.IncidentsAt)
	for _, i := range f.Incidents {
		name := i.Name
		if name == "" {
			name = i.ID
		}
		a.close("gate.incident.open", chat.Word("incident", name), chat.Word("service", i.Service), chat.Word("severity", string(i.Severity)),
			chat.Word("state", string(i.State)), chat.Time("since", i.OpenedAt))
	}
	if len(a.closed)+len(a.unknown) == 0 {
		a.pass("gate.incident.none", chat.Word("service", f.Service))
	}
}
