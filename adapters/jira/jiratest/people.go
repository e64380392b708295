package jiratest

import "net/http"

// User is somebody with an account.
type User struct {
	Handle  string // as tests name them: "charlie"
	ID      string // account id on Cloud, user key on Data Center
	Name    string // username on Data Center
	Display string
	App     bool // an app's account, on Cloud
}

// people are the bot and a few others.
func (s *Server) people() {
	for _, u := range []User{
		{Handle: Bot, Display: "gonogo"}, {Handle: "dana", Display: "Dana Developer"}, {Handle: "charlie", Display: "Charlie Chair"},
		{Handle: "sam", Display: "Sam Security"}, {Handle: "automation", Display: "Automation for Jira", App: true},
	} {
		u.Name = u.Handle + "@shop"
		u.ID = "JIRAUSER-" + u.Handle
		if s.o.Kind == Cloud {
			u.ID = "557058:" + u.Handle
		}
		s.users[u.Handle] = &u
	}
}

// Account is the id of somebody's account: "charlie".
func (s *Server) Account(handle string) string { return s.users[handle].ID }

func (s *Server) userJSON(u *User) object {
	if s.o.Kind == Cloud {
		kind := "atlassian"
		if u.App {
			kind = "app"
		}
		return object{
			"self": base + "/rest/api/2/user?accountId=" + u.ID, "accountId": u.ID, "accountType": kind, "displayName": u.Display,
			"active": true, "timeZone": "Europe/Berlin",
		}
	}
	return object{
		"self": base + "/rest/api/2/user?username=" + u.Name, "name": u.Name, "key": u.ID, "displayName": u.Display,
		"emailAddress": u.Handle + "@shop.example", "active": true, "timeZone": "Europe/Berlin",
	}
}

func (s *Server) myself(q request) (int, any, *problem) {
	return http.StatusOK, s.userJSON(q.by), nil
}

func (s *Server) user(q request) (int, any, *problem) {
	key, name := q.URL.Query().Get("key"), q.URL.Query().Get("username")
	for _, u := range s.users {
		if key != "" && u.ID == key || name != "" && u.Name == name {
			return http.StatusOK, s.userJSON(u), nil
		}
	}
	return 0, nil, refuse(http.StatusNotFound, "The user named '%s%s' does not exist", key, name)
}

// permissions that there are in a project.
var permissions = []string{
	"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "ADD_COMMENTS", "TRANSITION_ISSUES", "CREATE_ATTACHMENTS", "LINK_ISSUES",
	"DELETE_ISSUES", "ASSIGN_ISSUES",
}

func (s *Server) mypermissions(q request) (int, any, *problem) {
	asked := q.list("permissions")
	if s.o.Kind == Cloud && len(asked) == 0 {
		return 0, nil, refuse(http.StatusBadRequest, "The 'permissions' query parameter is required.")
	}
	if s.o.Kind == DataCenter {
		asked = permissions
	}
	key := q.URL.Query().Get("projectKey")
	if key != "" && s.projects[key] == nil {
		return 0, nil, refuse(http.StatusNotFound, "No project could be found with key '%s'.", key)
	}
	all := object{}
	for i, p := range permissions {
		for _, a := range asked {
			if a == p {
				all[p] = object{
					"id": "1" + string(rune('0'+i)), "key": p, "name": p, "type": "PROJECT", "description": "", "havePermission": !s.denied[p],
				}
			}
		}
	}
	return http.StatusOK, object{"permissions": all}, nil
}

// may refuses what the bot may not do.
func (s *Server) may(q request, permission string) *problem {
	if q.by == s.users[Bot] && s.denied[permission] {
		return refuse(http.StatusForbidden, "You do not have the permission %s.", permission)
	}
	return nil
}
