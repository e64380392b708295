// Package memnet is a network within the process, for tests: hosts are names, connections are pipes. Inside a synctest bubble
// everything over it waits and advances with the bubble's clock, which real sockets do not.
package memnet

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Net is a set of hosts that listen. The zero value is ready to use.
type Net struct {
	mu    sync.Mutex
	hosts map[string]*listener
	conns map[string]map[net.Conn]bool // open, by host
}

// Listen makes a host reachable under a name with any port.
func (n *Net) Listen(host string) net.Listener {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.hosts == nil {
		n.hosts, n.conns = map[string]*listener{}, map[string]map[net.Conn]bool{}
	}
	l := &listener{net: n, host: host, accept: make(chan net.Conn), closed: make(chan struct{})}
	n.hosts[host] = l
	return l
}

// Serve serves HTTP on a host until stop is called; stop waits for nothing.
func (n *Net) Serve(host string, h http.Handler) (stop func()) {
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	l := n.Listen(host)
	go func() { _ = s.Serve(l) }()
	return func() { _ = s.Close() }
}

// DialContext connects to a host, whatever the port.
func (n *Net) DialContext(ctx context.Context, _, address string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	n.mu.Lock()
	l := n.hosts[host]
	n.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("memnet: nobody listens on %s", host)
	}
	near, far := pipe(address, host)
	c := &conn{Conn: near, forget: func() {}}
	n.mu.Lock()
	if n.conns[host] == nil {
		n.conns[host] = map[net.Conn]bool{}
	}
	n.conns[host][near] = true
	n.mu.Unlock()
	c.forget = sync.OnceFunc(func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		delete(n.conns[host], near)
	})
	select {
	case l.accept <- far:
		return c, nil
	case <-l.closed:
		return nil, fmt.Errorf("memnet: %s has stopped listening", host)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Client is an HTTP client that reaches the net's hosts under http and https alike, and keeps no idle connections: they would
// hold a bubble open.
func (n *Net) Client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.DialContext, DialTLSContext: n.DialContext, DisableKeepAlives: true}}
}

// Cut breaks every connection to a host.
func (n *Net) Cut(host string) {
	n.mu.Lock()
	var open []net.Conn
	for c := range n.conns[host] {
		open = append(open, c)
	}
	n.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

type conn struct {
	net.Conn
	forget func()
}

func (c *conn) Close() error {
	c.forget()
	return c.Conn.Close()
}

type listener struct {
	net    *Net
	host   string
	accept chan net.Conn
	once   sync.Once
	closed chan struct{}
}

var errClosed = errors.New("memnet: listener closed")

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.accept:
		return c, nil
	case <-l.closed:
		return nil, errClosed
	}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.once.Do(func() { close(l.closed) })
	l.net.mu.Lock()
	defer l.net.mu.Unlock()
	if l.net.hosts[l.host] == l {
		delete(l.net.hosts, l.host)
	}
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return addr(l.host) }

type addr string

// Network implements net.Addr.
func (addr) Network() string { return "memnet" }

// String implements net.Addr.
func (a addr) String() string { return string(a) }
