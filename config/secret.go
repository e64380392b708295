package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Secret is a reference to a secret kept elsewhere: "env:NAME" or "file:/path". The secret itself is never part of the
// configuration, of its snapshot, or of anything printed.
type Secret struct{ ref string }

// maxSecret bounds what Reveal reads from a file, in bytes.
const maxSecret = 64 << 10

// IsZero reports whether no secret is configured.
func (s Secret) IsZero() bool { return s.ref == "" }

// String gives the reference, never what it refers to.
func (s Secret) String() string { return s.ref }

// GoString gives the reference, never what it refers to.
func (s Secret) GoString() string { return "config.Secret(" + s.ref + ")" }

// MarshalText writes the reference.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.ref), nil }

// UnmarshalText takes a reference. A literal is refused without repeating it.
func (s *Secret) UnmarshalText(text []byte) error {
	ref := string(text)
	name, env := strings.CutPrefix(ref, "env:")
	path, file := strings.CutPrefix(ref, "file:")
	switch {
	case env && isVariable(name), file && filepath.IsAbs(path) && !strings.ContainsRune(path, 0):
		s.ref = ref
		return nil
	case env:
		return errors.New("a secret's env: needs the name of an environment variable after it (letters, digits and _)")
	case file:
		return errors.New("a secret's file: needs an absolute path after it")
	}
	return errors.New("a secret can't stand in this file: write env:NAME or file:/path instead")
}

// Reveal reads the secret now, without the line break at its end. An empty or missing secret is an error, which names
// the reference only.
func (s Secret) Reveal() (string, error) {
	if name, ok := strings.CutPrefix(s.ref, "env:"); ok {
		v := os.Getenv(name)
		if v == "" {
			return "", fmt.Errorf("secret %s: the variable is empty or not set", s.ref)
		}
		return v, nil
	}
	path, ok := strings.CutPrefix(s.ref, "file:")
	if !ok {
		return "", errors.New("no secret is configured")
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", s.ref, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("secret %s: %w", s.ref, err)
	}
	v := strings.TrimRight(string(b), "\r\n")
	switch {
	case len(b) > maxSecret:
		return "", fmt.Errorf("secret %s: larger than %d bytes", s.ref, maxSecret)
	case v == "":
		return "", fmt.Errorf("secret %s: the file is empty", s.ref)
	}
	return v, nil
}

func isVariable(name string) bool {
	for i, r := range name {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return name != ""
}
