package pagerdutytest

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// The descriptions that PagerDuty publishes. The REST one refers to a request's body where it means an answer, and says nowhere that what
// is null may be null.
var (
	eventsSpec = vendorspec.Options{File: "pagerduty/events-v2-openapiv3.json", Base: "/v2"}
	restSpec   = vendorspec.Options{File: "pagerduty/rest-openapiv3.json.gz", Keep: paths, Mend: mend}
)

// Described is the description of an API, as the server keeps to it.
func Described(d Door) vendorspec.Options {
	if d == Events {
		return eventsSpec
	}
	return restSpec
}

// paths are the described paths that the server knows.
var paths = []string{
	"/abilities", "/users", "/users/me", "/users/{id}", "/services/{id}", "/oncalls", "/priorities", "/webhook_subscriptions",
	"/incidents", "/incidents/{id}", "/incidents/{id}/alerts",
}

// nullable are the properties that PagerDuty's own examples show as null, by their schema.
var nullable = map[string][]string{
	"Incident": {"resolve_reason", "priority", "resolved_at", "incident_key"},
	"Oncall":   {"start", "end", "schedule"},
}

// mend corrects PagerDuty's REST description where its own examples contradict it, and makes a schema of its own of everything that is
// referred to within something else.
func mend(raw map[string]any) {
	schemas, _ := within(raw, "components", "schemas").(map[string]any)
	lift(raw, raw, schemas)
	nullOnce(raw)
	for name, properties := range nullable {
		loosen(schemas[name], properties)
	}
	for _, i := range included {
		include(schemas[i.schema], i.property, i.whole)
	}
	for _, path := range paths {
		for _, method := range []string{"get", "put"} {
			if responses, ok := within(raw, "paths", path, method, "responses").(map[string]any); ok {
				refuse(responses)
			}
		}
	}
}

// included are the references that are whole where a request includes them, which the description leaves out.
var included = []struct{ schema, property, whole string }{{"Oncall", "user", "User"}, {"Service", "integrations", "Integration"}}

// refuse lets an operation refuse as all of them do: the description does not say so of every one.
func refuse(responses map[string]any) {
	for status, name := range map[string]string{"401": "Unauthorized", "403": "Forbidden", "429": "TooManyRequests"} {
		if responses[status] == nil {
			responses[status] = map[string]any{"$ref": "#/components/responses/" + name}
		}
	}
}

func include(schema any, property, whole string) {
	m, _ := schema.(map[string]any)
	properties, _ := m["properties"].(map[string]any)
	as := func(p any) any {
		return map[string]any{"anyOf": []any{p, map[string]any{"$ref": "#/components/schemas/" + whole}}}
	}
	if p, ok := properties[property].(map[string]any); ok {
		if p["items"] != nil {
			p["items"] = as(p["items"])
		} else {
			properties[property] = as(p)
		}
	}
	parts, _ := m["allOf"].([]any)
	for _, part := range parts {
		include(part, property, whole)
	}
}

func loosen(schema any, names []string) {
	m, _ := schema.(map[string]any)
	properties, _ := m["properties"].(map[string]any)
	for _, name := range names {
		if p, ok := properties[name].(map[string]any); ok {
			if p["$ref"] != nil || p["oneOf"] != nil {
				null := map[string]any{"type": "string", "nullable": true, "enum": []any{""}} // for those who take no nullable without a type
				properties[name] = map[string]any{"nullable": true, "anyOf": []any{p, null}}
			} else {
				p["nullable"] = true
			}
		}
	}
	parts, _ := m["allOf"].([]any)
	for _, part := range parts {
		loosen(part, names)
	}
}

// nullOnce takes null out of the values of what is nullable anyway: Prism would find it there twice, and let everything pass.
func nullOnce(v any) {
	switch v := v.(type) {
	case map[string]any:
		if values, ok := v["enum"].([]any); ok && v["nullable"] == true {
			v["enum"] = slices.DeleteFunc(values, func(value any) bool { return value == nil })
		}
		for _, below := range v {
			nullOnce(below)
		}
	case []any:
		for _, below := range v {
			nullOnce(below)
		}
	}
}

// componentParts is how many parts a reference to a whole component has: "#/components/schemas/Tag".
const componentParts = 4

func lift(raw map[string]any, v any, schemas map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		ref, _ := v["$ref"].(string)
		if parts := strings.Split(ref, "/"); len(parts) > componentParts && parts[2] != "examples" {
			name := strings.NewReplacer("/", "_", "~1", "_", "#", "", "{", "", "}", "").Replace(ref)
			v["$ref"] = "#/components/schemas/" + name
			if schemas[name] == nil {
				schemas[name] = follow(raw, parts[1:])
				lift(raw, schemas[name], schemas)
			}
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v)) { // it grows meanwhile
			lift(raw, v[name], schemas)
		}
	case []any:
		for _, below := range v {
			lift(raw, below, schemas)
		}
	}
}

func follow(at any, parts []string) any {
	for _, part := range parts {
		part = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
		switch v := at.(type) {
		case map[string]any:
			at = v[part]
		case []any:
			i, err := strconv.Atoi(part)
			if err != nil || i >= len(v) {
				return nil
			}
			at = v[i]
		default:
			return nil
		}
	}
	return at
}

func within(v any, path ...string) any {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

// headers checks what the description says of a REST request's headers.
func headers(r *http.Request) error {
	var faults []error
	if got := r.Header.Get("Accept"); got != "application/vnd.pagerduty+json;version=2" {
		faults = append(faults, fmt.Errorf("%s %s: Accept is %q", r.Method, r.URL.Path, got))
	}
	if got := r.Header.Get("Content-Type"); got != "application/json" {
		faults = append(faults, fmt.Errorf("%s %s: Content-Type is %q", r.Method, r.URL.Path, got))
	}
	if r.Method != http.MethodGet {
		if _, err := mail.ParseAddress(r.Header.Get("From")); err != nil {
			faults = append(faults, fmt.Errorf("%s %s: From: %w", r.Method, r.URL.Path, err))
		}
	}
	return errors.Join(faults...)
}
