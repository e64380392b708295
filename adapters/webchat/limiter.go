package webchat

import (
	"net"
	"net/netip"
	"sync"
	"time"
)

// Bounds of failed logins: by address, and how many addresses are remembered.
const (
	failuresMost   = 10
	failuresWithin = time.Minute
	addressesMost  = 4096
)

// limiter counts failures by address. When it remembers as many addresses as it may, all further ones count as one.
type limiter struct {
	now  func() time.Time
	mu   sync.Mutex
	seen map[netip.Prefix]failures
}

type failures struct {
	since time.Time
	n     int
}

func newLimiter(now func() time.Time) *limiter {
	return &limiter{now: now, seen: map[netip.Prefix]failures{}}
}

// failed counts a failure, and returns in how many seconds the address may come back if it had its share.
func (l *limiter) failed(remote string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	at := l.slot(origin(remote), now)
	f := l.seen[at]
	if now.Sub(f.since) >= failuresWithin {
		f = failures{since: now}
	}
	f.n++
	l.seen[at] = f
	return f.wait(now)
}

// wait is in how many seconds the address may try again; 0 is now.
func (l *limiter) wait(remote string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	f, ok := l.seen[origin(remote)]
	if !ok && len(l.seen) >= addressesMost {
		f = l.seen[netip.Prefix{}]
	}
	f.n++ // the try that is asked about
	return f.wait(now)
}

func (f failures) wait(now time.Time) int {
	left := failuresWithin - now.Sub(f.since)
	if f.n <= failuresMost || left <= 0 {
		return 0
	}
	return int((left + time.Second - 1) / time.Second)
}

// slot is where an address is counted.
func (l *limiter) slot(at netip.Prefix, now time.Time) netip.Prefix {
	if _, ok := l.seen[at]; ok || len(l.seen) < addressesMost {
		return at
	}
	for p, f := range l.seen {
		if now.Sub(f.since) >= failuresWithin {
			delete(l.seen, p)
		}
	}
	if len(l.seen) < addressesMost {
		return at
	}
	return netip.Prefix{}
}

// origin is the network that one party controls: an IPv4 address, or the 64 bits of an IPv6 network.
func origin(remote string) netip.Prefix {
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
