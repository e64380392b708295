package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// locationFile in the data folder says where the bot that last worked there had the rest of what it needs, so that
// commands given the data folder alone find it too.
const locationFile = "location.json"

// location holds absolute paths.
type location struct {
	Config string `json:"config"`
	Keys   string `json:"keys"`
	// Folder is the one that relative paths in the configuration start from.
	Folder string `json:"folder"`
	// Listen stands in for the configured address, where the command line said another.
	Listen string `json:"listen"`
}

func note(i *instance) error {
	var l location
	var err error
	if l.Config, err = filepath.Abs(i.file); err != nil {
		return err
	}
	if l.Keys, err = filepath.Abs(keysIn(i.config.Operations.Data, i.options.keys)); err != nil {
		return err
	}
	if l.Folder, err = os.Getwd(); err != nil {
		return err
	}
	l.Listen = i.listen.Addr().String()
	b, err := json.MarshalIndent(l, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(i.config.Operations.Data, locationFile), append(b, '\n'), 0o600)
}

// located reads the note; where there is none, nothing is known.
func located(data string) (l location, err error) {
	b, err := os.ReadFile(filepath.Join(data, locationFile))
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	return l, json.Unmarshal(b, &l)
}
