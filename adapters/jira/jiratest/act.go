package jiratest

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Issue is an issue as a test looks at it.
type Issue struct {
	ID, Key, Status string
	// Fields are what the fields say, by name; Labels are among them.
	Fields   map[string]string
	Comments []string
	Files    []string
	Links    []string // "relates to PAY-1"
}

// Issue is an issue by key, false if there is none.
func (s *Server) Issue(key string) (Issue, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.byKey(key)
	if i == nil {
		return Issue{}, false
	}
	o := Issue{ID: i.id, Key: i.key, Status: i.status.name, Fields: map[string]string{}}
	for id, v := range i.fields {
		f, _ := i.project.field(id)
		o.Fields[f.Name] = said(v)
	}
	for _, c := range i.comments {
		o.Comments = append(o.Comments, c.body)
	}
	for _, a := range i.attachments {
		o.Files = append(o.Files, said(a["filename"]))
	}
	for _, l := range i.links {
		text := l.kind.inward
		if l.outward {
			text = l.kind.outward
		}
		o.Links = append(o.Links, text+" "+s.issues[l.other].key)
	}
	return o, true
}

// Keys lists the issues of a project.
func (s *Server) Keys(project string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for _, i := range s.issues {
		if i.project.key == project {
			all = append(all, i.key)
		}
	}
	slices.Sort(all)
	return all
}

func (s *Server) byKey(key string) *issue {
	for _, i := range s.issues {
		if i.key == key {
			return i
		}
	}
	return nil
}

// as does something to an issue as somebody.
func (s *Server) as(handle, key string, do func(*User, *issue) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, i := s.users[handle], s.byKey(key)
	if u == nil || i == nil {
		return fmt.Errorf("jiratest: no user %s or no issue %s", handle, key)
	}
	return do(u, i)
}

// Transition moves an issue as somebody does in the browser: one way of the workflow that leads to a status, with a resolution where its
// screen asks for one.
func (s *Server) Transition(handle, key, to string) error {
	return s.as(handle, key, func(u *User, i *issue) error {
		for _, t := range i.project.workflow {
			if t.To != to || !t.offered(i) {
				continue
			}
			values := map[string]any{}
			for _, sc := range t.Screen {
				if sc.Field == resolution.ID {
					values[resolution.ID] = resolution.options()[0]
				}
			}
			s.move(u, i, to, values)
			return nil
		}
		return fmt.Errorf("jiratest: no way from %s to %s", i.status.name, to)
	})
}

// Edit sets a field, by name, as somebody: a JSON value.
func (s *Server) Edit(handle, key, field string, value any) error {
	raw, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return s.as(handle, key, func(u *User, i *issue) error {
		k := slices.IndexFunc(i.project.fields, func(f Field) bool { return f.Name == field })
		if k < 0 {
			return fmt.Errorf("jiratest: no field %s", field)
		}
		v, wrong := s.take(i.project.fields[k], raw)
		if wrong != "" {
			return errors.New(wrong)
		}
		s.changed(u, i, i.apply(map[string]any{i.project.fields[k].ID: v}))
		return nil
	})
}

// Comment says something on an issue as somebody.
func (s *Server) Comment(handle, key, text string) error {
	return s.as(handle, key, func(u *User, i *issue) error {
		s.say(u, i, text)
		return nil
	})
}

// Delete deletes an issue as somebody.
func (s *Server) Delete(handle, key string) error {
	return s.as(handle, key, func(u *User, i *issue) error {
		delete(s.issues, i.id)
		s.tell("jira:issue_deleted", u, i, nil, nil)
		return nil
	})
}

// Clone copies an issue as somebody does: its fields and labels, not its properties.
func (s *Server) Clone(handle, key string) error {
	return s.as(handle, key, func(u *User, i *issue) error {
		values := maps.Clone(i.fields)
		values["summary"] = "CLONE - " + said(values["summary"])
		delete(values, resolution.ID)
		s.add(u, i.project, i.kind, values)
		return nil
	})
}

// Forge makes an issue as somebody who may edit what the API lets them: with any labels, and properties of any value.
func (s *Server) Forge(handle, project string, labels []string, properties map[string]string) (key string) {
	s.with(func() {
		all := []any{}
		for _, l := range labels {
			all = append(all, l)
		}
		p := s.projects[project]
		i := s.add(s.users[handle], p, p.types[0], map[string]any{"summary": "forged", "labels": all})
		for name, value := range properties {
			raw, _ := json.Marshal(value) // a string
			i.properties[name] = raw
		}
		key = i.key
	})
	return key
}

// Attach adds a file as somebody.
func (s *Server) Attach(handle, key, name string) error {
	return s.as(handle, key, func(u *User, i *issue) error {
		i.attachments = append(i.attachments, s.attachment(u, name, "text/plain", 1))
		s.changed(u, i, []item{{"Attachment", "attachment", "", name}})
		return nil
	})
}

// Item makes a work item in PAY with a status, of a version if one is given, and returns its key.
func (s *Server) Item(title, st, version string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.projects["PAY"]
	values := map[string]any{"summary": title}
	if version != "" {
		values["fixVersions"] = []any{object{"name": version}}
	}
	i := s.add(s.users["dana"], p, "Story", values)
	i.status = p.status(st)
	return i.key
}

// Opened counts the issues that the bot opened for a key, by the change that it keeps with them.
func (s *Server) Opened(key string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, i := range s.issues {
		var text string
		var c struct {
			Key string `json:"key"`
		}
		_ = json.Unmarshal(i.properties["gonogo.change"], &text)
		if json.Unmarshal([]byte(text), &c) == nil && c.Key == key {
			n++
		}
	}
	return n
}
