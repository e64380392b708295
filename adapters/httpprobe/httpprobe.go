// Package httpprobe makes single HTTP requests against running versions: health checks and smoke tests.
package httpprobe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the prober.
type Settings struct {
	MaxBody   int64  `yaml:"max_body" doc:"bytes of an answer that are read; 1048576 if not given"`
	UserAgent string `yaml:"user_agent" doc:"how the prober names itself; gonogo-probe if not given"`
}

// The values of settings not given, and of fields not given in a probe.
const (
	DefaultMaxBody   = 1 << 20
	DefaultUserAgent = "gonogo-probe"
	DefaultTimeout   = 2 * time.Second
	maxRedirects     = 5
)

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	if s.MaxBody < 0 {
		faults = append(faults, fmt.Errorf("max_body: %d is negative", s.MaxBody))
	}
	if strings.ContainsAny(s.UserAgent, "\r\n") {
		faults = append(faults, errors.New("user_agent: is more than a line"))
	}
	return errors.Join(faults...)
}

// Adapter is a port.Prober over HTTP.
type Adapter struct {
	settings Settings
	clock    func() time.Time
	client   *http.Client
}

var _ port.Prober = (*Adapter)(nil)

// New makes the prober. Every probe makes a connection of its own: one kept alive would reach a process that takes no
// new ones.
func New(s Settings, clock func() time.Time) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if clock == nil {
		return nil, errors.New("the prober needs a clock")
	}
	if s.MaxBody == 0 {
		s.MaxBody = DefaultMaxBody
	}
	if s.UserAgent == "" {
		s.UserAgent = DefaultUserAgent
	}
	return &Adapter{settings: s, clock: clock, client: &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true, Proxy: http.ProxyFromEnvironment, MaxResponseHeaderBytes: 64 << 10},
		CheckRedirect: sameHost,
	}}, nil
}

// sameHost stops at a redirect to another host: that host's health would be taken for the service's.
func sameHost(r *http.Request, via []*http.Request) error {
	if r.URL.Host != via[0].URL.Host || len(via) > maxRedirects {
		return http.ErrUseLastResponse
	}
	return nil
}

// Probe makes one request. Sample.Fault says which expectation the answer missed, or why there was none; it never repeats
// the URL or the answer, which may hold secrets.
func (a *Adapter) Probe(ctx context.Context, p port.Probe) port.Sample {
	begun := a.clock()
	s := port.Sample{Probe: p.Name, Source: port.Source{System: "http", At: begun.UTC()}}
	s.Status, s.Fault = a.ask(ctx, p)
	s.OK = s.Fault == ""
	s.Took = max(0, a.clock().Sub(begun))
	return s
}

func (a *Adapter) ask(ctx context.Context, p port.Probe) (status int, fault string) {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	limited, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	r, err := http.NewRequestWithContext(limited, p.Method, p.URL, strings.NewReader(p.Body))
	if err != nil || r.URL.Host == "" || (r.URL.Scheme != "http" && r.URL.Scheme != "https") {
		return 0, "not a request that can be made: method or URL"
	}
	r.Header.Set("User-Agent", a.settings.UserAgent)
	resp, err := a.client.Do(r)
	if err != nil {
		return 0, faultOf(ctx, err, timeout)
	}
	defer resp.Body.Close()
	// The answer is read also when nothing is looked for in it: one that breaks off is not healthy.
	body, err := io.ReadAll(io.LimitReader(resp.Body, a.settings.MaxBody))
	want := p.Status
	if want == 0 {
		want = http.StatusOK
	}
	switch {
	case resp.StatusCode != want:
		return resp.StatusCode, fmt.Sprintf("status %d instead of %d", resp.StatusCode, want)
	case err != nil:
		return resp.StatusCode, faultOf(ctx, err, timeout)
	case !strings.Contains(string(body), p.Holds):
		return resp.StatusCode, fmt.Sprintf("answer does not hold %q", p.Holds)
	}
	return resp.StatusCode, ""
}

func faultOf(ctx context.Context, err error, timeout time.Duration) string {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err // without the URL
	}
	var dial *net.OpError
	var name *net.DNSError
	var slow net.Error
	switch {
	case ctx.Err() != nil:
		return "given up before an answer came"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return fmt.Sprintf("timed out after %s", timeout)
	case errors.As(err, &name):
		return "could not connect: no such host"
	case errors.As(err, &dial) && dial.Op == "dial":
		return fmt.Sprintf("could not connect: %v", dial.Err)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed before the answer was whole"
	}
	return fmt.Sprintf("no valid answer: %v", err)
}
