package argocd

import (
	"encoding/json"
	"maps"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

func FuzzRunID(f *testing.F) {
	f.Add("default:shop-prod/D-1")
	f.Add("a:apps@b:shop-prod/D/7")
	f.Fuzz(func(t *testing.T, id string) {
		p, key, err := parseRun(id)
		if err != nil {
			return
		}
		if p.id()+"/"+key != id {
			t.Fatalf("%q became %q and %q", id, p.id(), key)
		}
		for _, name := range []string{p.app.name, p.app.project, p.holder().name} {
			if strings.ContainsAny(name, "/?#%") {
				t.Fatalf("%q leads elsewhere: %q", id, name)
			}
		}
	})
}

func FuzzRecord(f *testing.F) {
	r := record{Key: "D-1", Service: "shop", At: time.Unix(1, 0).UTC(), Own: declaration{Revision: "v1"}, Earlier: []earlier{{Key: "D-0"}}}
	said, err := r.annotations(annotationPrefix)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("D-1", said[annotationPrefix+annotationRun])
	f.Add("", "{")
	f.Fuzz(func(t *testing.T, key, text string) {
		r, err := recordOf(map[string]string{annotationPrefix + annotationKey: key, annotationPrefix + annotationRun: text}, annotationPrefix)
		if r.Key != key {
			t.Fatalf("the record of %q is %q's", key, r.Key)
		}
		if err != nil {
			if r.At != (time.Time{}) || r.Own.Revision != "" {
				t.Fatalf("a malformed record says %+v", r)
			}
			return
		}
		said, err := r.annotations(annotationPrefix)
		if err != nil {
			t.Fatal(err)
		}
		again, err := recordOf(said, annotationPrefix)
		if err != nil || again.Key != r.Key || !again.At.Equal(r.At) || again.Own.String() != r.Own.String() {
			t.Fatalf("%+v became %+v, %v", r, again, err)
		}
	})
}

func FuzzTracked(f *testing.F) {
	f.Add("apps:argoproj.io/Application:argocd/shop-prod")
	f.Add("::")
	f.Fuzz(func(t *testing.T, id string) {
		if o := tracked(id, "shop-prod"); o.kind != "" && (!strings.Contains(id, "argoproj.io/Application") || !strings.HasSuffix(id, "shop-prod")) {
			t.Fatalf("%q is taken for a parent's: %+v", id, o)
		}
	})
}

// Whatever a source holds, what is put into it is declared by it then, and nothing else of it changed.
func FuzzDeclare(f *testing.F) {
	f.Add(`{"targetRevision":"v1","helm":{"parameters":[{"name":"tag","value":"1"},{"name":"x","value":"y"}]},"kustomize":{"images":["shop:v1","a/b@sha256:0"]}}`, "v2", "tag", "2", "shop", "r/shop:2")
	f.Add(`{"helm":[],"kustomize":{"images":[1,null]}}`, "", "", "", "", "")
	f.Fuzz(func(t *testing.T, text, revision, parameter, value, image, to string) {
		var s source
		if json.Unmarshal([]byte(text), &s) != nil || s == nil || strings.ContainsAny(image, "=@:") || !json.Valid([]byte(`"`+strings.ToValidUTF8(image, "")+`"`)) {
			return
		}
		d := declaration{Revision: revision, Parameters: map[string]string{parameter: value}, Images: map[string]string{image: to}}
		before, err := json.Marshal(s)
		if err != nil {
			return
		}
		next, err := d.into(s)
		if err != nil {
			t.Fatal(err)
		}
		if after, _ := json.Marshal(s); string(after) != string(before) {
			t.Fatalf("the source that was read changed: %s", after)
		}
		if !d.holds(next) {
			t.Fatalf("%+v is not declared by %v", d, next)
		}
		for name, v := range parametersOf(s) {
			if got := parametersOf(next)[name]; name != parameter && got != v {
				t.Fatalf("parameter %q became %q", name, got)
			}
		}
		for name := range maps.Keys(s) {
			if _, there := next[name]; !there {
				t.Fatalf("%q is gone", name)
			}
		}
	})
}

func TestImageName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"shop=registry.example:5000/shop:v2": "shop", "shop:v2": "shop", "registry.example:5000/shop": "registry.example:5000/shop",
		"registry.example:5000/shop:v2": "registry.example:5000/shop", "shop@sha256:0011": "shop", "": "",
	} {
		if got := imageName(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Argo CD spells out here what it leaves out there.
func TestSame(t *testing.T) {
	t.Parallel()
	read := func(text string) []source {
		var s []source
		if err := json.Unmarshal([]byte(text), &s); err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{`[{"path":"a","helm":{}}]`, `[{"path":"a","directory":{"recurse":false},"ref":""}]`, true},
		{`[{"path":"a"}]`, `[{"path":"b"}]`, false},
		{`[{"path":"a"}]`, `[{"path":"a"},{"path":"a"}]`, false},
		{`[{"helm":{"parameters":[{"name":"a","value":"1"}]}}]`, `[{"helm":{"parameters":[{"name":"a","value":"1","forceString":true}]}}]`, false},
	} {
		if same(read(c.a), read(c.b)) != c.same {
			t.Errorf("%s and %s", c.a, c.b)
		}
	}
}

func TestKeysOfRunsBeforeAreKept(t *testing.T) {
	t.Parallel()
	var r record
	for i := range 2 * earlierMost {
		r = record{Key: string(rune('a' + i))}.following(r)
	}
	if len(r.Earlier) != earlierMost || r.Earlier[0].Key != string(rune('a'+2*earlierMost-2)) || !r.knows(r.Earlier[earlierMost-1].Key) || r.knows("a") || r.knows("") {
		t.Errorf("%+v", r.Earlier)
	}
	if again := r.following(r); !reflect.DeepEqual(again.Earlier, r.Earlier) {
		t.Errorf("%+v", again.Earlier)
	}
}

func TestPlace(t *testing.T) {
	t.Parallel()
	s := Settings{Applications: map[string]string{"shop/prod": "the-shop"}, Parent: Parent{Application: "apps-{environment}"}, Declared: ByParent}.withDefaults()
	for target, want := range map[port.Target]string{
		{Service: "shop", Environment: "prod"}: "default:apps-prod@default:the-shop",
		{Service: "till", Environment: "test"}: "default:apps-test@default:till-test",
	} {
		if p, err := s.place(target); err != nil || p.id() != want {
			t.Errorf("%v: %s, %v, want %s", target, p.id(), err, want)
		}
	}
}
