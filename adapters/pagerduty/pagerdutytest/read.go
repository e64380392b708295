package pagerdutytest

import (
	"net/http"
	"slices"
	"strings"
)

func (s *Server) listAbilities(request) answer {
	return answer{status: http.StatusOK, body: map[string]any{"abilities": []string{"teams", "urgencies", "event_rules"}}}
}

func (s *Server) profile(u *User) map[string]any {
	return map[string]any{
		"id": u.ID, "type": "user", "summary": u.Name, "self": "https://api.pagerduty.com/users/" + u.ID, "html_url": "https://acme.pagerduty.com/users/" + u.ID,
		"name": u.Name, "email": u.Email, "role": u.Role, "time_zone": "Europe/Paris", "color": "purple", "description": nil,
		"invitation_sent": false, "job_title": "Engineer", "teams": []any{}, "contact_methods": []any{}, "notification_rules": []any{},
	}
}

func (s *Server) showMe(r request) answer {
	u := s.world.user(r.key.User)
	if u == nil {
		return refusal(http.StatusBadRequest, 2001, "Invalid Input Provided", "This endpoint is for keys of a user.")
	}
	return answer{status: http.StatusOK, body: map[string]any{"user": s.profile(u)}}
}

func (s *Server) showUser(r request) answer {
	u := s.world.user(r.id())
	if u == nil {
		return refusal(http.StatusNotFound, 2100, "Not Found")
	}
	return answer{status: http.StatusOK, body: map[string]any{"user": s.profile(u)}}
}

// listUsers finds users whose name or address begins with what is asked for.
func (s *Server) listUsers(r request) answer {
	asked := strings.ToLower(r.URL.Query().Get("query"))
	all := []any{}
	for i := range s.world.users {
		u := &s.world.users[i]
		if strings.HasPrefix(strings.ToLower(u.Name), asked) || strings.HasPrefix(strings.ToLower(u.Email), asked) {
			all = append(all, s.profile(u))
		}
	}
	return s.page(r, "users", all)
}

func (s *Server) showService(r request) answer {
	v := s.world.service(r.id())
	if v == nil {
		return refusal(http.StatusNotFound, 2100, "Not Found")
	}
	full := slices.Contains(r.URL.Query()["include[]"], "integrations")
	integrations := []any{}
	for _, in := range v.Integrations {
		d := reference(in.ID, in.Type+"_reference", in.ID)
		if full {
			d["type"], d["name"] = in.Type, in.ID
			if !in.Hidden {
				d["integration_key"] = in.Key
			}
		}
		integrations = append(integrations, d)
	}
	return answer{status: http.StatusOK, body: map[string]any{"service": map[string]any{
		"id": v.ID, "type": "service", "summary": v.Name, "name": v.Name, "status": v.Status, "self": "https://api.pagerduty.com/services/" + v.ID,
		"html_url": "https://acme.pagerduty.com/services/" + v.ID, "escalation_policy": reference(v.Policy, "escalation_policy_reference", v.Policy),
		"teams": []any{}, "integrations": integrations, "alert_creation": "create_alerts_and_incidents",
	}}}
}

// listOnCalls tells who is on call now.
func (s *Server) listOnCalls(r request) answer {
	q, now := r.URL.Query(), s.options.Clock()
	all := []any{}
	for _, o := range s.world.shifts {
		if q.Has("escalation_policy_ids[]") && !slices.Contains(q["escalation_policy_ids[]"], o.Policy) ||
			o.From.After(now) || !o.Until.IsZero() && !o.Until.After(now) {
			continue
		}
		u := s.world.user(o.User)
		who := reference(u.ID, "user_reference", u.Name)
		if slices.Contains(q["include[]"], "users") {
			who = s.profile(u)
		}
		var schedule any
		if !o.From.IsZero() {
			schedule = reference("PSCHED1", "schedule_reference", "Rotation")
		}
		all = append(all, map[string]any{
			"user": who, "schedule": schedule, "escalation_policy": reference(o.Policy, "escalation_policy_reference", o.Policy),
			"escalation_level": o.Level, "start": stamp(o.From), "end": stamp(o.Until),
		})
	}
	return s.page(r, "oncalls", all)
}

func (s *Server) listPriorities(r request) answer {
	all := []any{}
	for _, p := range s.world.priorities {
		all = append(all, map[string]any{"id": p.ID, "type": "priority", "summary": p.Name, "name": p.Name, "self": nil, "html_url": nil, "description": ""})
	}
	return s.page(r, "priorities", all)
}

func (s *Server) listSubscriptions(r request) answer {
	all := []any{}
	for _, u := range s.world.subscriptions {
		filter := map[string]any{"type": "account_reference"}
		if u.Service != "" {
			filter = map[string]any{"type": "service_reference", "id": u.Service}
		}
		all = append(all, map[string]any{
			"id": u.ID, "type": "webhook_subscription", "active": !u.Inactive, "description": "", "events": u.Events, "filter": filter,
			"delivery_method": map[string]any{"id": u.ID + "D", "type": "http_delivery_method", "url": u.URL, "secret": nil, "temporarily_disabled": u.Disabled},
		})
	}
	return s.page(r, "webhook_subscriptions", all)
}
