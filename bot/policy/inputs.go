package policy

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Input is one field with its value at a moment.
type Input struct {
	Field Field
	Known bool
	// Value is the field's as the table shows it: texts as they are, lists that people wrote as their length.
	Value  string
	Source port.Source // where it came from, as of when; zero where that is not known

	value any
}

// Inputs lists the fields that the condition names, with what the context holds of them.
func (c *Condition) Inputs(in Context) []Input {
	out := make([]Input, len(c.fields))
	for i, at := range c.fields {
		out[i] = fields[at].input(&in)
	}
	return out
}

// Inputs lists every field with what the context holds of it.
func (c Context) Inputs() []Input {
	out := make([]Input, len(fields))
	for i, f := range fields {
		out[i] = f.input(&c)
	}
	return out
}

func (f Field) input(c *Context) Input {
	in := Input{Field: f, Source: f.source(c)}
	if in.value, in.Known = f.get(c); in.Known {
		in.Value = show(f.Name, in.value)
	}
	return in
}

// show writes a value as text.
func show(name string, value any) string {
	switch v := value.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case time.Duration:
		return v.Round(time.Second).String()
	case time.Time:
		return v.UTC().Format(time.RFC3339)
	case map[string]string:
		return strconv.Itoa(len(v))
	case []string:
		if name == "change.subjects" { // what people wrote
			return strconv.Itoa(len(v))
		}
		return fmt.Sprint(v)
	}
	return fmt.Sprint(value)
}

// Text says the input with its value, where it came from and as of when.
func (i Input) Text() chat.Text {
	name := chat.Word("name", i.Field.Name)
	if !i.Known {
		return chat.Say("policy.input_unknown", name, chat.Word("when", i.Field.Unknown))
	}
	var value chat.Text
	switch v := i.value.(type) {
	case time.Time:
		value = chat.Say("policy.value_time", chat.Time("value", v))
	case time.Duration:
		if v >= never {
			value = chat.Say("policy.value_never")
			break
		}
		value = chat.Say("policy.value_length", chat.Duration("value", v))
	case string:
		if v == "" {
			value = chat.Say("policy.value_empty")
			break
		}
		value = chat.Say("policy.value", chat.Word("value", v), chat.Word("unit", ""))
	default:
		value = chat.Say("policy.value", chat.Word("value", i.Value), chat.Word("unit", i.Field.Unit))
	}
	args := []chat.Arg{name, chat.Nested("value", value)}
	if i.Field.Name == "now" || i.Source.At.IsZero() {
		return chat.Say("policy.input", args...)
	}
	return chat.Say("policy.input_from", append(args, chat.Word("system", i.Source.System), chat.Time("at", i.Source.At))...)
}

// Show lists what is known of a context, name to value as text.
func (c Context) Show() map[string]string {
	m := make(map[string]string, len(fields))
	for _, in := range c.Inputs() {
		if in.Known {
			m[in.Field.Name] = in.Value
		}
	}
	return m
}

// Stale lists the fields that the condition names, that are facts of the moment, and that are known but older than allowed: of no
// use to a decision. A fact without a time is of unknown age, and stale.
func (c *Condition) Stale(in Context, most time.Duration) []Input {
	return slices.DeleteFunc(c.Inputs(in), func(i Input) bool {
		return !i.Field.Moment || !i.Known || !i.Source.At.IsZero() && in.Now.Sub(i.Source.At) <= most
	})
}
