package main

import (
	"errors"
	"maps"
	"net/http"

	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// metricsPage is where Prometheus scrapes.
const metricsPage = "GET /metrics"

// pages are those beside the chat's own: open ones take no login, the others do outside the demonstration. Metrics tell how
// much is decided and how often it fails: beyond this machine that is for those who hold a token.
func (i *instance) pages(address string) (open, members map[string]http.Handler) {
	open, members = i.probes(), i.outside.mounted()
	for _, c := range i.chats { // they verify signatures of their own
		open["/"+c.Name()+"/"] = c.Handler()
	}
	maps.Copy(open, i.outside.hooks()) // so do these
	open[commands.CalendarPath] = i.calendarFeed()
	if onLoopback(address) == nil {
		open[metricsPage] = i.meters.handler()
	} else {
		members[metricsPage] = i.meters.handler()
	}
	return open, members
}

// probes say whether the process lives, and whether it takes requests.
func (i *instance) probes() map[string]http.Handler {
	return map[string]http.Handler{
		"GET /healthz": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive") }),
		"GET /readyz": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := i.ready(); err != nil {
				plain(w, http.StatusServiceUnavailable, err.Error())
				return
			}
			plain(w, http.StatusOK, "ready")
		}),
	}
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}

// Reasons for not being ready, as whoever probes reads them: they name no paths.
var (
	errStarting = errors.New("starting")
	errDisk     = errors.New("not accepting: the disk has less free space than the reserve")
	errReadOnly = errors.New("not accepting: the store's folder can't be written")
	errStopped  = errors.New("not accepting: stopping, or the store must be reopened")
)

// ready returns why nothing new is taken, nil while it is.
func (i *instance) ready() error {
	if !i.running.Load() {
		return errStarting
	}
	if i.bot.Accepting() != nil {
		return errStopped
	}
	switch err := i.engine.Writable(); {
	case errors.Is(err, kv.ErrNoSpace):
		return errDisk
	case errors.Is(err, kv.ErrReadOnly):
		return errReadOnly
	case err != nil:
		return errStopped
	}
	return nil
}
