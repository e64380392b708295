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
	wordsIn(t, "every section", strings.Join(strings.Fields(described(everySectionOf(t))), " "),
		"fair freezes services example", "When a freeze begins, a deployment of high risk that is under way there takes no next step until it is over.",
		"The train monthly takes example: the first Saturday of each month, 10:00 to 14:00 UTC, for the roadmap (what was promised).",
		"The train yearly takes all services of example-line", "Downtime is agreed with the business: whoever is asked has 2 d to answer",
		"Of releases that go together 3 are deployed at once, where none needs another. When one fails, no more are deployed.",
		"spent holds releases of low risk back while budget.spent > 0.9, for 1 h at least, and until budget.spent < 0.5: the budget is spent.",
		"Of the requests to example in prod 0.1 % may fail within 28 d: that is its error budget", "2. security (Sami Security), for 2 h of the hours berlin.",
		"The hours berlin are Monday, Tuesday, Wednesday, Thursday and Friday from 09:00 to 17:00 in Europe/Berlin, but for 2026-12-25.",
		"A fiscal year is made of weeks, 4-4-5 to the quarter, ends on the last Saturday of September, and is called after the calendar year in which it begins. The 53rd week is in quarter 3.",
		"an open incident of severity warning or worse closes it", "The business line example-line is answered for by Olga Owner.",
		"The seat audit is asked for only where this holds as the vote is opened, or can't be told: release.tier == \"high\".")
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
	"fiscal.starts":                          "counts in years made of months",
	"duty.standard":                          "what it says is filled into the other settings of the section",
	"duty.author_may_approve_alone":          "has no effect where authors may not vote",
	"duty.requester_may_approve_alone":       "the same of the requester",
	"duty.pipeline_editor_may_approve_alone": "the same of editors of the pipeline",
	"duty.merger_may_approve_alone":          "the same of mergers",
	"duty.config_editor_may_approve_alone":   "the same of editors of the configuration",
}

// everySection adds to the strict preset what it leaves out, so that each section of a configuration is in it.
var everySection = strings.NewReplacer(
	"  standing:\n", `  running: {high: pause, medium: finish, low: roll back}
  exceptions: [{approval: urgent, tiers: [low], environments: [prod], services: [example], lines: [example-line], regions: [eu]}]
  standing:
    - {name: fair, from: 2027-02-01 08:00, until: 2027-02-03 20:00, zone: Asia/Tokyo, services: [example], lines: [example-line], regions: [eu], reason: the fair}
`,
	"    lock: 2h #", "    regions: [eu]\n    lock: 2h #",
	"      - {name: board, from: [cab]}\n", "      - {name: board, from: [cab]}\n      - {name: audit, from: [auditors, ladder:up], when: release.tier == \"high\"}\n",
	"\nemergency:\n", `
cadence:
  - {service: example, name: monthly, reason: roadmap, why: what was promised, start: 2026-12-05 10:00, every: "FREQ=MONTHLY;BYDAY=1SA", zone: UTC, slot: 4h}
  - {line: example-line, name: yearly, reason: contract, why: a customer asks, start: 2026-12-05 10:00, every: FREQ=YEARLY}
windows: {answer: 2d, remind: 4h}
trains: {parallel: 3, on_failure: stop}
incidents: {block: warning, trace: 2h}
fiscal: {periods: 4-4-5, closes: last saturday of september, named: start, long: 3}
hours:
  berlin: {zone: Europe/Berlin, days: [mon..thu, fri], from: "09:00", to: "17:00", holidays: [2026-12-25]}
ladders:
  up: {when: release.tier == "high", hours: berlin, rungs: [{ask: [cab], within: 4h}, {ask: [security], within: 2h, hours: berlin}]}
deferral:
  - {name: spent, when: budget.spent > 0.9, until: budget.spent < 0.5, hold: 1h, tiers: [low], why: the budget is spent}
architecture: {approval: board, when: service.criticality == "high"}
budgets:
  example: {expr: "ratio(a, b)", objective: 99.9%, environment: prod, window: 28d, min_count: 5}

emergency:
`)

func everySectionOf(t *testing.T) *config.Config {
	t.Helper()
	text, _ := config.Preset("sox")
	c, err := config.Load([]byte(everySection.Replace(string(text))), "sox")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestEverySettingIsDescribed changes each setting of the strict preset, one after another: what it governs by is said otherwise then,
// or it is operational.
func TestEverySettingIsDescribed(t *testing.T) {
	t.Parallel()
	c := everySectionOf(t)
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
			if time.Duration(v.Int()) >= 7*24*time.Hour { // which are shown in days
				step = int64(24 * time.Hour)
			}
		}
		change(reflect.ValueOf(v.Int() + step).Convert(v.Type()))
	}
}

// changed is another word of the same kind where words are few.
func changed(text string) string {
	for _, of := range [][2]string{{"low", "medium"}, {"medium", "high"}, {"high", "low"}, {"Europe/Berlin", "UTC"}, {"09:00", "08:00"}, {"17:00", "18:00"},
		{"4-4-5", "4-5-4"}, {"finish", "pause"}, {"pause", "roll back"}, {"roll back", "finish"}} {
		if text == of[0] {
			return of[1]
		}
	}
	return fmt.Sprint(text, "x")
}
