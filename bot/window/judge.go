package window

import (
	"slices"
	"time"
)

// Question is whether a deployment may take a service down now.
type Question struct {
	Service     string
	Environment string
	Release     string
	Digest      string // of the artifact that would go there
	// Needs says that the service is down meanwhile; Length is how long that takes, or the deployment as a whole where that is longer.
	Needs  bool
	Length time.Duration
	// Bound is the window that the release was planned for; empty for any.
	Bound string
	Now   time.Time
}

// Verdict is what the windows say to a deployment.
type Verdict struct {
	Needs  bool
	Length time.Duration
	Bound  string
	In     *Window // the open window that it fits into
	Late   *Window // the open window whose end it would run past
	Next   *Window // the next one that it would fit into
	// Tests are those under way that nobody let it into, Let those that somebody did.
	Tests, Let []Window
	// NextOpen is when it next could; zero where that is not known.
	NextOpen time.Time
}

// Open reports whether the windows let the deployment go ahead.
func (v Verdict) Open() bool { return len(v.Tests) == 0 && (!v.Needs || v.In != nil) }

// Concerns reports whether windows have anything to say to it.
func (v Verdict) Concerns() bool { return v.Needs || len(v.Tests)+len(v.Let) > 0 }

// Judge says what the windows mean for a deployment. Those of other services or environments are left aside.
func Judge(all []Window, q Question) Verdict {
	v := Verdict{Needs: q.Needs, Length: q.Length, Bound: q.Bound}
	own := slices.DeleteFunc(slices.Clone(all), func(w Window) bool {
		return w.Service != q.Service || w.Environment != q.Environment || w.State != Accepted
	})
	slices.SortStableFunc(own, func(a, b Window) int { return a.From.Compare(b.From) })
	for i := range own {
		w := &own[i]
		switch {
		case w.Kind == Test && w.Open(q.Now) && w.Lets(q.Release, q.Digest):
			v.Let = append(v.Let, *w)
		case w.Kind == Test && w.Open(q.Now):
			v.Tests = append(v.Tests, *w)
		case w.Kind != Downtime || q.Bound != "" && w.ID != q.Bound:
		case w.Open(q.Now) && q.fits(*w, q.Now) && v.In == nil:
			v.In = w
		case w.Open(q.Now) && v.Late == nil:
			v.Late = w
		case w.From.After(q.Now) && q.fits(*w, w.From) && v.Next == nil:
			v.Next = w
		}
	}
	if !v.Open() {
		v.NextOpen = q.next(own)
	}
	return v
}

// fits reports whether a deployment that begins at an instant ends within the window.
func (q Question) fits(w Window, at time.Time) bool { return !at.Add(q.Length).After(w.To) }

// next is the first instant from now on at which it could begin; zero if there is none.
func (q Question) next(own []Window) time.Time {
	// Nothing opens but at the start of a window or at the end of a test.
	candidates := []time.Time{q.Now}
	for _, w := range own {
		if w.Kind == Downtime {
			candidates = append(candidates, w.From)
		} else {
			candidates = append(candidates, w.To)
		}
	}
	slices.SortFunc(candidates, time.Time.Compare)
	for _, at := range candidates {
		if !at.Before(q.Now) && q.open(own, at) {
			return at
		}
	}
	return time.Time{}
}

func (q Question) open(own []Window, at time.Time) bool {
	inside := !q.Needs
	for _, w := range own {
		switch {
		case !w.Open(at):
		case w.Kind == Test && !w.Lets(q.Release, q.Digest):
			return false
		case w.Kind == Downtime && (q.Bound == "" || w.ID == q.Bound) && q.fits(w, at):
			inside = true
		}
	}
	return inside
}
