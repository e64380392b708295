package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestInitWritesAFileThatIsGood(t *testing.T) {
	t.Parallel()
	p := &place{t: t, dir: t.TempDir()}
	says(t, p.must(0, "init").out, "gonogo.yaml is written")
	says(t, p.must(0, "config", "check").out, "gonogo.yaml is good")
	before, err := os.ReadFile(p.path("gonogo.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	says(t, p.must(2, "init").err, "nothing was written")
	if after, err := os.ReadFile(p.path("gonogo.yaml")); err != nil || string(after) != string(before) {
		t.Error("the file was written over")
	}
	p.must(0, "init", "other.yaml")
	p.must(0, "config", "check", "other.yaml")
}

func TestConfigCheckNamesLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		replace []string
		says    []string
	}{
		"unknown key":            {[]string{"  zone: Europe/Berlin", "  zoen: Europe/Berlin"}, []string{"gonogo.yaml:13: ", "did you mean zone?"}},
		"unknown adapter":        {[]string{"adapter: changebook", "adapter: cardbox"}, []string{`tickets.adapter: there is no adapter "cardbox"`}},
		"unknown setting":        {[]string{"    dir: artifacts", "    dri: artifacts"}, []string{"gonogo.yaml:", "artifacts.settings.dri"}},
		"no command line":        {[]string{"        deploy:\n          command", "        depoly:\n          command"}, []string{`no command line of the name "deploy"`}},
		"malformed expression":   {[]string{"expr: ratio(", "expr: ratoi("}, []string{"verification.watched.criteria[0].expr"}},
		"nobody has the source":  {[]string{"gates: [artifact, metadata, freeze, lock]", "gates: [artifact, provenance, lock]"}, []string{"environments[0].gates", "the section provenance is missing"}},
		"nobody has incidents":   {[]string{"gates: [artifact, metadata, freeze, lock]", "gates: [artifact, incident, lock]"}, []string{`environments[0].gates: the gate "incident"`, `the pager "pagebook" keeps none`}},
		"several things at once": {[]string{"  zone: Europe/Berlin", "  zone: Europe/Brelin", "quorum: 1\n", "quorum: some\n"}, []string{"zone", "quorum"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, c.replace...)
			says(t, p.must(1, "config", "check", p.file).out, c.says...)
			r := p.must(1, "serve", "--config", p.file)
			says(t, r.err, c.says...)
			if _, err := os.Stat(p.data()); err == nil {
				t.Error("a bad configuration made a data folder")
			}
		})
	}
	p := newPlace(t)
	p.must(2, "config", "check", "none.yaml")
}

func TestConfigSchema(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	var schema map[string]any
	if err := json.Unmarshal([]byte(p.must(0, "config", "schema").out), &schema); err != nil {
		t.Fatal(err)
	}
	if s, _ := schema["$schema"].(string); !strings.Contains(s, "2020-12") {
		t.Errorf("schema %q", s)
	}
}

func TestABadFileNamesWhatToDo(t *testing.T) {
	t.Parallel()
	p := newPlace(t, "127.0.0.1:0", "192.0.2.1:80")
	says(t, p.must(1, "serve", "--config", p.file).err, "operations.listen")
	p = newPlace(t, append([]string{"127.0.0.1:0", "0.0.0.0:0"}, inDemo...)...)
	says(t, p.must(1, "serve", "--config", p.file).err, "loopback")
}
