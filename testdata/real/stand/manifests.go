package stand

import "fmt"

// Deployment is the manifest of a Deployment in the namespace shop.
func Deployment(name, image string) string {
	return fmt.Sprintf(`apiVersion: apps/v1
kind: Deployment
metadata: {name: %[1]s, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: %[1]s}}
  template:
    metadata: {labels: {app: %[1]s}}
    spec: {containers: [{name: main, image: %[2]q}]}
`, name, image)
}

// Declared is an application of Argo CD's as its manifest declares it.
type Declared struct {
	Name, Repo, Path, Revision, Namespace string
	Manual                                bool // syncs only when told to; others sync by themselves, prune and heal
}

// YAML is the manifest.
func (d Declared) YAML() string {
	policy := "{automated: {prune: true, selfHeal: true}}"
	if d.Manual {
		policy = "{}"
	}
	return fmt.Sprintf(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: %s, namespace: argocd}
spec:
  project: default
  source: {repoURL: %q, path: %s, targetRevision: %q}
  destination: {server: "https://kubernetes.default.svc", namespace: %s}
  syncPolicy: %s
`, d.Name, d.Repo, d.Path, d.Revision, d.Namespace, policy)
}
