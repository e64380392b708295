package slacktest

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// described is Slack's own description of its Web API, from the project's folder. It is of 2021, the newest there is.
const described = "../shared/vendor-apis/slack/slack_web_openapi_v2.json.gz"

// undescribed are the methods that came after the description: their arguments, the needed ones marked with a !.
// doc: https://docs.slack.dev/reference/methods
var undescribed = map[string][]string{
	"apps.connections.open":        nil,
	"files.getUploadURLExternal":   {"filename!", "length!", "alt_txt", "alt_text", "snippet_type"},
	"files.completeUploadExternal": {"files!", "channel_id", "channels", "thread_ts", "initial_comment", "blocks"},
}

// later are the arguments that came after the description, by method.
var later = map[string][]string{
	"chat.postMessage":      {"metadata", "markdown_text"},
	"chat.update":           {"metadata", "markdown_text", "reply_broadcast", "file_ids", "unfurl_links", "unfurl_media"},
	"chat.postEphemeral":    {"markdown_text"},
	"chat.scheduleMessage":  {"metadata", "markdown_text"},
	"conversations.history": {"include_all_metadata"},
	"conversations.replies": {"include_all_metadata"},
}

// everywhere are arguments that every method takes by now: Slack's own client sends a team to all.
var everywhere = []string{"team_id"}

// Violations are what the app sent that Slack would not take in silence: requests against Slack's published description, and answers
// that Slack would refuse. Requests are compared only where the description is there: see Described.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrong)
}

// Described reports whether requests are compared with Slack's description, and why not.
func Described() error {
	_, err := description()
	return err
}

// argument is one of a method's, as described: every type is a scalar, blocks and views are JSON within a string.
type argument struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

// description loads the arguments of every method once a process. What its README lists is mended: clients post a form or JSON to
// every method, whatever is described, and the token stands in a header. Answers are left out: their tuples are no valid schemas.
var description = sync.OnceValues(func() (map[string]map[string]argument, error) {
	path, err := fromRoot(described)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	var raw struct {
		Paths map[string]map[string]struct {
			Parameters []argument `json:"parameters"`
		} `json:"paths"`
	}
	if err := json.NewDecoder(z).Decode(&raw); err != nil {
		return nil, err
	}
	out := map[string]map[string]argument{}
	for path, operations := range raw.Paths {
		args := map[string]argument{}
		for _, o := range operations {
			for _, a := range o.Parameters {
				args[a.Name] = a
			}
		}
		delete(args, "token")
		out[strings.TrimPrefix(path, "/")] = args
	}
	for name, args := range undescribed {
		out[name] = map[string]argument{}
		for _, a := range args {
			a, needed := strings.CutSuffix(a, "!")
			out[name][a] = argument{Name: a, Type: "string", Required: needed}
		}
	}
	for name, args := range out {
		for _, a := range append(later[name], everywhere...) {
			if _, there := args[a]; !there {
				args[a] = argument{Name: a, Type: "string"}
			}
		}
	}
	return out, nil
})

// fromRoot finds a path given from the project's root, wherever within the project a test runs.
func fromRoot(path string) (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, path), nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", errors.New("slacktest: not within the project")
		}
		dir = up
	}
}

// validate compares a call with the description: an argument that nobody described is none.
func (s *Server) validate(q *request) {
	all, err := description()
	if err != nil {
		return
	}
	var wrong []string
	args, known := all[q.method]
	if !known {
		wrong = append(wrong, "no such method")
	}
	for name, text := range q.args {
		if a, ok := args[name]; known && !ok {
			wrong = append(wrong, "no such argument: "+name)
		} else if !a.takes(text) {
			wrong = append(wrong, fmt.Sprintf("%s is no %s: %q", name, a.Type, text))
		}
	}
	for name, a := range args {
		if _, given := q.args[name]; a.Required && !given {
			wrong = append(wrong, "missing argument: "+name)
		}
	}
	slices.Sort(wrong)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, w := range wrong {
		s.wrong = append(s.wrong, q.method+": "+w)
	}
}

func (a argument) takes(text string) (ok bool) {
	var err error
	switch a.Type {
	case "boolean":
		_, err = strconv.ParseBool(text)
	case "integer":
		_, err = strconv.ParseInt(text, 10, 64)
	case "number":
		_, err = strconv.ParseFloat(text, 64)
	}
	return err == nil
}
