// Package jsonappendtest checks that types which write their own JSON write that of encoding/json.
package jsonappendtest

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
)

// Same fails t if some value of T appends other bytes than encoding/json writes, or fails when that doesn't. Values are made
// by reflection from every field: one that AppendJSON forgets shows.
func Same[T jsonappend.Appender](t *testing.T) {
	t.Run(reflect.TypeFor[T]().Name(), func(t *testing.T) {
		t.Parallel()
		rapid.Check(t, check[T])
	})
}

// Fuzz is Same as a fuzz target.
func Fuzz[T jsonappend.Appender](f *testing.F) { f.Fuzz(rapid.MakeFuzz(check[T])) }

func check[T jsonappend.Appender](t *rapid.T) {
	var v T
	fill(t, reflect.ValueOf(&v).Elem(), 0)
	Equal(t, v)
}

// Equal fails t if v appends other bytes than encoding/json writes, or fails when that doesn't.
func Equal(t interface {
	Helper()
	Fatalf(string, ...any)
}, v jsonappend.Appender) {
	t.Helper()
	const before = "before"
	want, wrong := json.Marshal(v)
	got, err := v.AppendJSON([]byte(before))
	if (err != nil) != (wrong != nil) {
		t.Fatalf("AppendJSON of %+v fails with %v, json.Marshal with %v", v, err, wrong)
	}
	if err == nil && !bytes.Equal(got, append([]byte(before), want...)) {
		t.Fatalf("AppendJSON writes\n%s\njson.Marshal writes\n%s", got[len(before):], want)
	}
}

// Strings are texts that are easily written wrong.
var Strings = []string{
	"", "R-1", "p-01HZX1", `"`, `\`, "<b>&amp;</b>", "\u2028\u2029", "\x00\x01\x1f\x7f", "\b\f\n\r\t", "\xff", "a\xc3", "\xed\xa0\x80",
	"\ufffd", "é", "日本", "😀", "{", ",", "\xe2\x80", "\xf4\x90\x80\x80",
}

// Floats are numbers that are easily written wrong.
var Floats = []float64{
	0, math.Copysign(0, -1), 1, -1, 0.6, 1.0 / 3, 1e-6, 9.99e-7, 1e-7, 1e-10, 1e20, 1e21, 1e22, -1e21, 1 << 53, 1<<53 + 2, -1 << 53,
	1 << 62, 1 << 63, -1 << 63, math.MaxFloat64, math.SmallestNonzeroFloat64, 86400e9, 1.5, -0.25,
}

// Times are instants that are easily written wrong; the last ones can't be written at all.
var Times = []time.Time{
	{}, time.Unix(0, 0).UTC(), time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 9, 0, 0, 120_000_000, time.UTC),
	time.Date(2026, 12, 31, 23, 59, 59, 999_999_999, time.FixedZone("", -5*3600-1800)), time.Date(9999, 12, 31, 0, 0, 0, 1, time.UTC),
	time.Date(2024, 2, 29, 1, 2, 3, 4, time.FixedZone("CET", 3600)), {}, time.Date(0, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-1, 1, 1, 0, 0, 0, 0, time.UTC),
	time.Date(2026, 1, 1, 0, 0, 0, 0, time.FixedZone("", 24*3600)),
}

// RawValues are JSON from elsewhere; the last ones are broken.
var RawValues = []string{``, `null`, `{"a": [1, "<&>"]}`, " [ 1 ,\n2 ] ", "\"\u2028\"", `"\u003c"`, `1e3`, `{`, `nope`}

// deepest bounds how deep values nest.
const deepest = 12

// rarely is true once in a while: what no value may hold comes seldom, so that most values can be written.
func rarely(t *rapid.T) bool { return rapid.IntRange(0, 199).Draw(t, "rarely") == 57 }

// sound picks one of all, the last broken ones rarely.
func sound[T any](t *rapid.T, all []T, broken int) T {
	if !rarely(t) {
		all = all[:len(all)-broken]
	}
	return all[rapid.IntRange(0, len(all)-1).Draw(t, "pick")]
}

func text(t *rapid.T) string {
	if rapid.Bool().Draw(t, "known") {
		return sound(t, Strings, 0)
	}
	return string(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "text"))
}

func number(t *rapid.T) float64 {
	switch {
	case rarely(t):
		return []float64{math.NaN(), math.Inf(1), math.Inf(-1)}[rapid.IntRange(0, 2).Draw(t, "infinite")]
	case rapid.Bool().Draw(t, "known"):
		return sound(t, Floats, 0)
	}
	return rapid.Float64().Draw(t, "number")
}

// fill sets v to anything its type allows.
func fill(t *rapid.T, v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(sound(t, Times, 3)))
		return
	case json.RawMessage:
		v.SetBytes([]byte(sound(t, RawValues, 2)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text(t))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "bool"))
	case reflect.Float64:
		v.SetFloat(number(t))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, "int"))
	case reflect.Uint8, reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "uint") & (1<<v.Type().Bits() - 1))
	case reflect.Array:
		for i := range v.Len() {
			fill(t, v.Index(i), depth)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), depth+1)
		}
	case reflect.Pointer:
		if depth < deepest && rapid.Bool().Draw(t, "present") {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), depth+1)
		}
	case reflect.Slice:
		if n := size(t, depth); n >= 0 {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				fill(t, v.Index(i), depth+1)
			}
		}
	case reflect.Map:
		if n := size(t, depth); n >= 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(t, key, depth+1)
				fill(t, value, depth+1)
				v.SetMapIndex(key, value)
			}
		}
	default:
		t.Fatalf("values of %s can't be made yet", v.Type())
	}
}

// size is how long a list is, -1 for nil; lists within lists are short.
func size(t *rapid.T, depth int) int {
	if depth >= deepest {
		return -1
	}
	return rapid.IntRange(-1, max(1, 4-depth/2)).Draw(t, "size")
}
