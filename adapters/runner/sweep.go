package runner

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Sweep deletes the output of ended runs that are older than Settings.KeepFor or beyond the newest Settings.Keep, and
// returns of how many. A run's order and exit status stay, so that its key never runs again. Runs under way are not
// touched.
func (a *Adapter) Sweep(ctx context.Context) (int, error) {
	entries, err := os.ReadDir(a.runs)
	if err != nil {
		return 0, err
	}
	type ended struct {
		dir string
		at  time.Time
	}
	var runs []ended
	now := a.outside.Clock()
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		dir := filepath.Join(a.runs, e.Name())
		if strings.HasPrefix(e.Name(), ".new-") {
			a.sweepUnclaimed(dir, e, now)
			continue
		}
		if !runID.MatchString(e.Name()) || !exists(filepath.Join(dir, outputFile)) {
			continue
		}
		if at, ok := endOf(dir); ok {
			runs = append(runs, ended{dir, at})
		}
	}
	slices.SortFunc(runs, func(a, b ended) int { return b.at.Compare(a.at) })
	swept := 0
	for i, r := range runs {
		if i < a.settings.Keep && now.Sub(r.at) <= a.settings.KeepFor {
			continue
		}
		for _, name := range []string{outputFile, supervisor} {
			if err := os.Remove(filepath.Join(r.dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return swept, err
			}
		}
		swept++
	}
	return swept, nil
}

// endOf tells when a run ended; a lost one ended, as far as anybody knows, when its output did.
func endOf(dir string) (time.Time, bool) {
	lock, err := tryLock(filepath.Join(dir, lockFile), syscall.LOCK_SH)
	if err != nil {
		return time.Time{}, false
	}
	defer lock.Close()
	if e, err := readJSON[exit](filepath.Join(dir, exitFile)); err == nil {
		return e.At, true
	}
	fi, err := os.Stat(filepath.Join(dir, outputFile))
	if err != nil || !exists(filepath.Join(dir, startedFile)) {
		return time.Time{}, false
	}
	return fi.ModTime(), true
}

// sweepUnclaimed removes what a crash left of a claim that was not completed.
func (a *Adapter) sweepUnclaimed(dir string, e fs.DirEntry, now time.Time) {
	if fi, err := e.Info(); err == nil && now.Sub(fi.ModTime()) > time.Hour {
		os.RemoveAll(dir)
	}
}
