package rest

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
)

// Confidential reports whether credentials may be sent to an address: by https, or within this machine.
func Confidential(u *url.URL) bool {
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// Guarded is a client like c, nil for the default, for a vendor's own library: its answers are bounded, each request by Patience, and it
// follows no redirect to another host, which would carry credentials there.
func Guarded(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	next := *c
	under := c.Transport
	if under == nil {
		under = http.DefaultTransport
	}
	next.Transport = bounded{under}
	if next.Timeout == 0 {
		next.Timeout = Patience
	}
	next.CheckRedirect = sameHost
	return &next
}

// redirectsMost is as many as net/http follows by itself.
const redirectsMost = 10

func sameHost(r *http.Request, via []*http.Request) error {
	if len(via) >= redirectsMost {
		return errors.New("redirected too often")
	}
	if first := via[0].URL; r.URL.Host != first.Host || first.Scheme == "https" && r.URL.Scheme != "https" {
		return errors.New("redirected to another host: configure the address that it answers at")
	}
	return nil
}

// bounded fails an answer that is over AnswerMost.
type bounded struct{ under http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.under.RoundTrip(r)
	if err == nil {
		answer.Body = &boundedBody{answer.Body, AnswerMost}
	}
	return answer, err
}

type boundedBody struct {
	io.ReadCloser
	left int
}

// Read implements io.Reader.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, errors.New("the answer is too long")
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= n
	return n, err
}
