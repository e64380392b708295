package main

import (
	"fmt"
	"runtime/debug"
)

type versionCommand struct{}

// Run prints the version.
func (versionCommand) Run(s streams) error {
	b := build()
	fmt.Fprintf(s.out, "gonogo %s (commit %s, %s)\n", b.version, b.commit, b.toolchain)
	return nil
}

// built is where this program comes from.
type built struct{ version, commit, toolchain string }

// build reads what the Go toolchain noted in the program.
func build() built {
	b := built{version: "unknown", commit: "unknown", toolchain: "unknown"}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.version, b.toolchain = info.Main.Version, info.GoVersion
	changed := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.commit = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			changed = "+changes"
		}
	}
	b.commit += changed
	return b
}
