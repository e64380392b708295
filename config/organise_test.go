package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/risk"
	"github.com/gonogo-chat/gonogo/config"
)

func TestOrganise(t *testing.T) {
	t.Parallel()
	c := load(t, demo(t))
	o, err := c.Organise(opaque)
	if err != nil {
		t.Fatal(err)
	}
	if o.Name != "Shop" || !o.Demo || o.Zone.String() != "Europe/Berlin" || o.Channels.CAB[0].Workspace != "demo" {
		t.Errorf("got %+v", o)
	}
	if o.Digest != config.Digest(c.Snapshot(opaque)) || string(o.Snapshot) != string(c.Snapshot(opaque)) {
		t.Error("the snapshot is another")
	}
	s, _ := o.Service("payments")
	if s.Owner != opaque("owner") || s.Addresses["prod"] == "" || s.DependsOn[0] != "ledger" {
		t.Errorf("payments is %+v", s)
	}
	e, _ := o.Environment("prod")
	if e.After != "staging" || e.Lock != 10*time.Minute || !o.Final("prod") || o.Final("staging") {
		t.Errorf("prod is %+v", e)
	}
	if p := o.Plans[e.Verify]; p.Duration != 8*time.Second || p.Validate() != nil || p.Health[0].Timeout != time.Second {
		t.Errorf("its watch is %+v", p)
	}
	// The watch finds its way to the service.
	url := o.Probes(o.Plans[e.Verify].Health, organisation.Target{Service: "web", Environment: "prod"})[0].URL
	if url != "http://127.0.0.1:9/healthz" || o.Plans["short"].Metrics != "{address}/metrics" {
		t.Errorf("probes %s, metrics at %s", url, o.Plans["short"].Metrics)
	}
	if a := o.Approvals[o.Tiers["high"].Approval]; a.Name != "cab" || a.Threshold != 0.5 || a.Validate() != nil {
		t.Errorf("high asks for %+v", a)
	}
	if o.Freezes.Announce[0] != 24*time.Hour || o.Emergency.ReviewWithin != 24*time.Hour || o.Freezes.Exception != "exception" {
		t.Errorf("freezes %+v, emergency %+v", o.Freezes, o.Emergency)
	}
	if !o.May(opaque("sre"), people.Deploy, "payments", "prod") || o.May(opaque("dev"), people.Deploy, "payments", "prod") {
		t.Error("the wrong people may deploy")
	}
	for service, tier := range map[string]risk.Tier{"payments": risk.High, "web": risk.Medium, "ledger": risk.Medium} {
		s, _ := o.Service(service)
		if got := o.Risk.Assess(policy.Context{Service: &policy.Service{Name: service, Exposure: s.Exposure, Data: s.Data}}); got.Tier != tier {
			t.Errorf("%s is %s by %s", service, got.Tier, got.Rule)
		}
	}
}

func TestRiskRulesAreCompiled(t *testing.T) {
	t.Parallel()
	for when, says := range map[string]string{
		`service.dta == "financial"`: "service.dta", `service.data`: "bool", `service.data == 3`: "", `1 +`: "",
	} {
		text := strings.Replace(string(config.Starting()), `service.data == "financial"`, when, 1)
		ps := problems(t, text)
		if ps[0].Path != "risk.rules[0].when" || ps[0].Line != line(t, text, "      when: "+when) || !strings.Contains(ps[0].Sentence, says) {
			t.Errorf("%s: %v", when, ps)
		}
	}
}
