package github

import (
	"bytes"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"go.yaml.in/yaml/v3"
)

var blocks = regexp.MustCompile("(?s)```ya?ml\n(.*?)```")

// What the page shows is right: the workflow is one that the doctor is content with, and the settings are.
func TestTheDocumentIsRight(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/github.md")
	if err != nil {
		t.Fatal(err)
	}
	found := blocks.FindAllSubmatch(page, -1)
	if len(found) != 3 {
		t.Fatalf("%d examples", len(found))
	}
	w, err := parseWorkflow(found[0][1])
	if err != nil {
		t.Fatal(err)
	}
	var pipelines struct {
		Pipelines map[string]struct {
			Adapter  string
			Settings PipelineSettings
		}
	}
	var provenance struct {
		Provenance struct {
			Adapter  string
			Settings ProvenanceSettings
		}
	}
	for i, into := range []any{&pipelines, &provenance} {
		d := yaml.NewDecoder(bytes.NewReader(found[i+1][1]))
		d.KnownFields(true)
		if err := d.Decode(into); err != nil {
			t.Fatal(err)
		}
	}
	s := pipelines.Pipelines["deploy"].Settings
	if err := s.Validate(); err != nil || s.Workflow != "deploy.yml" {
		t.Error(err)
	}
	if err := provenance.Provenance.Settings.Validate(); err != nil {
		t.Error(err)
	}
	given := append(slices.Collect(maps.Keys(s.Inputs)), "key")
	if !w.dispatched || !w.shows("key") || len(w.undeclared(given)) > 0 || len(w.ungiven(given)) > 0 {
		t.Errorf("%+v given %q", w, given)
	}
	for _, key := range []string{"url", "token", "repository", "repositories", "workflow", "ref", "inputs", "key", "environments", "record", "poll", "listing_lag", "webhook_secret", "pipeline_file", "branch"} {
		if !bytes.Contains(page, []byte("`"+key+"`")) {
			t.Errorf("%s is not described", key)
		}
	}
}
