package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// reader takes the text of a scalar, whose YAML type is tag.
type reader func(n *yaml.Node, r rule) error

var (
	accountType  = reflect.TypeFor[chat.Account]()
	durationType = reflect.TypeFor[time.Duration]()
	revealType   = reflect.TypeFor[func() (string, error)]()
)

// scalarOf returns how a type is read from a single value, nil for types that are not.
//
// Adapters can't name this package's types: they declare lengths of time as time.Duration, and secrets as
// func() (string, error), which reads the secret anew at each call.
func scalarOf(v reflect.Value) reader {
	switch t := v.Type(); {
	case t == accountType:
		return texts(func(text string) error {
			a, err := ParseAccount(text)
			v.Set(reflect.ValueOf(a))
			return err
		})
	case t == durationType:
		return texts(func(text string) error {
			d, err := ParseDuration(text)
			v.SetInt(int64(d))
			return err
		})
	case t == revealType:
		return texts(func(text string) error {
			var s Secret
			err := s.UnmarshalText([]byte(text))
			v.Set(reflect.ValueOf(s.Reveal))
			return err
		})
	case reflect.PointerTo(t).Implements(textType):
		return texts(func(text string) error {
			return v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
		})
	}
	switch v.Kind() {
	case reflect.String:
		return func(n *yaml.Node, r rule) error { return text(n, v, r) }
	case reflect.Bool:
		return func(n *yaml.Node, _ rule) error {
			var b bool
			if n.ShortTag() != "!!bool" || n.Decode(&b) != nil {
				return fmt.Errorf("is %s where true or false is expected", described(n))
			}
			v.SetBool(b)
			return nil
		}
	case reflect.Int, reflect.Int64, reflect.Float64:
		return func(n *yaml.Node, r rule) error { return number(n, v, r) }
	}
	return nil
}

// scalar reads a single value and notes what is wrong with it.
func (s *strict) scalar(n *yaml.Node, path string, r rule, read reader) {
	if !s.is(n, yaml.ScalarNode, path) {
		return
	}
	if err := read(n, r); err != nil {
		s.say(n.Line, path, "%s", err)
	}
}

// texts reads types that are written as one word with a form of their own; numbers need no quotes there.
func texts(take func(text string) error) reader {
	return func(n *yaml.Node, _ rule) error {
		switch n.ShortTag() {
		case "!!str", "!!int", "!!float", "!!timestamp":
			return take(n.Value)
		}
		return fmt.Errorf("is %s where a text is expected", described(n))
	}
}

func text(n *yaml.Node, v reflect.Value, r rule) error {
	if n.ShortTag() != "!!str" {
		return fmt.Errorf("is %s where a text is expected: write it in quotes", described(n))
	}
	t := n.Value
	switch {
	case r.filled && strings.TrimSpace(t) == "":
		return fmt.Errorf("can't be empty")
	case !utf8.ValidString(t) || strings.ContainsRune(t, 0):
		return fmt.Errorf("is not valid UTF-8 text")
	case r.enum != nil && !slices.Contains(r.enum, t):
		return fmt.Errorf("%q is not allowed here: one of %s", clip(t), enumerate(r.enum))
	case t == "":
	case r.pattern != nil && !r.pattern.expr.MatchString(t):
		return fmt.Errorf("%q is not %s", clip(t), r.pattern.says)
	}
	v.SetString(t)
	return nil
}

func number(n *yaml.Node, v reflect.Value, r rule) error {
	var f float64
	whole := v.Kind() != reflect.Float64
	tag := n.ShortTag()
	if tag != "!!int" && (whole || tag != "!!float") || n.Decode(&f) != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		if whole {
			return fmt.Errorf("is %s where a whole number is expected", described(n))
		}
		return fmt.Errorf("is %s where a number is expected", described(n))
	}
	if r.min != nil && f < *r.min || r.max != nil && f > *r.max {
		return fmt.Errorf("%s is out of bounds: %s", clip(n.Value), between(r.min, r.max))
	}
	if !whole {
		v.SetFloat(f)
		return nil
	}
	var i int64
	if err := n.Decode(&i); err != nil || v.OverflowInt(i) {
		return fmt.Errorf("%s is too large", clip(n.Value))
	}
	v.SetInt(i)
	return nil
}

func between(low, high *float64) string {
	switch {
	case low == nil:
		return fmt.Sprintf("at most %g", *high)
	case high == nil:
		return fmt.Sprintf("at least %g", *low)
	}
	return fmt.Sprintf("%g to %g", *low, *high)
}

// described says what kind of value was written; its text is not repeated, as it may be a secret in the wrong place.
func described(n *yaml.Node) string {
	if d, ok := map[string]string{
		"!!str": "a text", "!!int": "a number", "!!float": "a number", "!!bool": "true or false", "!!timestamp": "a date",
	}[n.ShortTag()]; ok {
		return d
	}
	return "something else"
}
