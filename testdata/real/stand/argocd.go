package stand

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ArgoCD is a running Argo CD: server, repo-server and application-controller, with a cluster and a repository of its own.
type ArgoCD struct {
	// URL is the server's address, without TLS.
	URL string
	// Admin may everything, Account what Settings.Policy says, and Looker only look at what is of the project default. All are
	// tokens.
	Admin, Account, Looker string
	Repo                   *Repository
	Nodes                  *Nodes
	// Dir holds a log per program.
	Dir string

	cluster   *cluster
	processes *processes
	stop      func()
}

// The accounts that are not the administrator's.
const (
	AccountName = "gonogo"
	lookerName  = "looker"
)

// Settings are what a stand of Argo CD can be told.
type Settings struct {
	// Policy is the account's rights as Argo CD writes them, a line each: "p, gonogo, applications, get, default/*, allow".
	Policy string
	// Resync is how often the controller looks whether the repository has changed; 0 is 3 seconds.
	Resync time.Duration
	// Settle is how long a Deployment takes to come up, or to be given up; 0 is 2 seconds.
	Settle time.Duration
}

// StartArgoCD starts one. Close ends it and removes what it wrote.
func StartArgoCD(ctx context.Context, s Settings) (_ *ArgoCD, err error) {
	for _, name := range []string{"argocd", "etcd", "kubernetes"} {
		if _, err := Built(name); err != nil {
			return nil, err
		}
	}
	dir, err := os.MkdirTemp("", "stand") // short: a path of a socket has at most 107 bytes
	if err != nil {
		return nil, err
	}
	watch, stop := context.WithCancel(context.Background())
	a := &ArgoCD{Dir: dir, processes: &processes{dir: dir}, stop: stop}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.Repo, err = serveRepository(ctx, dir, "manifests"); err != nil {
		return nil, err
	}
	if a.cluster, err = startCluster(ctx, a.processes, dir); err != nil {
		return nil, err
	}
	if err = a.declare(ctx, s.Policy); err != nil {
		return nil, err
	}
	if s.Settle == 0 {
		s.Settle = 2 * time.Second
	}
	a.Nodes = &Nodes{Settle: s.Settle, c: a.cluster, crashes: map[string]bool{}, held: map[string]bool{}, taken: map[string]time.Time{}}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.Nodes.run(watch)
	}()
	a.stop = func() { stop(); <-ended }
	if s.Resync == 0 {
		s.Resync = 3 * time.Second
	}
	if err = a.launch(ctx, s.Resync); err != nil {
		return nil, err
	}
	return a, a.login(ctx)
}

// Close ends all programs and removes the folder.
func (a *ArgoCD) Close() error {
	a.stop()
	a.processes.close()
	if a.Repo != nil {
		a.Repo.close()
	}
	return os.RemoveAll(a.Dir)
}

// Logs gives what Argo CD's programs warned of last, for a test that failed.
func (a *ArgoCD) Logs() string {
	var all strings.Builder
	logs, _ := filepath.Glob(filepath.Join(a.Dir, "argocd-*.log"))
	for _, log := range logs {
		fmt.Fprintf(&all, "== %s\n", filepath.Base(log))
		for line := range strings.Lines(tail(log, 200_000)) {
			if !strings.Contains(line, `"level":"info"`) {
				all.WriteString(line)
			}
		}
	}
	return all.String()
}

// object is the head of a settings object: Argo CD reads only those that carry its label.
const object = "apiVersion: v1\nkind: %s\nmetadata: {name: %s, namespace: argocd, labels: {app.kubernetes.io/part-of: argocd}}\n"

// declare puts Argo CD's kinds and settings into the cluster.
func (a *ArgoCD) declare(ctx context.Context, policy string) error {
	root, err := moduleRoot("argocd")
	if err != nil {
		return err
	}
	for _, kind := range []string{"application", "applicationset", "appproject"} {
		yaml, err := os.ReadFile(filepath.Join(root, "manifests", "crds", kind+"-crd.yaml"))
		if err != nil {
			return err
		}
		if err := a.cluster.create(ctx, "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", string(yaml)); err != nil {
			return err
		}
	}
	for _, name := range []string{"argocd", "shop"} {
		if err := a.cluster.create(ctx, "/api/v1/namespaces", "apiVersion: v1\nkind: Namespace\nmetadata: {name: "+name+"}"); err != nil {
			return err
		}
	}
	settings := map[string]string{
		"argocd-cm":                 "data: {accounts." + AccountName + ": apiKey, accounts." + lookerName + ": apiKey}\n",
		"argocd-rbac-cm":            "data:\n  policy.csv: |\n    " + strings.ReplaceAll(policy+"\np, "+lookerName+", applications, get, default/*, allow", "\n", "\n    ") + "\n",
		"argocd-tls-certs-cm":       "",
		"argocd-ssh-known-hosts-cm": "",
	}
	for name, data := range settings {
		if err := a.cluster.create(ctx, "/api/v1/namespaces/argocd/configmaps", fmt.Sprintf(object, "ConfigMap", name)+data); err != nil {
			return err
		}
	}
	if err := a.cluster.create(ctx, "/api/v1/namespaces/argocd/secrets", fmt.Sprintf(object, "Secret", "argocd-secret")); err != nil {
		return err
	}
	return Await(ctx, "for the kind AppProject", func(ctx context.Context) (bool, error) { // declared is not yet served
		return true, a.cluster.create(ctx, "/apis/argoproj.io/v1alpha1/namespaces/argocd/appprojects", `
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata: {name: default, namespace: argocd}
spec:
  sourceRepos: ["*"]
  destinations: [{namespace: "*", server: "*"}]
  clusterResourceWhitelist: [{group: "*", kind: "*"}]
`)
	})
}

// launch starts Argo CD's programs and their Redis.
func (a *ArgoCD) launch(ctx context.Context, resync time.Duration) error {
	argocd, err := Built("argocd")
	if err != nil {
		return err
	}
	ports, err := freePorts(6)
	if err != nil {
		return err
	}
	redis, repo, repoMetrics, controllerMetrics, server, serverMetrics := ports[0], ports[1], ports[2], ports[3], ports[4], ports[5]
	for _, folder := range []string{"tls", "ssh", "gpg", "gpg-keys", "plugins", "tmp"} {
		if err := os.Mkdir(filepath.Join(a.Dir, folder), 0o700); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(a.Dir, "ssh", "ssh_known_hosts"), nil, 0o600); err != nil {
		return err
	}
	env := func(name string) []string {
		return []string{
			"ARGOCD_BINARY_NAME=" + name, "KUBECONFIG=" + a.cluster.kubeconfig, "ARGOCD_FAKE_IN_CLUSTER=true", "TMPDIR=" + filepath.Join(a.Dir, "tmp"),
			"ARGOCD_TLS_DATA_PATH=" + filepath.Join(a.Dir, "tls"), "ARGOCD_SSH_DATA_PATH=" + filepath.Join(a.Dir, "ssh"),
			"ARGOCD_GPG_DATA_PATH=" + filepath.Join(a.Dir, "gpg"), "ARGOCD_GNUPGHOME=" + filepath.Join(a.Dir, "gpg-keys"), "ARGOCD_GPG_ENABLED=false",
			"ARGOCD_PLUGINSOCKFILEPATH=" + filepath.Join(a.Dir, "plugins"), "ARGOCD_ASK_PASS_SOCK=" + filepath.Join(a.Dir, "askpass.sock"),
			"ARGOCD_RECONCILIATION_TIMEOUT=" + resync.String(), "ARGOCD_RECONCILIATION_JITTER=0s",
		}
	}
	if _, err := a.processes.start("redis", "redis-server", nil, "--bind", "127.0.0.1", "--port", redis, "--save", "", "--appendonly", "no"); err != nil {
		return err
	}
	common := []string{"--redis", "127.0.0.1:" + redis}
	for _, x := range []struct {
		name, health string
		args         []string
	}{
		{
			"argocd-repo-server", "http://127.0.0.1:" + repoMetrics + "/healthz",
			[]string{"--address", "127.0.0.1", "--port", repo, "--metrics-address", "127.0.0.1", "--metrics-port", repoMetrics, "--disable-tls"},
		},
		{
			"argocd-server", "http://127.0.0.1:" + server + "/healthz?full=true",
			[]string{
				"--address", "127.0.0.1", "--port", server, "--metrics-address", "127.0.0.1", "--metrics-port", serverMetrics,
				"--insecure", "--repo-server", "127.0.0.1:" + repo, "--repo-server-plaintext",
			},
		},
		{
			"argocd-application-controller", "http://127.0.0.1:" + controllerMetrics + "/healthz",
			[]string{"--metrics-port", controllerMetrics, "--repo-server", "127.0.0.1:" + repo, "--repo-server-plaintext"},
		},
	} {
		p, err := a.processes.start(x.name, argocd, env(x.name), append(x.args, common...)...)
		if err != nil {
			return err
		}
		if err := p.answers(ctx, http.DefaultClient, x.health); err != nil {
			return err
		}
	}
	a.URL = "http://127.0.0.1:" + server
	return nil
}

// moduleRoot is the folder of a program's module, which ../build.sh noted.
func moduleRoot(name string) (string, error) {
	bin, err := Bin()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(bin, name+".root"))
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, ErrNotBuilt)
	}
	return strings.TrimSpace(string(text)), nil
}

// LeastRights are what the account needs to deploy any application of the project default, and no more: see, sync and change
// what is declared.
const LeastRights = `p, gonogo, applications, get, default/*, allow
p, gonogo, applications, sync, default/*, allow
p, gonogo, applications, update, default/*, allow`
