package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// mill runs the command with a stand-in for the compiled service.
func mill(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	shop := filepath.Join(t.TempDir(), "shop")
	if err := os.WriteFile(shop, []byte("stand-in program"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	status = run(context.Background(), append([]string{"-shop", shop}, args...), &out, &errs)
	return status, out.String(), errs.String()
}

func must(t *testing.T, args ...string) {
	t.Helper()
	if status, _, stderr := mill(t, args...); status != 0 {
		t.Fatalf("mill %v: status %d: %s", args, status, stderr)
	}
}

func manifest(t *testing.T, dir, service, version string) artifact.Manifest {
	t.Helper()
	m, err := artifact.ReadManifest(dir, service, version)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func digest(t *testing.T, dir, service, version string) string {
	t.Helper()
	sum, err := artifact.DigestFile(artifact.Path(dir, service, version))
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

func TestDemoRepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, "-out", dir)
	digests := map[string]string{}
	for _, v := range []struct {
		service, version, fault string
		wrong                   bool
	}{
		{"web", "1.0.0", "none", false},
		{"ledger", "1.0.0", "none", false},
		{"payments", "1.0.0", "none", false},
		{"payments", "1.1.0", "none", false},
		{"payments", "1.2.0", "errors-after:4s:0.4", false},
		{"payments", "1.3.0", "none", true},
	} {
		m, sum := manifest(t, dir, v.service, v.version), digest(t, dir, v.service, v.version)
		if (m.SHA256 != sum) != v.wrong {
			t.Errorf("%s %s: manifest says %s, artifact has %s", v.service, v.version, m.SHA256, sum)
		}
		s, err := artifact.Read(artifact.Path(dir, v.service, v.version))
		if err != nil || s.Service != v.service || s.Version != v.version || s.Fault != v.fault || s.Commit != m.Commit {
			t.Errorf("%s %s: stanza %+v, %v", v.service, v.version, s, err)
		}
		if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(m.Commit) || len(m.Authors) == 0 || len(m.Changes) == 0 || m.LinesChanged == 0 || m.RunID == "" || m.Pipeline == "" || m.BuiltAt.IsZero() {
			t.Errorf("incomplete manifest %+v", m)
		}
		if other, taken := digests[sum]; taken {
			t.Errorf("%s %s has the bytes of %s", v.service, v.version, other)
		}
		digests[sum] = v.service + " " + v.version
	}

	before := manifest(t, dir, "payments", "1.1.0")
	status, out, _ := mill(t, "-out", dir, "-built-at", "2031-01-01T00:00:00Z")
	if status != 0 || !strings.Contains(out, "nothing to build") {
		t.Errorf("a second time: %d %q", status, out)
	}
	if diff := cmp.Diff(before, manifest(t, dir, "payments", "1.1.0")); diff != "" {
		t.Error("a version already there was built again: ", diff)
	}
}

func TestSameInputSameBytes(t *testing.T) {
	t.Parallel()
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		must(t, "-out", dir, "-built-at", "2026-03-01T09:30:00Z")
	}
	err := filepath.WalkDir(one, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(one, path)
		if err != nil {
			return err
		}
		a, errA := os.ReadFile(path)
		b, errB := os.ReadFile(filepath.Join(two, rel))
		if errA != nil || errB != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs: %v %v", rel, errA, errB)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAddAndRebuild(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, "-out", dir, "-add", "payments@1.4.0", "-fault", "hang", "-author", "dana@example.test", "-author", "eli@example.test", "-change", "PAY-30 wait", "-lines", "9")
	m := manifest(t, dir, "payments", "1.4.0")
	if diff := cmp.Diff([]any{[]string{"dana@example.test", "eli@example.test"}, []string{"PAY-30 wait"}, 9}, []any{m.Authors, m.Changes, m.LinesChanged}); diff != "" {
		t.Error(diff)
	}
	must(t, "-out", dir, "-rebuild", "payments@1.4.0")
	again := manifest(t, dir, "payments", "1.4.0")
	if again.SHA256 == m.SHA256 || again.Commit == m.Commit || again.RunID == m.RunID {
		t.Errorf("rebuilt to the same: %+v", again)
	}
	if again.SHA256 != digest(t, dir, "payments", "1.4.0") {
		t.Error("manifest and artifact disagree after a rebuild")
	}
	if diff := cmp.Diff(m.Authors, again.Authors); diff != "" {
		t.Error("authors were lost: ", diff)
	}
	if s, err := artifact.Read(artifact.Path(dir, "payments", "1.4.0")); err != nil || s.Fault != "hang" || s.Build != 2 {
		t.Errorf("stanza %+v, %v", s, err)
	}
	must(t, "-out", dir, "-add", "web@2.0.0", "-wrong-checksum")
	if manifest(t, dir, "web", "2.0.0").SHA256 == digest(t, dir, "web", "2.0.0") {
		t.Error("the checksum is right")
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	must(t, "-out", dir)
	for _, args := range [][]string{
		{},
		{"-out", dir, "more"},
		{"-out", dir, "-add", "payments"},
		{"-out", dir, "-add", "payments@"},
		{"-out", dir, "-add", "payments@../../x"},
		{"-out", dir, "-add", "billing@1.0.0"},
		{"-out", dir, "-add", "payments@1.1.0"},
		{"-out", dir, "-rebuild", "payments@9.9.9"},
		{"-out", dir, "-add", "payments@1.5.0", "-rebuild", "payments@1.1.0"},
		{"-out", dir, "-add", "payments@1.5.0", "-fault", "burn"},
		{"-out", dir, "-add", "payments@1.5.0", "-author", "dana"},
		{"-out", dir, "-add", "payments@1.5.0", "-change", " "},
		{"-out", dir, "-add", "payments@1.5.0", "-lines", "-1"},
		{"-out", dir, "-fault", "hang"},
		{"-out", dir, "-built-at", "yesterday"},
		{"-out", dir, "-nonsense"},
	} {
		status, stdout, stderr := mill(t, args...)
		if status != 2 || stdout != "" || strings.Count(stderr, "\n") != 1 {
			t.Errorf("mill %v: status %d, said %q, %q; want 2 and one sentence", args, status, stdout, stderr)
		}
	}
	if _, err := os.Stat(artifact.ManifestPath(dir, "payments", "1.5.0")); err == nil {
		t.Error("a refused version was built")
	}
}

func TestCompilesFromTheCheckout(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var out, errs bytes.Buffer
	if status := run(context.Background(), []string{"-out", dir, "-add", "ledger@3.0.0"}, &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	info, err := os.Stat(artifact.Path(dir, "ledger", "3.0.0"))
	if err != nil || info.Mode().Perm() != 0o755 || info.Size() < 1<<20 {
		t.Errorf("not an executable: %v %v", info, err)
	}
}
