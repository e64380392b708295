package jiratest

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// snapshot is what search knows of an issue since a moment.
type snapshot struct {
	at       time.Time
	labels   []string
	versions []string
}

// index notes what search will know of the issue.
func (i *issue) index() {
	sn := snapshot{at: i.updated}
	for name, to := range map[string]*[]string{"labels": &sn.labels, "fixVersions": &sn.versions} {
		list, _ := i.fields[name].([]any)
		for _, v := range list {
			*to = append(*to, said(v))
		}
	}
	i.indexed = append(i.indexed, sn)
}

// known is what search knows of the issue by now; false if nothing.
func (s *Server) known(i *issue) (snapshot, bool) {
	until := s.now().Add(-s.o.Lag)
	for _, sn := range slices.Backward(i.indexed) {
		if !sn.at.After(until) {
			return sn, true
		}
	}
	return snapshot{}, false
}

type query struct {
	JQL           string   `json:"jql"`
	Fields        []string `json:"fields"`
	MaxResults    *int     `json:"maxResults"`
	NextPageToken string   `json:"nextPageToken"`
	StartAt       int      `json:"startAt"`
}

const pageMost = 50

func (s *Server) searchCloud(q request) (int, any, *problem) {
	var in query
	if p := q.read(&in); p != nil {
		return 0, nil, p
	}
	if in.NextPageToken != "" {
		raw, err := base64.StdEncoding.DecodeString(in.NextPageToken)
		if err != nil {
			return 0, nil, refuse(http.StatusBadRequest, "The provided next page token is invalid or expired.")
		}
		in.StartAt, _ = strconv.Atoi(string(raw))
	}
	found, p := s.found(in)
	if p != nil {
		return 0, nil, p
	}
	from, to := in.bounds(len(found))
	o := object{"issues": s.list(found[from:to], in.Fields, q.v3), "isLast": to == len(found)}
	if to < len(found) {
		o["nextPageToken"] = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(to)))
	}
	return http.StatusOK, o, nil
}

func (s *Server) searchDataCenter(q request) (int, any, *problem) {
	var in query
	if p := q.read(&in); p != nil {
		return 0, nil, p
	}
	found, p := s.found(in)
	if p != nil {
		return 0, nil, p
	}
	if len(in.Fields) == 0 {
		in.Fields = []string{"*navigable"}
	}
	from, to := in.bounds(len(found))
	return http.StatusOK, object{
		"startAt": from, "maxResults": to - from, "total": len(found), "issues": s.list(found[from:to], in.Fields, false),
	}, nil
}

func (in query) bounds(n int) (from, to int) {
	size := pageMost
	if in.MaxResults != nil {
		size = min(size, *in.MaxResults)
	}
	from = min(in.StartAt, n)
	return from, min(from+size, n)
}

func (s *Server) list(issues []*issue, fields []string, v3 bool) []object {
	all := []object{}
	for _, i := range issues {
		o := s.issueJSON(i, fields, v3)
		if s.o.Kind == Cloud && len(fields) == 0 {
			o = object{"id": i.id}
		}
		all = append(all, o)
	}
	return all
}

// clause is one condition: field, operator, values.
type clause struct {
	field, operator string
	values          []string
}

var (
	clauseForm = regexp.MustCompile(`(?i)^\s*(\w+)\s*(=|>=|in)\s*(.+?)\s*$`)
	bareForm   = regexp.MustCompile(`^-?[A-Za-z0-9_.]+$`)
	valueForm  = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|[^\s,()]+`)
	andForm    = regexp.MustCompile(`(?i)\s+and\s+`)
	orderForm  = regexp.MustCompile(`(?i)\s+order\s+by\s+[\w ,]+$`)
	sinceForm  = regexp.MustCompile(`^-(\d+)m$`)
)

// parse reads the part of JQL that the tests need, and refuses the rest.
func parse(jql string) ([]clause, *problem) {
	var all []clause
	for _, text := range andForm.Split(orderForm.ReplaceAllString(jql, ""), -1) {
		m := clauseForm.FindStringSubmatch(text)
		if m == nil {
			return nil, refuse(http.StatusBadRequest, "Error in the JQL Query: %s", text)
		}
		c := clause{field: strings.ToLower(m[1]), operator: strings.ToLower(m[2])}
		for _, v := range valueForm.FindAllString(m[3], -1) {
			if strings.HasPrefix(v, `"`) {
				v = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(v[1 : len(v)-1])
			} else if !bareForm.MatchString(v) {
				return nil, refuse(http.StatusBadRequest, "Error in the JQL Query: The character in '%s' is a reserved JQL character. You must enclose it in a string.", v)
			}
			c.values = append(c.values, v)
		}
		all = append(all, c)
	}
	return all, nil
}

// found are the issues that a search finds, in the order of their last change.
func (s *Server) found(in query) ([]*issue, *problem) {
	clauses, p := parse(in.JQL)
	if p != nil {
		return nil, p
	}
	var all []*issue
	for _, i := range s.issues {
		if !s.denied["BROWSE_PROJECTS"] {
			all = append(all, i)
		}
	}
	for _, c := range clauses {
		if p := s.sensible(c); p != nil {
			return nil, p
		}
		all = slices.DeleteFunc(all, func(i *issue) bool { return !s.matches(i, c) })
	}
	slices.SortFunc(all, func(a, b *issue) int {
		if c := a.updated.Compare(b.updated); c != 0 {
			return c
		}
		return strings.Compare(a.id, b.id)
	})
	return all, nil
}

// sensible refuses values that Jira does not know.
func (s *Server) sensible(c clause) *problem {
	for _, v := range c.values {
		known := true
		switch c.field {
		case "project":
			known = s.projects[v] != nil && !s.denied["BROWSE_PROJECTS"]
		case "fixversion":
			known = slices.ContainsFunc([]*project{s.projects["CHG"], s.projects["PAY"]}, func(p *project) bool { return slices.Contains(p.versions, v) })
		case "updated":
			known = c.operator == ">=" && sinceForm.MatchString(v)
		case "labels":
		default:
			return refuse(http.StatusBadRequest, "Field '%s' does not exist or you do not have permission to view it.", c.field)
		}
		if !known {
			return refuse(http.StatusBadRequest, "The value '%s' does not exist for the field '%s'.", v, c.field)
		}
	}
	return nil
}

func (s *Server) matches(i *issue, c clause) bool {
	sn, known := s.known(i)
	if !known {
		return false
	}
	return slices.ContainsFunc(c.values, func(v string) bool {
		switch c.field {
		case "project":
			return i.project.key == v
		case "labels":
			return slices.ContainsFunc(sn.labels, func(l string) bool { return strings.EqualFold(l, v) })
		case "fixversion":
			return slices.Contains(sn.versions, v)
		}
		minutes, _ := strconv.Atoi(sinceForm.FindStringSubmatch(v)[1])
		return !sn.at.Before(s.now().Add(-time.Duration(minutes) * time.Minute))
	})
}
