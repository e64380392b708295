package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"
)

// Manifest is the build metadata beside an artifact.
type Manifest struct {
	Service      string    `json:"service"`
	Version      string    `json:"version"`
	SHA256       string    `json:"sha256"` // of the artifact, lower-case hexadecimal
	Size         int64     `json:"size"`   // bytes
	Commit       string    `json:"commit"`
	BuiltAt      time.Time `json:"built_at"` // UTC
	RunID        string    `json:"run_id"`
	Pipeline     string    `json:"pipeline"`
	Authors      []string  `json:"authors"` // e-mail addresses of the commit authors
	Changes      []string  `json:"changes"`
	LinesChanged int       `json:"lines_changed"`
}

var (
	servicePattern = regexp.MustCompile(`^[a-z][a-z0-9-]{0,31}$`)
	versionPattern = regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,3}([-+][0-9A-Za-z.-]{1,32})?$`)
)

// CheckName refuses a service or version that could not be a folder of the
// repository.
func CheckName(service, version string) error {
	if !servicePattern.MatchString(service) {
		return fmt.Errorf("%q is not a service name: lower-case letters, digits and hyphens, at most 32", service)
	}
	if !versionPattern.MatchString(version) {
		return fmt.Errorf("%q is not a version such as 1.4.0", version)
	}
	return nil
}

// Path is where the repository at dir keeps the executable of a version.
func Path(dir, service, version string) string {
	return filepath.Join(dir, service, version, "artifact")
}

// ManifestPath is where the repository at dir keeps the manifest of a version.
func ManifestPath(dir, service, version string) string {
	return filepath.Join(dir, service, version, "manifest.json")
}

// Publish writes program and its manifest into the repository at dir. SHA256
// and Size are computed; a SHA256 that m already has is kept, wrong as it may
// be. Each file replaces its predecessor in one step.
func Publish(dir string, program []byte, m Manifest) (Manifest, error) {
	if err := CheckName(m.Service, m.Version); err != nil {
		return Manifest{}, err
	}
	if m.SHA256 == "" {
		m.SHA256 = Digest(program)
	}
	m.Size = int64(len(program))
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return Manifest{}, fmt.Errorf("encode manifest: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, m.Service, m.Version), 0o755); err != nil {
		return Manifest{}, err
	}
	if err := WriteFile(Path(dir, m.Service, m.Version), program, 0o755); err != nil {
		return Manifest{}, err
	}
	if err := WriteFile(ManifestPath(dir, m.Service, m.Version), append(text, '\n'), 0o644); err != nil {
		return Manifest{}, err
	}
	return m, nil
}

// ReadManifest reads the manifest of a version.
func ReadManifest(dir, service, version string) (Manifest, error) {
	text, err := os.ReadFile(ManifestPath(dir, service, version))
	if err != nil {
		return Manifest{}, err
	}
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return Manifest{}, fmt.Errorf("manifest of %s %s: %w", service, version, err)
	}
	return m, nil
}

// Digest is the SHA-256 of program in lower-case hexadecimal.
func Digest(program []byte) string {
	sum := sha256.Sum256(program)
	return hex.EncodeToString(sum[:])
}

// DigestFile is the SHA-256 of the file at path in lower-case hexadecimal.
func DigestFile(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// WriteFile replaces the file at path in one step: readers see the old bytes
// or the new, and after a crash one of the two is there.
func WriteFile(path string, data []byte, mode os.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(f.Name(), path)
}
