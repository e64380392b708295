package duty

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Verdict is what the comparison came to.
type Verdict string

// The verdicts. Only OK lets anybody do anything.
const (
	OK           Verdict = "ok"
	Conflicting  Verdict = "conflict"
	Inconclusive Verdict = "inconclusive"
)

// Conflict is one duty of a person that excludes the one asked for.
type Conflict struct {
	Person string    `json:"person"`
	As     Duty      `json:"as"`
	Text   chat.Text `json:"text"` // "Dana is commit author of checkout 2.4.0"
}

// Finding is the verdict with every reason: conflicts first, then what is not known.
type Finding struct {
	Verdict    Verdict       `json:"verdict"`
	Conflicts  []Conflict    `json:"conflicts,omitempty"`
	Unresolved []Attribution `json:"unresolved,omitempty"`
	Unknown    []chat.Text   `json:"unknown,omitempty"` // why it is inconclusive
}

// OK reports whether the duty asked for excludes none that the person has.
func (f Finding) OK() bool { return f.Verdict == OK }

// And is both findings in one, each reason once.
func (f Finding) And(other Finding) Finding {
	both := Finding{Conflicts: slices.Clone(f.Conflicts), Unresolved: slices.Clone(f.Unresolved), Unknown: slices.Clone(f.Unknown)}
	for _, c := range other.Conflicts {
		if !slices.ContainsFunc(both.Conflicts, func(was Conflict) bool {
			return was.Person == c.Person && was.As == c.As && was.Text.Code == c.Text.Code
		}) {
			both.Conflicts = append(both.Conflicts, c)
		}
	}
	for _, a := range other.Unresolved {
		if !slices.Contains(both.Unresolved, a) {
			both.Unresolved = append(both.Unresolved, a)
		}
	}
	if len(f.Unknown) == 0 { // what is not known of the work is the same for whoever asks
		both.Unknown = slices.Clone(other.Unknown)
	}
	return both.settle()
}

// Reasons lists every reason why not; none when the verdict is OK.
func (f Finding) Reasons() []chat.Text {
	var reasons []chat.Text
	for _, c := range f.Conflicts {
		reasons = append(reasons, c.Text)
	}
	return append(reasons, f.Unknown...)
}

func (f *Finding) conflict(person string, a Attribution, w Work) {
	f.conflictAs("duty.conflict", person, a, w)
}

// conflictAs adds a conflict once for each duty: where the duty was seen first is enough to look it up.
func (f *Finding) conflictAs(code chat.Code, person string, a Attribution, w Work) {
	c := Conflict{Person: person, As: a.As, Text: chat.Say(code,
		a.seen(chat.Person("person", person), chat.Nested("duty", a.As.Text()), chat.Word("subject", w.Subject))...)}
	i := slices.IndexFunc(f.Conflicts, func(was Conflict) bool { return was.Person == person && was.As == a.As })
	switch {
	case i < 0:
		f.Conflicts = append(f.Conflicts, c)
	case len(c.Text.Args) > len(f.Conflicts[i].Text.Args): // a build names authors, and not where
		f.Conflicts[i] = c
	}
}

// seen adds where a part was seen, and through which account.
func (a Attribution) seen(args ...chat.Arg) []chat.Arg {
	if a.In != "" {
		args = append(args, chat.Word("in", a.In))
	}
	if a.Through != "" {
		args = append(args, chat.Word("through", a.Through))
	}
	return args
}

func (f *Finding) unknown(t chat.Text) { f.Unknown = append(f.Unknown, t) }

// settle gives the verdict: a conflict outweighs what is not known, for no knowledge could remove it.
func (f *Finding) settle() Finding {
	switch {
	case len(f.Conflicts) > 0:
		f.Verdict = Conflicting
	case len(f.Unknown) > 0:
		f.Verdict = Inconclusive
	default:
		f.Verdict = OK
	}
	return *f
}
