// Package chat is the platform-neutral vocabulary of what the bot says: sentences as codes with typed arguments, and the
// messages and cards made of them. Words, time zones and a platform's markup are added at the edge.
package chat

import (
	"math"
	"time"
)

// Code names one sentence, label or refusal. Codes are stable: scripts and auditors key on them.
type Code string

// Text is one sentence not yet worded: package words holds the wording of every code.
type Text struct {
	Code Code  `json:"code"`
	Args []Arg `json:"args,omitempty"`
}

// Say builds a Text.
func Say(code Code, args ...Arg) Text { return Text{Code: code, Args: args} }

// IsZero reports whether there is nothing to say.
func (t Text) IsZero() bool { return t.Code == "" }

// Arg returns the argument with the given name, and whether there is one.
func (t Text) Arg(name string) (Arg, bool) {
	for _, a := range t.Args {
		if a.Name == name {
			return a, true
		}
	}
	return Arg{}, false
}

// Kind says how an argument is worded.
type Kind string

// The kinds of argument.
const (
	KindWord     Kind = "word"     // a name, id or version: shown as it is
	KindPerson   Kind = "person"   // an opaque person id: shown as the person's name, or a mention
	KindNumber   Kind = "number"   // a count or figure without unit
	KindPercent  Kind = "percent"  // a share; 1 is 100 %
	KindDuration Kind = "duration" // a length of time, in nanoseconds
	KindTime     Kind = "time"     // an instant: shown in the reader's zone
	KindQuote    Kind = "quote"    // what a person wrote, sealed
	KindList     Kind = "list"     // several words
	KindPeople   Kind = "people"   // several opaque person ids
	KindText     Kind = "text"     // another sentence
)

// Arg is one typed argument of a Text; only the field that belongs to its kind is set.
type Arg struct {
	Name   string     `json:"n"`
	Kind   Kind       `json:"k"`
	Word   string     `json:"w,omitempty"`
	Words  []string   `json:"ws,omitempty"`
	Number float64    `json:"f,omitempty"`
	Time   *time.Time `json:"t,omitempty"`
	Zone   string     `json:"z,omitempty"`
	Quote  *Sealed    `json:"q,omitempty"`
	Text   *Text      `json:"s,omitempty"`
}

// Sealed is text that a person wrote, or a name of theirs, encrypted under that person's own key: deleting the key erases
// the text everywhere while every digest that covers it still holds.
type Sealed struct {
	Person string `json:"p"`
	Box    []byte `json:"b"`
}

// Word names a thing as it is: a service, an id, a version.
func Word(name, value string) Arg { return Arg{Name: name, Kind: KindWord, Word: value} }

// Person names a person by opaque id.
func Person(name, id string) Arg { return Arg{Name: name, Kind: KindPerson, Word: id} }

// People names several people by opaque id.
func People(name string, ids []string) Arg { return Arg{Name: name, Kind: KindPeople, Words: ids} }

// List names several things.
func List(name string, values []string) Arg { return Arg{Name: name, Kind: KindList, Words: values} }

// Count is a whole number.
func Count(name string, n int) Arg { return Arg{Name: name, Kind: KindNumber, Number: float64(n)} }

// Number is a figure without unit. A figure that is no number (NaN, infinity) can't be stored and is shown as unknown.
func Number(name string, f float64) Arg { return figure(name, KindNumber, f) }

// Percent is a share of one: 0.05 is shown as 5 %.
func Percent(name string, share float64) Arg { return figure(name, KindPercent, share) }

// Duration is a length of time.
func Duration(name string, d time.Duration) Arg {
	return Arg{Name: name, Kind: KindDuration, Number: float64(d)}
}

// Time is an instant, with the zone it was said in; the reader's zone is applied at the edge.
func Time(name string, t time.Time) Arg {
	u := t.UTC()
	a := Arg{Name: name, Kind: KindTime, Time: &u}
	if z := t.Location().String(); z != "UTC" && z != "Local" {
		a.Zone = z
	}
	return a
}

// Quote is what a person wrote.
func Quote(name string, s Sealed) Arg { return Arg{Name: name, Kind: KindQuote, Quote: &s} }

// Nested is a sentence within a sentence.
func Nested(name string, t Text) Arg { return Arg{Name: name, Kind: KindText, Text: &t} }

func figure(name string, k Kind, f float64) Arg {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Arg{Name: name, Kind: KindWord, Word: "?"}
	}
	return Arg{Name: name, Kind: k, Number: f}
}
