package discordtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
)

// described is Discord's own description of its API, from the project's folder.
const described = "../shared/vendor-apis/discord/openapi.json"

// Described reports whether requests are compared with Discord's description, and why not.
func Described() error {
	_, err := description()
	return err
}

// route is a path of the description in its parts; one in braces stands for anything.
type route struct {
	parts []string
	item  *openapi3.PathItem
}

// description is loaded once a process. "const" is turned into "enum": the library reads it only with a slower validator.
var description = sync.OnceValues(func() ([]route, error) {
	path, err := fromRoot(described)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, err
	}
	constants(raw)
	faultCodes(raw)
	if text, err = json.Marshal(raw); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	var all []route
	for path, item := range doc.Paths.Map() {
		all = append(all, route{strings.Split(path, "/"), item})
	}
	return all, nil
})

// faultCodes mends the one place where the description and the documentation disagree: faults in a form are named by words, as in
// the documentation's samples, not by numbers.
func faultCodes(raw map[string]any) {
	schemas, _ := raw["components"].(map[string]any)["schemas"].(map[string]any)
	if inner, ok := schemas["InnerErrors"].(map[string]any); ok {
		inner["properties"].(map[string]any)["_errors"].(map[string]any)["items"] = map[string]any{
			"type": "object", "required": []any{"code", "message"},
			"properties": map[string]any{"code": map[string]any{"type": "string"}, "message": map[string]any{"type": "string"}},
		}
	}
}

func constants(v any) {
	switch v := v.(type) {
	case map[string]any:
		if c, ok := v["const"]; ok {
			v["enum"] = []any{c}
			delete(v, "const")
		}
		for _, below := range v {
			constants(below)
		}
	case []any:
		for _, below := range v {
			constants(below)
		}
	}
}

// fromRoot finds a path given from the project's root, wherever within the project a test runs.
func fromRoot(path string) (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, path), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			err = errors.New("discordtest: not within the project")
		}
		dir = up
	}
	return "", err
}

// routeOf finds the described path that a request's fits, literal parts before any.
func routeOf(all []route, path string) *openapi3.PathItem {
	parts := strings.Split(path, "/")
	var best *openapi3.PathItem
	most := -1
	for _, r := range all {
		if len(r.parts) != len(parts) {
			continue
		}
		literal := 0
		for i, p := range r.parts {
			if p == parts[i] {
				literal++
			} else if !strings.HasPrefix(p, "{") {
				literal = -1
				break
			}
		}
		if literal > most {
			best, most = r.item, literal
		}
	}
	return best
}

func operationOf(method, path string) *openapi3.Operation {
	all, err := description()
	if err != nil {
		return nil
	}
	if item := routeOf(all, path); item != nil {
		return item.GetOperation(method)
	}
	return nil
}

// check compares a request with the description: its query, and its body.
func (s *Server) check(r *http.Request, c *call) {
	if Described() != nil {
		return
	}
	o := operationOf(r.Method, r.URL.Path)
	if o == nil {
		s.breaks(r.Method, r.URL.Path, errors.New("is not described"))
		return
	}
	for name, values := range r.URL.Query() {
		p := o.Parameters.GetByInAndName("query", name)
		if p == nil || p.Schema == nil {
			s.breaks(r.Method, r.URL.Path, fmt.Errorf("takes no %s in its query", name))
			continue
		}
		if err := p.Schema.Value.VisitJSON(scalar(values[0])); err != nil && p.Schema.Value.VisitJSON(values[0]) != nil {
			s.breaks(r.Method, r.URL.Path, fmt.Errorf("%s=%s: %w", name, values[0], err))
		}
	}
	if r.Method == http.MethodGet && len(c.body) == 0 {
		return
	}
	s.checkBody(r.Method, r.URL.Path, c.body)
}

// scalar is a query's value as JSON would have it.
func scalar(text string) any {
	if n, err := strconv.ParseFloat(text, 64); err == nil && len(text) < 16 {
		return n
	}
	if b, err := strconv.ParseBool(text); err == nil {
		return b
	}
	return text
}

// checkBody compares a body with the description of a request; for a form, that is its payload_json.
func (s *Server) checkBody(method, path string, body []byte) {
	o := operationOf(method, path)
	if o == nil {
		return
	}
	if o.RequestBody == nil {
		if len(body) > 0 && string(body) != "null" {
			s.breaks(method, path, errors.New("takes no body"))
		}
		return
	}
	media := o.RequestBody.Value.Content.Get("application/json")
	if media == nil || len(body) == 0 {
		if o.RequestBody.Value.Required && media != nil {
			s.breaks(method, path, errors.New("needs a body"))
		}
		return
	}
	if err := fitsSchema(media.Schema.Value, body); err != nil {
		s.breaks(method, path, fmt.Errorf("%w in %.2000s", err, body))
	}
}

func fitsSchema(schema *openapi3.Schema, body []byte) error {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return err
	}
	return schema.VisitJSON(v, openapi3.DisableSchemaErrorDetails())
}

// CheckAnswer compares an answer of the server's own with the description: what clients get must be what Discord says.
func CheckAnswer(method, path string, status int, body []byte) error {
	o := operationOf(method, path)
	if o == nil {
		return errors.New("not described")
	}
	res := o.Responses.Status(status)
	if res == nil && status >= 400 {
		res = o.Responses.Value("4XX")
	}
	if res == nil {
		return fmt.Errorf("%d is not described", status)
	}
	if media := res.Value.Content.Get("application/json"); media != nil {
		return fitsSchema(media.Schema.Value, body)
	}
	return nil
}

func (s *Server) breaks(method, path string, err error) {
	s.strict.Lock()
	defer s.strict.Unlock()
	s.wrong = append(s.wrong, method+" "+path+": "+err.Error())
}
