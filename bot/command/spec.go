// Package command is the vocabulary of what people can say: commands declared as data, parsed into typed values, with
// help, suggestions and completion made from the same declaration.
package command

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// Spec declares one command.
type Spec struct {
	// Words are what is typed after the slash: {"release", "plan"}.
	Words  []string
	Params []Param
	// Right is what the speaker must hold; empty for what everybody may read.
	Right people.Right
	// Summary is the sentence that help shows.
	Summary string
	// Examples are complete lines that work in the demonstration organisation, the most usual first; at least one, since
	// every failure to parse shows it.
	Examples []Example
	// DryRun allows --dry-run: the same decision, nothing changed.
	DryRun bool
}

// Example is a line with what it does.
type Example struct {
	Line string
	Does string
}

// Param declares one argument. Positional parameters come in the order declared, optional ones last; flags are written
// --name, --name value or --name=value, anywhere. Names are in lower case letters, digits and hyphens, and "dry-run" is
// taken.
type Param struct {
	Name     string
	Kind     Kind
	Optional bool
	Flag     bool
	// Rest takes everything to the end of the line as one value; only the last positional parameter may, and only of
	// KindText (KindCommand always does).
	Rest bool
	// Days names the flag under which a time, or an end, is a whole day as when.Day reads them.
	Days string
	// Choices are the words allowed, for KindChoice.
	Choices []string
	// Also are words allowed beside the names that there are: "all", for KindService and KindEnvironment.
	Also []string
	// Many takes ids for as long as they come, apart by spaces or commas; Text holds them with spaces between. Of KindRelease.
	Many bool
	Help string
}

// Kind is the type of an argument.
type Kind string

// The kinds of argument.
const (
	KindService     Kind = "service"
	KindVersion     Kind = "version"
	KindEnvironment Kind = "environment"
	KindRelease     Kind = "release"
	KindDeployment  Kind = "deployment" // D-87
	KindFreeze      Kind = "freeze"     // F-3
	KindException   Kind = "exception"
	KindFollowUp    Kind = "follow-up"
	KindMilestone   Kind = "milestone"  // M-5
	KindTrain       Kind = "train"      // T-1
	KindWindow      Kind = "window"     // W-5
	KindSubject     Kind = "subject"    // any of the short ids: one to three letters, a hyphen, a number
	KindText        Kind = "text"       // a word, or several in quotes
	KindChoice      Kind = "choice"
	KindTime        Kind = "time"     // as when.Time reads it; several words with or without quotes
	KindEnd         Kind = "end"      // as when.End reads it, after the KindTime declared before it (or now)
	KindRange       Kind = "range"    // as when.Range reads it: "Sat 02:00-04:00 Europe/Berlin"; several words with or without quotes
	KindZone        Kind = "zone"     // an IANA time zone, as a flag: every time of the line is read in it
	KindDuration    Kind = "duration" // "90m", "2h30m", "1d"
	KindNumber      Kind = "number"
	KindBool        Kind = "bool"    // a flag without value
	KindCommand     Kind = "command" // the words of a command, or the first of them; takes the rest of the line
)

// timed reports whether a kind is said in words of time, which may go on.
func (k Kind) timed() bool { return k == KindTime || k == KindEnd || k == KindRange }

// Value is one parsed argument; the field that belongs to its kind is set, and Text holds it as it was typed
// (ids upper-cased, names as configured).
type Value struct {
	Text     string        `json:"text"`
	Time     time.Time     `json:"time,omitzero"`
	Until    time.Time     `json:"until,omitzero"` // the end of a range that begins at Time
	Duration time.Duration `json:"duration,omitempty"`
	Number   int           `json:"number,omitempty"`
}

// Call is a command with its arguments, as parsed.
type Call struct {
	Spec   *Spec
	Line   string
	Values map[string]Value
	DryRun bool
}

// Has reports whether the argument was given.
func (c Call) Has(name string) bool { _, ok := c.Values[name]; return ok }

// Text returns an argument as text, empty if it was not given.
func (c Call) Text(name string) string { return c.Values[name].Text }

// Time returns a time argument, zero if it was not given.
func (c Call) Time(name string) time.Time { return c.Values[name].Time }

// Until returns the end of a range argument, zero if it was not given.
func (c Call) Until(name string) time.Time { return c.Values[name].Until }

// Duration returns a duration argument, zero if it was not given.
func (c Call) Duration(name string) time.Duration { return c.Values[name].Duration }

// Names is what the parser knows of the organisation: the words that arguments may be, for checking, suggesting and
// completing. Known returns the words of a kind in the order to suggest them; ok is false for kinds that are not
// enumerated: any word goes, and the words are only suggested. Short ids are never refused for not being among the
// words: whether one exists is decided where it is acted on. For KindVersion, given holds the service typed before it;
// Known must neither keep nor change it.
type Names interface {
	Known(kind Kind, given map[string]Value) (words []string, ok bool)
}

// Moment is when and where a line was said: relative times are read against it.
type Moment struct {
	Now  time.Time
	Zone *time.Location
}

// Failure is a line that could not be understood: nothing was done.
type Failure struct {
	*chat.Refusal
	// Spec is the command that was meant, if one was recognised.
	Spec *Spec
}
