package runner

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// parameters are what a command line may mention, and where each comes from.
var parameters = []struct {
	name  string
	value func(port.Deployment) string
}{
	{"service", func(d port.Deployment) string { return d.Service }},
	{"environment", func(d port.Deployment) string { return d.Environment }},
	{"version", func(d port.Deployment) string { return d.Version }},
	{"digest", func(d port.Deployment) string { return d.Digest }},
	{"key", func(d port.Deployment) string { return d.Key }},
	{"location", func(d port.Deployment) string { return d.Location }},
	{"release", func(d port.Deployment) string { return d.Release }},
	{"fence", func(d port.Deployment) string { return strconv.FormatUint(d.Fence, 10) }},
	{"rollback", func(d port.Deployment) string { return strconv.FormatBool(d.Rollback) }},
}

var placeholder = regexp.MustCompile(`\{([a-z]+)\}`)

func checkTemplate(arg string) error {
	for _, m := range placeholder.FindAllStringSubmatch(arg, -1) {
		if !isParameter(m[1]) {
			return fmt.Errorf("{%s} in %q is no parameter of a deployment", m[1], arg)
		}
	}
	return nil
}

func isParameter(name string) bool {
	for _, p := range parameters {
		if p.name == name {
			return true
		}
	}
	return false
}

// fill substitutes argument by argument and in one pass: a value is never split, and braces in it are never looked at.
// A value that could be taken for an option, or that holds control characters, is refused wherever it would be used.
func fill(template []string, d port.Deployment) ([]string, error) {
	used := strings.Join(template, " ")
	var pairs []string
	for _, p := range parameters {
		mark := "{" + p.name + "}"
		v := p.value(d)
		if strings.Contains(used, mark) {
			if err := checkValue(v); err != nil {
				return nil, fmt.Errorf("%s: %w", p.name, err)
			}
		}
		pairs = append(pairs, mark, v)
	}
	r := strings.NewReplacer(pairs...)
	argv := make([]string, len(template))
	for i, arg := range template {
		argv[i] = r.Replace(arg)
	}
	return argv, nil
}

func checkValue(v string) error {
	if strings.HasPrefix(v, "-") {
		return fmt.Errorf("%q could be taken for an option", v)
	}
	if strings.ContainsFunc(v, unicode.IsControl) {
		return fmt.Errorf("%q holds control characters", v)
	}
	return nil
}
