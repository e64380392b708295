package jenkinstest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"sync"
)

// hooks sends notifications as the Notification plugin does, with a token in a header as a pipeline's own step would.
type hooks struct {
	mu      sync.Mutex
	client  *http.Client
	url     string
	token   string
	waiting [][]byte
	sending sync.WaitGroup
}

// attempts are how often a notification is sent that is not taken.
const attempts = 3

// Webhooks sends a notification of every build that begins and ends from now on.
func (s *Server) Webhooks(client *http.Client, url, token string) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.client, s.hooks.url, s.hooks.token = client, url, token
}

func (h *hooks) tell(body []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.client != nil {
		h.waiting = append(h.waiting, body)
	}
}

// flush sends what waits, in order, and returns at once.
func (h *hooks) flush() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.waiting) == 0 {
		return
	}
	bodies, client, url, token := h.waiting, h.client, h.url, h.token
	h.waiting = nil
	h.sending.Go(func() {
		for _, body := range bodies {
			for range attempts {
				if send(client, url, token, body) {
					break
				}
			}
		}
	})
}

func send(client *http.Client, url, token string, body []byte) bool {
	r, err := http.NewRequest(http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return false
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode/100 == 2
}

func (h *hooks) close() { h.sending.Wait() }

func (s *Server) notification(j *job, b *build, phase string) []byte {
	body, _ := json.Marshal(map[string]any{
		"name": j.Path, "url": pathOf(j.Path)[1:] + "/",
		"build": map[string]any{
			"full_url": s.urlOfBuild(j, b), "number": b.number, "queue_id": b.queue, "phase": phase, "status": b.result, "parameters": b.parameters(),
		},
	})
	return body
}
