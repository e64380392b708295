package gitlab_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// audited are readings in words: "access-control on: what → do".
func (w *world) audited() (out []string) {
	for _, r := range w.pipeline(named(), nil).Audit(w.t.Context()) {
		on := "unknown"
		if r.On != nil {
			on = map[bool]string{true: "on", false: "off"}[*r.On]
		}
		line := fmt.Sprintf("%s %s: %s", r.Of, on, words.Text(r.What, reader{}, w.clock()))
		if !r.Do.IsZero() {
			line += " → " + words.Text(r.Do, reader{}, w.clock())
		}
		out = append(out, line)
	}
	w.said = append(w.said, out...)
	return out
}

func TestAudit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*world)
		want   []string
	}{
		"everything guarded and readable": {func(w *world) {
			w.side.Change(shop, func(p *gitlabtest.Project) {
				p.Premium, p.Members["gonogo"], p.Protected = true, gitlabtest.Owner, map[string]gitlabtest.Role{"main": gitlabtest.Maintainer}
				p.Environments = map[string]gitlabtest.Protection{"prod": {Users: []string{"gonogo"}, Approvals: 1}}
			})
		}, []string{
			"audit-log on: GitLab keeps audit events of shop/payments, and they can be read.",
			"access-control on: The project shop/payments is private.",
			"access-control on: In shop/payments, main is protected: to push takes Maintainers, to merge Maintainers.",
			"access-control on: In shop/payments, gonogo may deploy to prod, with 1 approval needed.",
			"access-control off: In shop/payments, staging is not protected: every developer can deploy there. → Protect staging",
		}},
		"nothing guarded": {func(w *world) {
			w.side.Change(shop, func(p *gitlabtest.Project) { p.Members["gonogo"], p.Visibility = gitlabtest.Owner, "public" })
		}, []string{
			"audit-log unknown: Whether GitLab keeps audit events of shop/payments can't be read. → It takes GitLab Premium, and the role Owner",
			"access-control off: The project shop/payments is public. → Make the project private",
			"access-control off: In shop/payments, main is not protected: every developer can change what the pipeline does. → Protect main",
			"access-control unknown: Whether prod of shop/payments is protected can't be read. → It takes GitLab Premium",
			"access-control unknown: Whether staging of shop/payments is protected can't be read.",
		}},
		"little readable": {func(*world) {}, []string{
			"audit-log unknown: ", "access-control on: The project", "access-control unknown: How the branches of shop/payments are protected can't be read. → It takes the role Maintainer",
			"access-control unknown: ", "access-control unknown: ",
		}},
		"GitLab is down": {func(w *world) { w.side.Fail(trouble.Broken) }, []string{
			"audit-log unknown: GitLab can't be asked about audit_events of shop/payments: ", "access-control unknown: GitLab can't be asked about projects of shop/payments: ",
			"access-control unknown: GitLab can't be asked about protected_environments of shop/payments: ", "access-control unknown: ",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
				c.change(w)
				got := w.audited()
				ok := len(got) == len(c.want)
				for i := range got {
					ok = ok && strings.HasPrefix(got[i], c.want[i])
				}
				if !ok {
					t.Errorf("read:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
			})
		})
	}
}
