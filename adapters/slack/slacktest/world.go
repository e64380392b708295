package slacktest

import (
	"fmt"
	"slices"
	"strings"
)

// Workspace is a Slack workspace with the app installed in it.
type Workspace struct {
	Team       string // T…
	Name       string
	Enterprise string // E…, of an Enterprise Grid organisation
	BotToken   string // made of the team's id when empty
	BotUser    string // U… of the app itself
	BotID      string // B…
	// Scopes that the app was granted; all that the server knows when nil.
	Scopes  []string
	revoked bool
}

// User is a person. Ids are unique over the whole server.
type User struct {
	ID, Team, Name, Email             string
	Unconfirmed                       bool // the e-mail
	Deleted, Bot, Restricted, Unknown bool // Unknown: a stranger of a shared channel
}

// Group is a user group.
type Group struct {
	ID, Team, Handle, Name string
	Users                  []string
	Disabled               bool
}

// Channel is a conversation. Members are user ids, the app's own among them where it belongs.
type Channel struct {
	ID, Team, Name    string
	Private, Archived bool
	IM                string // the person of a direct conversation with the app
	Members           []string
}

// AddWorkspace installs the app in a workspace.
func (s *Server) AddWorkspace(w Workspace) *Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.Name == "" {
		w.Name = strings.ToLower(w.Team)
	}
	if w.BotToken == "" {
		w.BotToken = "xoxb-" + w.Team + "-test"
	}
	if w.BotUser == "" {
		w.BotUser, w.BotID = "UBOT"+w.Team, "BBOT"+w.Team
	}
	if w.Scopes == nil {
		w.Scopes = allScopes()
	}
	s.workspaces = append(s.workspaces, &w)
	s.users[w.BotUser] = &User{ID: w.BotUser, Team: w.Team, Name: "gonogo", Bot: true}
	return &w
}

// AddUser adds somebody to a workspace that exists, before anything is delivered. Later they Join.
func (s *Server) AddUser(u User) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.users[u.ID] != nil || s.team(u.Team) == nil {
		panic(fmt.Sprintf("slacktest: user %s of team %s", u.ID, u.Team))
	}
	s.users[u.ID] = &u
}

// AddChannel adds a channel with everybody of its workspace that is there, and the app, unless Members are given.
func (s *Server) AddChannel(c Channel) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.channels[c.ID] != nil || s.team(c.Team) == nil {
		panic(fmt.Sprintf("slacktest: channel %s of team %s", c.ID, c.Team))
	}
	if c.Members == nil {
		for id, u := range s.users {
			if s.same(u.Team, c.Team) {
				c.Members = append(c.Members, id)
			}
		}
		slices.Sort(c.Members)
	}
	s.channels[c.ID] = &c
}

// AddGroup adds a user group.
func (s *Server) AddGroup(g Group) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.groups[g.ID] = &g
}

// ChangeChannel changes a channel in place: archives it, lets people in or out.
func (s *Server) ChangeChannel(id string, change func(*Channel)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s.channels[id])
}

// Revoke makes a workspace's token worthless: token_revoked from now on.
func (s *Server) Revoke(team string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.team(team).revoked = true
}

// team finds a workspace, nil if there is none. The caller holds the lock.
func (s *Server) team(id string) *Workspace {
	for _, w := range s.workspaces {
		if w.Team == id {
			return w
		}
	}
	return nil
}

// same reports whether two teams share their people: the same team, or two of one enterprise. The caller holds the lock.
func (s *Server) same(a, b string) bool {
	x, y := s.team(a), s.team(b)
	return a == b || x != nil && y != nil && x.Enterprise != "" && x.Enterprise == y.Enterprise
}

// direct finds or opens the direct conversation of the app with somebody. The caller holds the lock.
func (s *Server) direct(w *Workspace, user string) *Channel {
	for _, c := range s.channels {
		if c.IM == user && c.Team == w.Team {
			return c
		}
	}
	c := &Channel{ID: "D" + strings.TrimLeft(user, "UW") + w.Team, Team: w.Team, IM: user, Members: []string{user, w.BotUser}}
	s.channels[c.ID] = c
	return c
}

// Names of the people by id, the app's own included, to compare what different platforms show.
func (s *Server) Names() map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for id, u := range s.users {
		out[id] = u.Name
	}
	return out
}

func (s *Server) userJSON(w *Workspace, u *User) map[string]any {
	profile := map[string]any{
		"real_name": u.Name, "display_name": u.Name, "real_name_normalized": u.Name, "display_name_normalized": u.Name, "team": u.Team,
		"avatar_hash": "", "title": "", "phone": "", "skype": "", "status_text": "", "status_text_canonical": "", "status_emoji": "",
		"status_emoji_display_info": []any{}, "status_expiration": 0, "first_name": u.Name, "last_name": "",
	}
	for _, size := range []string{"24", "32", "48", "72", "192", "512"} {
		profile["image_"+size] = "https://" + Host + "/avatar.png"
	}
	if u.Email != "" && w.granted("users:read.email") {
		profile["email"] = u.Email
	}
	out := map[string]any{
		"id": u.ID, "team_id": u.Team, "name": u.Name, "deleted": u.Deleted, "real_name": u.Name, "tz": "Etc/UTC", "tz_label": "UTC", "tz_offset": 0, "color": "9f69e7",
		"who_can_share_contact_card": "EVERYONE",
		"profile":                    profile, "is_admin": false, "is_owner": false, "is_primary_owner": false, "is_restricted": u.Restricted,
		"is_ultra_restricted": false, "is_bot": u.Bot, "is_app_user": false, "updated": 1700000000,
		"is_email_confirmed": u.Email != "" && !u.Unconfirmed && !u.Bot,
	}
	if u.Unknown {
		out["is_stranger"] = true
	}
	if home := s.team(u.Team); home != nil && home.Enterprise != "" {
		out["enterprise_user"] = map[string]any{
			"id": u.ID, "enterprise_id": home.Enterprise, "enterprise_name": home.Name, "is_admin": false, "is_owner": false, "teams": []string{u.Team},
		}
	}
	return out
}
