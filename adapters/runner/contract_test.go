package runner_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/deployer"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestContract(t *testing.T) {
	t.Parallel()
	deployer.Test(t, func(t *testing.T) deployer.Side {
		dir := t.TempDir()
		return deployer.Side{
			New: func(t *testing.T) port.Deployer { return newRunner(t, settings(dir)) },
			Ask: func(t *testing.T, key string, b deployer.Behaviour) port.Deployment {
				hold(t, dir, key)
				return deployment(key, string(b))
			},
			Release: func(t *testing.T, key string) { release(t, dir, key) },
			Started: func(t *testing.T, key string) int { return began(t, dir, key) },
			Garble: func(t *testing.T, run port.Run) {
				if err := os.WriteFile(filepath.Join(folder(dir, run), "exit.json"), []byte(`{"state":"succ`), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			Lose:    func(t *testing.T, run port.Run) { killSupervisor(t, folder(dir, run)) },
			Stage:   "done",
			Percent: 100,
		}
	})
}

func killSupervisor(t *testing.T, folder string) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(folder, "started.json"))
	if err != nil {
		t.Fatal(err)
	}
	var mark struct{ Supervisor int }
	if err := json.Unmarshal(b, &mark); err != nil || mark.Supervisor <= 1 {
		t.Fatalf("started.json: %s, %v", b, err)
	}
	if err := syscall.Kill(mark.Supervisor, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
}
