package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// request is what a client sends: one object, and later perhaps a cancel on
// the same connection.
type request struct {
	Op    string `json:"op"` // deploy, cancel, status, runs
	Order order  `json:"order,omitzero"`
	Key   string `json:"key,omitempty"`
}

// reply is what it gets: any number of lines, then one reply with Done.
type reply struct {
	Line string          `json:"line,omitempty"`
	Body json.RawMessage `json:"body,omitempty"`
	Done bool            `json:"done,omitempty"`
	Code int             `json:"code,omitempty"` // exit status
}

const (
	maxSocketPath  = 100     // bytes; sun_path holds 104 on macOS and 108 on Linux, with the final zero
	maxRequest     = 1 << 16 // bytes on one connection
	requestTimeout = 10 * time.Second
)

// listenSocket opens the socket of the state folder, or one in a short
// temporary folder where its path would be too long, and notes where.
func listenSocket(state string) (net.Listener, error) {
	note := filepath.Join(state, "socket")
	if old, err := os.ReadFile(note); err == nil {
		removeSocket(state, strings.TrimSpace(string(old)))
	}
	path := filepath.Join(state, "dc.sock")
	if len(path) > maxSocketPath {
		dir, err := os.MkdirTemp("/tmp", "datacentre-")
		if err != nil {
			return nil, err
		}
		path = filepath.Join(dir, "s")
	}
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	// The state folder, and a temporary one, are already closed to others.
	if err := errors.Join(os.Chmod(path, 0o600), artifact.WriteFile(note, []byte(path+"\n"), 0o600)); err != nil {
		ln.Close()
		return nil, err
	}
	return shortLived{ln, state, path}, nil
}

// shortLived removes a socket's temporary folder with the socket.
type shortLived struct {
	net.Listener
	state, path string
}

func (l shortLived) Close() error {
	err := l.Listener.Close()
	removeSocket(l.state, l.path)
	return err
}

func removeSocket(state, path string) {
	os.Remove(path)
	if dir := filepath.Dir(path); dir != state && strings.HasPrefix(filepath.Base(dir), "datacentre-") {
		os.Remove(dir) // refuses a folder that holds anything else
	}
}

func (c *centre) serveSocket(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			c.converse(conn)
		}()
	}
}

func (c *centre) converse(conn net.Conn) {
	conn.SetReadDeadline(time.Now().Add(requestTimeout))
	in, out := json.NewDecoder(io.LimitReader(conn, maxRequest)), json.NewEncoder(conn)
	var req request
	if err := in.Decode(&req); err != nil {
		return
	}
	conn.SetReadDeadline(time.Time{})
	switch req.Op {
	case "status":
		out.Encode(body(c.standings()))
	case "runs":
		out.Encode(body(c.records(req.Key)))
	case "cancel":
		if c.cancelRun(req.Key) {
			out.Encode(reply{Done: true, Line: "asked the run to stop"})
			return
		}
		out.Encode(reply{Done: true, Code: exitNotDone, Line: "no run with this key is under way"})
	case "deploy":
		out.Encode(c.converseDeploy(req.Order, in, out))
	default:
		out.Encode(reply{Done: true, Code: exitUsage, Line: fmt.Sprintf("unknown request %q", req.Op)})
	}
}

// converseDeploy begins or finds the run and tells its lines. A client that
// goes away without a cancel leaves the run running.
func (c *centre) converseDeploy(o order, in *json.Decoder, out *json.Encoder) reply {
	if err := c.check(o); err != nil {
		return reply{Done: true, Code: exitUsage, Line: err.Error()}
	}
	r, err := c.deploy(o)
	if reused := (keyReused{}); errors.As(err, &reused) {
		return reply{Done: true, Code: exitUsage, Line: err.Error()}
	}
	if err != nil {
		return reply{Done: true, Code: exitUnknown, Line: err.Error()}
	}
	ctx, gone := context.WithCancel(context.Background())
	defer gone()
	go func() {
		defer gone()
		var next request
		for in.Decode(&next) == nil {
			if next.Op == "cancel" {
				r.cancel(errCancelled)
			}
		}
	}()
	outcome, err := r.follow(ctx, func(line string) error { return out.Encode(reply{Line: line}) })
	switch {
	case err != nil:
		return reply{Done: true, Code: exitUnknown}
	case outcome == outcomeSucceeded:
		return reply{Done: true}
	}
	return reply{Done: true, Code: exitNotDone}
}

var (
	keyPattern    = regexp.MustCompile(`^[!-~]{1,200}$`)
	digestPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// check refuses an order that could never be carried out, before anything of
// it is kept.
func (c *centre) check(o order) error {
	if err := artifact.CheckName(o.Service, o.Version); err != nil {
		return err
	}
	if c.slots[o.slot()] == nil {
		return fmt.Errorf("there is no %s in %q: services are %s, environments %s",
			o.Service, o.Env, strings.Join(c.settings.services, ", "), strings.Join(c.settings.envs, ", "))
	}
	if !digestPattern.MatchString(o.SHA256) {
		return errors.New("-sha256 is 64 lower-case hexadecimal digits")
	}
	if !keyPattern.MatchString(o.Key) {
		return errors.New("-key is 1 to 200 printable ASCII characters without spaces")
	}
	return nil
}

func body(v any) reply {
	text, err := json.Marshal(v)
	if err != nil {
		return reply{Done: true, Code: exitUnknown, Line: err.Error()}
	}
	return reply{Done: true, Body: text}
}
