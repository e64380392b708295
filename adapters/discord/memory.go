package discord

import "sync"

// questions are what buttons ask before they are pressed, by token.
type questions struct {
	mu   sync.Mutex
	now  map[string]string
	then map[string]string // those before
}

// questionsMost bounds them; of twice as many at most, the oldest are forgotten.
const questionsMost = 4096

func (q *questions) add(all map[string]string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for token, text := range all {
		if len(q.now) >= questionsMost || q.now == nil {
			q.then, q.now = q.now, map[string]string{}
		}
		q.now[token] = text
	}
}

func (q *questions) find(token string) (string, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if text, ok := q.now[token]; ok {
		return text, true
	}
	text, ok := q.then[token]
	return text, ok
}

// pending are interactions that are not acknowledged yet: nothing can be answered before.
type pending struct {
	mu  sync.Mutex
	ids map[string]*waiting
}

type waiting struct {
	over chan struct{}
	n    int // deliveries of the same interaction
}

// begin notes an interaction until the function returned is called.
func (p *pending) begin(id string) (end func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.ids[id]
	if w == nil {
		if p.ids == nil {
			p.ids = map[string]*waiting{}
		}
		w = &waiting{over: make(chan struct{})}
		p.ids[id] = w
	}
	w.n++
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if w.n--; w.n == 0 {
			delete(p.ids, id)
			close(w.over)
		}
	}
}

// over is closed once an interaction is acknowledged.
func (p *pending) over(id string) <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w := p.ids[id]; w != nil {
		return w.over
	}
	return closed
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()
