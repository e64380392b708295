package commands

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/replay"
	"github.com/gonogo-chat/gonogo/state"
)

// decisions are what rules decided and what they saw: under the release for its tier, under release/environment for the last time
// that it was let there, and under release/environment/refused for the last time that it was not.
var decisions = state.Governed[replay.Decision]("decision")

// assess gives a release its tier, with the rule that gave it, and keeps what the rules saw.
func assess(t *bot.Turn, r release.Release, seen sight) (release.Release, error) {
	in, err := policyContext(t, t.Org, viewpoint{release: r, environment: last(t.Org), seen: seen, now: t.Now})
	if err != nil {
		return r, err
	}
	assessment := t.Org.Risk.Assess(in)
	r.Tier, r.Rule, r.Why, r.Inputs = string(assessment.Tier), assessment.Rule, assessment.Why, assessment.Inputs
	text := assessment.Text()
	r.Reason = &text
	approvalRule := t.Org.Tiers[r.Tier].Approval
	return r, decisions.Put(t.Tx, r.ID, replay.Decision{
		V: replay.Version, Release: r.ID, Subject: r.Subject(), At: t.Now.UTC(), Policy: t.Org.Digest, Context: in,
		Tier: r.Tier, Rule: r.Rule, Approval: approvalRule, Terms: termsOf(t.Org.Approvals, approvalRule),
	})
}

// refusedThere is the key under which the last attempt that was refused is kept.
const refusedThere = "/refused"

// noteAsked keeps what the gates of an environment saw and said when a release was let there, or was not.
func noteAsked(t *bot.Turn, r release.Release, env organisation.Environment, f outside, report gate.Report, refused bool) error {
	in, err := policyContext(t, t.Org, viewpoint{release: r, environment: env, artifact: f.Artifact, seen: f.Seen, now: t.Now})
	if err != nil {
		return err
	}
	d := replay.Decision{V: replay.Version, Release: r.ID, Subject: r.Subject(), Environment: env.Name, At: t.Now.UTC(), Policy: t.Org.Digest,
		Context: in, Tier: r.Tier, Conditions: map[string]replay.Standing{}, Verdicts: map[string]string{}, Refused: refused}
	for _, c := range closures(t.Org, env) {
		d.Conditions[c.Name] = replay.StandingOf(c.When.Holds(in))
	}
	for _, v := range report.Verdicts {
		if _, condition := gate.ConditionOf(v.Gate); !condition {
			d.Verdicts[v.Gate] = string(v.Status)
		}
	}
	key := r.ID + "/" + env.Name
	if refused {
		key += refusedThere
	}
	return decisions.Put(t.Tx, key, d)
}

// termsOf is a digest of what an approval rule says; empty for none.
func termsOf(rules map[string]approval.Rule, name string) string {
	rule, ok := rules[name]
	if !ok {
		return ""
	}
	raw, err := json.Marshal(rule)
	if err != nil { // nothing in a rule can fail to encode
		return ""
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// proposed is another configuration as a replay asks it.
func proposed(org *organisation.Organisation) replay.Policy {
	p := replay.Policy{Risk: org.Risk, Approval: map[string]string{}, Terms: map[string]string{}, Closures: map[string][]policy.Closure{},
		Gates: map[string][]string{}, Open: string(gate.Open)}
	for tier, asks := range org.Tiers {
		p.Approval[tier], p.Terms[tier] = asks.Approval, termsOf(org.Approvals, asks.Approval)
	}
	for _, env := range org.Environments {
		p.Closures[env.Name] = closures(org, env)
		p.Gates[env.Name] = slices.DeleteFunc(slices.Clone(env.Gates), func(name string) bool {
			_, condition := gate.ConditionOf(name)
			return condition
		})
	}
	return p
}
