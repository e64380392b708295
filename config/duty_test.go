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

// TestDutyIsFilledIn: what a standard says is written into the snapshot, so that another standard shows as what it changes. The demonstration's
// administrators vote.
func TestDutyIsFilledIn(t *testing.T) {
	t.Parallel()
	with := func(section string) *config.Config {
		return load(t, strings.Replace(demo(t), "emergency:\n", section+"emergency:\n", 1))
	}
	var paths []string
	for _, c := range config.Difference(with(""), with("duty: {standard: sox, administrator_may_decide: true}\n")) {
		paths = append(paths, c.Path+" "+c.Before+" "+c.After)
		if !c.Sensitive {
			t.Errorf("%s takes no second administrator", c.Path)
		}
	}
	if got, want := strings.Join(paths, "\n"), `duty.config_editor_may_approve true false
duty.config_editor_may_approve_alone true false
duty.config_editor_may_execute true false
duty.executor_may_review true false
duty.identifier_may_decide true false
duty.merger_may_approve true false
duty.merger_may_approve_alone true false
duty.standard standard sox`; got != want {
		t.Errorf("to sox changes\n%s\nnot\n%s", got, want)
	}
}

// TestOfficesAreKeptApart: under the strict standard nobody, and no group, names authors or administers and decides on releases too.
func TestOfficesAreKeptApart(t *testing.T) {
	t.Parallel()
	strict, ok := config.Preset("sox")
	if !ok {
		t.Fatal("there is no preset sox")
	}
	for _, tt := range []struct{ name, old, new, path, says string }{
		{"a registrar who votes", "groups: [cab, security], people: [olga]}", "groups: [cab, security], people: [olga, ida]}", "grants[5]",
			"ida may identify and may vote, which duty.identifier_may_decide keeps apart"},
		{"a member who names authors", "{role: registrar, people: [ida]}", "{role: registrar, people: [ida, carla]}", "grants[5]", "carla may identify and may vote"},
		{"a group that does both", "{role: registrar, people: [ida]}", "{role: registrar, groups: [security]}", "grants[5]", "the group security may identify and may vote"},
		{"an empty group that does both", "{role: registrar, people: [ida]}", "{role: registrar, groups: [none]}\n  - {role: member, groups: [none]}", "grants[5]", "the group none may identify and may vote"},
		{"one role of both rights", "rights: [identify]", "rights: [identify, vote]", "grants[5]", "ida may identify and may vote"},
		{"a registrar who deploys", "{role: operator, groups: [operators]}", "{role: operator, groups: [operators], people: [ida]}", "grants[5]", "ida may identify and may deploy"},
		{"a registrar who deploys where no duty is asked", "{role: operator, groups: [operators]}",
			"{role: operator, groups: [operators]}\n  - {role: operator, people: [ida], environments: [staging]}", "", ""},
		{"an administrator who votes", "  cab: [carla] ", "  cab: [carla, admin] ", "grants[6]", "admin may administer and may vote, which duty.administrator_may_decide keeps apart"},
		{"an administrator who deploys", "  operators: [joe, kim]", "  operators: [joe, second]", "grants[6]", "second may administer and may deploy"},
		{"allowed", "  standard: sox", "  standard: sox\n  administrator_may_decide: true\n  identifier_may_decide: true", "", ""},
	} {
		text := string(strict)
		if strings.Count(text, tt.old) != 1 {
			t.Fatalf("%s: %q is %d times in the preset", tt.name, tt.old, strings.Count(text, tt.old))
		}
		text = strings.NewReplacer(tt.old, tt.new, "  auditors: [aud]\n", "  auditors: [aud]\n  none: []\n").Replace(text)
		if tt.path == "" {
			load(t, text)
			continue
		}
		ps := problems(t, text)
		if len(ps) != 1 || ps[0].Path != tt.path || !strings.Contains(ps[0].Sentence, tt.says) {
			t.Errorf("%s: want %s: %s, got\n%v", tt.name, tt.path, tt.says, ps)
		}
	}
}
