package config

import (
	_ "embed"
	"slices"
)

//go:embed starting.yaml
var starting []byte

// Starting is the commented file that a new installation begins with. It loads as it is.
func Starting() []byte { return slices.Clone(starting) }
