package config_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/config"
)

func opaque(handle string) string { return "p_" + strings.ToUpper(handle[:2]) + "42" }

func TestSnapshotHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	c := load(t, demo(t))
	snap := c.Snapshot(opaque)
	if !json.Valid(snap) {
		t.Fatalf("not JSON: %s", snap)
	}
	for _, personal := range []string{"Dana", "dana@", "local:demo", "Olivia", `"dev"`, `"sre"`, `"handle"`, `"chair"`, `"accounts"`} {
		if bytes.Contains(snap, []byte(personal)) {
			t.Errorf("holds %s", personal)
		}
	}
	for _, kept := range []string{opaque("dev"), opaque("owner"), `"quorum":2`, `"git"`, `"1/2"`} {
		if !bytes.Contains(snap, []byte(kept)) {
			t.Errorf("lacks %s", kept)
		}
	}
}

func TestSnapshotReplacesPeopleInSettings(t *testing.T) {
	t.Parallel()
	text := strings.Replace(demo(t), "metrics:\n  adapter: promtext", "metrics:\n  adapter: promtext\n  settings: {first: sre, Dana Developer: [git::dana@shop.example], n: 1e999, on: true, none: ~}", 1)
	snap := string(load(t, text).Snapshot(opaque))
	if want := `"settings":{"first":"` + opaque("sre") + `","n":"1e999","none":null,"on":true,"` + opaque("dev") + `":["` + opaque("dev") + `"]}`; !strings.Contains(snap, want) {
		t.Errorf("want %s in %s", want, snap)
	}
}

func TestSnapshotIsCanonical(t *testing.T) {
	t.Parallel()
	a := load(t, demo(t))
	// Order of keys, comments, notation: the same decision.
	other := strings.NewReplacer("lock: 10m", "lock: 600s # the same", "threshold: 1/2", "threshold: 50%",
		"  lifetime: 2h\n  announce: [1d, 1h]", "  announce: [24h, 60m]\n  lifetime: 120m").Replace(demo(t))
	b := load(t, other)
	if config.Digest(a.Snapshot(opaque)) != config.Digest(b.Snapshot(opaque)) {
		t.Error("the same configuration has two digests")
	}
	c := load(t, strings.Replace(demo(t), "quorum: 2", "quorum: 3", 1))
	if config.Digest(a.Snapshot(opaque)) == config.Digest(c.Snapshot(opaque)) {
		t.Error("another configuration has the same digest")
	}
	if d := config.Digest(nil); d != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("digest of nothing is %s", d)
	}
}

func TestDifference(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		old, new string
		want     config.Change
	}{
		"quorum":       {"quorum: 2\n    threshold", "quorum: 3\n    threshold", config.Change{Path: "approvals.cab.quorum", Before: "2", After: "3", Sensitive: true}},
		"gates":        {"gates: [artifact, metadata, freeze, lock]", "gates: [artifact, lock]", config.Change{Path: "environments.staging.gates", Before: "artifact, metadata, freeze, lock", After: "artifact, lock", Sensitive: true}},
		"group":        {"cab: [chair, sec, owner]", "cab: [chair, sec, owner, sre]", config.Change{Path: "groups.cab", Before: "chair, sec, owner", After: "chair, sec, owner, sre", Sensitive: true}},
		"account":      {`"local:demo:dev"`, `"local:demo:dd"`, config.Change{Path: "people.dev.accounts", Before: "local:demo:dev, local:demo:dana, git::dana@shop.example", After: "local:demo:dd, local:demo:dana, git::dana@shop.example", Sensitive: true}},
		"tier":         {"high: {approval: cab}", "high: {approval: peer}", config.Change{Path: "risk.tiers.high.approval", Before: "cab", After: "peer", Sensitive: true}},
		"emergency":    {"review_within: 24h", "review_within: 48h", config.Change{Path: "emergency.review_within", Before: "1d", After: "2d", Sensitive: true}},
		"duty":         {"emergency:\n", "duty: {author_may_approve: true}\nemergency:\n", config.Change{Path: "duty.author_may_approve", Before: "false", After: "true", Sensitive: true}},
		"a fact":       {"criticality: medium", "criticality: low", config.Change{Path: "services.ledger.criticality", Before: "medium", After: "low", Sensitive: true}},
		"a probe":      {"duration: 8s", "duration: 9s", config.Change{Path: "verification.watched.duration", Before: "8s", After: "9s"}},
		"address":      {"data: /tmp/demo/data", "data: /tmp/elsewhere", config.Change{Path: "operations.data", Before: "/tmp/demo/data", After: "/tmp/elsewhere"}},
		"setting":      {"limit: 1m", "limit: 2m", config.Change{Path: "pipelines.datacentre.settings.pipelines.datacentre.limit", Before: "1m", After: "2m", Sensitive: true}},
		"artifacts":    {"dir: /tmp/demo/repo", "dir: /tmp/elsewhere", config.Change{Path: "artifacts.settings.dir", Before: "/tmp/demo/repo", After: "/tmp/elsewhere", Sensitive: true}},
		"exception":    {"  exception: exception\n", "", config.Change{Path: "freezes.exception", Before: "exception", Sensitive: true}},
		"demo no more": {"demo: true", "demo: false", config.Change{Path: "organisation.demo", Before: "true", After: "false", Sensitive: true}},
		"checkpoints":  {"file: /tmp/demo/state/checkpoints.jsonl", "file: /dev/null", config.Change{Path: "checkpoints.settings.file", Before: "/tmp/demo/state/checkpoints.jsonl", After: "/dev/null", Sensitive: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(demo(t), c.old) {
				t.Fatalf("%q is not in the file", c.old)
			}
			before, after := load(t, demo(t)), load(t, strings.Replace(demo(t), c.old, c.new, 1))
			got := config.Difference(before, after)
			if !slices.Equal(got, []config.Change{c.want}) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
			back := config.Difference(after, before)
			if len(back) != 1 || back[0].Before != c.want.After || back[0].After != c.want.Before {
				t.Errorf("the way back is %+v", back)
			}
			if same := config.Difference(before, before); len(same) != 0 {
				t.Errorf("no difference is %+v", same)
			}
		})
	}
}

func TestDifferenceOfGrants(t *testing.T) {
	t.Parallel()
	grant := "  - {role: administrator, people: [sre, chair]}\n"
	moved := strings.Replace(strings.Replace(demo(t), grant, "", 1), "grants:\n", "grants:\n"+grant, 1)
	if d := config.Difference(load(t, demo(t)), load(t, moved)); len(d) != 0 {
		t.Errorf("order of grants means nothing: %+v", d)
	}
	wider := strings.Replace(demo(t), "services: [payments], environments: [staging]}", "services: [payments]}", 1)
	d := config.Difference(load(t, demo(t)), load(t, wider))
	if len(d) != 2 || !d[0].Sensitive || !d[1].Sensitive ||
		d[0].Before != "to dev for service payments in staging" || d[1].After != "to dev for service payments" {
		t.Errorf("got %+v", d)
	}
}

func TestNewServiceIsNotSensitive(t *testing.T) {
	t.Parallel()
	text := strings.Replace(demo(t), "services:\n", "services:\n  - name: mail\n    criticality: low\n    addresses: {staging: 'http://127.0.0.1:1', prod: 'http://127.0.0.1:2'}\n", 1)
	d := config.Difference(load(t, demo(t)), load(t, text))
	if len(d) == 0 {
		t.Fatal("no difference")
	}
	for _, c := range d {
		if c.Sensitive || c.Before != "" || !strings.HasPrefix(c.Path, "services.mail.") {
			t.Errorf("got %+v", c)
		}
	}
	for _, c := range config.Difference(nil, load(t, demo(t))) {
		if c.Before != "" {
			t.Errorf("before the first configuration there was %+v", c)
		}
	}
}

func TestOpaqueDifference(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("name: Dana Developer", "name: Dana Deployer", "cab: [chair, sec, owner]", "cab: [chair, sec, sre]",
		"people: [dev], services: [payments]}", "people: [dev, sre], services: [payments]}").Replace(demo(t))
	d := config.OpaqueDifference(load(t, demo(t)), load(t, text), opaque)
	if len(d) != 4 {
		t.Errorf("got %d changes: %+v", len(d), d)
	}
	all, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, personal := range []string{"Dana", "chair", "sre", "owner", "people.dev", "to dev"} {
		if bytes.Contains(all, []byte(personal)) {
			t.Errorf("%s is in %s", personal, all)
		}
	}
	if !slices.Contains(d, config.Change{Path: "people." + opaque("dev") + ".name", Before: "(not shown)", After: "(not shown)", Sensitive: true}) {
		t.Errorf("the changed name is not mentioned: %+v", d)
	}
}

// Whom a platform says that people are, and where it is asked, is as much as the people themselves.
func TestWhatSaysWhoPeopleAreIsSensitive(t *testing.T) {
	t.Parallel()
	with := func(settings string) *config.Config {
		return load(t, strings.Replace(demo(t), "\n    oncall: \"#oncall\"\n", "\n    oncall: \"#oncall\"\n  platforms:\n    - {adapter: slack, settings: {"+settings+"}}\n", 1))
	}
	plain := with("team: T1, bot_token: env:BOT")
	for name, now := range map[string]*config.Config{
		"address":  with("team: T1, bot_token: env:BOT, link_by_email: true"),
		"groups":   with("team: T1, bot_token: env:BOT, groups: {cab: S1}"),
		"server":   with("team: T1, bot_token: env:BOT, api_url: 'https://elsewhere.example/api/'"),
		"no more":  load(t, demo(t)),
		"verified": with("team: T1, bot_token: env:OTHER"),
	} {
		d := config.Difference(plain, now)
		if len(d) == 0 || slices.ContainsFunc(d, func(c config.Change) bool { return !c.Sensitive }) {
			t.Errorf("%s: %+v", name, d)
		}
	}
}
