package policy

import (
	"time"

	"cel.dev/cel-go/cel"

	"github.com/gonogo-chat/gonogo/bot/port"
)

var (
	ofService = group[Service]{prefix: "service.", from: "configuration",
		of: func(c *Context) *Service { return c.Service }, source: func(g *Service) port.Source { return g.Source }}
	ofChange = group[Change]{prefix: "change.", from: "build metadata of the artifact", unknown: "when the artifact could not be read, or its build does not say",
		of: func(c *Context) *Change { return c.Change }, source: func(g *Change) port.Source { return g.Source }}
	ofHistory = group[History]{prefix: "history.", from: "the bot's records of deployments and incidents",
		of: func(c *Context) *History { return c.History }, source: func(g *History) port.Source { return g.Source }}
	ofRelease = group[Release]{prefix: "release.", from: "the record of the release",
		of: func(c *Context) *Release { return c.Release }, source: func(g *Release) port.Source { return g.Source }}
	ofEnvironment = group[Environment]{prefix: "environment", from: "configuration",
		of: func(c *Context) *Environment { return c.Environment }, source: func(g *Environment) port.Source { return g.Source }}
	ofIncidents = group[Incidents]{prefix: "incidents.", from: "the pager", unknown: "when the pager keeps no incidents or did not answer", moment: true,
		of: func(c *Context) *Incidents { return c.Incidents }, source: func(g *Incidents) port.Source { return g.Source }}
	ofCalendar = group[Calendar]{prefix: "calendar.", from: "the bot's records of freezes and deployments",
		of: func(c *Context) *Calendar { return c.Calendar }, source: func(g *Calendar) port.Source { return g.Source }}
	ofBudget = group[Budget]{prefix: "budget.", from: "whoever tells of error budgets", unknown: "unless it was told", moment: true,
		of: func(c *Context) *Budget { return c.Budget }, source: func(g *Budget) port.Source { return g.Source }}
	ofClock = group[Context]{from: "the clock",
		of: func(c *Context) *Context { return c }, source: func(g *Context) port.Source { return port.Source{System: "clock", At: g.Now} }}
)

// fields is the whole context of an expression.
var fields = []Field{
	text(ofRelease, "service", "Name of the service.", func(r *Release) string { return r.Service }),
	text(ofRelease, "version", "Version that is released.", func(r *Release) string { return r.Version }),
	text(ofEnvironment, "", "Environment that the release is on its way to; for its tier, the last one.", func(e *Environment) string { return e.Name }),
	text(ofEnvironment, ".after", "Environment that it must have passed before; empty where there is none.", func(e *Environment) string { return e.After }),
	flag(ofEnvironment, ".final", "Whether no environment comes after it.", func(e *Environment) bool { return e.Final }),
	flag(ofRelease, "emergency", "Whether the release takes the emergency path.", func(r *Release) bool { return r.Emergency }),
	field(ofRelease, "tier", cel.StringType, "Risk tier: low, medium or high.", func(r *Release, _ *Context) (any, bool) { return r.Tier, r.Tier != "" },
		unknown("in risk rules, which may not ask for it: it is what they decide")),
	list(ofRelease, "passed", "Environments that the release passed.", func(r *Release) []string { return r.Passed }),
	length(ofRelease, "age", "How long ago it was planned.", func(r *Release, now time.Time) (time.Duration, bool) {
		return now.Sub(r.Planned), !r.Planned.IsZero()
	}),
	text(ofService, "criticality", "The service's criticality, as configured.", func(s *Service) string { return s.Criticality }),
	text(ofService, "exposure", "Who is exposed to the service, as configured.", func(s *Service) string { return s.Exposure }),
	text(ofService, "data", "Class of the data that the service handles, as configured.", func(s *Service) string { return s.Data }),
	text(ofService, "rollback", "How hard the service is to roll back, as configured.", func(s *Service) string { return s.Rollback }),
	list(ofService, "lines", "Business lines that the service belongs to.", func(s *Service) []string { return s.Lines }),
	list(ofService, "depends_on", "Services that it depends on.", func(s *Service) []string { return s.DependsOn }),
	flag(ofService, "revenue", "Whether one of its business lines earns money directly, as configured.", func(s *Service) bool { return s.Revenue }),
	field(ofService, "labels", cel.MapType(cel.StringType, cel.StringType), "Labels of the service, as configured.", always(func(s *Service) map[string]string {
		if s.Labels == nil {
			return map[string]string{}
		}
		return s.Labels
	})),
	maybe(ofChange, "lines", "Lines changed since the version that runs now.", func(c *Change) *int { return c.Lines }, unit("lines")),
	maybe(ofChange, "authors", "How many people wrote the change.", func(c *Change) *int { return said(c.Authors) }, unit("people")),
	maybe(ofChange, "commits", "How many work items or commits the change has.", func(c *Change) *int { return said(c.Commits) }),
	field(ofChange, "subjects", cel.ListType(cel.StringType), "Work items or commit subjects in the change.", func(c *Change, _ *Context) (any, bool) {
		return c.Subjects, c.Commits > 0 && len(c.Subjects) == c.Commits
	}),
	whole(ofHistory, "days", "Length of the period that the history is about; 0 for all that is remembered.", func(h *History) int { return h.Days }, unit("days")),
	whole(ofHistory, "deployments", "Deployments of the service in that period, to any environment.", func(h *History) int { return h.Deployments }),
	whole(ofHistory, "failures", "How many of them failed or were rolled back.", func(h *History) int { return h.Failures }),
	maybe(ofHistory, "rollbacks", "How many of them were rolled back.", func(h *History) *int { return h.Rollbacks }, unknown("for a decision that was made before it was recorded")),
	maybe(ofHistory, "incidents", "Incidents of the service that began in that period.", func(h *History) *int { return h.Incidents },
		unknown("when no pager is configured that keeps incidents")),
	length(ofHistory, "last_failure", "How long ago the last of them failed or was rolled back; the length of the period where none did.",
		func(h *History, now time.Time) (time.Duration, bool) { return h.sinceFailure(now), h.Failed },
		unknown("for a decision that was made before it was recorded")),
	whole(ofIncidents, "open", "Incidents of the service that are open.", func(i *Incidents) int { return i.Open }),
	text(ofIncidents, "worst", "The worst severity among them: critical, error, warning or info; empty where none is open.", func(i *Incidents) string { return string(i.Worst) }),
	flag(ofCalendar, "frozen", "Whether a freeze holds for the service in the environment, whatever the exceptions.", func(c *Calendar) bool { return c.Frozen }),
	length(ofCalendar, "freeze_in", "How long until the next freeze that does not hold yet; 30 days where none begins within them.",
		func(c *Calendar, now time.Time) (time.Duration, bool) { return c.freezeIn(now), true }),
	maybe(ofCalendar, "under_way", "Deployments of other releases in motion in the environment.", func(c *Calendar) *int { return c.UnderWay }, unit("deployments"),
		unknown("for a decision that was made before it was recorded")),
	maybe(ofCalendar, "last_hour", "Deployments of other releases asked for in the environment within the last hour.", func(c *Calendar) *int { return c.LastHour }, unit("deployments"),
		unknown("for a decision that was made before it was recorded")),
	text(ofCalendar, "zone", "The organisation's time zone, for now.local(calendar.zone).", func(c *Calendar) string { return c.Zone }),
	share(ofBudget, "spent", "Share of the service's error budget that is spent: 0.9 is nine tenths, above 1 is overspent.", func(b *Budget) *float64 { return b.Spent }),
	field(ofClock, "now", cel.TimestampType, `The moment at which it is asked. now.local("Europe/Berlin") is the same moment on the clocks there.`,
		func(c *Context, _ *Context) (any, bool) { return c.Now.UTC(), !c.Now.IsZero() }, moving),
}

// said is a number of things that a build lists: a list that is empty says nothing, for every change has somebody and something.
func said(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

// sinceFailure is how long ago something failed; as long as can be said where nothing did.
func (h *History) sinceFailure(now time.Time) time.Duration {
	switch {
	case !h.LastFailure.IsZero():
		return now.Sub(h.LastFailure)
	case !h.Since.IsZero():
		return now.Sub(h.Since)
	}
	return never
}

// freezeIn is how long it is until the next freeze begins.
func (c *Calendar) freezeIn(now time.Time) time.Duration {
	if c.NextFreeze.IsZero() {
		return Ahead
	}
	return max(0, min(c.NextFreeze.Sub(now), Ahead))
}
