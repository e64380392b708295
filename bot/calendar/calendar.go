// Package calendar says what holds for a service in an environment at an instant, among very many things that hold at times:
// freezes, windows, tests.
package calendar

import "slices"

// Scope is what something covers: an empty list means all. Services, environments, lines and regions narrow it together.
type Scope struct {
	Services     []string `json:"services,omitempty"`
	Environments []string `json:"environments,omitempty"`
	Lines        []string `json:"lines,omitempty"`
	Regions      []string `json:"regions,omitempty"`
}

// Everything reports whether the scope narrows nothing.
func (s Scope) Everything() bool {
	return len(s.Services)+len(s.Environments)+len(s.Lines)+len(s.Regions) == 0
}

// Target is what is asked about: one service in one environment.
type Target struct {
	Service     string
	Environment string
	Lines       []string // business lines of the service
	Regions     []string // where it runs there
	// Everywhere says that it is not known where: it counts as in every region, also one that nothing else names any more.
	Everywhere bool
}

// Covers reports whether the target is in the scope.
func (s Scope) Covers(t Target) bool {
	return (len(s.Services) == 0 || slices.Contains(s.Services, t.Service)) &&
		(len(s.Environments) == 0 || slices.Contains(s.Environments, t.Environment)) &&
		meet(s.Lines, t.Lines) && (t.Everywhere || meet(s.Regions, t.Regions))
}

// Equal reports whether both scopes are written the same.
func (s Scope) Equal(o Scope) bool {
	return slices.Equal(s.Services, o.Services) && slices.Equal(s.Environments, o.Environments) &&
		slices.Equal(s.Lines, o.Lines) && slices.Equal(s.Regions, o.Regions)
}

func meet(asked, has []string) bool {
	return len(asked) == 0 || slices.ContainsFunc(has, func(name string) bool { return slices.Contains(asked, name) })
}
