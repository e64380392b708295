// Package vendorspec compares requests and answers with the API descriptions that vendors publish, for tests: what an adapter sends and
// what a test's server answers must both be what the vendor says.
package vendorspec

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"go.yaml.in/yaml/v3"
)

// folder holds the descriptions, from the project's root.
const folder = "../shared/vendor-apis"

// Options say which description is taken, and how.
type Options struct {
	File string // below the folder of descriptions: "pagerduty/events-v2-openapiv3.json", gzipped ones too
	Base string // what comes before the described paths: "/v2"
	// Keep are the paths to keep, as described; one that ends in "/" keeps all below it. Empty keeps everything, which is slow where
	// there are thousands.
	Keep []string
	// Mend changes the raw description where it is known to be wrong.
	Mend func(map[string]any)
}

// Spec is a loaded description.
type Spec struct {
	base   string
	routes []route
}

// route is a described path in its parts; one in braces stands for anything.
type route struct {
	parts []string
	item  *openapi3.PathItem
}

// ErrAbsent says that the descriptions are not there.
var ErrAbsent = errors.New("the vendors' descriptions are not there (../shared/vendor-apis)")

var loaded sync.Map // options' file and paths to func() (*Spec, error)

// Load reads a description, once a process.
func Load(o Options) (*Spec, error) {
	once, _ := loaded.LoadOrStore(o.File+"\n"+o.Base+"\n"+strings.Join(o.Keep, "\n"), sync.OnceValues(func() (*Spec, error) { return load(o) }))
	return once.(func() (*Spec, error))()
}

// Need is Load for a test that can't do without: it is skipped by name where the descriptions are absent.
func Need(t testing.TB, o Options) *Spec {
	t.Helper()
	s, err := Load(o)
	if errors.Is(err, ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Sample reads a sample payload below the folder of descriptions, gunzipped; ErrAbsent where that is absent.
func Sample(name string) ([]byte, error) {
	root, err := root()
	if err != nil {
		return nil, err
	}
	f, err := os.Open(filepath.Join(root, folder, filepath.FromSlash(name)))
	if err != nil {
		if _, missing := os.Stat(filepath.Join(root, folder)); missing != nil {
			return nil, ErrAbsent
		}
		return nil, err
	}
	defer f.Close()
	if !strings.HasSuffix(name, ".gz") {
		return io.ReadAll(f)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// Samples lists the files of a folder of samples, as Sample takes them.
func Samples(dir string) ([]string, error) {
	root, err := root()
	if err != nil {
		return nil, err
	}
	at := filepath.Join(root, folder)
	if _, err := os.Stat(at); err != nil {
		return nil, ErrAbsent
	}
	var names []string
	err = filepath.WalkDir(filepath.Join(at, filepath.FromSlash(dir)), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(at, path)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	return names, err
}

func load(o Options) (*Spec, error) {
	raw, err := read(o)
	if err != nil {
		return nil, err
	}
	constants(raw)
	doc, err := parse(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.File, err)
	}
	s := &Spec{base: o.Base}
	for path, item := range doc.Paths.Map() {
		s.routes = append(s.routes, route{strings.Split(strings.TrimSuffix(path, "/"), "/"), item})
	}
	return s, nil
}

// read reads a description, mended and cut.
func read(o Options) (map[string]any, error) {
	text, err := Sample(o.File)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if name := strings.TrimSuffix(o.File, ".gz"); strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		err = yaml.Unmarshal(text, &raw)
	} else {
		err = json.Unmarshal(text, &raw)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.File, err)
	}
	if o.Mend != nil {
		o.Mend(raw)
	}
	prune(raw, o.Keep)
	return raw, nil
}

// Text is a description as JSON, mended and cut, its paths those that are asked for: for servers by others that read it.
func Text(o Options) ([]byte, error) {
	raw, err := read(o)
	if err != nil {
		return nil, err
	}
	under := map[string]any{}
	paths, _ := raw["paths"].(map[string]any)
	for path, item := range paths {
		under[o.Base+path] = item
	}
	raw["paths"] = under
	delete(raw, "servers")
	return json.Marshal(raw)
}

func parse(raw map[string]any) (*openapi3.T, error) {
	text, err := json.Marshal(raw)
	if err != nil {
		return nil, err
	}
	if raw["swagger"] == nil {
		return openapi3.NewLoader().LoadFromData(text)
	}
	var old openapi2.T
	if err := json.Unmarshal(text, &old); err != nil {
		return nil, err
	}
	return openapi2conv.ToV3(&old)
}

// root is the project's folder, wherever within it a test runs.
func root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			err = errors.New("vendorspec: not within the project")
		}
		dir = up
	}
	return "", err
}
