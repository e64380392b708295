package commands_test

import "github.com/gonogo-chat/gonogo/state/kv"

// power takes a system outside down or brings it back.
func (w *world) power(system string, down bool) {
	switch system {
	case "tickets":
		w.tickets.mu.Lock()
		w.tickets.down = down
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
