package gitlab_test

import (
	"regexp"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
)

func TestDefinitions(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text            string
		named, declared bool
	}{
		{"workflow:\n  name: 'gonogo $KEY'\n", true, false},
		{"---\nstages: [a]\nworkflow:\n  name: \"${KEY} of it\"\ndeploy:\n  script: x\n", true, false},
		{"workflow:\n  name: '$NAME'\n  rules:\n    - if: $KEY\n      variables:\n        NAME: gonogo $KEY\n", true, false},
		{"workflow:\n  name: '$NAME'\n  rules:\n    - if: $KEY\n", false, false},
		{"workflow:\n  name: 'gonogo $KEY2'\n", false, false},
		{"workflow:\n  rules:\n    - when: always\ndeploy:\n  name: $KEY\n", false, false},
		{"workflow:\n  rules:\n    - variables: {X: $KEY}\n", false, false},
		{"spec:\n  inputs:\n    KEY:\n      type: string\n---\nworkflow:\n  name: 'gonogo $[[ inputs.KEY ]]'\n", true, true},
		{"# of ours\nspec:\n  inputs:\n    'KEY': {}\n---\na: {}\n", false, true},
		{"spec:\n  inputs:\n    KEYS:\n---\ndeploy:\n  KEY: x\n", false, false},
		{"deploy:\n  KEY: x\n", false, false},
	} {
		if got := gitlab.NamesItself(c.text, "KEY"); got != c.named {
			t.Errorf("%q is named by the key: %v", c.text, got)
		}
		if got := gitlab.Declares(c.text, "KEY"); got != c.declared {
			t.Errorf("%q declares the key: %v", c.text, got)
		}
	}
}

func FuzzDefinitions(f *testing.F) {
	f.Add("workflow:\n  name: $KEY\n", "KEY")
	name := regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)
	f.Fuzz(func(t *testing.T, text, key string) {
		if !name.MatchString(key) {
			t.Skip("no name that settings take")
		}
		if gitlab.Declares(text, key) && text == "" || gitlab.NamesItself(text, key) && len(text) < len("workflow:") {
			t.Errorf("found in %q", text)
		}
	})
}
