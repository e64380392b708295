package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// module is the path that every package of the house begins with.
const module = "github.com/gonogo-chat/gonogo/"

// room is a part of the house: which packages it holds and what those may import.
type room struct {
	name string
	// holds are package paths within the module; one that ends in "/..." holds everything below as well.
	holds []string
	// may are the rooms that it may import besides itself.
	may []string
	// outside are the modules, or packages of one, that it may import beyond the standard library.
	outside []string
	// vendors are the same for one package of the room and those below it alone.
	vendors map[string][]string
	// alone says that packages of the room do not import each other.
	alone bool
}

// rooms is the plan of the house (docs/architecture.md). The first room that holds a package is its room.
var rooms = []room{
	{
		name: "vocabulary", holds: []string{
			"bot/chat", "bot/command", "bot/effect", "bot/jsonappend", "bot/people", "bot/port", "bot/when", "bot/words",
		},
	},
	// Tests of a kind that several packages share, and the other sides of adapters; nothing of the program imports them.
	{
		name: "suites", holds: []string{
			"bot/jsonappend/jsonappendtest", "state/kv/kvtest", "adapters/contract/...",
			"adapters/slack/slacktest", "adapters/discord/discordtest", "adapters/jira/jiratest", "adapters/pagerduty/pagerdutytest",
			"adapters/jenkins/jenkinstest", "adapters/gitlab/gitlabtest", "adapters/github/githubtest", "adapters/argocd/argocdtest",
		},
		may: []string{"vocabulary", "rules", "seam"}, outside: []string{
			"pgregory.net/rapid", "github.com/google/go-cmp", "github.com/getkin/kin-openapi", "github.com/gorilla/websocket",
			"go.yaml.in/yaml/v3", "github.com/santhosh-tekuri/jsonschema/v6",
		},
	},
	{name: "bot", holds: []string{"bot"}, may: []string{"vocabulary", "rules", "state", "seam"}},
	{name: "policy", holds: []string{"bot/policy", "bot/risk"}, may: []string{"vocabulary"}, outside: []string{"cel.dev/cel-go"}},
	{name: "rules", holds: []string{"bot/..."}, may: []string{"vocabulary", "policy"}},
	{name: "seam", holds: []string{"state/kv"}},
	{name: "engines", holds: []string{"state/kv/..."}, may: []string{"seam"}, outside: []string{"github.com/dgraph-io/badger/v4", "golang.org/x/sys"}},
	{name: "state", holds: []string{"state/..."}, may: []string{"vocabulary", "rules", "policy", "seam"}},
	{
		name: "commands", holds: []string{"commands/..."}, may: []string{"vocabulary", "rules", "policy", "state", "seam", "bot"},
		outside: []string{"github.com/agnivade/levenshtein"},
	},
	{name: "adapter parts", holds: []string{"adapters/internal/..."}, may: []string{"vocabulary", "rules"}},
	{
		name: "adapters", holds: []string{"adapters/..."}, may: []string{"vocabulary", "rules", "adapter parts"}, alone: true,
		outside: []string{
			"github.com/prometheus/common", "github.com/prometheus/client_model", "golang.org/x/term", "golang.org/x/text", "golang.org/x/sys",
		},
		vendors: map[string][]string{
			"adapters/slack":     {"github.com/slack-go/slack", "github.com/gorilla/websocket"},
			"adapters/discord":   {"github.com/bwmarrin/discordgo", "github.com/gorilla/websocket"},
			"adapters/jira":      {"github.com/andygrunwald/go-jira"},
			"adapters/pagerduty": {"github.com/PagerDuty/go-pagerduty"},
			"adapters/github":    {"github.com/google/go-github/v92", "go.yaml.in/yaml/v3"},
			"adapters/icalfeed":  {"github.com/arran4/golang-ical"},
			"adapters/gitlab":    {"gitlab.com/gitlab-org/api/client-go/v2"},
		},
	},
	{
		name: "config", holds: []string{"config/..."}, may: []string{"vocabulary", "rules", "policy"},
		outside: []string{"go.yaml.in/yaml/v3", "github.com/agnivade/levenshtein"},
	},
	{
		name: "tools", holds: []string{"cmd/bench", "cmd/cards"},
		may:     []string{"vocabulary", "rules", "policy", "bot", "state", "seam", "engines", "commands", "adapter parts", "adapters", "config", "suites"},
		outside: []string{"github.com/dgraph-io/badger/v4", "golang.org/x/sys"},
	},
	{
		name: "programs", holds: []string{"cmd/..."},
		may: []string{"vocabulary", "rules", "policy", "bot", "state", "seam", "engines", "commands", "adapter parts", "adapters", "config"},
		outside: []string{
			"github.com/alecthomas/kong", "github.com/prometheus/client_golang", "golang.org/x/sys", "golang.org/x/term", "github.com/dgraph-io/badger/v4",
		},
	},
}

func (r room) has(pkg string) bool {
	return slices.ContainsFunc(r.holds, func(h string) bool {
		below, all := strings.CutSuffix(h, "/...")
		return pkg == below || all && strings.HasPrefix(pkg, below+"/")
	})
}

// libraries are the modules, or packages of one, that a package of the room may import.
func (r room) libraries(pkg string) []string {
	all := slices.Clone(r.outside)
	for of, own := range r.vendors {
		if pkg == of || strings.HasPrefix(pkg, of+"/") {
			all = append(all, own...)
		}
	}
	return all
}

func roomOf(pkg string) (room, bool) {
	i := slices.IndexFunc(rooms, func(r room) bool { return r.has(pkg) })
	if i < 0 {
		return room{}, false
	}
	return rooms[i], true
}

// arrow reports whether a package may import another; both are paths as go list says them.
func arrow(from, to string) bool {
	r, ok := roomOf(strings.TrimPrefix(from, module))
	if !ok {
		return false
	}
	inside, ours := strings.CutPrefix(to, module)
	if !ours {
		first, _, _ := strings.Cut(to, "/")
		return !strings.Contains(first, ".") || slices.ContainsFunc(r.libraries(strings.TrimPrefix(from, module)), func(m string) bool {
			return to == m || strings.HasPrefix(to, m+"/")
		})
	}
	other, ok := roomOf(inside)
	switch {
	case !ok:
		return false
	case other.name == r.name:
		return !r.alone || strings.HasPrefix(to, from+"/") // its own parts
	}
	return slices.Contains(r.may, other.name)
}

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Dir     string
	GoFiles, IgnoredGoFiles   []string
	TestGoFiles, XTestGoFiles []string
	Imports                   []string
}

// packages lists the module once.
var packages = sync.OnceValues(func() ([]listed, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Name,Dir,GoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles,Imports", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []listed
	d := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func house(t *testing.T) []listed {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("needs a Go toolchain")
	}
	all, err := packages()
	if err != nil || len(all) < len(rooms) {
		t.Fatalf("%d packages: %v", len(all), err)
	}
	return all
}

// TestHouseArrows checks which package imports which.
func TestHouseArrows(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		inside := strings.TrimPrefix(p.ImportPath, module)
		r, ok := roomOf(inside)
		if !ok {
			t.Errorf("%s is in no room of the house", inside)
			continue
		}
		for _, i := range p.Imports {
			if !arrow(p.ImportPath, i) {
				t.Errorf("%s (%s) may not import %s", inside, r.name, strings.TrimPrefix(i, module))
			}
		}
	}
}

// TestHouseArrowsRefuse shows that the plan refuses what it must.
func TestHouseArrowsRefuse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		from, to string
		may      bool
	}{
		{"bot/gate", "bot/approval", true},
		{"bot/gate", "bot", false},
		{"bot/gate", "state", false},
		{"bot/chat", "bot/gate", false},
		{"bot", "commands", false},
		{"bot", "state/kv/badgerkv", false},
		{"state", "bot", false},
		{"state", "bot/release", true},
		{"state", "state/kv/badgerkv", false},
		{"commands", "adapters/runner", false},
		{"commands", "config", false},
		{"adapters/runner", "bot/port", true},
		{"adapters/runner", "state", false},
		{"adapters/runner", "bot", false},
		{"adapters/runner", "adapters/terminal", false},
		{"adapters/pagebook", "adapters/internal/journal", true},
		{"adapters/slack", "adapters/slack/blockkit", true},
		{"adapters/slack", "adapters/slack/slacktest", false},
		{"adapters/jira", "adapters/jira/jiratest", false},
		{"adapters/jira", "adapters/internal/rest", true},
		{"adapters/jira", "adapters/contract/trouble", false},
		{"adapters/jira/jiratest", "adapters/contract/trouble", true},
		{"adapters/jira/jiratest", "adapters/contract/vendorspec", true},
		{"adapters/jira/jiratest", "adapters/jira", false},
		{"adapters/github", "adapters/gitlab", false},
		{"adapters/internal/rest", "adapters/jira", false},
		{"bot/incident", "bot/port", true},
		{"bot/incident", "state", false},
		{"bot/provenance", "bot/people", true},
		{"bot/provenance", "adapters/github", false},
		{"config", "bot", false},
		{"config", "adapters/runner", false},
		{"cmd/gonogo", "adapters/runner", true},
		{"nowhere", "bot/chat", false},
	} {
		if got := arrow(module+test.from, module+test.to); got != test.may {
			t.Errorf("%s → %s: %v, want %v", test.from, test.to, got, test.may)
		}
	}
	if arrow(module+"adapters/jira", "github.com/google/go-github/v92/github") || !arrow(module+"adapters/github", "github.com/google/go-github/v92/github") ||
		arrow(module+"adapters/jira/jiratest", "github.com/andygrunwald/go-jira") || arrow(module+"cmd/gonogo", "github.com/andygrunwald/go-jira") {
		t.Error("a vendor's library is its adapter's alone, and no other side is made of it")
	}
	if arrow(module+"bot/gate", "cel.dev/cel-go/cel") || !arrow(module+"bot/risk", "cel.dev/cel-go/cel") || !arrow(module+"bot/gate", "time") {
		t.Error("rules use only the standard library, and risk CEL")
	}
}

// TestHouseNames checks that a package is called after its subject.
func TestHouseNames(t *testing.T) {
	t.Parallel()
	for _, p := range house(t) {
		for _, name := range []string{p.Name, path.Base(p.ImportPath)} {
			if slices.Contains([]string{"util", "utils", "common", "models", "helpers", "helper", "misc"}, name) {
				t.Errorf("%s: %q is no subject", p.ImportPath, name)
			}
		}
	}
}

// TestHouseTests checks that every package is tested. Suites are tests, the seam and the ports are declarations alone, and the
// bot itself is played whole by the conversations and crashes in commands.
func TestHouseTests(t *testing.T) {
	t.Parallel()
	elsewhere := []string{"state/kv", "bot/port", "bot", "cmd/bench"}
	for _, p := range house(t) {
		inside := strings.TrimPrefix(p.ImportPath, module)
		if r, _ := roomOf(inside); r.name == "suites" || slices.Contains(elsewhere, inside) {
			continue
		}
		if len(p.TestGoFiles)+len(p.XTestGoFiles) == 0 {
			t.Errorf("%s has no test", inside)
		}
	}
}
