package jira

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The kinds of Jira.
const (
	KindCloud      = "cloud"
	KindDataCenter = "datacenter"
)

// Settings are the adapter's section of the configuration.
type Settings struct {
	URL       string `yaml:"url" required:"true" doc:"Address of Jira: https://shop.atlassian.net, or a Data Center's with its context path."`
	Kind      string `yaml:"kind" default:"cloud" enum:"cloud,datacenter" doc:"Which Jira it is."`
	Email     string `yaml:"email" doc:"E-mail address of the bot's account, on Cloud."`
	Token     string `yaml:"token" required:"true" doc:"Reference to the account's API token (Cloud) or personal access token (Data Center): env:NAME or file:PATH."`
	Project   string `yaml:"project" required:"true" doc:"Key of the project that change requests are opened in."`
	IssueType string `yaml:"issue_type" default:"Change" doc:"Name of their issue type."`
	// Fields are those of the change by ours: see Names.
	Fields      map[string]string   `yaml:"fields" doc:"Jira's field, by name or id, for each of: risk, tier, service, version, environment, digest, commit, rollback, requester, approvers, window_start, window_end, link. One that is left out stands in the description alone."`
	Statuses    map[string][]string `yaml:"statuses" required:"true" doc:"Jira's statuses for each of open, approved, implementing, done, backed-out and cancelled: a ticket is moved to the first, and each of them is read as that."`
	Resolutions map[string]string   `yaml:"resolutions" doc:"Resolution that a ticket gets with a status: where two share a status of Jira, it tells them apart."`
	Decisions   Decisions           `yaml:"decisions" doc:"Statuses that say what somebody thinks of a change when they move its ticket there."`
	// TransitionFields fill in what a transition's screen asks for.
	TransitionFields map[string]string `yaml:"transition_fields" doc:"Values of fields that transitions ask for, by the field's name or id."`
	SearchLag        time.Duration     `yaml:"search_lag" default:"1m" doc:"How far Jira's search may lag behind what was written. 0s for a Data Center of one node."`
	Poll             time.Duration     `yaml:"poll" default:"1m" doc:"How often Jira is asked what changed."`
	WebhookSecret    string            `yaml:"webhook_secret" doc:"Reference to the secret that Jira signs its webhooks with. Without one, changes are found by asking alone."`
	WorkItems        WorkItems         `yaml:"work_items" doc:"How the work items of a release are found and linked."`
}

// Decisions are the statuses that say something of a change.
type Decisions struct {
	Go   []string `yaml:"go" doc:"Statuses whose move means go."`
	NoGo []string `yaml:"no_go" doc:"Statuses whose move means no-go."`
}

// WorkItems says how work items are found, besides by their keys in the commits of a build.
type WorkItems struct {
	JQL  string `yaml:"jql" doc:"A search for them, like: fixVersion = \"{service} {version}\". {service}, {version}, {environment}, {release}, {commit} and {digest} are filled in."`
	Link string `yaml:"link" default:"relates to" doc:"How the ticket is linked to them: name of a link type, or its words in one direction."`
	Max  int    `yaml:"max" default:"50" min:"1" max:"200" doc:"As many are looked at."`
}

// Bounds of settings, and values where a program that builds them leaves them out.
const (
	LagMost       = time.Hour
	PollLeast     = 10 * time.Second
	PollMost      = time.Hour
	defaultPoll   = time.Minute
	defaultMax    = 50
	defaultLink   = "relates to"
	workItemsMost = 200
)

// statuses are those that must be configured, in the order in which a change goes through them; the ends are last.
var statuses = []port.TicketStatus{
	port.TicketOpen, port.TicketApproved, port.TicketImplementing, port.TicketDone, port.TicketBackedOut, port.TicketCancelled,
}

var (
	reference  = regexp.MustCompile(`^(env|file):.+$`)
	projectKey = regexp.MustCompile(`^[A-Z][A-Z0-9_]+$`)
	address    = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	if err := checkURL(s.URL); err != nil {
		fault("url: %w", err)
	}
	switch s.Kind {
	case KindCloud:
		if !address.MatchString(s.Email) {
			fault("email: Cloud takes an API token together with the account's e-mail address")
		}
	case KindDataCenter:
		if s.Email != "" {
			fault("email: a personal access token of Data Center needs none")
		}
	default:
		fault("kind: %q is neither %s nor %s", s.Kind, KindCloud, KindDataCenter)
	}
	if !reference.MatchString(s.Token) {
		fault("token: it must be a reference, env:NAME or file:PATH")
	}
	if s.WebhookSecret != "" && !reference.MatchString(s.WebhookSecret) {
		fault("webhook_secret: it must be a reference, env:NAME or file:PATH")
	}
	if !projectKey.MatchString(s.Project) {
		fault("project: %q is no project key: capital letters and digits, like CHG", s.Project)
	}
	if s.IssueType == "" {
		fault("issue_type: a name is needed")
	}
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		if _, known := aspects[name]; !known {
			fault("fields.%s: a change has no %s, only %s", name, name, strings.Join(Names(), ", "))
		} else if s.Fields[name] == "" {
			fault("fields.%s: the name or id of a field is needed", name)
		}
	}
	faults = append(faults, s.statusFaults()...)
	if s.SearchLag < 0 || s.SearchLag > LagMost {
		fault("search_lag: %s is not between 0s and %s", s.SearchLag, LagMost)
	}
	if s.Poll != 0 && (s.Poll < PollLeast || s.Poll > PollMost) {
		fault("poll: %s is not between %s and %s", s.Poll, PollLeast, PollMost)
	}
	if err := fill.Check(s.WorkItems.JQL, jqlPlaceholders...); err != nil {
		fault("work_items.jql: %w", err)
	}
	if s.WorkItems.Max < 0 || s.WorkItems.Max > workItemsMost {
		fault("work_items.max: %d is not between 1 and %d", s.WorkItems.Max, workItemsMost)
	}
	return errors.Join(faults...)
}

func (s Settings) statusFaults() []error {
	var faults []error
	fault := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	taken := map[string]string{} // by Jira's status and the resolution
	for _, st := range statuses {
		names := s.Statuses[string(st)]
		if len(names) == 0 {
			fault("statuses.%s: at least one status of Jira is needed", st)
		}
		for _, n := range names {
			at := strings.ToLower(n + "\n" + s.Resolutions[string(st)])
			if other, twice := taken[at]; twice {
				fault("statuses.%s: %q is there for %s already: tell them apart by resolutions", st, n, other)
			}
			taken[at] = string(st)
		}
	}
	known := func(name string) bool { return slices.Contains(statuses, port.TicketStatus(name)) }
	for _, name := range slices.Sorted(maps.Keys(s.Statuses)) {
		if !known(name) {
			fault("statuses.%s: it is no status of a change", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Resolutions)) {
		if !known(name) {
			fault("resolutions.%s: it is no status of a change", name)
		}
	}
	for _, n := range s.Decisions.Go {
		if oneOf(s.Decisions.NoGo, n) {
			fault("decisions: %q means both go and no-go", n)
		}
	}
	return faults
}

// checkURL takes https, and http for this machine alone: tokens go there.
func checkURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it is not the address of a Jira")
	}
	if rest.Confidential(u) {
		return nil
	}
	return errors.New("it must be https: tokens are sent there")
}

// oneOf reports whether a name is in a list; Jira's names differ in more than case.
func oneOf(list []string, name string) bool {
	return slices.ContainsFunc(list, func(n string) bool { return strings.EqualFold(n, name) })
}
