package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"
)

const smokeTimeout = 3 * time.Second

// smokeCommand makes one business transaction through the front of a service
// and checks who answered.
func smokeCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var state, service, env, version string
	flags := flag.NewFlagSet("datacentre smoke", flag.ContinueOnError)
	flags.StringVar(&state, "state", "", "state folder of the data centre (required)")
	flags.StringVar(&service, "service", "", "service to try (required)")
	flags.StringVar(&env, "env", "", "environment to try (required)")
	flags.StringVar(&version, "version", "", "version that must answer (default: the one placed there)")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	var text bytes.Buffer
	if code := ask(ctx, state, request{Op: "status"}, &text, stderr); code != exitDone {
		return code
	}
	var all standings
	if err := json.Unmarshal(text.Bytes(), &all); err != nil {
		fmt.Fprintln(stderr, "datacentre: status can't be read:", err)
		return exitUnknown
	}
	at, known := all.Services[env+"/"+service]
	if !known {
		return usage(stderr, fmt.Errorf("there is no %q in %q", service, env))
	}
	if version == "" {
		version = at.Version
	}
	begun := time.Now()
	checksum, err := transaction(ctx, at.URL, version)
	if err != nil {
		fmt.Fprintf(stdout, "smoke %s/%s %s: %v\n", env, service, version, err)
		return exitNotDone
	}
	fmt.Fprintf(stdout, "smoke %s/%s %s: ok, receipt %s in %d ms\n", env, service, version, checksum, time.Since(begun).Milliseconds())
	return exitDone
}

func transaction(ctx context.Context, url, version string) (checksum string, err error) {
	ctx, cancel := context.WithTimeout(ctx, smokeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+"/work?amount=1250", nil)
	if err != nil {
		return "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if errors.Is(err, context.DeadlineExceeded) {
		return "", fmt.Errorf("no answer within %s", smokeTimeout)
	}
	if err != nil {
		return "", errors.New("no connection")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return "", fmt.Errorf("answered %s", resp.Status)
	}
	var got struct {
		Version, Checksum string
		Amount            int64
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, 1<<16)).Decode(&got); err != nil {
		return "", errors.New("the receipt can't be read")
	}
	if got.Version != version || got.Amount != 1250 || got.Checksum == "" {
		return "", fmt.Errorf("version %s answered", got.Version)
	}
	return got.Checksum, nil
}
