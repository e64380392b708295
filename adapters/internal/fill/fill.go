// Package fill puts a deployment into the texts that settings hold: parameters, variables, paths of jobs and branches.
package fill

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// placeholders are what a text may mention, and where each comes from.
var placeholders = []struct {
	name  string
	value func(port.Deployment) string
}{
	{"service", func(d port.Deployment) string { return d.Service }},
	{"environment", func(d port.Deployment) string { return d.Environment }},
	{"version", func(d port.Deployment) string { return d.Version }},
	{"digest", func(d port.Deployment) string { return d.Digest }},
	{"key", func(d port.Deployment) string { return d.Key }},
	{"release", func(d port.Deployment) string { return d.Release }},
	{"commit", func(d port.Deployment) string { return d.Commit }},
	{"location", func(d port.Deployment) string { return d.Location }},
	{"previous", func(d port.Deployment) string { return d.Previous }},
	{"rollback", func(d port.Deployment) string { return strconv.FormatBool(d.Rollback) }},
	{"pipeline", func(d port.Deployment) string { return d.Pipeline }},
	{"fence", func(d port.Deployment) string { return strconv.FormatUint(d.Fence, 10) }},
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// Check refuses a text with a placeholder that is none of those allowed; without any, every one that there is is allowed. Other braces
// stay as they are.
func Check(template string, allowed ...string) error {
	if len(allowed) == 0 {
		allowed = Names()
	}
	for _, m := range placeholder.FindAllStringSubmatch(template, -1) {
		if !slices.Contains(allowed, m[1]) {
			return fmt.Errorf("{%s} in %q is none of {%s}", m[1], template, strings.Join(allowed, "} {"))
		}
	}
	return nil
}

// Names lists the placeholders.
func Names() []string {
	names := make([]string, len(placeholders))
	for i, p := range placeholders {
		names[i] = p.name
	}
	return names
}

// Text puts the deployment into a text, in one pass: braces in values are never looked at. Nothing is escaped.
func Text(template string, d port.Deployment) string {
	pairs := make([]string, 0, 2*len(placeholders))
	for _, p := range placeholders {
		pairs = append(pairs, "{"+p.name+"}", p.value(d))
	}
	return strings.NewReplacer(pairs...).Replace(template)
}

// Segments puts the deployment into a path like "shop/deploy-{service}", and returns its segments unescaped. Only slashes of the template
// separate: a slash in a value stays within its segment. A segment that comes out empty, as "." or "..", or with control characters, is
// refused: it would lead elsewhere.
func Segments(template string, d port.Deployment) ([]string, error) {
	segments := strings.Split(strings.Trim(template, "/"), "/")
	for i, s := range segments {
		segments[i] = Text(s, d)
		if s := segments[i]; s == "" || s == "." || s == ".." || strings.ContainsFunc(s, unicode.IsControl) {
			return nil, fmt.Errorf("%q becomes a path with the segment %q", template, s)
		}
	}
	return segments, nil
}

// Path is Segments joined for a URL: each is escaped, so that no value can add a segment or a query.
func Path(template string, d port.Deployment) (string, error) {
	segments, err := Segments(template, d)
	if err != nil {
		return "", err
	}
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return strings.Join(segments, "/"), nil
}
