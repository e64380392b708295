package badgerkv_test

import (
	"fmt"
	"os"
	"os/exec"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
	"github.com/gonogo-chat/gonogo/state/kv/kvtest"
)

// childEnv names the folder that a re-run of this test binary writes to until it
// is killed.
const childEnv = "BADGERKV_TEST_CHILD"

func TestMain(m *testing.M) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	e, err := badgerkv.Open(dir, badgerkv.Options{Reserve: -1})
	if err == nil {
		err = kvtest.Loop(e, os.Stdout)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

type store struct{ dir string }

func (s store) Open(*testing.T) (kv.Engine, error) {
	e, err := badgerkv.Open(s.dir, badgerkv.Options{Reserve: -1})
	if err != nil {
		return nil, err
	}
	return e, nil
}

func (s store) Child(t *testing.T) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+s.dir)
	cmd.Stderr = t.Output()
	return cmd
}

func TestConformance(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(t *testing.T) kvtest.Store { return store{t.TempDir()} })
}
