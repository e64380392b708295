// Package icalfeed serves the bot's calendar to programs that subscribe to one (RFC 5545), each person under a private address of
// their own. Whoever has the address reads the calendar: it is as good as a password, and nothing here repeats it.
package icalfeed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of requests: by network, and how many networks are remembered.
const (
	requestsMost   = 60
	requestsWithin = time.Minute
	networksMost   = 4096
	longestToken   = 64
)

// Feed serves calendars. It is safe for concurrent use.
type Feed struct {
	Calendar port.Calendar
	// Prefix and Suffix stand around the token in the path.
	Prefix, Suffix string
	Now            func() time.Time
	Log            *slog.Logger

	mu   sync.Mutex
	seen map[netip.Prefix]spent
}

type spent struct {
	since time.Time
	n     int
}

// ServeHTTP answers with the calendar of whoever the path's token belongs to, or that it has not changed.
func (f *Feed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This is read only.", http.StatusMethodNotAllowed)
		return
	}
	if wait := f.wait(r.RemoteAddr); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((wait+time.Second-1)/time.Second)))
		http.Error(w, "Too many requests.", http.StatusTooManyRequests)
		return
	}
	token, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, f.Prefix), f.Suffix)
	if !ok || token == "" || len(token) > longestToken {
		nothing(w)
		return
	}
	feed, err := f.Calendar.Feed(r.Context(), token)
	if errors.Is(err, effect.ErrNotFound) {
		nothing(w)
		return
	}
	var body []byte
	if err == nil {
		body, err = Render(feed)
	}
	if err != nil {
		f.Log.Error("a calendar could not be served", "error", err)
		http.Error(w, "The calendar could not be read.", http.StatusInternalServerError)
		return
	}
	f.answer(w, r, feed, body)
}

func (f *Feed) answer(w http.ResponseWriter, r *http.Request, feed port.Feed, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	if at := changed(feed); !at.IsZero() {
		h.Set("Last-Modified", at.UTC().Format(http.TimeFormat))
	}
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="releases.ics"`)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(body)
	}
}

// changed is when anything in a feed last was.
func changed(feed port.Feed) (at time.Time) {
	for _, o := range feed.Occasions {
		at = later(at, o.Changed)
	}
	return at
}

// matches reports whether a list of tags, as If-None-Match has it, names one.
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one = strings.TrimPrefix(strings.TrimSpace(one), "W/"); one == tag || one == "*" {
			return true
		}
	}
	return false
}

// nothing is the answer to every address that is nobody's: which of its parts is wrong stays untold.
func nothing(w http.ResponseWriter) {
	http.Error(w, "There is no calendar at this address: it may have been revoked. /calendar link makes a new one.", http.StatusNotFound)
}

// wait counts a request, and returns how long its network has to wait if it had its share.
func (f *Feed) wait(remote string) time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	now, at := f.Now(), network(remote)
	if f.seen == nil {
		f.seen = map[netip.Prefix]spent{}
	}
	if _, known := f.seen[at]; !known && len(f.seen) >= networksMost {
		for p, s := range f.seen {
			if now.Sub(s.since) >= requestsWithin {
				delete(f.seen, p)
			}
		}
		if len(f.seen) >= networksMost { // all further ones count as one
			at = netip.Prefix{}
		}
	}
	s := f.seen[at]
	if now.Sub(s.since) >= requestsWithin {
		s = spent{since: now}
	}
	s.n++
	f.seen[at] = s
	if s.n <= requestsMost {
		return 0
	}
	return requestsWithin - now.Sub(s.since)
}

// network is what one party controls: an IPv4 address, or the 64 bits of an IPv6 network.
func network(remote string) netip.Prefix {
	host, _, err := net.SplitHostPort(remote)
	if err != nil {
		return netip.Prefix{}
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Prefix{}
	}
	addr = addr.Unmap().WithZone("")
	bits := 32
	if addr.Is6() {
		bits = 64
	}
	p, _ := addr.Prefix(bits)
	return p
}
