package vendorspec

import (
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
)

// Request compares a request with the description: its path, query and body. The body was read already.
func (s *Spec) Request(r *http.Request, body []byte) error {
	o := s.operation(r.Method, r.URL.EscapedPath())
	if o == nil {
		return fmt.Errorf("%s %s is not described", r.Method, r.URL.Path)
	}
	var faults []error
	query := r.URL.Query()
	for name, values := range query {
		if err := parameter(s.parameters(r.Method, r.URL.EscapedPath(), o), name, values); err != nil {
			faults = append(faults, err)
		}
	}
	for _, p := range s.parameters(r.Method, r.URL.EscapedPath(), o) {
		if p.Value.In == "query" && p.Value.Required && !query.Has(p.Value.Name) {
			faults = append(faults, fmt.Errorf("needs %s in its query", p.Value.Name))
		}
	}
	faults = append(faults, requestBody(o, r.Header.Get("Content-Type"), body))
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("%s %s: %w", r.Method, r.URL.Path, err)
	}
	return nil
}

// parameters are those of an operation with those of its path.
func (s *Spec) parameters(method, path string, o *openapi3.Operation) openapi3.Parameters {
	all := append(openapi3.Parameters{}, o.Parameters...)
	if item := s.item(method, path); item != nil {
		all = append(all, item.Parameters...)
	}
	return all
}

func parameter(all openapi3.Parameters, name string, values []string) error {
	p := all.GetByInAndName("query", name)
	if p == nil {
		p = all.GetByInAndName("query", strings.TrimSuffix(name, "[]"))
	}
	if p == nil {
		return fmt.Errorf("takes no %s in its query", name)
	}
	if p.Schema == nil {
		return nil
	}
	schema := p.Schema.Value
	if schema.Type.Is("array") && schema.Items != nil {
		schema = schema.Items.Value
		if len(values) == 1 && !strings.HasSuffix(name, "[]") {
			values = strings.Split(values[0], ",")
		}
	}
	for _, v := range values {
		if err := schema.VisitJSON(scalar(v)); err != nil && schema.VisitJSON(v) != nil {
			return fmt.Errorf("%s=%s: %w", name, v, err)
		}
	}
	return nil
}

// scalar is a query's or form's value as JSON would have it.
func scalar(text string) any {
	if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) < 16 {
		return n
	}
	if b, err := strconv.ParseBool(text); err == nil {
		return b
	}
	return text
}

func requestBody(o *openapi3.Operation, kind string, body []byte) error {
	if o.RequestBody == nil {
		if len(body) > 0 {
			return errors.New("takes no body")
		}
		return nil
	}
	wanted := o.RequestBody.Value
	if len(body) == 0 {
		if wanted.Required {
			return errors.New("needs a body")
		}
		return nil
	}
	media := mediaOf(wanted.Content, kind)
	if media == nil {
		return fmt.Errorf("takes no %q", kind)
	}
	return fits(media, kind, body)
}

func mediaOf(content openapi3.Content, kind string) *openapi3.MediaType {
	bare, _, err := mime.ParseMediaType(kind)
	if err != nil {
		return nil
	}
	return content.Get(bare)
}

func fits(media *openapi3.MediaType, kind string, body []byte) error {
	if media == nil || media.Schema == nil {
		return nil
	}
	var v any
	switch bare, _, _ := mime.ParseMediaType(kind); {
	case strings.HasSuffix(bare, "json"):
		if err := json.Unmarshal(body, &v); err != nil {
			return err
		}
	case bare == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return err
		}
		object := map[string]any{}
		for name, values := range form {
			object[name] = scalar(values[0])
		}
		v = object
	default:
		return nil
	}
	err := media.Schema.Value.VisitJSON(v, openapi3.DisableSchemaErrorDetails())
	if err != nil {
		return fmt.Errorf("%w in %.1000s", err, body)
	}
	return nil
}

// Answer compares an answer with the description: what a test's server says must be what the vendor's would.
func (s *Spec) Answer(method, path string, status int, kind string, body []byte) error {
	o := s.operation(method, path)
	if o == nil {
		return fmt.Errorf("%s %s is not described", method, path)
	}
	res := o.Responses.Status(status)
	if res == nil {
		res = o.Responses.Value(strconv.Itoa(status/100) + "XX")
	}
	if res == nil {
		res = o.Responses.Default()
	}
	if res == nil {
		return fmt.Errorf("%s %s: %d is not described", method, path, status)
	}
	if len(body) == 0 {
		return nil
	}
	if err := fits(mediaOf(res.Value.Content, kind), kind, body); err != nil {
		return fmt.Errorf("%s %s: %d: %w", method, path, status, err)
	}
	return nil
}

// Described reports whether a path is described for a method.
func (s *Spec) Described(method, path string) bool { return s.operation(method, path) != nil }

func (s *Spec) operation(method, path string) *openapi3.Operation {
	if item := s.item(method, path); item != nil {
		return item.GetOperation(method)
	}
	return nil
}

// item finds the described path that an escaped one fits, literal parts before any. Of paths that differ only in the name of a
// parameter, it is one that has the method.
func (s *Spec) item(method, path string) *openapi3.PathItem {
	path, ok := strings.CutPrefix(path, s.base)
	if !ok {
		return nil
	}
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	var best *openapi3.PathItem
	most := -1
	for _, r := range s.routes {
		if len(r.parts) != len(parts) {
			continue
		}
		literal := 0
		for i, p := range r.parts {
			switch {
			case p == parts[i]:
				literal++
			case !strings.Contains(p, "{"):
				literal = -1
			}
			if literal < 0 {
				break
			}
		}
		if literal > most || literal >= 0 && literal == most && best.GetOperation(method) == nil {
			best, most = r.item, literal
		}
	}
	return best
}
