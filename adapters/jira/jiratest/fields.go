package jiratest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Field is a field of a project's issues.
type Field struct {
	ID, Name string
	// Type and Items are those of its schema: "string", "option", "array" of "user".
	Type, Items string
	// Custom is the kind of a custom field: "textfield", "textarea", "url".
	Custom   string
	Required bool
	Default  bool     // Jira fills it in where it is not given
	Allowed  []string // of an option
	Off      bool     // on no screen
}

// textMost bounds a text field of one line.
const textMost = 255

// changeFields are those of a change request; the first four are the system's.
func changeFields() []Field {
	return []Field{
		{ID: "summary", Name: "Summary", Type: "string", Required: true},
		{ID: "description", Name: "Description", Type: "string"},
		{ID: "labels", Name: "Labels", Type: "array", Items: "string"},
		{ID: "fixVersions", Name: "Fix versions", Type: "array", Items: "version"},
		{ID: "environment", Name: "Environment", Type: "string"},
		{ID: "customfield_10101", Name: "Risk", Type: "string", Custom: "textarea"},
		{ID: "customfield_10102", Name: "Risk tier", Type: "option", Custom: "select", Allowed: []string{"Low", "Medium", "High", "Critical"}},
		{ID: "customfield_10103", Name: "Affected service", Type: "string", Custom: "textfield"},
		{ID: "customfield_10104", Name: "Version deployed", Type: "string", Custom: "textfield"},
		{ID: "customfield_10105", Name: "Artifact digest", Type: "string", Custom: "textfield"},
		{ID: "customfield_10106", Name: "Commit", Type: "string", Custom: "textfield"},
		{ID: "customfield_10107", Name: "Rollback plan", Type: "string", Custom: "textarea"},
		{ID: "customfield_10108", Name: "Requester", Type: "user", Custom: "userpicker"},
		{ID: "customfield_10109", Name: "Approvers", Type: "array", Items: "user", Custom: "multiuserpicker"},
		{ID: "customfield_10110", Name: "Planned start", Type: "datetime", Custom: "datetime"},
		{ID: "customfield_10111", Name: "Planned end", Type: "datetime", Custom: "datetime"},
		{ID: "customfield_10112", Name: "Release page", Type: "string", Custom: "url"},
		{ID: "customfield_10113", Name: "Change day", Type: "date", Custom: "datepicker"},
		{ID: "customfield_10114", Name: "Environments", Type: "array", Items: "option", Custom: "multiselect", Allowed: []string{"staging", "prod"}},
		{ID: "customfield_10115", Name: "Build number", Type: "number", Custom: "float"},
		{ID: "customfield_10116", Name: "Sprint", Type: "any", Custom: "gh-sprint"},
		{ID: "customfield_10117", Name: "Signatories", Type: "array", Items: "string", Custom: "labels"},
		{ID: "customfield_10118", Name: "Elsewhere", Type: "string", Custom: "textfield", Off: true},
	}
}

// Resolutions that there are.
var resolutions = []string{"Done", "Rolled back", "Won't Do"}

// resolution is on transition screens alone.
var resolution = Field{ID: "resolution", Name: "Resolution", Type: "resolution", Allowed: resolutions}

// SetField adds a field to the project of changes, or replaces that of the same name.
func (s *Server) SetField(f Field) {
	s.with(func() {
		p := s.projects["CHG"]
		p.fields = slices.DeleteFunc(p.fields, func(o Field) bool { return o.Name == f.Name })
		p.fields = append(p.fields, f)
	})
}

func (p *project) field(id string) (Field, bool) {
	if id == resolution.ID {
		return resolution, true
	}
	i := slices.IndexFunc(p.fields, func(f Field) bool { return f.ID == id })
	if i < 0 {
		return Field{}, false
	}
	return p.fields[i], true
}

func (f Field) schema() object {
	o := object{"type": f.Type}
	if f.Items != "" {
		o["items"] = f.Items
	}
	if f.Custom == "" {
		o["system"] = f.ID
		return o
	}
	o["custom"] = "com.atlassian.jira.plugin.system.customfieldtypes:" + f.Custom
	var n int
	_, _ = fmt.Sscanf(f.ID, "customfield_%d", &n)
	o["customId"] = n
	return o
}

func (f Field) options() []object {
	var all []object
	for i, a := range f.Allowed {
		o := object{"id": fmt.Sprintf("%d", 10+i), "self": base + "/rest/api/2/option"}
		if f.Type == "resolution" {
			o["name"] = a
		} else {
			o["value"] = a
		}
		all = append(all, o)
	}
	return all
}

// meta describes the field for a screen. Cloud describes it under its id as key as well.
func (s *Server) meta(f Field, required, inList bool) object {
	o := object{
		"required": required, "schema": f.schema(), "name": f.Name, "hasDefaultValue": f.Default, "operations": []string{"set"},
	}
	if inList || s.o.Kind == DataCenter {
		o["fieldId"] = f.ID
	}
	if s.o.Kind == Cloud {
		o["key"] = f.ID
	}
	if len(f.Allowed) > 0 {
		o["allowedValues"] = f.options()
	}
	return o
}

// take reads the value of a field as it was sent: what is stored is what is said later.
func (s *Server) take(f Field, raw json.RawMessage) (any, string) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return nil, err.Error()
	}
	if v == nil {
		return nil, ""
	}
	if f.Type != "array" {
		return s.takeOne(f, f.Type, v)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, "data was not an array"
	}
	var all []any
	for _, one := range list {
		got, wrong := s.takeOne(f, f.Items, one)
		if wrong != "" {
			return nil, wrong
		}
		all = append(all, got)
	}
	return all, ""
}

func (s *Server) takeOne(f Field, kind string, v any) (any, string) {
	switch kind {
	case "string":
		text, ok := v.(string)
		switch label := f.Items == "string"; {
		case !ok:
			return nil, "Operation value must be a string"
		case label && strings.ContainsAny(text, " \t\n"):
			return nil, fmt.Sprintf("The label '%s' contains spaces which is invalid.", text)
		case (f.Custom == "textfield" || f.ID == "summary" || label) && utf8.RuneCountInString(text) > textMost:
			return nil, fmt.Sprintf("%s must be less than %d characters.", f.Name, textMost)
		case f.ID == "summary" && strings.Contains(text, "\n"):
			return nil, "The summary is invalid because it contains newline characters."
		case f.Custom == "url" && !strings.HasPrefix(text, "http"):
			return nil, "Not a valid URL"
		}
		return text, ""
	case "number":
		if _, ok := v.(float64); !ok {
			return nil, "Operation value must be a number"
		}
		return v, ""
	case "date", "datetime":
		layout := map[string]string{"date": time.DateOnly, "datetime": stamp}[kind]
		text, _ := v.(string)
		at, err := time.Parse(layout, text)
		if err != nil {
			return nil, "Error parsing date string: " + text
		}
		return at.In(zone).Format(layout), ""
	case "option", "resolution", "version":
		name := map[string]string{"option": "value"}[kind]
		if name == "" {
			name = "name"
		}
		o, _ := v.(object)
		for i, a := range f.Allowed {
			if o[name] == a || o["id"] == fmt.Sprintf("%d", 10+i) {
				return f.options()[i], ""
			}
		}
		return nil, fmt.Sprintf("Option value '%v' is not valid", o[name])
	case "user":
		o, _ := v.(object)
		for _, u := range s.users {
			if s.o.Kind == Cloud && o["accountId"] == u.ID || s.o.Kind == DataCenter && o["name"] == u.Name {
				return s.userJSON(u), ""
			}
		}
		return nil, fmt.Sprintf("User '%v%v' does not exist.", o["accountId"], o["name"])
	}
	return nil, fmt.Sprintf("data of type %s can't be set", kind)
}

// stamp is how times are written. People's zone is not UTC.
const stamp = "2006-01-02T15:04:05.000-0700"

var zone = time.FixedZone("Berlin", 3600)

func (s *Server) allFields(request) (int, any, *problem) {
	var all []object
	for _, f := range s.projects["CHG"].fields {
		all = append(all, object{
			"id": f.ID, "name": f.Name, "custom": f.Custom != "", "orderable": true, "navigable": true, "searchable": true,
			"clauseNames": []string{f.ID}, "schema": f.schema(),
		})
	}
	return http.StatusOK, all, nil
}

func (s *Server) createTypes(q request) (int, any, *problem) {
	p, none := s.visibleProject(q.parts[2])
	if none != nil {
		return 0, nil, none
	}
	all := []object{}
	for _, name := range p.types {
		if !s.denied["CREATE_ISSUES"] { // only what may be created is listed
			all = append(all, p.typeJSON(name))
		}
	}
	return s.page(q, all, "issueTypes")
}

func (s *Server) createFields(q request) (int, any, *problem) {
	p, none := s.visibleProject(q.parts[2])
	if none != nil {
		return 0, nil, none
	}
	name := p.typeName(q.parts[4])
	if name == "" {
		return 0, nil, refuse(http.StatusBadRequest, "Issue type %s does not exist", q.parts[4])
	}
	all := []object{}
	for _, f := range s.creatable(p) {
		all = append(all, s.meta(f, f.Required, true))
	}
	return s.page(q, all, "fields")
}

// creatable are the fields of the screen for creating issues.
func (s *Server) creatable(p *project) []Field {
	all := []Field{
		{ID: "project", Name: "Project", Type: "project", Required: true},
		{ID: "issuetype", Name: "Issue Type", Type: "issuetype", Required: true},
	}
	return append(all, slices.DeleteFunc(slices.Clone(p.fields), func(f Field) bool { return f.Off })...)
}

// listMost bounds a page, whatever is asked for: Jira may give less, and so shorter lists are read in pages too.
const listMost = 10

// page is part of a list: under its own name on Cloud, under "values" on Data Center.
func (s *Server) page(q request, all []object, name string) (int, any, *problem) {
	from := min(q.number("startAt", 0), len(all))
	to := min(from+min(q.number("maxResults", listMost), listMost), len(all))
	o := object{"startAt": from, "maxResults": listMost, "total": len(all)}
	if s.o.Kind == Cloud {
		o[name] = all[from:to]
	} else {
		o["values"], o["isLast"] = all[from:to], to == len(all)
	}
	return http.StatusOK, o, nil
}

// createMeta is the older, larger answer, which Cloud still gives and Data Center no longer does.
func (s *Server) createMeta(q request) (int, any, *problem) {
	var projects []object
	for _, key := range q.list("projectKeys") {
		p := s.projects[key]
		if p == nil {
			continue
		}
		var types []object
		for _, name := range p.types {
			t, fields := p.typeJSON(name), object{}
			for _, f := range s.creatable(p) {
				fields[f.ID] = s.meta(f, f.Required, false)
			}
			t["fields"] = fields
			types = append(types, t)
		}
		projects = append(projects, object{"id": p.id, "key": p.key, "name": p.name, "issuetypes": types})
	}
	return http.StatusOK, object{"expand": "projects", "projects": projects}, nil
}
