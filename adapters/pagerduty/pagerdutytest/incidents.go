package pagerdutytest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of reading incidents.
const (
	range30d   = 30 * 24 * time.Hour // that a list covers if nothing is said
	rangeMost  = 184 * 24 * time.Hour
	changeMost = 250 // incidents in one change
)

func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// document is an incident as the REST API shows it.
func (s *Server) document(i *Incident) map[string]any {
	v := s.world.service(i.Service)
	d := map[string]any{
		"id": i.ID, "type": "incident", "summary": fmt.Sprintf("[#%d] %s", i.Number, i.Title),
		"self": "https://api.pagerduty.com/incidents/" + i.ID, "html_url": "https://acme.pagerduty.com/incidents/" + i.ID,
		"incident_number": i.Number, "title": i.Title, "status": i.Status, "urgency": i.Urgency, "incident_key": i.Key,
		"created_at": stamp(i.CreatedAt), "updated_at": stamp(i.UpdatedAt), "last_status_change_at": stamp(i.ChangedAt), "resolved_at": stamp(i.EndedAt),
		"service":     reference(i.Service, "service_reference", v.Name),
		"assignments": []any{}, "acknowledgements": []any{}, "pending_actions": []any{}, "teams": []any{},
		"priority": nil, "resolve_reason": nil, "last_status_change_by": s.agent(i.By),
	}
	if v.Keyless {
		d["incident_key"] = nil
	}
	if p := s.priority(i.Priority); p != nil {
		d["priority"] = map[string]any{
			"id": p.ID, "type": "priority", "summary": p.Name, "name": p.Name, "self": "https://api.pagerduty.com/priorities/" + p.ID, "html_url": nil,
		}
	}
	return d
}

func (s *Server) priority(id string) *Priority {
	return find(s.world.priorities, func(p Priority) bool { return p.ID == id })
}

func (s *Server) agent(a Agent) any {
	name := a.ID
	if u := s.world.user(a.ID); u != nil {
		name = u.Name
	}
	return reference(a.ID, a.Type, name)
}

func reference(id, kind, summary string) map[string]any {
	where := strings.ReplaceAll(strings.TrimSuffix(kind, "_reference")+"s", "ys", "ies") + "/" + id
	return map[string]any{
		"id": id, "type": kind, "summary": summary, "self": "https://api.pagerduty.com/" + where, "html_url": "https://acme.pagerduty.com/" + where,
	}
}

// page answers with a part of a list, as the query wants it.
func (s *Server) page(r request, name string, all []any) answer {
	q := r.URL.Query()
	limit, err := strconv.Atoi(q.Get("limit"))
	if err != nil || limit < 1 {
		limit = 25
	}
	limit = min(limit, s.options.Page)
	offset, _ := strconv.Atoi(q.Get("offset"))
	from := min(max(offset, 0), len(all))
	until := min(from+limit, len(all))
	return answer{status: http.StatusOK, body: map[string]any{
		name: all[from:until:until], "limit": limit, "offset": offset, "more": until < len(all), "total": nil,
	}}
}

func (s *Server) listIncidents(r request) answer {
	q := r.URL.Query()
	now := s.options.Clock()
	since, until := now.Add(-range30d), now.Add(time.Second)
	for name, t := range map[string]*time.Time{"since": &since, "until": &until} {
		if text := q.Get(name); text != "" {
			at, err := time.Parse(time.RFC3339, text)
			if err != nil {
				return refusal(http.StatusBadRequest, 2001, "Invalid Input Provided", name+" is no time")
			}
			*t = at
		}
	}
	if q.Get("date_range") == "all" {
		since, until = time.Time{}, now.Add(time.Second)
	} else if until.Sub(since) > rangeMost {
		return refusal(http.StatusBadRequest, 2001, "Invalid Input Provided", "The range is over 6 months.")
	}
	wanted := func(name string, is string) bool { return !q.Has(name) || slices.Contains(q[name], is) }
	all := []any{}
	for _, i := range s.world.incidents {
		if wanted("service_ids[]", i.Service) && wanted("statuses[]", string(i.Status)) && wanted("urgencies[]", i.Urgency) &&
			(q.Get("incident_key") == "" || q.Get("incident_key") == i.Key) && !i.CreatedAt.Before(since) && i.CreatedAt.Before(until) {
			all = append(all, s.document(i))
		}
	}
	return s.page(r, "incidents", all)
}

func (s *Server) showIncident(r request) answer {
	i := s.world.incident(r.id())
	if i == nil {
		return refusal(http.StatusNotFound, 2100, "Not Found")
	}
	return answer{status: http.StatusOK, body: map[string]any{"incident": s.document(i)}}
}

func (s *Server) listAlerts(r request) answer {
	i := s.world.incident(r.id())
	if i == nil {
		return refusal(http.StatusNotFound, 2100, "Not Found")
	}
	if i.Severity == "" || s.options.Clock().Before(i.CreatedAt.Add(s.world.service(i.Service).AlertsLag)) {
		return s.page(r, "alerts", []any{})
	}
	status := "triggered"
	if i.Status == Resolved {
		status = "resolved"
	}
	return s.page(r, "alerts", []any{map[string]any{
		"id": i.ID + "A", "type": "alert", "summary": i.Title, "self": nil, "html_url": nil, "created_at": stamp(i.CreatedAt), "status": status,
		"alert_key": i.Key, "severity": i.Severity, "suppressed": false, "service": reference(i.Service, "service_reference", i.Service),
		"incident": reference(i.ID, "incident_reference", i.Title),
	}})
}

// changeIncidents acknowledges and resolves as somebody whose address is in From.
func (s *Server) changeIncidents(r request) answer {
	var said struct {
		Incidents []struct {
			ID     string `json:"id"`
			Status Status `json:"status"`
		} `json:"incidents"`
	}
	if err := json.Unmarshal(r.body, &said); err != nil || len(said.Incidents) == 0 {
		return refusal(http.StatusBadRequest, 2001, "Invalid Input Provided")
	}
	if len(said.Incidents) > changeMost {
		return refusal(http.StatusRequestEntityTooLarge, 2001, "Too many incidents")
	}
	who := find(s.world.users, func(u User) bool { return u.Email == r.Header.Get("From") })
	if who == nil {
		return refusal(http.StatusBadRequest, 1008, "Requester User Not Found")
	}
	if slices.Contains(cannotRespond, who.Role) {
		return refusal(http.StatusForbidden, 2010, "Access Denied")
	}
	by, now, all := Agent{who.ID, "user_reference"}, s.options.Clock(), []any{}
	for _, c := range said.Incidents {
		i := s.world.incident(c.ID)
		switch {
		case i == nil:
			return refusal(http.StatusBadRequest, 2001, "Invalid Input Provided", "Incident not found")
		case i.Status == Resolved:
			return refusal(http.StatusBadRequest, 1001, "Incident Already Resolved", "Incident Already Resolved")
		case c.Status == Acknowledged: // one that is acknowledged already is so anew, by whoever asks
			s.move(i, Acknowledged, by, now, "incident.acknowledged")
		case c.Status == Resolved:
			s.move(i, Resolved, by, now, "incident.resolved")
		}
		all = append(all, s.document(i))
	}
	return answer{status: http.StatusOK, body: map[string]any{"incidents": all}}
}

// cannotRespond are the roles that only look: https://support.pagerduty.com/docs/user-roles
var cannotRespond = []string{"observer", "read_only_user", "read_only_limited_user"}
