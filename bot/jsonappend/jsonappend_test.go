package jsonappend_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
)

// every has a field for every method.
type every struct {
	String  string            `json:"s"`
	Strings []string          `json:"ss"`
	Int     int64             `json:"i"`
	Uint    uint64            `json:"u"`
	Float   float64           `json:"f"`
	Time    time.Time         `json:"t"`
	Bytes   []byte            `json:"b"`
	Value   inner             `json:"v"`
	List    []inner           `json:"l"`
	OString string            `json:"os,omitempty"`
	OList   []string          `json:"oss,omitempty"`
	OInt    int               `json:"oi,omitempty"`
	OFloat  float64           `json:"of,omitempty"`
	OBool   bool              `json:"ob,omitempty"`
	OTime   time.Time         `json:"ot,omitzero"`
	OBytes  []byte            `json:"oby,omitempty"`
	ORaw    json.RawMessage   `json:"or,omitempty"`
	OMap    map[string]string `json:"om,omitempty"`
	OValues []inner           `json:"ol,omitempty"`
	Pointer *inner            `json:"p,omitempty"`
}

type inner struct {
	Name string `json:"n,omitempty"`
}

func (i inner) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.OptString("n", i.Name)
	return o.Close()
}

func (e every) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("s", e.String)
	o = o.Strings("ss", e.Strings)
	o = o.Int("i", e.Int)
	o = o.Uint("u", e.Uint)
	o = o.Float("f", e.Float)
	o = o.Time("t", e.Time)
	o = o.Bytes("b", e.Bytes)
	o = jsonappend.Value(o, "v", e.Value)
	o = jsonappend.List(o, "l", e.List)
	o = o.OptString("os", e.OString)
	o = o.OptStrings("oss", e.OList)
	o = o.OptInt("oi", int64(e.OInt))
	o = o.OptFloat("of", e.OFloat)
	o = o.OptTrue("ob", e.OBool)
	o = o.OptTime("ot", e.OTime)
	o = o.OptBytes("oby", e.OBytes)
	o = o.OptRaw("or", e.ORaw)
	o = o.OptMap("om", e.OMap)
	o = jsonappend.OptList(o, "ol", e.OValues)
	o = jsonappend.OptPointer(o, "p", e.Pointer)
	return o.Close()
}

func TestObject(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[every](t)
	jsonappendtest.Equal(t, every{})
	jsonappendtest.Equal(t, every{Strings: []string{}, Bytes: []byte{}, List: []inner{}, OMap: map[string]string{}, OBytes: []byte{}})
}

func FuzzObject(f *testing.F) { jsonappendtest.Fuzz[every](f) }

// same compares what was appended with encoding/json.
func same(t *testing.T, v any, got []byte, err error) {
	t.Helper()
	want, wrong := json.Marshal(v)
	if (err != nil) != (wrong != nil) || err == nil && !bytes.Equal(got, want) {
		t.Errorf("%#v: %s (%v), want %s (%v)", v, got, err, want, wrong)
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	for _, s := range jsonappendtest.Strings {
		same(t, s, jsonappend.String(nil, s), nil)
	}
	for c := range 256 {
		for at := range 18 {
			s := []byte("0 ~\x7fz#=;0 ~\x7fz#=;]")
			s = slices.Insert(s, at, byte(c))
			same(t, string(s), jsonappend.String(nil, string(s)), nil)
		}
	}
}

func FuzzString(f *testing.F) {
	for _, s := range jsonappendtest.Strings {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { same(t, s, jsonappend.String(nil, s), nil) })
}

func TestFloat(t *testing.T) {
	t.Parallel()
	for _, f := range append([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 1<<53 - 1, 1<<53 + 4}, jsonappendtest.Floats...) {
		got, err := jsonappend.Float(nil, f)
		same(t, f, got, err)
	}
}

func FuzzFloat(f *testing.F) {
	for _, v := range jsonappendtest.Floats {
		f.Add(math.Float64bits(v))
	}
	f.Fuzz(func(t *testing.T, bits uint64) {
		v := math.Float64frombits(bits)
		got, err := jsonappend.Float(nil, v)
		same(t, v, got, err)
	})
}

func TestTime(t *testing.T) {
	t.Parallel()
	for _, at := range jsonappendtest.Times {
		got, err := jsonappend.Time(nil, at)
		same(t, at, got, err)
	}
	rapid.Check(t, func(r *rapid.T) {
		at := time.Unix(rapid.Int64Range(-70_000_000_000, 260_000_000_000).Draw(r, "s"), rapid.Int64Range(0, 999_999_999).Draw(r, "ns"))
		zone := time.FixedZone("", rapid.IntRange(-100_000, 100_000).Draw(r, "offset"))
		for _, at := range []time.Time{at.UTC(), at.In(zone), at.UTC().Truncate(time.Millisecond)} {
			got, err := jsonappend.Time(nil, at)
			same(t, at, got, err)
		}
	})
}

func FuzzTime(f *testing.F) {
	for _, at := range jsonappendtest.Times {
		f.Add(at.Unix(), int64(at.Nanosecond()))
	}
	f.Fuzz(func(t *testing.T, s, ns int64) {
		at := time.Unix(s, ns).UTC()
		got, err := jsonappend.Time(nil, at)
		same(t, at, got, err)
	})
}

func TestMarshal(t *testing.T) {
	t.Parallel()
	for name, v := range map[string]any{"appender": every{String: "a", Float: 0.5}, "other": map[string]int{"a": 1}, "nil": nil} {
		want, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		for _, room := range []int{0, 1, 32} {
			got, err := jsonappend.Marshal(room, v)
			if err != nil || !bytes.Equal(got, append(make([]byte, room), want...)) {
				t.Errorf("%s after %d: %q (%v), want %s", name, room, got, err, want)
			}
		}
	}
	for name, v := range map[string]any{"appender": every{Float: math.NaN()}, "other": math.NaN()} {
		if got, err := jsonappend.Marshal(1, v); err == nil || got != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) AppendJSON([]byte) ([]byte, error) { return nil, errBroken }

func TestFailureIsKept(t *testing.T) {
	t.Parallel()
	o := jsonappend.Value(jsonappend.Open(nil), "a", broken{})
	o = o.String("b", "fine")
	if got, err := o.Close(); !errors.Is(err, errBroken) || got != nil {
		t.Errorf("%s, %v", got, err)
	}
	o = jsonappend.List(jsonappend.Open(nil), "a", []broken{{}, {}})
	if got, err := o.Close(); !errors.Is(err, errBroken) || got != nil {
		t.Errorf("%s, %v", got, err)
	}
}

// TestResultsAreApart shows that what was returned is not written again.
func TestResultsAreApart(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			var kept [][]byte
			v := every{Int: int64(i)}
			for range 100 {
				raw, err := jsonappend.Marshal(0, v)
				if err != nil {
					t.Error(err)
				}
				kept = append(kept, raw)
			}
			for _, raw := range kept {
				same(t, v, raw, nil)
			}
		})
	}
	wg.Wait()
}

func TestAllocatesNothing(t *testing.T) {
	v := every{String: "sha256: !#%'()*+,-./0189:;=?@AZ[]^_`az{|}~\x7f", Strings: []string{"R-1"}, Float: 0.6, Time: time.Unix(1, 1).UTC(), Bytes: []byte("abc"), List: make([]inner, 3)}
	room := make([]byte, 0, 1024)
	if n := testing.AllocsPerRun(200, func() {
		if _, err := v.AppendJSON(room); err != nil {
			t.Fatal(err)
		}
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
