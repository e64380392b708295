package artifact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Module is the module whose checkout holds the sample service.
const Module = "github.com/gonogo-chat/gonogo"

// Checkout finds the checkout that holds dir: the nearest folder upwards whose
// go.mod is that of Module.
func Checkout(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := abs; ; d = filepath.Dir(d) {
		text, err := os.ReadFile(filepath.Join(d, "go.mod"))
		if err == nil {
			first, _, _ := strings.Cut(string(text), "\n")
			if strings.TrimSpace(first) == "module "+Module {
				return d, nil
			}
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("%s is not inside a checkout of %s", abs, Module)
		}
	}
}

// Compile builds the sample service from the checkout and returns the
// executable's bytes, which carry no stanza yet. Version control stamps are
// left out, so the same source gives the same bytes.
func Compile(ctx context.Context, checkout string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "shop-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "shop")
	cmd := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-ldflags=-s -w", "-o", out, "./testdata/demo/shop")
	cmd.Dir = checkout
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("go build: %w", err), errors.New(strings.TrimSpace(said.String())))
	}
	return os.ReadFile(out)
}
