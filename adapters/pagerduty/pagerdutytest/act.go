package pagerdutytest

import "time"

// As people do in PagerDuty.

// Open opens an incident by hand, and returns its id.
func (s *Server) Open(service, title, urgency, by string) string {
	i := &Incident{Key: "", Title: title, Service: service, Urgency: urgency}
	s.set(func(w *world) {
		i.Key = w.nextID("hand")
		s.begin(i, user(by))
	})
	return i.ID
}

// Acknowledge takes an incident on, by a user's id.
func (s *Server) Acknowledge(id, by string) {
	s.act(id, func(i *Incident, now time.Time) { s.move(i, Acknowledged, user(by), now, "incident.acknowledged") })
}

// Unacknowledge lets an acknowledgement time out.
func (s *Server) Unacknowledge(id string) {
	s.act(id, func(i *Incident, now time.Time) {
		s.move(i, Triggered, Agent{i.Service, "service_reference"}, now, "incident.unacknowledged")
	})
}

// Resolve ends an incident.
func (s *Server) Resolve(id, by string) {
	s.act(id, func(i *Incident, now time.Time) { s.move(i, Resolved, user(by), now, "incident.resolved") })
}

// Reopen begins a resolved incident again.
func (s *Server) Reopen(id, by string) {
	s.act(id, func(i *Incident, now time.Time) { s.move(i, Triggered, user(by), now, "incident.reopened") })
}

// Prioritise gives an incident a priority, by its id.
func (s *Server) Prioritise(id, priority, by string) {
	s.act(id, func(i *Incident, now time.Time) {
		i.Priority, i.UpdatedAt = priority, now
		s.tell("incident.priority_updated", i, user(by), now)
	})
}

// Annotate writes a note on an incident.
func (s *Server) Annotate(id, text, by string) {
	s.act(id, func(i *Incident, now time.Time) {
		i.UpdatedAt = now
		s.tellOf("incident.annotated", i, user(by), now, map[string]any{
			"incident": reference(i.ID, "incident_reference", i.Title), "id": "PNOTE1", "content": text, "trimmed": false, "type": "incident_note",
		})
	})
}

func user(id string) Agent { return Agent{id, "user_reference"} }

func (s *Server) act(id string, do func(*Incident, time.Time)) {
	s.set(func(w *world) { do(w.incident(id), s.options.Clock()) })
}
