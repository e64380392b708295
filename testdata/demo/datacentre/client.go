package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	dialTimeout  = 2 * time.Second
	cancelGrace  = 30 * time.Second // a cancelled run has this long to say how it ended
	waitInterval = 20 * time.Millisecond
)

var errUnreachable = errors.New("no data centre answers for this state folder")

func deployCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var state string
	var o order
	flags := flag.NewFlagSet("datacentre deploy", flag.ContinueOnError)
	flags.StringVar(&state, "state", "", "state folder of the data centre (required)")
	flags.StringVar(&o.Service, "service", "", "service to deploy (required)")
	flags.StringVar(&o.Env, "env", "", "environment to deploy to (required)")
	flags.StringVar(&o.Version, "version", "", "version to deploy (required)")
	flags.StringVar(&o.SHA256, "sha256", "", "SHA-256 of the artifact (required)")
	flags.StringVar(&o.Key, "key", "", "key that names this run for good (required)")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	return ask(ctx, state, request{Op: "deploy", Order: o}, stdout, stderr)
}

func cancelCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var state, key string
	flags := flag.NewFlagSet("datacentre cancel", flag.ContinueOnError)
	flags.StringVar(&state, "state", "", "state folder of the data centre (required)")
	flags.StringVar(&key, "key", "", "key of the run (required)")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	return ask(ctx, state, request{Op: "cancel", Key: key}, stdout, stderr)
}

func runsCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var state, key string
	flags := flag.NewFlagSet("datacentre runs", flag.ContinueOnError)
	flags.StringVar(&state, "state", "", "state folder of the data centre (required)")
	flags.StringVar(&key, "key", "", "key of the one run to show")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	return ask(ctx, state, request{Op: "runs", Key: key}, stdout, stderr)
}

func statusCommand(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var state string
	var wait time.Duration
	flags := flag.NewFlagSet("datacentre status", flag.ContinueOnError)
	flags.StringVar(&state, "state", "", "state folder of the data centre (required)")
	flags.DurationVar(&wait, "wait", 0, "wait so long for the data centre to be ready")
	if status, ok := parseFlags(flags, args, stderr); !ok {
		return status
	}
	deadline := time.Now().Add(wait)
	for {
		var out, errs bytes.Buffer
		code := ask(ctx, state, request{Op: "status"}, &out, &errs)
		var now standings
		ready := code == exitDone && json.Unmarshal(out.Bytes(), &now) == nil && now.Ready
		if ready || code == exitUsage || time.Now().After(deadline) || !pause(ctx, waitInterval) {
			if wait > 0 && code == exitDone && !ready {
				code = exitUnknown
			}
			io.Copy(stdout, &out)
			io.Copy(stderr, &errs)
			return code
		}
	}
}

// ask sends one request and prints what comes back. When ctx ends, a deploy is
// cancelled and still waits for its outcome.
func ask(ctx context.Context, state string, req request, stdout, stderr io.Writer) int {
	if state == "" {
		return usage(stderr, errors.New("-state DIR is required"))
	}
	conn, err := dial(state)
	if err != nil {
		fmt.Fprintln(stderr, "datacentre:", err)
		return exitUnknown
	}
	defer conn.Close()
	out := json.NewEncoder(conn)
	if err := out.Encode(req); err != nil {
		fmt.Fprintln(stderr, "datacentre:", errUnreachable)
		return exitUnknown
	}
	stop := context.AfterFunc(ctx, func() {
		conn.SetReadDeadline(time.Now().Add(cancelGrace))
		out.Encode(request{Op: "cancel"})
	})
	defer stop()
	for in := json.NewDecoder(conn); ; {
		var r reply
		if err := in.Decode(&r); err != nil {
			fmt.Fprintln(stderr, "datacentre: lost the data centre: the outcome is unknown, ask again with the same key")
			return exitUnknown
		}
		to := stdout
		if r.Code == exitUsage || r.Code == exitUnknown {
			to = stderr
		}
		if r.Line != "" {
			fmt.Fprintln(to, r.Line)
		}
		if r.Body != nil {
			var pretty bytes.Buffer
			if json.Indent(&pretty, r.Body, "", "  ") == nil {
				fmt.Fprintln(to, pretty.String())
			}
		}
		if r.Done {
			return r.Code
		}
	}
}

func dial(state string) (net.Conn, error) {
	path, err := os.ReadFile(filepath.Join(state, "socket"))
	if err != nil {
		return nil, errUnreachable
	}
	conn, err := net.DialTimeout("unix", strings.TrimSpace(string(path)), dialTimeout)
	if err != nil {
		return nil, errUnreachable
	}
	return conn, nil
}
