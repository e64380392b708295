package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// store keeps the data centre's own copies of what it ever ran, by digest, so
// that going back needs nothing from the repository.
type store struct {
	dir, repo string
}

// fetch returns the path of a private copy of the version with this digest.
// Anything else under that name is refused.
func (s store) fetch(service, version, digest string) (string, error) {
	path := filepath.Join(s.dir, digest)
	have, err := artifact.DigestFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if have != digest {
		if err := s.copy(service, version, digest, path); err != nil {
			return "", err
		}
	}
	stanza, err := artifact.Read(path)
	switch {
	case errors.Is(err, artifact.ErrNoStanza):
		return path, nil
	case err != nil:
		return "", err
	case stanza.Service != service || stanza.Version != version:
		return "", fmt.Errorf("the artifact with this digest is %s %s, not %s %s", stanza.Service, stanza.Version, service, version)
	}
	return path, nil
}

func (s store) copy(service, version, digest, path string) error {
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	// A process forked while an executable is open for writing keeps it busy
	// until it has become its own program, and starting the executable fails.
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	from, err := os.Open(artifact.Path(s.repo, service, version))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s %s is not in the artifact repository", service, version)
	}
	if err != nil {
		return err
	}
	defer from.Close()
	to, err := os.CreateTemp(s.dir, ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(to.Name())
	h := sha256.New()
	_, err = io.Copy(io.MultiWriter(to, h), from)
	if err == nil {
		err = to.Chmod(0o700)
	}
	if cerr := to.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("copy artifact: %w", err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != digest {
		return fmt.Errorf("checksum mismatch: the artifact of %s %s has SHA-256 %s, ordered was %s", service, version, got, digest)
	}
	return os.Rename(to.Name(), path)
}
