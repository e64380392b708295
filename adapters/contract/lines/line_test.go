package lines_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	toxic "github.com/Shopify/toxiproxy/v2/client"
	"github.com/rs/zerolog"
)

// proxies is Toxiproxy in this process: proxies on loopback, to be told over its API what becomes of their connections.
func proxies(t *testing.T) *toxic.Client {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	api := httptest.NewServer(server.Routes())
	t.Cleanup(func() {
		api.Close()
		_ = server.Collection.Clear()
	})
	return toxic.NewClient(api.URL)
}

// fault is one way for a line to be bad.
type fault struct {
	name   string
	damage func(*toxic.Proxy) error
	// spares says at which moments an attempt may succeed though the fault has struck.
	spares []moment
}

// with is a fault by a toxic, in the direction that answers take, or that requests do.
func with(kind, stream string, attributes toxic.Attributes) func(*toxic.Proxy) error {
	return func(p *toxic.Proxy) error {
		_, err := p.AddToxic("", kind, stream, 1, attributes)
		return err
	}
}

var faults = []fault{
	{"reset", with("reset_peer", "downstream", toxic.Attributes{"timeout": 0}), nil},
	{"cut in the head of an answer", with("limit_data", "downstream", toxic.Attributes{"bytes": 20}), nil},
	{"cut within an answer", with("limit_data", "downstream", toxic.Attributes{"bytes": 600}), moments},
	{"cut within a request", with("limit_data", "upstream", toxic.Attributes{"bytes": 150}), []moment{arrived}},
	{"silence", with("timeout", "downstream", toxic.Attributes{"timeout": 0}), nil},
	{"refused", (*toxic.Proxy).Disable, nil},
	{"late", with("latency", "downstream", toxic.Attributes{"latency": 10, "jitter": 8}), moments},
	{"sliced", with("slicer", "downstream", toxic.Attributes{"average_size": 64, "size_variation": 32, "delay": 50}), moments},
}

// moment is when a fault strikes.
type moment string

// The moments. At both of the later ones the line was good until then, and its connections are in use.
const (
	fromTheStart moment = "from the start"
	goingOut     moment = "as the request goes out" // before anything of it is on the line
	arrived      moment = "as the request has come" // the other side has it, and no answer is on the line
)

var moments = []moment{fromTheStart, goingOut, arrived}

// line leads to a server, through a proxy. It is the server's door and its clients' http.RoundTripper, so that it sees both ends.
type line struct {
	t      *testing.T
	api    *toxic.Client
	server *httptest.Server
	under  *http.Transport
	// crucial are the requests that start, open or page something.
	crucial func(*http.Request) bool

	mu     sync.Mutex
	proxy  *toxic.Proxy
	fault  *fault // that is to strike
	when   moment
	struck bool
	laid   int
}

// lay makes a good line to a handler.
func lay(t *testing.T, h http.Handler, crucial func(*http.Request) bool) *line {
	t.Helper()
	l := &line{t: t, api: proxies(t), crucial: crucial}
	l.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		l.pass(arrived, r)
		h.ServeHTTP(w, r)
	}))
	l.under = &http.Transport{DialContext: l.dial}
	l.anew()
	t.Cleanup(func() {
		l.under.CloseIdleConnections()
		l.server.CloseClientConnections()
		l.server.Close()
	})
	return l
}

// anew mends the line by another proxy; what is on the one before breaks off. Toxics are not taken from a proxy: what they hold may be for
// connections whose client is gone, and Toxiproxy waits for those.
func (l *line) anew() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.laid++
	next, err := l.api.CreateProxy(fmt.Sprint("line ", l.laid), "127.0.0.1:0", strings.TrimPrefix(l.server.URL, "http://"))
	if err != nil {
		l.t.Fatal(err)
	}
	if l.proxy != nil {
		if err := l.proxy.Delete(); err != nil {
			l.t.Error(err)
		}
	}
	l.proxy, l.fault, l.struck = next, nil, false
}

// spoil makes the line go bad at a moment.
func (l *line) spoil(f fault, when moment) {
	l.mu.Lock()
	l.fault, l.when = &f, when
	l.mu.Unlock()
	if when == fromTheStart {
		l.under.CloseIdleConnections()
		l.strike()
	}
}

// strike makes the line bad, once.
func (l *line) strike() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fault == nil {
		return
	}
	if err := l.fault.damage(l.proxy); err != nil {
		l.t.Errorf("%s: %v", l.fault.name, err)
	}
	l.fault, l.struck = nil, true
}

// pass is told of each request at both ends.
func (l *line) pass(at moment, r *http.Request) {
	l.mu.Lock()
	due := l.fault != nil && l.when == at && l.crucial(r)
	l.mu.Unlock()
	if !due {
		return
	}
	if at == goingOut {
		l.under.CloseIdleConnections() // a connection made now meets the fault from its beginning
	}
	l.strike()
}

// spoiled reports whether a fault has struck, or is going to.
func (l *line) spoiled() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.struck || l.fault != nil
}

// RoundTrip implements http.RoundTripper.
func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.pass(goingOut, r)
	return l.under.RoundTrip(r)
}

// dial leads every address to the proxy.
func (l *line) dial(ctx context.Context, network, _ string) (net.Conn, error) {
	l.mu.Lock()
	at := l.proxy.Listen
	l.mu.Unlock()
	return new(net.Dialer).DialContext(ctx, network, at)
}
