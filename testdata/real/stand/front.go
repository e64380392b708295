package stand

import (
	"encoding/json"
	"net/http"
	"strings"
)

// Front is what would answer at the service of a Deployment in the namespace shop: 200 with the version that its image is
// tagged with once replicas are available, else 503.
func (a *ArgoCD) Front(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var d deployment
		if err := a.cluster.do(r.Context(), http.MethodGet, "/apis/apps/v1/namespaces/shop/deployments/"+name, nil, &d); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		if c := d.Spec.Template.Spec.Containers; len(c) == 1 && d.Status.ObservedGeneration == d.Metadata.Generation && d.Status.AvailableReplicas > 0 {
			_, version, _ := strings.Cut(c[0].Image[strings.LastIndex(c[0].Image, "/")+1:], ":")
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{"version": version})
			return
		}
		http.Error(w, "no replica is available", http.StatusServiceUnavailable)
	})
}
