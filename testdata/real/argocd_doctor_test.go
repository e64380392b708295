//go:build real

package real_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/argocd"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// TestArgoCDExamined asks the doctor's questions with the right token, with one that may less, and with none that is known.
func TestArgoCDExamined(t *testing.T) {
	const looksOnly = "p, gonogo, applications, get, default/*, allow"
	for name, c := range map[string]struct {
		policy, token string
		well          bool
	}{
		"all rights": {stand.LeastRights, "", true},
		"looks only": {looksOnly, "", false},
		"no account": {looksOnly, "nonsense", false},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, a := startArgoCD(t, stand.Settings{Policy: c.policy})
			s := newSide(ctx, t, a, "shop", false)
			token := a.Account
			if c.token != "" {
				token = c.token
			}
			d, err := argocd.New(s.settings(), s.outside(token, port.Target{Service: "shop", Environment: "prod"}))
			if err != nil {
				t.Fatal(err)
			}
			well := true
			for _, f := range d.Examine(ctx) {
				t.Logf("%+v", f)
				well = well && f.OK
				if !f.OK && f.Do.Code == "" {
					t.Errorf("%v does not say what to do", f.What)
				}
			}
			if well != c.well {
				t.Errorf("all well: %v", well)
			}
			for _, r := range d.Audit(ctx) {
				t.Logf("%+v", r)
			}
		})
	}
}
