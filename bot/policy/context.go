package policy

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Version is the schema version of a stored Context.
const Version = 1

// Ahead is how far ahead the calendar is looked at: a freeze that begins later counts as beginning then.
const Ahead = 30 * 24 * time.Hour

// Ages of what never happened, where no shorter period is looked at.
const never = 100 * 365 * 24 * time.Hour

// Context is all that an expression may look at, at one moment. A group that is nil is not known, nor is what a pointer that is
// nil within a known group stands for: an expression that needs it has no answer. It is stored with what was decided by it.
type Context struct {
	V   int       `json:"v"`
	Now time.Time `json:"now"` // the moment at which it is asked

	Service     *Service     `json:"service,omitempty"`
	Change      *Change      `json:"change,omitempty"`
	History     *History     `json:"history,omitempty"`
	Release     *Release     `json:"release,omitempty"`
	Environment *Environment `json:"environment,omitempty"`
	Incidents   *Incidents   `json:"incidents,omitempty"`
	Calendar    *Calendar    `json:"calendar,omitempty"`
	Budget      *Budget      `json:"budget,omitempty"`
}

// Service is what the configuration says of the service.
type Service struct {
	Source      port.Source       `json:"source,omitzero"`
	Name        string            `json:"name"`
	Criticality string            `json:"criticality,omitempty"`
	Exposure    string            `json:"exposure,omitempty"`
	Data        string            `json:"data,omitempty"`
	Rollback    string            `json:"rollback,omitempty"`
	Lines       []string          `json:"lines,omitempty"`
	DependsOn   []string          `json:"depends_on,omitempty"`
	Labels      map[string]string `json:"labels,omitempty"`
	Revenue     bool              `json:"revenue,omitempty"` // a business line of it earns money directly
}

// Change is what is different from what runs now.
type Change struct {
	Source  port.Source `json:"source,omitzero"`
	Lines   *int        `json:"lines,omitempty"` // lines changed; nil where the build does not say
	Authors int         `json:"authors"`         // 0: the build names none
	// Subjects are work items or commit subjects. They are people's words and stand in the record of the release already: here
	// they are not stored, only how many there are.
	Subjects []string `json:"-"`
	Commits  int      `json:"commits"` // 0: the build names none
}

// History is how the service's deployments went.
type History struct {
	Source      port.Source `json:"source,omitzero"`
	Since       time.Time   `json:"since,omitzero"` // the start of the period; zero: all that is remembered
	Days        int         `json:"days"`           // its length; 0: all that is remembered
	Deployments int         `json:"deployments"`
	Failures    int         `json:"failures"` // failed, or rolled back
	Rollbacks   *int        `json:"rollbacks,omitempty"`
	Incidents   *int        `json:"incidents,omitempty"`
	// Failed says whether LastFailure is known: it is zero where nothing failed.
	Failed      bool      `json:"failed,omitempty"`
	LastFailure time.Time `json:"last_failure,omitzero"`
}

// Release is the release itself.
type Release struct {
	Source    port.Source `json:"source,omitzero"`
	ID        string      `json:"id,omitempty"`
	Service   string      `json:"service"`
	Version   string      `json:"version"`
	Tier      string      `json:"tier,omitempty"` // empty: not decided yet
	Emergency bool        `json:"emergency,omitempty"`
	Planned   time.Time   `json:"planned,omitzero"`
	Passed    []string    `json:"passed,omitempty"` // environments that it passed
}

// Environment is the one that the release is on its way to.
type Environment struct {
	Source port.Source `json:"source,omitzero"`
	Name   string      `json:"name"`
	After  string      `json:"after,omitempty"` // the one that it must have passed before
	Final  bool        `json:"final,omitempty"`
}

// Incidents are those of the service that are open, as the pager has them.
type Incidents struct {
	Source port.Source   `json:"source,omitzero"`
	Open   int           `json:"open"`
	Worst  port.Severity `json:"worst,omitempty"` // empty: none is open
}

// Calendar is what else goes on in the environment.
type Calendar struct {
	Source port.Source `json:"source,omitzero"`
	Zone   string      `json:"zone"` // the organisation's
	// Frozen says that a freeze holds for the service there, whatever the exceptions; NextFreeze is when the next one begins
	// that does not hold yet, zero where none is known of.
	Frozen     bool      `json:"frozen,omitempty"`
	NextFreeze time.Time `json:"next_freeze,omitzero"`
	// UnderWay are the deployments in motion there, LastHour those that were asked for there within the last hour, both of any
	// service and without this release's own.
	UnderWay *int `json:"under_way,omitempty"`
	LastHour *int `json:"last_hour,omitempty"`
}

// Budget is what is left of the service's error budget.
type Budget struct {
	Source port.Source `json:"source,omitzero"`
	Spent  *float64    `json:"spent,omitempty"` // share of the whole, from 0; above 1 where it is overspent
}
