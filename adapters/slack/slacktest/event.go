package slacktest

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Event tells the app of an event in a workspace, and waits for the acknowledgement, 3 seconds at most.
func (s *Server) Event(team, user string, event map[string]any) *Delivery {
	s.mu.Lock()
	w := s.team(team)
	payload := map[string]any{
		"type": "event_callback", "token": "verification-token", "team_id": w.Team, "context_team_id": w.Team, "context_enterprise_id": nullable(w.Enterprise),
		"api_app_id": AppID, "event": event, "event_id": s.id("Ev"), "event_time": time.Now().Unix(), "is_ext_shared_channel": false,
		"authorizations": []any{answer{
			"enterprise_id": nullable(w.Enterprise), "team_id": w.Team, "user_id": w.BotUser, "is_bot": true, "is_enterprise_install": false,
		}},
		"event_context": "4-context",
	}
	if w.Enterprise != "" {
		payload["enterprise_id"] = w.Enterprise
	}
	s.mu.Unlock()
	return s.Deliver("events_api", user, payload)
}

// OpenHome opens the app's Home tab and returns what it shows once nothing more changes; nil if nothing was ever published.
func (s *Server) OpenHome(user string) *View {
	s.mu.Lock()
	w, c := s.at(user, "")
	event := map[string]any{"type": "app_home_opened", "user": user, "channel": c.ID, "tab": "home", "event_ts": s.ts()}
	if v := s.homes[user]; v != nil {
		event["view"] = v.json()
	}
	before := s.noticed[user]
	s.mu.Unlock()
	s.Event(w.Team, user, event)
	s.settle(user, before)
	return s.Home(user)
}

// Say says something in a channel, or to the app directly where the channel is empty: the app hears it if it is mentioned
// (<@U…>) or spoken to directly.
func (s *Server) Say(user, channel, text string) Seen {
	s.mu.Lock()
	w, c := s.at(user, channel)
	m := &message{channel: c, user: user, text: text}
	s.say(m)
	event := map[string]any{
		"type": "app_mention", "user": user, "text": text, "ts": m.ts, "channel": c.ID, "event_ts": m.ts, "team": w.Team, "client_msg_id": s.id("client"),
	}
	if c.IM != "" {
		event["type"], event["channel_type"] = "message", "im"
	}
	heard := c.IM != "" || strings.Contains(text, "<@"+w.BotUser+">")
	s.mu.Unlock()
	if !heard {
		return Seen{}
	}
	return s.act(user, func() *Delivery { return s.Event(w.Team, user, event) })
}

// Shortcut uses a global shortcut of the app.
func (s *Server) Shortcut(user, callback string) Seen {
	return s.act(user, func() *Delivery {
		s.mu.Lock()
		payload := s.interaction("shortcut", s.team(s.users[user].Team), user)
		payload["callback_id"], payload["trigger_id"], payload["action_ts"] = callback, s.trigger(user), s.ts()
		s.mu.Unlock()
		return s.Deliver("interactive", user, payload)
	})
}

// Join adds somebody to a workspace and tells the app.
func (s *Server) Join(u User) *Delivery {
	s.AddUser(u)
	return s.person(u.ID, "team_join")
}

// Deactivate closes an account and tells the app.
func (s *Server) Deactivate(user string) *Delivery {
	return s.ChangeUser(user, func(u *User) { u.Deleted = true })
}

// ChangeUser changes a person's profile or account and tells the app.
func (s *Server) ChangeUser(user string, change func(*User)) *Delivery {
	s.mu.Lock()
	change(s.users[user])
	s.mu.Unlock()
	return s.person(user, "user_change")
}

func (s *Server) person(user, event string) *Delivery {
	s.mu.Lock()
	u := s.users[user]
	w := s.team(u.Team)
	who := s.userJSON(w, u)
	who["locale"] = "en-GB"
	who["profile"].(map[string]any)["fields"] = nil
	payload := map[string]any{"type": event, "user": who, "cache_ts": time.Now().Unix(), "event_ts": s.ts()}
	s.mu.Unlock()
	return s.Event(w.Team, user, payload)
}

// ChangeGroup puts people in a user group, in place of those who were, and tells the app.
func (s *Server) ChangeGroup(id string, users ...string) []*Delivery {
	s.mu.Lock()
	g := s.groups[id]
	missing := func(from, in []string) []string {
		return append([]string{}, slices.DeleteFunc(slices.Clone(from), func(u string) bool { return slices.Contains(in, u) })...)
	}
	added, removed := missing(users, g.Users), missing(g.Users, users)
	g.Users = users
	now := time.Now().Unix()
	members := map[string]any{
		"type": "subteam_members_changed", "subteam_id": id, "team_id": g.Team, "date_previous_update": now - 1, "date_update": now,
		"added_users": added, "added_users_count": len(added), "removed_users": removed, "removed_users_count": len(removed), "event_ts": s.ts(),
	}
	updated := map[string]any{"type": "subteam_updated", "subteam": s.groupJSON(g, true), "event_ts": s.ts()}
	s.mu.Unlock()
	return []*Delivery{s.Event(g.Team, "", members), s.Event(g.Team, "", updated)}
}

// Users are the ids of everybody, the app's own among them, sorted.
func (s *Server) Users() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.users))
}
