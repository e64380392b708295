package config

import (
	"bytes"
	"embed"
)

//go:embed starting.yaml
var starting []byte

//go:embed presets
var presets embed.FS

// Starting is a commented configuration to begin from.
func Starting() []byte { return bytes.Clone(starting) }

// StandardPreset is the preset that Starting returns.
const StandardPreset = "standard"

// Presets names the configurations to begin from, the least strict first.
func Presets() []string { return []string{"startup", StandardPreset, "sox"} }

// Preset is a commented configuration to begin from, and whether there is one of that name.
func Preset(name string) ([]byte, bool) {
	if name == StandardPreset {
		return Starting(), true
	}
	text, err := presets.ReadFile("presets/" + name + ".yaml")
	return text, err == nil
}
