package commands_test

import (
	"log/slog"
	"sync"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// lockedLog is a log that may be read while it is written.
type lockedLog struct {
	mu   sync.Mutex
	text []byte
}

func (l *lockedLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, p...)
	return len(p), nil
}

func (l *lockedLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.text)
}

// power takes a system outside down or brings it back.
func (w *world) power(system string, down bool) {
	if w.systems != nil && system != "artifacts" {
		w.systems.power(system, down)
		return
	}
	switch system {
	case "tickets":
		w.tickets.mu.Lock()
		w.tickets.down = down
		w.tickets.mu.Unlock()
	case "answers": // the register's
		w.tickets.mu.Lock()
		w.tickets.mute = down
		w.tickets.mu.Unlock()
	case "pipeline":
		w.pipeline.mu.Lock()
		w.pipeline.down = down
		w.pipeline.mu.Unlock()
	case "pager":
		w.rota.down = down
	case "artifacts":
		w.artifacts.mu.Lock()
		w.artifacts.down = down
		w.artifacts.mu.Unlock()
	case "host":
		w.host.mu.Lock()
		w.host.down = down
		w.host.mu.Unlock()
	default:
		w.t.Fatalf("no system %q", system)
	}
}

// full makes the disk full: nothing more can be stored until up again.
func (w *world) full() { w.engine.SetRefuse(kv.ErrNoSpace) }

// reopen starts again after an orderly end.
func (w *world) reopen() {
	if err := w.engine.Close(); err != nil {
		w.t.Fatal(err)
	}
	next, err := w.engine.Reopen()
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = next
	w.start()
}

// ticket is what the change register shows of a ticket.
func (w *world) ticket(id string) string {
	if w.systems != nil {
		return w.systems.ticket(id)
	}
	return w.tickets.show(id)
}

// opened counts the tickets that were opened.
func (w *world) opened() int {
	if w.systems != nil {
		return len(w.systems.jira.Keys("CHG"))
	}
	w.tickets.mu.Lock()
	defer w.tickets.mu.Unlock()
	return w.tickets.opens
}

// paged is what the pager shows.
func (w *world) paged() string {
	if w.systems != nil {
		return w.systems.pages()
	}
	return w.pager.show()
}

// started counts the runs that were started.
func (w *world) started() (n int) {
	if w.systems == nil {
		return w.pipeline.count()
	}
	for _, begun := range w.systems.begun() {
		n += begun
	}
	return n
}

// systemLog is where adapters log in tests that read it: every line, whatever its level.
func (w *world) systemLog() *slog.Logger {
	return slog.New(slog.NewTextHandler(&w.logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
