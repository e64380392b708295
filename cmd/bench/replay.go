package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/replay"
	"github.com/gonogo-chat/gonogo/bot/risk"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// replayed is how many past releases a replay goes through.
const replayed = 10_000

// tested are the rules that they are replayed under.
var tested = []config.RiskRule{
	{Name: "shaky", When: `history.failures > 2 && history.last_failure < duration("72h")`, Tier: "high", Why: "it failed lately"},
	{Name: "large", When: `change.lines > 500 || change.authors > 5`, Tier: "high", Why: "much changed"},
	{Name: "subjects", When: `change.subjects.exists(s, s.contains("migration"))`, Tier: "high", Why: "the schema changes"},
	{Name: "friday", When: `now.local("Europe/Berlin").getDayOfWeek() == 5`, Tier: "medium", Why: "the weekend is near"},
	{Name: "small", When: `change.lines <= 500 && service.criticality != "high"`, Tier: "low", Why: "little changed"},
}

// replays measures what another policy would have decided of past releases, beside compiling its rules anew for each.
func replays(s settings, r *report) error {
	engine, err := badgerkv.Open(filepath.Join(s.dir, "replay"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer engine.Close()
	h, err := openHouse(engine, 0)
	if err != nil {
		return err
	}
	defer h.close()
	if err := remember(h.store); err != nil {
		return err
	}
	c, err := config.Load(bytes.Clone(organisationFile), "organisation.yaml")
	if err != nil {
		return err
	}
	c.Risk.Rules = tested
	next, err := c.Organise(func(handle string) string { return handle })
	if err != nil {
		return err
	}
	since := time.Now().Add(-24 * time.Hour)
	var ours, naive []float64
	for range max(s.rounds, 3) {
		err := h.store.View(func(v *state.View) error {
			began := time.Now()
			m, err := commands.PolicyTest(v, next, since, 20)
			ours = append(ours, float64(time.Since(began)))
			if count, ok := m.Title.Arg("decisions"); err == nil && (!ok || int(count.Number) < replayed) {
				return fmt.Errorf("only %v decisions were replayed", count.Number)
			}
			return err
		})
		if err != nil {
			return err
		}
		took, err := recompiled(h.store, c)
		if err != nil {
			return err
		}
		naive = append(naive, float64(took))
	}
	r.limit(median(ours) < float64(2*time.Second), fmt.Sprintf("p replay of %d releases", replayed), dur(median(ours)).String(), "under 2 s")
	r.note("  the same, rules compiled anew for each release", dur(median(naive)).String())
	return nil
}

// recompiled asks the same rules of as many decisions, and compiles them for each.
func recompiled(store *state.Store, c *config.Config) (time.Duration, error) {
	rules := make([]risk.Rule, len(c.Risk.Rules))
	for i, rule := range c.Risk.Rules {
		rules[i] = risk.Rule{Name: rule.Name, When: rule.When, Tier: risk.Tier(rule.Tier)}
	}
	began := time.Now()
	err := store.View(func(v *state.View) error {
		return state.Governed[replay.Decision]("decision").All(v, func(_ string, d replay.Decision) error {
			p, err := risk.Compile(rules)
			if err == nil {
				replay.Policy{Risk: p}.Compare(d)
			}
			return err
		})
	})
	return time.Since(began), err
}

// remember writes releases with what the rules saw of each, as planning them does.
func remember(store *state.Store) error {
	releases, decisions := state.Governed[release.Release]("release"), state.Governed[replay.Decision]("decision")
	const turn = 500 // of records
	for first := 0; first < replayed; first += turn {
		err := store.Update(context.Background(), func(tx *state.Tx) error {
			tx.Audit(audit.Entry{Act: "bench", Outcome: chat.Done})
			for n := first; n < first+turn; n++ {
				r, d := past(n, time.Now().UTC())
				if err := releases.Put(tx, r.ID, r); err != nil {
					return err
				}
				if err := decisions.Put(tx, r.ID, d); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// past is a release of the last hours and its decision.
func past(n int, now time.Time) (release.Release, replay.Decision) {
	at := now.Add(-time.Duration(replayed-n) * time.Second)
	a := port.Artifact{Service: "checkout", Version: fmt.Sprintf("1.0.%d", n), Source: port.Source{System: "repository", At: at},
		Build: port.Build{LinesChanged: new(n % 1000), Authors: []string{"p1"}, Changes: []string{"PAY-1 faster refunds", "PAY-2 a typo"}}}
	r := release.Release{V: release.Version, ID: fmt.Sprintf("R-%d", n+1), Service: a.Service, Version: a.Version, State: release.Released,
		PlannedAt: at, ChangedAt: at, EndedAt: at, Artifact: &a, Tier: "high"}
	none := 0
	d := replay.Decision{V: replay.Version, Release: r.ID, Subject: r.Subject(), At: at, Tier: "high", Approval: "cab", Context: policy.Context{
		V: policy.Version, Now: at,
		Service:     &policy.Service{Source: a.Source, Name: a.Service, Criticality: "medium", Lines: []string{"shop"}},
		Change:      &policy.Change{Source: a.Source, Lines: new(n % 1000), Authors: 1, Commits: 2},
		History:     &policy.History{Source: a.Source, Deployments: 40, Failures: n % 4, Rollbacks: &none, Failed: true, LastFailure: at.Add(-time.Hour)},
		Release:     &policy.Release{Source: a.Source, ID: r.ID, Service: a.Service, Version: a.Version, Planned: at},
		Environment: &policy.Environment{Source: a.Source, Name: "prod", Final: true},
		Calendar:    &policy.Calendar{Source: a.Source, Zone: "UTC", UnderWay: &none, LastHour: &none},
	}}
	return r, d
}
