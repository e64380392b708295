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

// ApplicationYAML is the manifest of an application of Argo CD's that syncs by itself, prunes and heals.
func ApplicationYAML(name, repo, path, revision, namespace string) string {
	return fmt.Sprintf(`apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: %s, namespace: argocd}
spec:
  project: default
  source: {repoURL: %q, path: %s, targetRevision: %q}
  destination: {server: "https://kubernetes.default.svc", namespace: %s}
  syncPolicy: {automated: {prune: true, selfHeal: true}}
`, name, repo, path, revision, namespace)
}
