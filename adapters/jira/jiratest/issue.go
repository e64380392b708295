package jiratest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// issue is an issue with all that belongs to it.
type issue struct {
	id, key     string
	project     *project
	kind        string
	creator     *User
	created     time.Time
	updated     time.Time
	status      status
	fields      map[string]any // those that are set, as they are said
	properties  map[string]json.RawMessage
	comments    []*comment
	attachments []object
	links       []link
	history     []entry
	writes      []time.Time
	indexed     []snapshot // what search knows of it, the newest last
}

// entry is one change in the changelog.
type entry struct {
	id    string
	by    *User
	at    time.Time
	items []item
}

type item struct{ field, id, from, to string }

// find is the issue that a request's path names.
func (s *Server) find(key string) (*issue, *problem) {
	gone := refuse(http.StatusNotFound, "Issue does not exist or you do not have permission to see it.")
	if s.denied["BROWSE_PROJECTS"] {
		return nil, gone
	}
	for _, i := range s.issues {
		if i.id == key || i.key == strings.ToUpper(key) {
			return i, nil
		}
	}
	return nil, gone
}

// write lets a request change an issue, or says why not: a permission that is missing, a limit, somebody else's change.
func (s *Server) write(q request, permission string) (*issue, *problem) {
	i, none := s.find(q.parts[1])
	if none != nil {
		return nil, none
	}
	if p := s.may(q, permission); p != nil {
		return nil, p
	}
	if s.conflicts > 0 {
		s.conflicts--
		return nil, refuse(http.StatusConflict, "The issue was changed by somebody else meanwhile.")
	}
	if s.o.Kind != Cloud {
		return i, nil
	}
	now := s.now()
	i.writes = slices.DeleteFunc(i.writes, func(at time.Time) bool { return !at.After(now.Add(-WritesWithin)) })
	if len(i.writes) >= s.o.Writes {
		p := refuse(http.StatusTooManyRequests, "The limit of writes to this issue is exceeded.")
		p.header = http.Header{"Retry-After": {strconv.Itoa(int(WritesWithin / time.Second))}, "Ratelimit-Reason": {"jira-per-issue-on-write"}}
		return nil, p
	}
	i.writes = append(i.writes, now)
	return i, nil
}

// update is the body that creates, edits and moves issues.
type update struct {
	Fields     map[string]json.RawMessage `json:"fields"`
	Transition struct {
		ID string `json:"id"`
	} `json:"transition"`
	Properties []struct {
		Key   string          `json:"key"`
		Value json.RawMessage `json:"value"`
	} `json:"properties"`
}

func (s *Server) create(q request) (int, any, *problem) {
	var u update
	if p := q.read(&u); p != nil {
		return 0, nil, p
	}
	var in struct {
		Project struct{ Key, ID string }
		Type    struct{ Name, ID string }
	}
	_ = json.Unmarshal(u.Fields["project"], &in.Project)
	_ = json.Unmarshal(u.Fields["issuetype"], &in.Type)
	p := s.projects[in.Project.Key]
	if p == nil || s.denied["BROWSE_PROJECTS"] {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: map[string]string{"project": "valid project is required"}}
	}
	if s.denied["CREATE_ISSUES"] {
		return 0, nil, refuse(http.StatusForbidden, "You do not have permission to create issues in this project.")
	}
	kind := in.Type.Name
	if kind == "" {
		kind = p.typeName(in.Type.ID)
	}
	if p.typeID(kind) == "" {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: map[string]string{"issuetype": "The issue type selected is invalid."}}
	}
	delete(u.Fields, "project")
	delete(u.Fields, "issuetype")
	values, faults := s.screen(p, u.Fields)
	for _, f := range p.fields {
		if _, given := values[f.ID]; f.Required && !f.Default && !given {
			faults[f.ID] = f.Name + " is required."
		}
	}
	if len(faults) > 0 {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: faults}
	}
	i := s.add(q.by, p, kind, values)
	i.set(u)
	return http.StatusCreated, object{"id": i.id, "key": i.key, "self": base + "/rest/api/2/issue/" + i.id}, nil
}

// screen reads the fields of a body, all of which must be on the project's screens.
func (s *Server) screen(p *project, fields map[string]json.RawMessage) (map[string]any, map[string]string) {
	values, faults := map[string]any{}, map[string]string{}
	for id, raw := range fields {
		f, known := p.field(id)
		if !known || f.Off || id == resolution.ID {
			faults[id] = fmt.Sprintf("Field '%s' cannot be set. It is not on the appropriate screen, or unknown.", id)
			continue
		}
		v, wrong := s.take(f, raw)
		if wrong != "" {
			faults[id] = wrong
			continue
		}
		values[id] = v
	}
	return values, faults
}

func (i *issue) set(u update) {
	for _, p := range u.Properties {
		i.properties[p.Key] = p.Value
	}
}

// add makes an issue.
func (s *Server) add(by *User, p *project, kind string, values map[string]any) *issue {
	p.count++
	now := s.now()
	i := &issue{
		id: s.next(), key: p.key + "-" + strconv.Itoa(p.count), project: p, kind: kind, creator: by, created: now, updated: now,
		status: p.statuses[0], fields: values, properties: map[string]json.RawMessage{}, writes: []time.Time{now},
	}
	s.issues[i.id] = i
	i.index()
	s.tell("jira:issue_created", by, i, nil, nil)
	return i
}

func (s *Server) next() string {
	s.last++
	return strconv.Itoa(s.last)
}

// changed notes a change of an issue.
func (s *Server) changed(by *User, i *issue, items []item) {
	i.updated = s.now()
	if len(items) > 0 {
		e := entry{id: s.next(), by: by, at: i.updated, items: items}
		i.history = append(i.history, e)
		s.tell("jira:issue_updated", by, i, &e, nil)
	}
	i.index()
}

func (s *Server) edit(q request) (int, any, *problem) {
	i, p := s.write(q, "EDIT_ISSUES")
	if p != nil {
		return 0, nil, p
	}
	var u update
	if p := q.read(&u); p != nil {
		return 0, nil, p
	}
	values, faults := s.screen(i.project, u.Fields)
	if len(faults) > 0 {
		return 0, nil, &problem{status: http.StatusBadRequest, fields: faults}
	}
	i.set(u)
	s.changed(q.by, i, i.apply(values))
	return http.StatusNoContent, nil, nil
}

// apply sets values, and returns what changed by that.
func (i *issue) apply(values map[string]any) []item {
	var items []item
	for _, id := range slices.Sorted(maps.Keys(values)) {
		f, _ := i.project.field(id)
		before, after := said(i.fields[id]), said(values[id])
		if before != after {
			items = append(items, item{f.Name, id, before, after})
		}
		if values[id] == nil {
			delete(i.fields, id)
		} else {
			i.fields[id] = values[id]
		}
	}
	return items
}

// said is a value as the changelog says it.
func said(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case object:
		for _, name := range []string{"value", "name", "displayName"} {
			if text, ok := v[name].(string); ok && name != "name" || ok && v["displayName"] == nil {
				return text
			}
		}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, said(one))
		}
		return strings.Join(all, " ")
	}
	return fmt.Sprint(v)
}

func (s *Server) setProperty(q request) (int, any, *problem) {
	i, p := s.write(q, "EDIT_ISSUES")
	if p != nil {
		return 0, nil, p
	}
	if !json.Valid(q.body) {
		return 0, nil, refuse(http.StatusBadRequest, "The value is no JSON.")
	}
	_, there := i.properties[q.parts[3]]
	i.properties[q.parts[3]] = q.body
	if there {
		return http.StatusOK, nil, nil
	}
	return http.StatusCreated, nil, nil
}

func (s *Server) get(q request) (int, any, *problem) {
	i, none := s.find(q.parts[1])
	if none != nil {
		return 0, nil, none
	}
	fields := q.list("fields")
	if len(fields) == 0 {
		fields = []string{"*all"}
	}
	o := s.issueJSON(i, fields, q.v3)
	properties := object{}
	for _, name := range q.list("properties") {
		if v, ok := i.properties[name]; ok {
			properties[name] = v
		}
	}
	if len(properties) > 0 {
		o["properties"] = properties
	}
	expand := q.list("expand")
	if slices.Contains(expand, "changelog") {
		o["changelog"] = s.changelog(i)
	}
	if slices.Contains(expand, "editmeta") {
		fields := object{}
		for _, f := range i.project.fields {
			if !f.Off && !s.denied["EDIT_ISSUES"] {
				fields[f.ID] = s.meta(f, f.Required, false)
			}
		}
		o["editmeta"] = object{"fields": fields}
	}
	return http.StatusOK, o, nil
}

func (s *Server) changelog(i *issue) object {
	all := []object{}
	for _, e := range i.history {
		all = append(all, s.entryJSON(e))
	}
	if s.o.Kind == Cloud {
		slices.Reverse(all) // the most recent first
	}
	return object{"startAt": 0, "maxResults": len(all), "total": len(all), "histories": all}
}

func (s *Server) entryJSON(e entry) object {
	return object{"id": e.id, "author": s.userJSON(e.by), "created": e.at.In(zone).Format(stamp), "items": s.itemsJSON(e)}
}

func (s *Server) itemsJSON(e entry) []object {
	var all []object
	for _, it := range e.items {
		kind := "jira"
		if strings.HasPrefix(it.id, "customfield_") {
			kind = "custom"
		}
		o := object{"field": it.field, "fieldtype": kind, "from": it.from, "fromString": it.from, "to": it.to, "toString": it.to}
		if s.o.Kind == Cloud {
			o["fieldId"] = it.id
		}
		all = append(all, o)
	}
	return all
}

// issueJSON is an issue with the fields asked for.
func (s *Server) issueJSON(i *issue, wanted []string, v3 bool) object {
	all := object{
		"project": object{"self": base + "/rest/api/2/project/" + i.project.id, "id": i.project.id, "key": i.project.key, "name": i.project.name},
		"created": i.created.In(zone).Format(stamp), "updated": i.updated.In(zone).Format(stamp), "creator": s.userJSON(i.creator),
		"status": i.status.json(), "issuetype": i.project.typeJSON(i.kind), "labels": []any{}, "attachment": i.attachments, "issuelinks": s.linksJSON(i),
		"resolution": nil,
	}
	if i.attachments == nil {
		all["attachment"] = []object{}
	}
	for _, f := range i.project.fields {
		v := i.fields[f.ID]
		if text, ok := v.(string); ok && v3 && (f.ID == "description" || f.ID == "environment" || f.Custom == "textarea") {
			v = document(text)
		}
		if v != nil || f.ID != "labels" {
			all[f.ID] = v
		}
	}
	if v, ok := i.fields[resolution.ID]; ok {
		all[resolution.ID] = v
	}
	fields := object{}
	for name, v := range all {
		if slices.Contains(wanted, name) || slices.Contains(wanted, "*all") || slices.Contains(wanted, "*navigable") {
			fields[name] = v
		}
	}
	return object{"id": i.id, "key": i.key, "self": base + "/rest/api/2/issue/" + i.id, "fields": fields}
}

// document is a text in the format of version 3.
func document(text string) object {
	return object{"type": "doc", "version": 1, "content": []object{{"type": "paragraph", "content": []object{{"type": "text", "text": text}}}}}
}
