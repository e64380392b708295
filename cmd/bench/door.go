package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// seats are the tokens of the board: the secret is the handle, which is enough on loopback for a minute.
type seats struct{}

func (seats) Verify(token string) (string, bool) {
	sum := sha256.Sum256([]byte(token))
	ok := false
	var handle string
	for i := range 8 {
		name := fmt.Sprintf("seat%d", i)
		want := hashes[i]
		if subtle.ConstantTimeCompare(sum[:], want[:]) == 1 {
			handle, ok = name, true
		}
	}
	return handle, ok
}

var hashes = func() (h [8][sha256.Size]byte) {
	for i := range h {
		h[i] = sha256.Sum256([]byte(fmt.Sprintf("seat%d", i)))
	}
	return h
}()

// serve opens the local chat's door over a house, and a bare handler beside it that checks a token, decodes the JSON and
// commits as many bytes through the same store.
func (h *house) serve(bytesPerTurn int) (address string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	var accounts []webchat.Account
	for i := range 8 {
		name := fmt.Sprintf("seat%d", i)
		id, _ := h.bot.Organisation().Directory.Resolve(account(name))
		accounts = append(accounts, webchat.Account{Handle: name, Name: name, Person: id, Account: account(name)})
	}
	channels := []webchat.Channel{{Name: "#cab"}}
	chatServer, err := webchat.New(webchat.Options{
		Door: h.bot, Timeline: h.store.Timeline(), Reader: func(z *time.Location) port.Reader { return h.bot.Reader(z) },
		Accounts: func() []webchat.Account { return accounts }, Channels: func() []webchat.Channel { return channels },
		Tokens: seats{}, NotAccepting: func(error) bool { return false }, Organisation: func() string { return "Bench" },
		Listen: l.Addr().String(), Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Open: map[string]http.Handler{"POST /bare": h.bare(bytesPerTurn)},
	})
	if err != nil {
		return "", nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { chatServer.Serve(ctx, l, time.Second); close(done) }()
	return "http://" + l.Addr().String(), func() { cancel(); <-done }, nil
}

var blobs = state.Ungoverned[string]("bench")

func (h *house) bare(size int) http.Handler {
	blob := strings.Repeat("x", size)
	var next atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if _, ok := (seats{}).Verify(token); !ok {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var said map[string]string
		if err := json.NewDecoder(r.Body).Decode(&said); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		id := fmt.Sprint(next.Add(1))
		if err := h.store.Update(r.Context(), func(tx *state.Tx) error { return blobs.Put(tx, id, blob) }); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"outcome":"done"}`)
	})
}

// httpClients are clients that keep their connections.
func httpClients(n int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}, Timeout: time.Minute}
}

// post makes a client that votes through a path.
func (h *house) post(c *http.Client, url string) func(int, int) error {
	return func(client, i int) error {
		who, text := line(client, i)
		body, err := json.Marshal(map[string]string{"as": who, "in": "#cab", "text": text, "key": fmt.Sprintf("h%d", h.next.Add(1))})
		if err != nil {
			return err
		}
		request, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+who)
		request.Header.Set("Content-Type", "application/json")
		answer, err := c.Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		var said struct{ Outcome chat.Outcome }
		if err := json.NewDecoder(answer.Body).Decode(&said); err != nil {
			return err
		}
		if said.Outcome != chat.Done {
			return fmt.Errorf("status %d, %s", answer.StatusCode, said.Outcome)
		}
		return nil
	}
}

// door measures votes over HTTP with 256 clients, beside the bare handler.
func door(s settings, r *report) error {
	badger, err := badgerkv.Open(filepath.Join(s.dir, "door"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer badger.Close()
	engine := &counting{Engine: badger}
	h, err := openHouse(engine, pace)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.fill(); err != nil {
		return err
	}
	engine.reset()
	warm := clients(64, s.length, h.vote)
	_, size := engine.size(warm.count)
	address, stop, err := h.serve(size)
	if err != nil {
		return err
	}
	defer stop()
	c := httpClients(256)
	var bot, bare, p99 []float64
	errors := 0
	for range s.rounds {
		b := clients(256, s.length, h.post(c, address+"/api/v1/say"))
		w := clients(256, s.length, h.post(c, address+"/bare"))
		errors += b.errors + w.errors
		bot, bare, p99 = append(bot, b.perSecond()), append(bare, w.perSecond()), append(p99, float64(b.p99))
	}
	r.note("256 clients: votes a second", fmt.Sprintf("%.0f (p99 %v)", median(bot), dur(median(p99))))
	r.note("256 clients: bare handler", fmt.Sprintf("%.0f", median(bare)))
	r.limit(median(bot)/median(bare) >= 0.5, "c HTTP door over a bare handler", fmt.Sprintf("%.2f", median(bot)/median(bare)), "at least 0.5")
	r.limit(errors == 0, "c errors", fmt.Sprint(errors), "none")
	return nil
}
