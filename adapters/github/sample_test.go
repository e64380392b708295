package github

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
)

// Every webhook that GitHub published an example of is read; those about runs lead to one.
func TestPublishedWebhooks(t *testing.T) {
	t.Parallel()
	raw, err := vendorspec.Sample("github/samples/webhooks-examples.json.gz")
	if errors.Is(err, vendorspec.ErrAbsent) {
		t.Skipf("%s: %v", t.Name(), err)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []struct {
		Name     string
		Examples []json.RawMessage
	}
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	read, led := 0, map[string]int{}
	for _, event := range all {
		for _, body := range event.Examples {
			read++
			id, ok, err := decode(event.Name, "application/json", body)
			if err != nil {
				t.Errorf("%s: %v in %.200s", event.Name, err, body)
			}
			if !ok {
				continue
			}
			led[event.Name]++
			var said struct {
				Repository  struct{ Full_name string }
				WorkflowRun struct{ ID int64 } `json:"workflow_run"`
				WorkflowJob struct {
					RunID int64 `json:"run_id"`
				} `json:"workflow_job"`
			}
			if err := json.Unmarshal(body, &said); err != nil {
				t.Fatal(err)
			}
			if id.repo.String() != said.Repository.Full_name || id.id != max(said.WorkflowRun.ID, said.WorkflowJob.RunID) {
				t.Errorf("%s leads to %s", event.Name, id)
			}
		}
	}
	if read < 150 || led["workflow_run"] != 5 || led["workflow_job"] != 8 || led["deployment_review"] != 1 {
		t.Errorf("%d examples read, leading to runs: %v", read, led)
	}
}

func TestWorkflowFiles(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		dispatched    bool
		inputs, shown []string
		ungiven       []string
		fails         bool
	}{
		"on: workflow_dispatch":                      {dispatched: true},
		"on: [push, workflow_dispatch]":              {dispatched: true},
		"on: {push: {}}":                             {},
		"'on':\n  workflow_dispatch:\n":              {dispatched: true},
		"on: {workflow_dispatch: {inputs: {key: }}}": {dispatched: true, inputs: []string{"key"}},
		"on: {workflow_dispatch: {inputs: {key: {required: true}, a: {required: true, default: x}}}}": {dispatched: true, inputs: []string{"a", "key"}, ungiven: []string{"key"}},
		"run-name: x ${{ inputs.key }}\non: push":                                                     {shown: []string{"key"}},
		"run-name: x ${{inputs.key}}\non: push":                                                       {shown: []string{"key"}},
		"run-name: \"${{ format('{0}', github.event.inputs.key) }}\"\non: push":                       {},
		"run-name: ${{ github.event.inputs.key || 'none' }}\non: push":                                {shown: []string{"key"}},
		"run-name: ${{ inputs['key'] }}\non: push":                                                    {shown: []string{"key"}},
		"run-name: ${{ inputs.key_of }} inputs.key\non: push":                                         {},
		"x: &a {inputs: {key: {}}}\non: {workflow_dispatch: *a}":                                      {dispatched: true, inputs: []string{"key"}},
		"":                     {fails: true},
		"just text":            {fails: true},
		"name: nothing to run": {fails: true},
		"\t- : x":              {fails: true},
	} {
		w, err := parseWorkflow([]byte(text))
		if (err != nil) != want.fails {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var inputs []string
		for name := range w.inputs {
			inputs = append(inputs, name)
		}
		slices.Sort(inputs)
		if w.dispatched != want.dispatched || !slices.Equal(inputs, want.inputs) || !slices.Equal(w.ungiven(nil), want.ungiven) || w.shows("key") != (len(want.shown) > 0) {
			t.Errorf("%q: %+v, shows the key %v", text, w, w.shows("key"))
		}
		if got := w.undeclared([]string{"other"}); !slices.Equal(got, []string{"other"}) {
			t.Errorf("%q: undeclared %q", text, got)
		}
	}
}

func TestKeysInTitles(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Deploy 2.4.0 (gonogo-D-3-abcdefghij)": "gonogo-D-3-abcdefghij",
		"gonogo-D-3-abc: deploy":               "gonogo-D-3-abc",
		"Deploy (by hand)":                     "",
		"Deploy (k-1)":                         "k-1",
		"Deploy":                               "",
		"Deploy ()":                            "",
	} {
		if got := claimed(title); got != want {
			t.Errorf("%q claims %q, want %q", title, got, want)
		}
	}
	for title, want := range map[string]bool{
		"D-1": true, "(D-1)": true, "x D-1: y": true, "D-12": false, "D-12 D-1": true, "xD-1": false, "D-1-a": false, "äD-1": false, "D-1é": false,
	} {
		if holds(title, "D-1") != want {
			t.Errorf("%q holds D-1: %v", title, !want)
		}
	}
	if holds("anything", "") {
		t.Error("an empty word is held")
	}
}
