package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// The files of a run's folder.
const (
	orderFile   = "run.json"     // what is to be done; there from the moment the folder is
	lockFile    = "lock"         // held by the supervisor for as long as it lives
	startedFile = "started.json" // written before the command is executed: without it the command never ran
	statusFile  = "status.json"  // the last stage that the command announced
	cancelFile  = "cancel"       // asks the supervisor to stop the command
	exitFile    = "exit.json"    // how it ended
	outputFile  = "output.log"
	supervisor  = "supervisor.log" // what the supervisor itself had to complain about
)

type order struct {
	Deployment port.Deployment `json:"deployment"`
	Argv       []string        `json:"argv"`
	Dir        string          `json:"dir,omitempty"`
	Limit      time.Duration   `json:"limit"`
	Grace      time.Duration   `json:"grace"`
	Secrets    []string        `json:"secrets,omitempty"` // names only: the values are in the supervisor's environment
	Slots      int             `json:"slots"`
	At         time.Time       `json:"at"`
}

type started struct {
	Supervisor int       `json:"supervisor"` // process id; for people: liveness is the lock's business
	At         time.Time `json:"at"`
}

type status struct {
	Stage   string `json:"stage"`
	Percent int    `json:"percent"`
}

type exit struct {
	State port.RunState `json:"state"`
	Code  int           `json:"code"`
	Fault string        `json:"fault,omitempty"`
	At    time.Time     `json:"at"`
}

var runID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// idOf derives the run's id from the deployment's key, so that the key finds the folder.
func idOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16])
}

// claim makes the run's folder, or finds it made: the folder appears by a rename, whole and synced, so of any number of
// claimants one wins, and a crash leaves either nothing or an order that can be carried out.
func claim(runs, id string, o order) (won bool, err error) {
	fresh, err := os.MkdirTemp(runs, ".new-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(fresh)
	if err := writeSynced(filepath.Join(fresh, orderFile), o); err != nil {
		return false, err
	}
	if err := os.Rename(fresh, filepath.Join(runs, id)); err != nil {
		if isDir(filepath.Join(runs, id)) {
			return false, nil
		}
		return false, err
	}
	return true, syncDir(runs)
}

// writeSynced puts a JSON file in place at once: readers see all of it or none, also after a power cut.
func writeSynced(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(append(b, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func readJSON[T any](path string) (T, error) {
	var v T
	b, err := os.ReadFile(path)
	if err != nil {
		return v, err
	}
	if err := json.Unmarshal(b, &v); err != nil {
		return v, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

func isDir(path string) bool {
	fi, err := os.Lstat(path)
	return err == nil && fi.IsDir()
}
