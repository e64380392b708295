package pagerdutytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

// Limits of the Events API v2: https://developer.pagerduty.com/docs/send-alert-event
const (
	keyLength   = 32
	dedupMost   = 255
	summaryMost = 1024
)

type event struct {
	RoutingKey string          `json:"routing_key"`
	Action     string          `json:"event_action"`
	DedupKey   string          `json:"dedup_key"`
	Links      json.RawMessage `json:"links"`
	Payload    *struct {
		Summary   string          `json:"summary"`
		Source    string          `json:"source"`
		Severity  string          `json:"severity"`
		Timestamp string          `json:"timestamp"`
		Details   json.RawMessage `json:"custom_details"`
	} `json:"payload"`
}

var severities = []string{"critical", "error", "warning", "info"}

// enqueue takes an event or a change event.
func (s *Server) enqueue(r request) answer {
	if r.Method != http.MethodPost {
		return invalid(http.StatusNotFound, "Not Found")
	}
	if len(r.body) > bodyMost {
		return invalid(http.StatusRequestEntityTooLarge, "Event is too large")
	}
	var e event
	if err := json.Unmarshal(r.body, &e); err != nil {
		return invalid(http.StatusBadRequest, "Event object format is unrecognized", "JSON parse error")
	}
	change := r.URL.Path == "/v2/change/enqueue"
	service, integration, faults := s.examine(e, change)
	if len(faults) > 0 {
		return invalid(http.StatusBadRequest, "Event object is invalid", faults...)
	}
	if wait := s.spend("integration "+integration.Key, s.options.EventLimit); wait > 0 {
		return invalid(http.StatusTooManyRequests, "Too many events")
	}
	if change {
		at, _ := time.Parse(time.RFC3339, e.Payload.Timestamp)
		s.world.changes = append(s.world.changes, Change{service.ID, e.Payload.Summary, e.Payload.Source, at, e.Payload.Details, e.Links})
		return answer{status: http.StatusAccepted, body: map[string]any{"status": "success", "message": "Change event processed"}}
	}
	if e.DedupKey == "" {
		e.DedupKey = s.world.nextID("dedup")
	}
	do := func() { s.happen(service.ID, integration, e) }
	if s.options.Lag > 0 {
		s.world.queue = append(s.world.queue, queued{s.options.Clock().Add(s.options.Lag), do})
	} else {
		do()
	}
	return answer{status: http.StatusAccepted, body: map[string]any{"status": "success", "message": "Event processed", "dedup_key": e.DedupKey}}
}

// examine says where an event goes, and what is wrong with it.
func (s *Server) examine(e event, change bool) (to *Service, by Integration, faults []string) {
	fault := func(wrong bool, text string) {
		if wrong {
			faults = append(faults, text)
		}
	}
	fault(len(e.RoutingKey) != keyLength, "Length of 'routing_key' is incorrect (should be 32 characters)")
	for i, v := range s.world.services {
		for _, in := range v.Integrations {
			if in.Key == e.RoutingKey && in.Type == EventsV2 {
				to, by = &s.world.services[i], in
			}
		}
	}
	fault(to == nil && len(faults) == 0, "Invalid routing key")
	fault(utf8.RuneCountInString(e.DedupKey) > dedupMost, "'dedup_key' is too long")
	payload := change || e.Action == "trigger"
	fault(payload && e.Payload == nil, "'payload' is missing or blank")
	if payload && e.Payload != nil {
		fault(e.Payload.Summary == "", "'payload.summary' is missing or blank")
		fault(utf8.RuneCountInString(e.Payload.Summary) > summaryMost, "'payload.summary' is too long")
		fault(!change && e.Payload.Source == "", "'payload.source' is missing or blank")
		fault(!change && !slices.Contains(severities, e.Payload.Severity), "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')")
	}
	fault(!change && !slices.Contains([]string{"trigger", "acknowledge", "resolve"}, e.Action), "'event_action' is invalid")
	fault(!change && e.Action != "trigger" && e.DedupKey == "", "'dedup_key' is missing or blank")
	return to, by, faults
}

// happen lets an event take effect: on an open incident of its key, or by opening one. What concerns none is dropped.
func (s *Server) happen(service string, by Integration, e event) {
	now, agent := s.options.Clock(), Agent{by.ID, "integration_reference"}
	i := s.world.open(service, e.DedupKey)
	switch {
	case e.Action == "trigger" && i != nil:
		i.Triggers++
	case e.Action == "trigger":
		if v := s.world.service(service); v == nil || v.Status == "disabled" || v.Status == "maintenance" {
			return
		}
		urgency := "high"
		if e.Payload.Severity == "info" || e.Payload.Severity == "warning" {
			urgency = "low"
		}
		s.begin(&Incident{
			Key: e.DedupKey, Title: e.Payload.Summary, Service: service, Urgency: urgency, Severity: e.Payload.Severity, Source: e.Payload.Source,
			Details: e.Payload.Details, Links: e.Links,
		}, agent)
	case i == nil:
	case e.Action == "acknowledge" && i.Status == Triggered:
		s.move(i, Acknowledged, agent, now, "incident.acknowledged")
	case e.Action == "resolve":
		s.move(i, Resolved, agent, now, "incident.resolved")
	}
}

// begin opens an incident.
func (s *Server) begin(i *Incident, by Agent) {
	now := s.options.Clock()
	i.ID, i.Number, i.Triggers = s.world.nextID("PINC"), len(s.world.incidents)+1, 1
	i.CreatedAt = now
	s.world.incidents = append(s.world.incidents, i)
	s.move(i, Triggered, by, now, "incident.triggered")
}

// move changes an incident's status and tells of it.
func (s *Server) move(i *Incident, to Status, by Agent, at time.Time, tells string) {
	i.Status, i.By, i.ChangedAt, i.UpdatedAt = to, by, at, at
	i.EndedAt = time.Time{}
	if to == Resolved {
		i.EndedAt = at
	}
	s.tell(tells, i, by, at)
}
