package policy

import (
	"slices"
	"strings"
	"time"

	"cel.dev/cel-go/cel"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Field is one name that an expression may use.
type Field struct {
	Name string
	Type string // as CEL writes it
	Unit string // empty for what has none
	Doc  string
	From string // where it comes from
	// Unknown says when it has no value; empty for what always has one where its group is known.
	Unknown string
	// Moment says that it is a fact of the moment from another system, which is of no use once it is old.
	Moment bool

	cel    *cel.Type
	get    func(*Context) (any, bool)
	source func(*Context) port.Source
	moves  bool // its value follows from the time alone, where nothing else happens
}

// Group is the first part of the name: "release" of "release.tier".
func (f Field) Group() string {
	group, _, _ := strings.Cut(f.Name, ".")
	return group
}

// group is where the fields of a group come from: what is said once for all of them.
type group[T any] struct {
	prefix, from, unknown string
	moment                bool
	of                    func(*Context) *T
	source                func(*T) port.Source
}

func (g group[T]) sourceOf(c *Context) port.Source {
	if in := g.of(c); in != nil {
		return g.source(in)
	}
	return port.Source{}
}

// field declares one field of a group. get gives its value, and whether it is known.
func field[T any](g group[T], name string, typed *cel.Type, doc string, get func(*T, *Context) (any, bool), more ...func(*Field)) Field {
	f := Field{Name: g.prefix + name, Type: typed.String(), Doc: doc, From: g.from, Unknown: g.unknown, Moment: g.moment, cel: typed, source: g.sourceOf}
	f.get = func(c *Context) (any, bool) {
		in := g.of(c)
		if in == nil {
			return nil, false
		}
		return get(in, c)
	}
	for _, apply := range more {
		apply(&f)
	}
	return f
}

func unit(name string) func(*Field)    { return func(f *Field) { f.Unit = name } }
func unknown(when string) func(*Field) { return func(f *Field) { f.Unknown = when } }
func moving(f *Field)                  { f.moves = true }

// always is a getter of what is known wherever its group is.
func always[T, V any](get func(*T) V) func(*T, *Context) (any, bool) {
	return func(in *T, _ *Context) (any, bool) { return get(in), true }
}

func text[T any](g group[T], name, doc string, get func(*T) string, more ...func(*Field)) Field {
	return field(g, name, cel.StringType, doc, always(get), more...)
}

func flag[T any](g group[T], name, doc string, get func(*T) bool, more ...func(*Field)) Field {
	return field(g, name, cel.BoolType, doc, always(get), more...)
}

func list[T any](g group[T], name, doc string, get func(*T) []string, more ...func(*Field)) Field {
	return field(g, name, cel.ListType(cel.StringType), doc, always(get), more...)
}

func whole[T any](g group[T], name, doc string, get func(*T) int, more ...func(*Field)) Field {
	return field(g, name, cel.IntType, doc, func(in *T, _ *Context) (any, bool) { return int64(get(in)), true }, more...)
}

// maybe is a number that may not be known though its group is.
func maybe[T any](g group[T], name, doc string, get func(*T) *int, more ...func(*Field)) Field {
	return field(g, name, cel.IntType, doc, func(in *T, _ *Context) (any, bool) {
		n := get(in)
		if n == nil {
			return nil, false
		}
		return int64(*n), true
	}, more...)
}

func share[T any](g group[T], name, doc string, get func(*T) *float64, more ...func(*Field)) Field {
	return field(g, name, cel.DoubleType, doc, func(in *T, _ *Context) (any, bool) {
		n := get(in)
		if n == nil {
			return nil, false
		}
		return *n, true
	}, more...)
}

// length is a duration that follows from the moment at which it is asked.
func length[T any](g group[T], name, doc string, get func(*T, time.Time) (time.Duration, bool), more ...func(*Field)) Field {
	return field(g, name, cel.DurationType, doc, func(in *T, c *Context) (any, bool) {
		if c.Now.IsZero() {
			return nil, false
		}
		d, known := get(in, c.Now)
		return d, known
	}, append(more, moving)...)
}

// Fields lists every name that an expression may use.
func Fields() []Field { return slices.Clone(fields) }

// index finds a field by name.
var index = func() map[string]int {
	m := make(map[string]int, len(fields))
	for i, f := range fields {
		m[f.Name] = i
	}
	return m
}()
