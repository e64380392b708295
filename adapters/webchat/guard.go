package webchat

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Headers of every answer. The policy lets a page load its own parts alone, and nothing inline.
var (
	policy      = []string{"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"}
	noSniff     = []string{"nosniff"}
	noStore     = []string{"no-store"}
	sameOrigin  = []string{"same-origin"}
	deny        = []string{"DENY"}
	permissions = []string{"camera=(), microphone=(), geolocation=(), payment=(), usb=()"}
)

// guard checks what every request must hold before anything looks at it: a host that is ours, so that a name which
// resolves to this machine opens nothing, and an origin that is this page or no page at all.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["X-Content-Type-Options"] = noSniff
		h["Cache-Control"] = noStore
		h["Content-Security-Policy"] = policy
		h["Cross-Origin-Resource-Policy"] = sameOrigin
		if !isAPI(r) {
			// Without a referrer a form's origin would be null.
			h["Referrer-Policy"] = sameOrigin
			h["X-Frame-Options"] = deny
			h["Cross-Origin-Opener-Policy"] = sameOrigin
			h["Permissions-Policy"] = permissions
		}
		if !s.ourHost(r) {
			wrong(http.StatusForbidden, "request.host", chat.Word("host", r.Host)).write(w)
			return
		}
		if !s.ourOrigin(r) {
			wrong(http.StatusForbidden, "request.origin").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isAPI(r *http.Request) bool { return strings.HasPrefix(r.URL.Path, "/api/") }

func (s *Server) ourHost(r *http.Request) bool {
	if last := s.lastHost.Load(); last != nil && *last == r.Host {
		return true
	}
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = strings.Trim(r.Host, "[]"), "80"
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	switch {
	case s.o.Demo:
		if own := s.ownPort(r); !isLoopback(host) || own != "" && own != port {
			return false
		}
	case !isLoopback(host) && !s.hosts[host]:
		// Only a name can be made to resolve to an address that is not its owner's.
		if _, err := netip.ParseAddr(host); err != nil {
			return false
		}
	}
	accepted := r.Host
	s.lastHost.Store(&accepted)
	return true
}

// ownPort is the port that the request came in at; empty where that is not known.
func (s *Server) ownPort(r *http.Request) string {
	listen := s.o.Listen
	if addr, ok := r.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		listen = addr.String()
	}
	if _, port, err := net.SplitHostPort(listen); err == nil && port != "0" {
		return port
	}
	return ""
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Unmap().IsLoopback()
}

func (s *Server) ourOrigin(r *http.Request) bool {
	if err := s.cross.Check(r); err != nil {
		return false
	}
	if origin := r.Header.Get("Origin"); origin != "" {
		if u, err := url.Parse(origin); err != nil || !strings.EqualFold(u.Host, r.Host) {
			return false
		}
	}
	switch r.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	// A link elsewhere may lead here, to the page itself.
	return r.Method == http.MethodGet && r.Header.Get("Sec-Fetch-Mode") == "navigate" && !isAPI(r)
}
