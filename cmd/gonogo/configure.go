package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/gonogo-chat/gonogo/config"
)

type initCommand struct {
	File   string `arg:"" optional:"" default:"gonogo.yaml" help:"File to write; it must not be there yet."`
	Preset string `enum:"startup,standard,sox" default:"standard" help:"What to begin from: startup (few people), standard, or sox (all duties apart)."`
	Dir    string `help:"Folder to write it in; it is made if it is not there."`
}

// Run writes a configuration to begin from.
func (c initCommand) Run(s streams) error {
	text, ok := config.Preset(c.Preset)
	if !ok {
		return usage("there is no preset %s", c.Preset)
	}
	file := filepath.Join(c.Dir, c.File)
	if c.Dir != "" {
		if err := os.MkdirAll(c.Dir, 0o755); err != nil {
			return exit{exitFailed, err}
		}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return usage("%s is there already: nothing was written", file)
	}
	if err != nil {
		return exit{exitFailed, err}
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Close()); err != nil {
		return exit{exitFailed, err}
	}
	fmt.Fprintf(s.out, "%s is written. Change it, then: gonogo config check %s, and gonogo serve --config %s\n", file, file, file)
	return nil
}

type configSchemaCommand struct{}

// Run prints the schema.
func (configSchemaCommand) Run(s streams) error {
	schema, err := config.Schema()
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s\n", schema)
	return nil
}

type configCheckCommand struct {
	File string `arg:"" optional:"" default:"gonogo.yaml" help:"File to check."`
}

// Run says what is wrong with the file: exit status 1 if anything is.
func (c configCheckCommand) Run(s streams) error {
	loaded, err := load(c.File)
	if err == nil {
		err = checkAdapters(loaded)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return usage("%w", err)
	}
	if err != nil {
		fmt.Fprintln(s.out, err)
		return exit{status: exitFailed}
	}
	fmt.Fprintf(s.out, "%s is good: %d services, %d environments, %d people.\n",
		c.File, len(loaded.Services), len(loaded.Environments), len(loaded.People))
	return nil
}

// load reads a configuration file.
func load(file string) (*config.Config, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return config.Load(b, file)
}
