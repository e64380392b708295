package jenkins

import (
	"net/http"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
)

// TokenHeader carries the token of a webhook, where Authorization can't.
const TokenHeader = "X-Gonogo-Token"

// Handler takes webhooks of whatever plugin sends them, and nil is returned where no token for them is configured. Nothing signs what
// Jenkins sends, so nothing that it says is believed: whoever follows a run looks at once.
func (a *Adapter) Handler() http.Handler {
	if a.hook == "" {
		return nil
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		given := r.Header.Get(TokenHeader)
		if bearer, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			given = bearer
		}
		if !hook.Same(a.hook, given) {
			http.Error(w, "the token is not the one that is configured", http.StatusUnauthorized)
			return
		}
		if _, ok := hook.Body(w, r); !ok {
			return
		}
		a.watch.NudgeAll()
		w.WriteHeader(http.StatusNoContent)
	})
}
