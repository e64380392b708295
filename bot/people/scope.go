package people

import "slices"

// Everything in a field of a Scope asks for the right over all there is, now and later: only a grant that does not
// narrow that field gives it.
const Everything = "*"

// Scope is what a right is asked for.
//
// Service and Line together name one place: a grant for the service or for its line is enough, so callers that know the
// line of a service fill both. With both empty the right is asked for irrespective of place: any grant of it will do,
// however narrow. A Line alone asks for the whole line, which a grant for one of its services does not give. Everything
// in either needs a grant that narrows neither services nor lines.
//
// Environment follows the same rule by itself: empty is irrespective, Everything needs a grant for all environments.
type Scope struct {
	Service     string
	Line        string
	Environment string
}

func (g *Grant) covers(in Scope) bool { return g.coversPlace(in) && g.coversEnvironment(in) }

func (g *Grant) coversPlace(in Scope) bool {
	if len(g.Services) == 0 && len(g.Lines) == 0 || in.Service == "" && in.Line == "" {
		return true
	}
	if in.Service == Everything || in.Line == Everything {
		return false
	}
	return in.Service != "" && slices.Contains(g.Services, in.Service) ||
		in.Line != "" && slices.Contains(g.Lines, in.Line)
}

func (g *Grant) coversEnvironment(in Scope) bool {
	return len(g.Environments) == 0 || in.Environment == "" ||
		in.Environment != Everything && slices.Contains(g.Environments, in.Environment)
}
