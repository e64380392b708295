package jiratest

import (
	"errors"
	"net/http"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// checks compares requests and answers with Atlassian's description; where that is not at hand, nothing is compared.
type checks struct {
	spec  *vendorspec.Spec
	wrong func(error)
	cloud bool
}

func newChecks(k Kind, wrong func(error)) *checks {
	spec, err := vendorspec.Load(Described(k))
	if err != nil && !errors.Is(err, vendorspec.ErrAbsent) {
		wrong(err)
	}
	return &checks{spec, wrong, k == Cloud}
}

// described are the paths that are used, below the version.
var described = []string{
	"/myself", "/mypermissions", "/serverInfo", "/field", "/project/{projectIdOrKey}", "/project/{projectIdOrKey}/statuses", "/issueLinkType",
	"/issueLink", "/issue", "/issue/createmeta", "/issue/createmeta/{projectIdOrKey}/issuetypes",
	"/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", "/issue/{issueIdOrKey}", "/issue/{issueIdOrKey}/transitions",
	"/issue/{issueIdOrKey}/comment", "/issue/{issueIdOrKey}/properties/{propertyKey}", "/issue/{issueIdOrKey}/attachments", "/search", "/search/jql", "/user",
}

// Described is the description of one kind of Jira. Cloud describes its version 3; version 2 takes the same but for texts, which are plain
// there and documents here, and the description says nothing of their form.
func Described(k Kind) vendorspec.Options {
	o := vendorspec.Options{File: "jira/cloud-rest-v3-openapi.json.gz", Mend: mendCloud}
	prefix := "/rest/api/3"
	if k == DataCenter {
		o = vendorspec.Options{File: "jira/data-center-10.0-rest-v2-openapi.json", Base: "/rest", Mend: mendDataCenter}
		prefix = "/api/2"
	}
	for _, path := range described {
		o.Keep = append(o.Keep, prefix+path)
	}
	return o
}

func (c *checks) path(r *http.Request) *http.Request {
	if !c.cloud {
		return r
	}
	r = r.Clone(r.Context())
	r.URL.Path = strings.Replace(r.URL.Path, "/rest/api/2/", "/rest/api/3/", 1)
	r.URL.RawPath = ""
	return r
}

func (c *checks) request(r *http.Request, body []byte) {
	if c.spec == nil {
		return
	}
	if err := c.spec.Request(c.path(r), body); err != nil {
		c.wrong(err)
	}
}

// answer compares an answer; refusals are described for few routes, and always have the same form.
func (c *checks) answer(r *http.Request, status int, kind string, body []byte) {
	if c.spec == nil || status >= http.StatusBadRequest {
		return
	}
	if err := c.spec.Answer(r.Method, c.path(r).URL.Path, status, kind, body); err != nil {
		c.wrong(err)
	}
}

// times removes the format of times: Jira writes their zone without a colon.
func times(v any) {
	switch v := v.(type) {
	case map[string]any:
		if v["format"] == "date-time" {
			delete(v, "format")
		}
		for _, below := range v {
			times(below)
		}
	case []any:
		for _, below := range v {
			times(below)
		}
	}
}

// mendCloud lets fields be empty.
func mendCloud(raw map[string]any) {
	times(raw)
	at(raw, "components", "schemas", "IssueBean", "properties", "fields")["additionalProperties"] = map[string]any{"nullable": true}
}

// at follows names into a description.
func at(v any, names ...string) map[string]any {
	for _, n := range names {
		m, _ := v.(map[string]any)
		v = m[n]
	}
	m, _ := v.(map[string]any)
	return m
}

// mendDataCenter mends what the description says wrongly: fields are of any type, lists are described by what they list, and a
// parameter of the transitions is described in words alone.
func mendDataCenter(raw map[string]any) {
	times(raw)
	schemas := func(name string) map[string]any { return at(raw, "components", "schemas", name, "properties") }
	anything := map[string]any{"nullable": true}
	for _, bean := range []string{"IssueBean", "IssueUpdateBean"} {
		at(schemas(bean), "fields")["additionalProperties"] = anything
	}
	schemas("IssueBean")["properties"] = map[string]any{"type": "object", "additionalProperties": anything}
	path := func(p string) map[string]any { return at(raw, "paths", "/api/2"+p) }
	content := func(p, method string) map[string]any {
		return at(path(p), method, "responses", "200", "content", "application/json")
	}
	for _, list := range []struct{ path, method, within string }{
		{"/field", "get", ""}, {"/project/{projectIdOrKey}/statuses", "get", ""}, {"/issue/{issueIdOrKey}/attachments", "post", ""},
		{"/issue/createmeta/{projectIdOrKey}/issuetypes", "get", "values"},
		{"/issue/createmeta/{projectIdOrKey}/issuetypes/{issueTypeId}", "get", "values"},
	} {
		c := content(list.path, list.method)
		all := map[string]any{"type": "array", "items": c["schema"]}
		if list.within != "" {
			all = map[string]any{"type": "object", "required": []any{list.within}, "properties": map[string]any{list.within: all}}
		}
		c["schema"] = all
	}
	transitions := at(path("/issue/{issueIdOrKey}/transitions"), "get")
	parameters, _ := transitions["parameters"].([]any)
	transitions["parameters"] = append(parameters, map[string]any{
		"name": "expand", "in": "query", "schema": map[string]any{"type": "string", "enum": []any{"transitions.fields"}},
	})
}
