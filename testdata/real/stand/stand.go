// Package stand starts real programs on loopback for tests to speak with: Argo CD with a Kubernetes API of its own (etcd and
// kube-apiserver; no node and no kubelet), a Git repository served over HTTP, and Gitea. The programs are those that
// ../build.sh builds. Everything a stand starts ends with it, and everything it writes is below its folder.
package stand

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// ErrNotBuilt says that a program of a stand is not there yet: testdata/real/build.sh builds it.
var ErrNotBuilt = errors.New("not built: run testdata/real/build.sh")

// Bin is where ../build.sh leaves the programs, found from a folder within the repository.
func Bin() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		bin := filepath.Join(dir, "testdata", "real", "bin")
		if _, err := os.Stat(filepath.Join(dir, "testdata", "real", "build.sh")); err == nil {
			return bin, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no testdata/real above the working directory")
		}
	}
	return "", err
}

// Built finds a program, or says ErrNotBuilt.
func Built(name string) (string, error) {
	bin, err := Bin()
	if err != nil {
		return "", err
	}
	path := filepath.Join(bin, name)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("%s: %w", name, ErrNotBuilt)
	}
	return path, nil
}

// freePorts finds ports of loopback that nobody listens on. Somebody else may take one before its program does: that program
// then ends at once, which awaiting it reports.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close() // all are held until all are known, so no port comes twice
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

// Interval is how often what is waited for is looked at.
const Interval = 100 * time.Millisecond

// Await asks until the answer is yes or ctx is done; then it says what it waited for and the last error. An error is taken as
// not yet.
func Await(ctx context.Context, what string, is func(context.Context) (bool, error)) error {
	tick := time.NewTicker(Interval)
	defer tick.Stop()
	var last error
	for {
		ok, err := is(ctx)
		if ok && err == nil {
			return nil
		}
		if ctx.Err() == nil || last == nil {
			last = cmp.Or(err, last)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited in vain %s: %w", what, errors.Join(ctx.Err(), last))
		case <-tick.C:
		}
	}
}
