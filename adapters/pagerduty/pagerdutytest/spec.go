package pagerdutytest

import (
	"errors"
	"fmt"
	"net/http"
	"net/mail"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// The descriptions that PagerDuty publishes. The REST one refers to a request's body where it means an answer, and says nowhere that what
// is null may be null.
var (
	eventsSpec = vendorspec.Options{File: "pagerduty/events-v2-openapiv3.json", Base: "/v2"}
	restSpec   = vendorspec.Options{File: "pagerduty/rest-openapiv3.json.gz", Keep: Paths, Mend: Mend}
)

// Paths are the described paths that the server knows.
var Paths = []string{
	"/abilities", "/users", "/users/me", "/users/{id}", "/services/{id}", "/oncalls", "/priorities", "/webhook_subscriptions",
	"/incidents", "/incidents/{id}", "/incidents/{id}/alerts",
}

// nullable are the properties that PagerDuty's own examples show as null, by their schema.
var nullable = map[string][]string{
	"Incident": {"resolve_reason", "priority", "resolved_at", "incident_key"},
	"Oncall":   {"start", "end", "schedule"},
}

// Mend corrects PagerDuty's REST description where its own examples contradict it.
func Mend(raw map[string]any) {
	schemas, _ := within(raw, "components", "schemas").(map[string]any)
	for name, properties := range nullable {
		loosen(schemas[name], properties)
	}
}

func loosen(schema any, names []string) {
	m, _ := schema.(map[string]any)
	properties, _ := m["properties"].(map[string]any)
	for _, name := range names {
		if p, ok := properties[name].(map[string]any); ok {
			if p["$ref"] != nil || p["oneOf"] != nil {
				properties[name] = map[string]any{"nullable": true, "anyOf": []any{p}}
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
