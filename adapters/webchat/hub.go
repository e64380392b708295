package webchat

import (
	"crypto/rand"
	"strconv"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of the hub.
const (
	keptEvents   = 1024 // for readers that reconnect
	clientBuffer = 64   // events that wait for one reader; one that falls further behind is disconnected
	mostClients  = 1024
)

// hub hands what happens to everybody connected. It never waits for a reader.
type hub struct {
	epoch string // differs from start to start: ids of an earlier one mean nothing
	mu    sync.Mutex
	last  uint64
	kept  [keptEvents]*event // event n at n % keptEvents
	to    map[*client]struct{}
	ended bool
}

// event is an entry posted or brought up to date.
type event struct {
	id    string // empty for a private one
	only  string // handle of who alone sees it
	entry port.Entry

	mu     sync.Mutex
	worded map[view][]byte // as sent, by kind of reader
}

// view is what the wording of an event depends on.
type view struct {
	zone string
	html bool
}

// client is a connected reader. Its channel is closed when it fell behind, or when the hub ends.
type client struct {
	handle string
	out    chan *event
}

func newHub() *hub {
	return &hub{epoch: rand.Text()[:8], to: map[*client]struct{}{}}
}

func (h *hub) publish(e *event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if e.only == "" {
		h.last++
		e.id = h.name(h.last)
		h.kept[h.last%keptEvents] = e
	}
	for c := range h.to {
		if e.only != "" && c.handle != e.only {
			continue
		}
		select {
		case c.out <- e:
		default:
			h.drop(c)
		}
	}
}

// subscribe connects a reader. The backlog is what came after the event named last; reset is true where that is not known
// any more. From is the id that the reader has everything up to. It fails when there are too many, or the hub has ended.
func (h *hub) subscribe(handle, last string) (c *client, backlog []*event, reset bool, from string, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended || len(h.to) >= mostClients {
		return nil, nil, false, "", false
	}
	c = &client{handle: handle, out: make(chan *event, clientBuffer)}
	h.to[c] = struct{}{}
	from = h.name(h.last)
	if last == "" {
		return c, nil, false, from, true
	}
	n, known := h.number(last)
	if !known || n > h.last || h.last-n > keptEvents {
		return c, nil, true, from, true
	}
	for n++; n <= h.last; n++ {
		backlog = append(backlog, h.kept[n%keptEvents])
	}
	return c, backlog, false, from, true
}

func (h *hub) leave(c *client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.drop(c)
}

func (h *hub) drop(c *client) {
	if _, ok := h.to[c]; ok {
		delete(h.to, c)
		close(c.out)
	}
}

// position is the id of the last event.
func (h *hub) position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.name(h.last)
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for c := range h.to {
		h.drop(c)
	}
}

func (h *hub) name(n uint64) string { return h.epoch + "-" + strconv.FormatUint(n, 10) }

func (h *hub) number(id string) (uint64, bool) {
	epoch, digits, _ := strings.Cut(id, "-")
	n, err := strconv.ParseUint(digits, 10, 64)
	return n, err == nil && epoch == h.epoch
}
