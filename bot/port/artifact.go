package port

import (
	"context"
	"time"
)

// Artifacts looks built artifacts up where they are kept.
type Artifacts interface {
	// Artifact returns what the repository holds for a version, its bytes hashed now. effect.ErrNotFound: no such version.
	Artifact(ctx context.Context, service, version string) (Artifact, error)
	// Versions lists a service's versions, oldest build first.
	Versions(ctx context.Context, service string) ([]string, error)
}

// Artifact is one built version. Missing metadata is left zero: a gate names what is missing.
type Artifact struct {
	Service  string `json:"service"`
	Version  string `json:"version"`
	Location string `json:"location,omitempty"`
	// Digest is the SHA-256 of the bytes as they are now; Declared is the one its build published. Both hex.
	Digest   string `json:"digest"`
	Declared string `json:"declared"`
	Size     int64  `json:"size"` // bytes
	Build    Build  `json:"build"`
	Source   Source `json:"source"`
}

// Build is the metadata that every production artifact must carry.
type Build struct {
	Commit   string    `json:"commit,omitempty"`
	At       time.Time `json:"at,omitzero"`
	RunID    string    `json:"run_id,omitempty"`
	Pipeline string    `json:"pipeline,omitempty"`
	// Authors are commit author addresses: forgeable, so they may add a conflict of duties and never remove one.
	Authors []string `json:"authors,omitempty"`
	// Changes are the work items or commit subjects in this version.
	Changes      []string `json:"changes,omitempty"`
	LinesChanged *int     `json:"lines_changed,omitempty"` // nil: the build does not say
}

// Source says where a fact came from and when it was read.
type Source struct {
	System string    `json:"system"`
	At     time.Time `json:"at"`
}
