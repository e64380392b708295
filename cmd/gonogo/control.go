package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// controlSocket in the data folder is where commands reach the bot that holds it. Its file mode lets in the bot's own user
// alone, who could read the store anyway.
const controlSocket = "gonogo.sock"

// Trailers of an answer: how the operation ended is known only after what it printed.
const (
	statusTrailer = "Gonogo-Status"
	faultTrailer  = "Gonogo-Fault"
)

// control serves the operations of the running bot.
type control struct {
	server *http.Server
	listen net.Listener
	path   string
	folder *os.File
}

func listenControl(i *instance) (*control, error) {
	data := i.config.Operations.Data
	c := &control{path: filepath.Join(data, controlSocket)}
	// The store is held by this process: a socket that is there was left by one that was killed.
	if err := os.Remove(c.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	address, folder, err := socketAddress(data)
	if err != nil {
		return nil, err
	}
	c.folder = folder
	if c.listen, err = net.Listen("unix", address); err == nil {
		err = os.Chmod(c.path, 0o600)
	}
	if err != nil {
		return nil, fmt.Errorf("make the control socket: %w", err)
	}
	mux := http.NewServeMux()
	for name, op := range operations {
		mux.HandleFunc("POST /"+name, func(w http.ResponseWriter, r *http.Request) { answer(w, r, i.site(), op) })
	}
	c.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	return c, nil
}

func (c *control) serve(ctx context.Context) {
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		c.shutdown()
		close(done)
	})
	_ = c.server.Serve(c.listen)
	if !stop() {
		<-done // a backup under way ends first
	}
}

func (c *control) shutdown() {
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	if c.server.Shutdown(ctx) != nil {
		_ = c.server.Close()
	}
}

func (c *control) close() error {
	err := c.server.Close()
	if c.folder != nil {
		err = errors.Join(err, c.folder.Close())
	}
	if gone := os.Remove(c.path); !errors.Is(gone, fs.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

func answer(w http.ResponseWriter, r *http.Request, s *site, op operation) {
	args := r.URL.Query()
	err := op(r.Context(), s, args, w)
	e := exit{status: exitDone}
	if err != nil {
		e = exit{status: exitFailed, err: err}
		errors.As(err, &e)
	}
	// An answer that was sent in pieces has room for trailers; a short one would go out whole, without them.
	_ = http.NewResponseController(w).Flush()
	w.Header().Set(http.TrailerPrefix+statusTrailer, strconv.Itoa(e.status))
	if e.err != nil {
		w.Header().Set(http.TrailerPrefix+faultTrailer, url.QueryEscape(e.err.Error()))
	}
}

// errNobody says that no bot works on the data folder.
var errNobody = errors.New("no bot works on this data folder")

// callControl has the bot that holds the data folder do an operation.
func callControl(ctx context.Context, data, name string, args url.Values, out io.Writer) error {
	address, folder, err := socketAddress(data)
	if err != nil {
		return err
	}
	if folder != nil {
		defer folder.Close()
	}
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "unix", address)
	}}}
	defer client.CloseIdleConnections()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://gonogo/"+name+"?"+args.Encode(), nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) {
		return errNobody
	}
	if err != nil {
		return fmt.Errorf("ask the bot that works on %s: %w", data, err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(out, response.Body); err != nil {
		return fmt.Errorf("the bot's answer ended early: %w", err)
	}
	status, err := strconv.Atoi(response.Trailer.Get(statusTrailer))
	if err != nil {
		return fmt.Errorf("the bot that works on %s knows no %s: is it another version?", data, name)
	}
	if fault, err := url.QueryUnescape(response.Trailer.Get(faultTrailer)); err == nil && fault != "" {
		return exit{status, errors.New(fault)}
	}
	if status != exitDone {
		return exit{status: status}
	}
	return nil
}

// socketLimit is the longest path that a socket may have, in bytes: sun_path of sockaddr_un has 108 on Linux and 104
// elsewhere, its end included.
const socketLimit = 103

// socketAddress is the socket's path, or, where that is too long, one through the open folder, which is returned too.
func socketAddress(data string) (string, *os.File, error) {
	path := filepath.Join(data, controlSocket)
	if len(path) <= socketLimit {
		return path, nil, nil
	}
	f, err := os.Open(data)
	if err != nil {
		return "", nil, err
	}
	return fmt.Sprintf("/proc/self/fd/%d/%s", f.Fd(), controlSocket), f, nil
}
