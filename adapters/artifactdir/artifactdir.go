// Package artifactdir reads artifacts from a folder: DIR/<service>/<version>/artifact, with what its build published in
// manifest.json beside it.
package artifactdir

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the artifact folder.
type Settings struct {
	Dir string `yaml:"dir" doc:"folder with DIR/<service>/<version>/artifact and manifest.json" required:"true"`
}

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	if s.Dir == "" {
		return errors.New("dir: a folder is needed")
	}
	return nil
}

// The files of a version.
const (
	artifactName = "artifact"
	manifestName = "manifest.json"
)

// Adapter is a port.Artifacts over a folder.
type Adapter struct {
	dir       string
	clock     func() time.Time
	digests   *cache[string]
	manifests *cache[manifest]
}

var _ port.Artifacts = (*Adapter)(nil)

// New names the folder, which is opened anew for each look-up: it may be mounted later.
func New(s Settings, clock func() time.Time) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clock == nil {
		return nil, errors.New("the artifact folder needs a clock")
	}
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return nil, err
	}
	return &Adapter{dir: dir, clock: clock, digests: newCache[string](), manifests: newCache[manifest]()}, nil
}

// name is what services and versions may be called: one element of a path, never a hidden one.
var name = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._+~-]{0,127}$`)

// Artifact hashes the artifact's bytes as they are now; a file that has not changed since is not read again. A manifest
// that is missing leaves its fields zero, one that is malformed or another version's is an error.
func (a *Adapter) Artifact(ctx context.Context, service, version string) (port.Artifact, error) {
	if !name.MatchString(service) || !name.MatchString(version) {
		return port.Artifact{}, effect.ErrNotFound
	}
	root, err := os.OpenRoot(a.dir)
	if err != nil {
		return port.Artifact{}, fmt.Errorf("the artifact folder: %w", err)
	}
	defer root.Close()
	folder := path.Join(service, version)
	out := port.Artifact{
		Service: service, Version: version, Location: filepath.Join(a.dir, service, version, artifactName),
		Source: port.Source{System: "artifactdir", At: a.clock().UTC()},
	}
	out.Digest, out.Size, err = lookUp(ctx, a, root, a.digests, path.Join(folder, artifactName), hash)
	if errors.Is(err, fs.ErrNotExist) {
		return port.Artifact{}, effect.ErrNotFound
	}
	if err != nil {
		return port.Artifact{}, fmt.Errorf("artifact %s: %w", folder, err)
	}
	m, _, err := lookUp(ctx, a, root, a.manifests, path.Join(folder, manifestName), readManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = m.check(service, version)
	}
	if err != nil {
		return port.Artifact{}, fmt.Errorf("manifest %s: %w", path.Join(folder, manifestName), err)
	}
	out.Declared, out.Build = m.SHA256, m.build()
	return out, nil
}

// Versions lists by the build time of the manifests; versions without a readable one come first. An unknown service is
// effect.ErrNotFound.
func (a *Adapter) Versions(ctx context.Context, service string) ([]string, error) {
	if !name.MatchString(service) {
		return nil, effect.ErrNotFound
	}
	root, err := os.OpenRoot(a.dir)
	if err != nil {
		return nil, fmt.Errorf("the artifact folder: %w", err)
	}
	defer root.Close()
	entries, err := fs.ReadDir(root.FS(), service)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, effect.ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("versions of %s: %w", service, err)
	}
	type built struct {
		version string
		at      time.Time
	}
	var all []built
	for _, e := range entries {
		if !name.MatchString(e.Name()) {
			continue
		}
		folder := path.Join(service, e.Name())
		if fi, err := root.Stat(path.Join(folder, artifactName)); err != nil || !fi.Mode().IsRegular() {
			continue
		}
		m, _, err := lookUp(ctx, a, root, a.manifests, path.Join(folder, manifestName), readManifest)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			m = manifest{}
		}
		all = append(all, built{e.Name(), m.BuiltAt})
	}
	slices.SortFunc(all, func(a, b built) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.version, b.version))
	})
	versions := make([]string, len(all))
	for i, b := range all {
		versions[i] = b.version
	}
	return versions, nil
}

// hash reads in pieces, so that a large artifact does not outlast its context.
func hash(ctx context.Context, f *os.File) (string, error) {
	h := sha256.New()
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		_, err := io.CopyN(h, f, 4<<20)
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err != nil {
			return "", err
		}
	}
}
