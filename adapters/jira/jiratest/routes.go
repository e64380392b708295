package jiratest

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// base is the address that the server believes to be its own.
const base = "https://jira.example"

// route is one kind of request; a part of its path in braces stands for anything.
type route struct {
	method, path string
	do           func(request) (int, any, *problem)
}

func (r route) fits(method string, parts []string) bool {
	own := strings.Split(r.path, "/")
	if r.method != method || len(own) != len(parts) {
		return false
	}
	for i, p := range own {
		if p != parts[i] && !strings.HasPrefix(p, "{") {
			return false
		}
	}
	return true
}

func (s *Server) routes() []route {
	all := []route{
		{"GET", "myself", s.myself},
		{"GET", "mypermissions", s.mypermissions},
		{"GET", "serverInfo", s.serverInfo},
		{"GET", "field", s.allFields},
		{"GET", "project/{key}", s.project},
		{"GET", "project/{key}/statuses", s.projectStatuses},
		{"GET", "issueLinkType", s.linkTypes},
		{"POST", "issueLink", s.link},
		{"GET", "issue/createmeta/{project}/issuetypes", s.createTypes},
		{"GET", "issue/createmeta/{project}/issuetypes/{type}", s.createFields},
		{"POST", "issue", s.create},
		{"GET", "issue/{key}", s.get},
		{"PUT", "issue/{key}", s.edit},
		{"GET", "issue/{key}/transitions", s.transitions},
		{"POST", "issue/{key}/transitions", s.transition},
		{"GET", "issue/{key}/comment", s.comments},
		{"POST", "issue/{key}/comment", s.comment},
		{"PUT", "issue/{key}/properties/{name}", s.setProperty},
		{"POST", "issue/{key}/attachments", s.attach},
	}
	if s.o.Kind == Cloud {
		return append([]route{{"POST", "search/jql", s.searchCloud}, {"GET", "issue/createmeta", s.createMeta}}, all...)
	}
	return append(all, route{"POST", "search", s.searchDataCenter}, route{"GET", "user", s.user})
}

func (s *Server) serverInfo(request) (int, any, *problem) {
	deployment := cmp.Or(s.o.Deployment, map[Kind]string{Cloud: "Cloud", DataCenter: "Server"}[s.o.Kind])
	return http.StatusOK, object{"baseUrl": base, "version": "10.0.0", "deploymentType": deployment, "serverTitle": "Jira"}, nil
}

// project is a project with one workflow.
type project struct {
	id, key, name string
	types         []string // names of its issue types; the id is that of the project with the index
	fields        []Field
	workflow      []Transition
	statuses      []status
	versions      []string
	count         int // of issues so far
}

func (p *project) typeID(name string) string {
	if i := slices.Index(p.types, name); i >= 0 {
		return p.id + string(rune('1'+i))
	}
	return ""
}

func (p *project) typeName(id string) string {
	for _, name := range p.types {
		if p.typeID(name) == id {
			return name
		}
	}
	return ""
}

func (p *project) typeJSON(name string) object {
	id := p.typeID(name)
	return object{"self": base + "/rest/api/2/issuetype/" + id, "id": id, "name": name, "description": "", "subtask": false}
}

func (s *Server) visibleProject(key string) (*project, *problem) {
	p := s.projects[key]
	for _, other := range s.projects {
		if other.id == key {
			p = other
		}
	}
	if p == nil || s.denied["BROWSE_PROJECTS"] {
		return nil, refuse(http.StatusNotFound, "No project could be found with key '%s'.", key)
	}
	return p, nil
}

func (s *Server) project(q request) (int, any, *problem) {
	p, none := s.visibleProject(q.parts[1])
	if none != nil {
		return 0, nil, none
	}
	return http.StatusOK, object{"self": base + "/rest/api/2/project/" + p.id, "id": p.id, "key": p.key, "name": p.name}, nil
}

func (s *Server) projectStatuses(q request) (int, any, *problem) {
	p, none := s.visibleProject(q.parts[1])
	if none != nil {
		return 0, nil, none
	}
	var all []object
	for _, name := range p.types {
		t := p.typeJSON(name)
		delete(t, "description")
		var in []object
		for _, st := range p.statuses {
			in = append(in, st.json())
		}
		t["statuses"] = in
		all = append(all, t)
	}
	return http.StatusOK, all, nil
}
