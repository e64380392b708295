package config_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/config"
)

// TestPresets: each is whole and good, says what it is, and differs from the others in what presets are for.
func TestPresets(t *testing.T) {
	t.Parallel()
	seen := map[string][]string{}
	for _, name := range config.Presets() {
		text, ok := config.Preset(name)
		if !ok {
			t.Fatalf("there is no %s", name)
		}
		c, err := config.Load(text, name)
		if err != nil {
			t.Fatal(err)
		}
		if c.Duty.Standard != name || c.Organisation.Demo {
			t.Errorf("%s has the duties of %s; a demonstration: %t", name, c.Duty.Standard, c.Organisation.Demo)
		}
		last := c.Environments[len(c.Environments)-1]
		for what, text := range map[string]string{
			"gates": strings.Join(last.Gates, " "), "high": c.Risk.Tiers["high"].Approval, "emergency": c.Emergency.Lifetime.String() + c.Emergency.ReviewWithin.String(),
			"freezes": lengths(c.Freezes.Announce), "retention": c.Operations.Retention.String(),
		} {
			if slices.Contains(seen[what], text) {
				t.Errorf("%s has the %s of another preset: %s", name, what, text)
			}
			seen[what] = append(seen[what], text)
		}
		for _, gate := range []string{"approval", "duty", "freeze"} {
			if !slices.Contains(last.Gates, gate) {
				t.Errorf("%s does not ask %s in %s", name, gate, last.Name)
			}
		}
	}
	if _, ok := config.Preset("../starting"); ok {
		t.Error("a preset outside of the presets")
	}
}

func lengths(list []config.Duration) string {
	var all []string
	for _, d := range list {
		all = append(all, d.String())
	}
	return strings.Join(all, " ")
}

// TestSOXKeepsRightsApart: nobody in the strict preset holds two rights that duty would have to keep apart.
func TestSOXKeepsRightsApart(t *testing.T) {
	t.Parallel()
	text, _ := config.Preset("sox")
	c, err := config.Load(text, "sox")
	if err != nil {
		t.Fatal(err)
	}
	d := c.Directory(func(handle string) string { return handle })
	in := people.Scope{Service: "example", Line: "example-line", Environment: "prod"}
	for _, p := range c.People {
		var held []string
		for _, right := range []people.Right{people.Deploy, people.Vote, people.Administer, people.Review, people.Identify} {
			if d.May(p.Handle, right, in) {
				held = append(held, string(right))
			}
		}
		if len(held) > 1 {
			t.Errorf("%s holds %s", p.Handle, strings.Join(held, " and "))
		}
	}
}
