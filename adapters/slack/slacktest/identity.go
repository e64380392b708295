package slacktest

import (
	"maps"
	"slices"
	"strings"
)

func (s *Server) authTest(q *request) (answer, error) {
	if q.w == nil {
		return answer{"app_id": AppID, "app_name": "gonogo"}, nil
	}
	out := answer{
		"url": "https://" + q.w.Name + ".slack.com/", "team": q.w.Name, "team_id": q.w.Team, "user": "gonogo", "user_id": q.w.BotUser,
		"bot_id": q.w.BotID, "app_id": AppID, "is_enterprise_install": false,
	}
	if q.w.Enterprise != "" {
		out["enterprise_id"] = q.w.Enterprise
	}
	return out, nil
}

func (s *Server) teamInfo(q *request) (answer, error) {
	team := answer{"id": q.w.Team, "name": q.w.Name, "domain": q.w.Name, "email_domain": "", "icon": answer{}, "url": "https://" + q.w.Name + ".slack.com/"}
	if q.w.Enterprise != "" {
		team["enterprise_id"], team["enterprise_name"] = q.w.Enterprise, q.w.Name
	}
	return answer{"team": team}, nil
}

func (s *Server) botsInfo(q *request) (answer, error) {
	if q.args["bot"] != q.w.BotID {
		return nil, refuse("bot_not_found")
	}
	return answer{"bot": answer{"id": q.w.BotID, "deleted": false, "name": "gonogo", "updated": 1700000000, "app_id": AppID, "user_id": q.w.BotUser}}, nil
}

func (s *Server) connectionsOpen(*request) (answer, error) {
	ticket := s.id("ticket")
	s.tickets[ticket] = true
	return answer{"url": "ws" + strings.TrimPrefix(s.options.URL, "http") + "/link/?ticket=" + ticket + "&app_id=" + AppID}, nil
}

func (s *Server) userInfo(q *request) (answer, error) {
	u := s.users[q.args["user"]]
	if u == nil || !s.same(u.Team, q.w.Team) {
		return nil, refuse("user_not_found")
	}
	return answer{"user": s.userJSON(q.w, u)}, nil
}

func (s *Server) userList(q *request) (answer, error) {
	list := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		if u := s.users[id]; s.same(u.Team, q.w.Team) {
			list = append(list, s.userJSON(q.w, u))
		}
	}
	list, next := page(q, list, 1000)
	return answer{"members": list, "cache_ts": 1700000000, "response_metadata": next}, nil
}

func (s *Server) userByEmail(q *request) (answer, error) {
	for _, id := range slices.Sorted(maps.Keys(s.users)) {
		u := s.users[id]
		if u.Email != "" && strings.EqualFold(u.Email, q.args["email"]) && s.same(u.Team, q.w.Team) && !u.Deleted {
			return answer{"user": s.userJSON(q.w, u)}, nil
		}
	}
	return nil, refuse("users_not_found")
}

func (s *Server) groupJSON(g *Group, users bool) answer {
	deleted := 0
	if g.Disabled {
		deleted = 1700000000
	}
	out := answer{
		"id": g.ID, "team_id": g.Team, "is_usergroup": true, "is_subteam": true, "name": g.Name, "handle": g.Handle, "description": "", "is_external": false,
		"date_create": 1700000000, "date_update": 1700000000, "date_delete": deleted, "auto_provision": false,
		"created_by": "", "updated_by": "", "deleted_by": nil, "enterprise_subteam_id": "", "channel_count": 0, "user_count": len(g.Users), "prefs": answer{"channels": []string{}, "groups": []string{}},
	}
	if users {
		out["users"] = append([]string{}, g.Users...)
	}
	return out
}

func (s *Server) groupList(q *request) (answer, error) {
	list := []answer{}
	for _, id := range slices.Sorted(maps.Keys(s.groups)) {
		if g := s.groups[id]; s.same(g.Team, q.w.Team) && (!g.Disabled || q.flag("include_disabled")) {
			list = append(list, s.groupJSON(g, q.flag("include_users")))
		}
	}
	return answer{"usergroups": list}, nil
}

// groupUsers leaves out closed accounts, as Slack does.
func (s *Server) groupUsers(q *request) (answer, error) {
	g := s.groups[q.args["usergroup"]]
	if g == nil || !s.same(g.Team, q.w.Team) {
		return nil, refuse("no_such_subteam")
	}
	if g.Disabled && !q.flag("include_disabled") {
		return nil, refuse("subteam_disabled")
	}
	list := []string{}
	for _, id := range g.Users {
		if u := s.users[id]; u != nil && !u.Deleted {
			list = append(list, id)
		}
	}
	return answer{"users": list}, nil
}
