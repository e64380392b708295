package pagerduty_test

import (
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/vendorspec"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
)

func published(f *testing.F, add func(body []byte)) {
	add([]byte(incident))
	names, _ := vendorspec.Samples("pagerduty/samples/01-overview")
	for _, name := range names {
		if raw, err := vendorspec.Sample(name); err == nil {
			add(raw)
		}
	}
}

func deaf(f *testing.F) (*stage, func(body []byte, signature string) int) {
	s := begin(f, pagerdutytest.Options{})
	s.settings.Token, s.settings.From = "", ""
	s.settings.Services["api"] = pagerduty.Service{ID: "PF9KMXH", RoutingKey: "env:ANY"}
	h := s.start(f).Handler()
	return s, func(body []byte, signature string) int { return post(h, body, signature) }
}

// FuzzSignature: nothing is taken that was not signed with the secret.
func FuzzSignature(f *testing.F) {
	s, post := deaf(f)
	published(f, func(body []byte) {
		f.Add(body, pagerdutytest.Sign(body, "guess"))
		f.Add(body, pagerdutytest.Sign(body, secrets["env:HOOK"]))
		f.Add(body, pagerdutytest.Sign(body, ""))
	})
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		right := strings.Contains(strings.ToLower(signature), strings.TrimPrefix(pagerdutytest.Sign(body, secrets["env:HOOK"]), "v1="))
		got, heard := post(body, signature), s.ears.drain()
		if !right && (got/100 == 2 || len(heard) > 0) {
			t.Errorf("%d for a signature of %q", got, signature)
		}
	})
}

// FuzzWebhook: what PagerDuty signed is taken or refused, and what is heard can be told apart and put in order.
func FuzzWebhook(f *testing.F) {
	s, post := deaf(f)
	published(f, func(body []byte) { f.Add(body) })
	f.Fuzz(func(t *testing.T, body []byte) {
		got := post(body, pagerdutytest.Sign(body, secrets["env:HOOK"]))
		if got != 204 && got != 400 && got != 413 {
			t.Errorf("answered with %d", got)
		}
		for _, n := range s.ears.drain() {
			if i := n.Incident.Incident; n.Key == "" || n.At.IsZero() || i.ID == "" || i.Service == "" || !i.Severity.Known() {
				t.Errorf("%+v", n)
			}
		}
		if again := post(body, pagerdutytest.Sign(body, secrets["env:HOOK"])); again != got {
			t.Errorf("%d, and then %d", got, again)
		}
	})
}
