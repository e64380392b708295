package artifactdir

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// manifest is what a build publishes beside its artifact. Fields that it does not know are left alone: builds publish
// more than the bot reads.
type manifest struct {
	Service      string    `json:"service"`
	Version      string    `json:"version"`
	SHA256       string    `json:"sha256"`
	Size         int64     `json:"size"`
	Commit       string    `json:"commit"`
	BuiltAt      time.Time `json:"built_at"`
	RunID        string    `json:"run_id"`
	Pipeline     string    `json:"pipeline"`
	Authors      []string  `json:"authors"`
	Changes      []string  `json:"changes"`
	LinesChanged *int      `json:"lines_changed"`
}

const maxManifest = 1 << 20 // bytes

func readManifest(_ context.Context, f *os.File) (manifest, error) {
	var m manifest
	b, err := io.ReadAll(io.LimitReader(f, maxManifest+1))
	if err != nil {
		return m, err
	}
	if len(b) > maxManifest {
		return m, fmt.Errorf("more than %d bytes", maxManifest)
	}
	return m, json.Unmarshal(b, &m)
}

var digest = regexp.MustCompile(`^[0-9a-f]{64}$`)

// check finds what would make the manifest speak of something else, or of nothing.
func (m manifest) check(service, version string) error {
	switch {
	case m.Service != "" && m.Service != service, m.Version != "" && m.Version != version:
		return fmt.Errorf("it is of %q %q", m.Service, m.Version)
	case m.SHA256 != "" && !digest.MatchString(m.SHA256):
		return errors.New("sha256 is not 64 lower-case hex digits")
	case m.Size < 0 || m.LinesChanged != nil && *m.LinesChanged < 0:
		return errors.New("size or lines_changed is negative")
	}
	return nil
}

func (m manifest) build() port.Build {
	return port.Build{
		Commit: m.Commit, At: m.BuiltAt, RunID: m.RunID, Pipeline: m.Pipeline,
		Authors: m.Authors, Changes: m.Changes, LinesChanged: m.LinesChanged,
	}
}
