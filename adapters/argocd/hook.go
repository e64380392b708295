package argocd

import (
	"net/http"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
)

// Handler takes webhooks of Argo CD Notifications, whose form and content the operator chooses: so they are a reason to look, nothing
// else. nil without a token for them.
func (a *Adapter) Handler() http.Handler {
	if a.webhookToken == "" {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !bearer || !hook.Same(a.webhookToken, given) {
			http.Error(w, "the token is not the configured one", http.StatusUnauthorized)
			return
		}
		if _, ok := hook.Body(w, r); !ok {
			return
		}
		a.watch.NudgeAll()
		w.WriteHeader(http.StatusNoContent)
	})
}
