package config_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/config"
)

// TestDutyOfEveryStandard: each setting of the section changes the policy, whatever standard it begins from, and nothing else does.
func TestDutyOfEveryStandard(t *testing.T) {
	t.Parallel()
	for _, name := range duty.Standards() {
		standard, _ := duty.Of(name)
		if got := (config.Duty{Standard: name}).Policy(); got != standard {
			t.Errorf("%s alone is %+v", name, got)
		}
		seen := map[duty.Policy]string{}
		of := reflect.TypeFor[config.Duty]()
		for i := 1; i < of.NumField(); i++ {
			key := of.Field(i).Tag.Get("yaml")
			var both [2]duty.Policy
			for n, set := range []bool{false, true} {
				d := config.Duty{Standard: name}
				reflect.ValueOf(&d).Elem().Field(i).Set(reflect.ValueOf(&set))
				both[n] = d.Policy()
			}
			changed := both[0]
			if changed == standard {
				changed = both[1]
			}
			if changed == standard || both[0] == both[1] {
				t.Errorf("of %s, %s changes nothing", name, key)
			}
			if other, ok := seen[changed]; ok {
				t.Errorf("%s does the same as %s", key, other)
			}
			seen[changed] = key
		}
	}
}

// TestDutyIsFilledIn: what a standard says is written into the snapshot, so that another standard shows as what it changes.
func TestDutyIsFilledIn(t *testing.T) {
	t.Parallel()
	with := func(section string) *config.Config {
		return load(t, strings.Replace(demo(t), "emergency:\n", section+"emergency:\n", 1))
	}
	var paths []string
	for _, c := range config.Difference(with(""), with("duty: {standard: sox}\n")) {
		paths = append(paths, c.Path+" "+c.Before+" "+c.After)
		if !c.Sensitive {
			t.Errorf("%s takes no second administrator", c.Path)
		}
	}
	if got, want := strings.Join(paths, "\n"), `duty.config_editor_may_approve true false
duty.config_editor_may_approve_alone true false
duty.config_editor_may_execute true false
duty.executor_may_review true false
duty.merger_may_approve true false
duty.merger_may_approve_alone true false
duty.standard standard sox`; got != want {
		t.Errorf("to sox changes\n%s\nnot\n%s", got, want)
	}
}
