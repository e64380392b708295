package main

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
)

// TestInitPresets: each preset is written, is good as the whole program sees it, and is described.
func TestInitPresets(t *testing.T) {
	t.Parallel()
	wanted := map[string][]string{
		"startup": {
			"Whoever wrote or pushed a change of a release, or asked for its merging, may not vote on it, and may deploy it.",
			"Whoever alone said go may deploy it.", "A release of high risk needs the vote peer to reach prod.",
		},
		"standard": {
			"Whoever wrote or pushed a change of a release, or asked for its merging, may neither vote on it nor deploy it.",
			"Whoever only merged may vote on it, as the only one too, and may not deploy it.", "A release of low risk needs no vote.",
		},
		"sox": {
			"Whoever changed what decides on its service since that was last released may neither vote on it nor deploy it.",
			"The seat security is filled by 1 of security (Sami Security); nobody fills two seats.", "A release of low risk needs the vote peer to reach prod.",
			"by somebody who neither asked for it, agreed to it nor deployed; after that auditors are called",
		},
	}
	for _, name := range config.Presets() {
		p := &place{t: t, dir: t.TempDir()}
		says(t, p.must(0, "init", "--preset", name, "--dir", p.path("new")).out, "gonogo.yaml is written")
		file := p.path("new/gonogo.yaml")
		says(t, p.must(0, "config", "check", file).out, "is good")
		said := p.must(0, "policy", "describe", "--config", file).out
		wordsIn(t, name, strings.Join(strings.Fields(said), " "), wanted[name]...)
		if strings.Contains(said, "{") || strings.Contains(said, "describe.") {
			t.Errorf("%s is described by what has no words:\n%s", name, said)
		}
	}
	p := &place{t: t, dir: t.TempDir()}
	says(t, p.must(2, "init", "--preset", "iso").err, "startup")
	p.must(2, "policy", "describe", "--config", p.path("nothing.yaml"))
}

// described is a configuration in words; empty where the change made none of it.
func described(c *config.Config) string {
	o, err := c.Organise(func(handle string) string { return handle })
	if err != nil {
		return ""
	}
	return terminal.Render(words.WordMessage(commands.Describe(o), named{c, o.Zone}, time.Time{}), terminal.Options{})
}

// silent are settings besides the operational ones that a sentence is not made of, and why.
var silent = map[string]string{
	"services.addresses":                     "where services are",
	"people.handle":                          "what somebody is called is theirs, and stands in every sentence about them",
	"people.name":                            "the same",
	"people.accounts":                        "who somebody is, and not what they may do",
	"people.zone":                            "in which zone somebody reads times",
	"people.keys":                            "by which somebody confirms",
	"duty.standard":                          "what it says is filled into the other settings of the section",
	"duty.author_may_approve_alone":          "has no effect where authors may not vote",
	"duty.requester_may_approve_alone":       "the same of the requester",
	"duty.pipeline_editor_may_approve_alone": "the same of editors of the pipeline",
	"duty.merger_may_approve_alone":          "the same of mergers",
	"duty.config_editor_may_approve_alone":   "the same of editors of the configuration",
}

// TestEverySettingIsDescribed changes each setting of the strict preset, one after another: what it governs by is said otherwise then,
// or it is operational.
func TestEverySettingIsDescribed(t *testing.T) {
	t.Parallel()
	text, _ := config.Preset("sox")
	c, err := config.Load(text, "sox")
	if err != nil {
		t.Fatal(err)
	}
	before, seen := described(c), 0
	everySetting(reflect.ValueOf(c).Elem(), "", func(path string) {
		operational := slices.ContainsFunc(commands.OperationalSettings(), func(of string) bool { return path == of || strings.HasPrefix(path, of+".") })
		after := described(c)
		_, known := silent[path]
		seen++
		if after == before && !operational && !known {
			t.Errorf("%s can be changed, and nothing else is said", path)
		}
	})
	if seen < 150 {
		t.Errorf("only %d settings were changed", seen)
	}
}

// everySetting changes each scalar below a value, one after another, calls visit, and puts it back.
func everySetting(v reflect.Value, path string, visit func(path string)) {
	change := func(to reflect.Value) {
		was := reflect.New(v.Type()).Elem()
		was.Set(v)
		v.Set(to)
		visit(path)
		v.Set(was)
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			everySetting(v.Elem(), path, visit)
		}
	case reflect.Struct:
		if share, ok := v.Interface().(config.Share); ok {
			share.Num, share.Den = share.Num+1, share.Den+3
			change(reflect.ValueOf(share))
			return
		}
		if quorum, ok := v.Interface().(config.Quorum); ok {
			quorum.Count++
			change(reflect.ValueOf(quorum))
			return
		}
		for i := range v.NumField() {
			key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
			if key != "" && v.Type().Field(i).IsExported() && v.Type().Field(i).Type.String() != "yaml.Node" {
				everySetting(v.Field(i), strings.TrimPrefix(path+"."+key, "."), visit)
			}
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			item := reflect.New(v.Type().Elem()).Elem()
			item.Set(v.MapIndex(key))
			everySetting(item, path, func(path string) {
				v.SetMapIndex(key, item)
				visit(path)
			})
			v.SetMapIndex(key, item)
		}
	case reflect.Slice:
		for i := range v.Len() {
			everySetting(v.Index(i), path, visit)
		}
	case reflect.String:
		if strings.HasSuffix(path, ".when") {
			change(reflect.ValueOf("(" + v.String() + ") || false").Convert(v.Type()))
			return
		}
		change(reflect.ValueOf(changed(v.String())).Convert(v.Type()))
	case reflect.Bool:
		change(reflect.ValueOf(!v.Bool()).Convert(v.Type()))
	case reflect.Int, reflect.Int64:
		step := int64(1)
		if strings.HasSuffix(v.Type().String(), "Duration") {
			step = int64(time.Hour)
		}
		change(reflect.ValueOf(v.Int() + step).Convert(v.Type()))
	}
}

// changed is another word of the same kind where words are few.
func changed(text string) string {
	for _, of := range [][2]string{{"low", "medium"}, {"medium", "high"}, {"high", "low"}, {"Europe/Berlin", "UTC"}} {
		if text == of[0] {
			return of[1]
		}
	}
	return fmt.Sprint(text, "x")
}
