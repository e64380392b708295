package stand

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

// cluster is a Kubernetes API: what is declared is kept, and nothing runs it.
type cluster struct {
	url        string
	kubeconfig string // file with every right, namespace argocd
	token      string
	client     *http.Client
}

// startCluster starts etcd and kube-apiserver in dir.
func startCluster(ctx context.Context, p *processes, dir string) (*cluster, error) {
	etcd, err := Built("etcd")
	if err != nil {
		return nil, err
	}
	apiserver, err := Built("kubernetes")
	if err != nil {
		return nil, err
	}
	ports, err := freePorts(3)
	if err != nil {
		return nil, err
	}
	cert, key, pemText, err := certificate(dir)
	if err != nil {
		return nil, err
	}
	c := &cluster{url: "https://127.0.0.1:" + ports[2], kubeconfig: filepath.Join(dir, "kubeconfig"), token: "every-right"}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pemText)
	c.client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	clients, peers := "http://127.0.0.1:"+ports[0], "http://127.0.0.1:"+ports[1]
	store, err := p.start("etcd", etcd, nil, "--data-dir", filepath.Join(dir, "etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", clients, "--advertise-client-urls", clients, "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers,
		"--initial-cluster", "default="+peers)
	if err != nil {
		return nil, err
	}
	if err := store.answers(ctx, http.DefaultClient, clients+"/health"); err != nil {
		return nil, err
	}
	tokens := filepath.Join(dir, "tokens.csv")
	if err := os.WriteFile(tokens, []byte(c.token+",admin,admin,system:masters\n"), 0o600); err != nil {
		return nil, err
	}
	api, err := p.start("kube-apiserver", apiserver, nil, "--etcd-servers", clients, "--bind-address", "127.0.0.1", "--secure-port", ports[2],
		"--tls-cert-file", cert, "--tls-private-key-file", key, "--token-auth-file", tokens, "--authorization-mode", "RBAC",
		"--service-account-issuer", c.url, "--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--disable-admission-plugins", "ServiceAccount", "--service-cluster-ip-range", "10.96.0.0/16", "--endpoint-reconciler-type", "none")
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(c.kubeconfig, []byte(fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: stand
clusters: [{name: stand, cluster: {server: %q, certificate-authority-data: %s}}]
users: [{name: admin, user: {token: %q}}]
contexts: [{name: stand, context: {cluster: stand, user: admin, namespace: argocd}}]
`, c.url, base64.StdEncoding.EncodeToString(pemText), c.token)), 0o600); err != nil {
		return nil, err
	}
	return c, api.answers(ctx, c.client, c.url+"/readyz")
}

// do sends a request to the API and decodes a JSON answer into answer, where that is not nil. A body of bytes is sent as YAML,
// of which JSON is a part, or as the patch that the method PATCH needs.
func (c *cluster) do(ctx context.Context, method, path string, body []byte, answer any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Content-Type", "application/yaml")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/merge-patch+json")
	}
	r.Header.Set("Accept", "application/json")
	resp, err := c.client.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return &StatusError{Code: resp.StatusCode, Body: fmt.Sprintf("%s %s: %s", method, path, text)}
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(text, answer)
}

// StatusError is an answer that was no success.
type StatusError struct {
	Code int
	Body string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("status %d: %s", e.Code, strings.TrimSpace(e.Body))
}

// create makes an object of a collection, as "/api/v1/namespaces/argocd/secrets", from its YAML.
func (c *cluster) create(ctx context.Context, collection, yaml string) error {
	return c.do(ctx, http.MethodPost, collection, []byte(yaml), nil)
}
