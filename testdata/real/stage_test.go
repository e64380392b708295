//go:build real

// Package real_test plays with real programs: Argo CD on a Kubernetes API, and Gitea. ./build.sh builds them first.
package real_test

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

// patience bounds each test, in real time: two cores may be busy with something else.
const patience = 6 * time.Minute

// startArgoCD starts a stand, or skips by name where its programs are not there.
func startArgoCD(t *testing.T, s stand.Settings) (context.Context, *stand.ArgoCD) {
	t.Helper()
	for _, program := range []string{"redis-server", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed: testdata/real/build.sh installs it", program)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	a, err := stand.StartArgoCD(ctx, s)
	if errors.Is(err, stand.ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(a.Logs())
		}
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return ctx, a
}

// publish commits the shop's manifests for a version and tags them "v" and the version.
func publish(ctx context.Context, t *testing.T, a *stand.ArgoCD, version string) (revision string) {
	t.Helper()
	revision, err := a.Repo.Commit(ctx, "shop "+version, map[string]string{"shop/deployment.yaml": stand.Deployment("shop", image(version))})
	if err == nil {
		err = a.Repo.Tag(ctx, "v"+version, revision)
	}
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func image(version string) string { return "registry.example/shop:" + version }

// settled waits until an application stands at a revision with a health, nothing under way.
func settled(ctx context.Context, t *testing.T, a *stand.ArgoCD, name, revision, health string) {
	t.Helper()
	err := stand.Await(ctx, name+" "+health+" at "+revision, func(ctx context.Context) (bool, error) {
		x, err := a.Application(ctx, name)
		return x.Operation == nil && x.Status.Sync.Status == "Synced" && x.Status.Sync.Revision == revision && x.Status.Health.Status == health, err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// answer is what a refused request says.
type answer struct {
	status int
	says   string
}

func refused(t *testing.T, err error, want answer) {
	t.Helper()
	var got *stand.StatusError
	if !errors.As(err, &got) || got.Code != want.status || !strings.Contains(got.Body, want.says) {
		t.Errorf("%v, not %d %q", err, want.status, want.says)
	}
}

// followed follows a run to its end.
func followed(ctx context.Context, t *testing.T, d port.Deployer, run port.Run) (p port.Progress) {
	t.Helper()
	for !p.State.Ended() {
		next, err := d.Follow(ctx, run, p)
		if err != nil || ctx.Err() != nil {
			t.Fatalf("%+v: %v, %v", p, err, ctx.Err())
		}
		t.Logf("%s: %s, %s, %d %%, %q", run.ID, next.State, next.Stage, next.Percent, next.Tail)
		p = next
	}
	return p
}

// resyncs is how often Argo CD compares again before it is believed that it leaves what is there alone.
const resyncs = 5

// leftAlone watches Argo CD compare again and again, and change nothing.
func leftAlone(ctx context.Context, t *testing.T, a *stand.ArgoCD, name, revision, image string) {
	t.Helper()
	before, err := a.Application(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	compared := map[string]bool{}
	if err := stand.Await(ctx, "for Argo CD to compare again and again", func(ctx context.Context) (bool, error) {
		x, err := a.Application(ctx, name)
		if err != nil {
			return false, err
		}
		live, err := a.Image(ctx, "shop")
		if err != nil {
			return false, err
		}
		if live != image || x.Spec.Source.TargetRevision != before.Spec.Source.TargetRevision || x.Status.Sync.Revision != revision ||
			x.Status.Sync.Status != "Synced" || len(x.Status.History) != len(before.Status.History) {
			t.Fatalf("it is fought about: %s runs, %+v", live, x)
		}
		compared[x.Status.ReconciledAt] = true
		return len(compared) > resyncs, nil
	}); err != nil {
		t.Fatal(err)
	}
}

func startGitea(t *testing.T) (context.Context, *stand.Gitea) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	g, err := stand.StartGitea(ctx)
	if errors.Is(err, stand.ErrNotBuilt) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Log(g.Logs())
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return ctx, g
}
