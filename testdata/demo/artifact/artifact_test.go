package artifact_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

func TestParseFault(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]artifact.Fault{
		"":                    {Kind: artifact.FaultNone},
		"none":                {Kind: artifact.FaultNone},
		"hang":                {Kind: artifact.FaultHang},
		"crash-loop":          {Kind: artifact.FaultCrashLoop},
		"unhealthy":           {Kind: artifact.FaultUnhealthy},
		"slow:800ms":          {Kind: artifact.FaultSlow, Delay: 800 * time.Millisecond},
		"slow-start:5s":       {Kind: artifact.FaultSlowStart, Delay: 5 * time.Second},
		"errors-after:3s:0.4": {Kind: artifact.FaultErrorsAfter, Delay: 3 * time.Second, Rate: 0.4},
		"errors-after:0s:1":   {Kind: artifact.FaultErrorsAfter, Rate: 1},
	} {
		got, err := artifact.ParseFault(text)
		if err != nil || got != want {
			t.Errorf("ParseFault(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"burn", "none:1s", "slow", "slow:", "slow:-1s", "slow:25h", "slow:1s:2", "errors-after:3s", "errors-after:3s:0",
		"errors-after:3s:1.1", "errors-after:3s:NaN", "errors-after:x:0.5", "HANG", " hang",
	} {
		if got, err := artifact.ParseFault(text); err == nil {
			t.Errorf("ParseFault(%q) = %+v, want an error", text, got)
		}
	}
}

func FuzzParseFault(f *testing.F) {
	for _, s := range []string{"", "none", "slow:800ms", "errors-after:3s:0.4", "slow-start:1h", "errors-after:3s:1e-9", ":::"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := artifact.ParseFault(text)
		if err != nil {
			return
		}
		again, err := artifact.ParseFault(got.String())
		if err != nil || again != got {
			t.Fatalf("%q parsed to %+v, written %q, read back as %+v, %v", text, got, got.String(), again, err)
		}
	})
}

func TestStanza(t *testing.T) {
	t.Parallel()
	program := []byte("\x7fELF the program")
	one := artifact.Stanza{Service: "payments", Version: "1.1.0", Fault: "none", Commit: "c0ffee", Build: 1}
	two := one
	two.Build = 2

	if _, err := artifact.Parse(program); !errors.Is(err, artifact.ErrNoStanza) {
		t.Errorf("a bare program gave %v", err)
	}
	first, err := artifact.Append(program, one)
	if err != nil {
		t.Fatal(err)
	}
	second, err := artifact.Append(first, two)
	if err != nil {
		t.Fatal(err)
	}
	if artifact.Digest(first) == artifact.Digest(second) {
		t.Error("two builds have the same digest")
	}
	for _, c := range []struct {
		bytes []byte
		want  artifact.Stanza
	}{{first, one}, {second, two}} {
		path := filepath.Join(t.TempDir(), "artifact")
		if err := os.WriteFile(path, c.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := artifact.Read(path); err != nil || got != c.want {
			t.Errorf("Read = %+v, %v; want %+v", got, err, c.want)
		}
		if !bytes.Equal(artifact.Strip(c.bytes), program) {
			t.Error("stripping did not give the program back")
		}
	}
}

func FuzzStanza(f *testing.F) {
	good, err := artifact.Append([]byte("program"), artifact.Stanza{Service: "web", Version: "1"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[1:])
	f.Add([]byte("\xff\xff\xff\xffdemo-stanza\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, program []byte) {
		if _, err := artifact.Parse(program); err == nil && len(artifact.Strip(program)) >= len(program) {
			t.Fatal("a stanza was read that can't be stripped")
		}
		want := artifact.Stanza{Service: "ledger", Version: "2.0.0", Build: 7}
		out, err := artifact.Append(program, want)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := artifact.Parse(out); err != nil || got != want {
			t.Fatalf("read back %+v, %v", got, err)
		}
	})
}

func TestPublish(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	program := []byte("bytes of a program")
	m := artifact.Manifest{
		Service: "payments", Version: "1.4.0", Commit: "c0ffee", BuiltAt: time.Date(2026, 3, 1, 9, 30, 0, 0, time.UTC),
		RunID: "payments-1.4.0-1", Pipeline: "payments-build", Authors: []string{"dana@shop.example"}, Changes: []string{"PAY-1 x"}, LinesChanged: 3,
	}
	want := m
	want.SHA256, want.Size = artifact.Digest(program), int64(len(program))
	if _, err := artifact.Publish(dir, program, m); err != nil {
		t.Fatal(err)
	}
	got, err := artifact.ReadManifest(dir, "payments", "1.4.0")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if sum, err := artifact.DigestFile(artifact.Path(dir, "payments", "1.4.0")); err != nil || sum != want.SHA256 {
		t.Errorf("artifact has digest %s, %v", sum, err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "payments", "1.4.0"))
	if err != nil || len(files) != 2 {
		t.Errorf("%d files beside each other, want artifact and manifest alone: %v", len(files), err)
	}
	for _, bad := range [][2]string{{"..", "1.0.0"}, {"payments", ".."}, {"payments", "../1.0"}, {"", "1"}, {"Payments", "1.0.0"}, {"payments", ""}} {
		if _, err := artifact.Publish(dir, program, artifact.Manifest{Service: bad[0], Version: bad[1]}); err == nil {
			t.Errorf("published %q %q", bad[0], bad[1])
		}
	}
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	root, err := artifact.Checkout(".")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "testdata", "demo", "artifact")); err != nil {
		t.Error(err)
	}
	if root, err := artifact.Checkout(t.TempDir()); err == nil {
		t.Errorf("found a checkout at %s outside of any", root)
	}
}
