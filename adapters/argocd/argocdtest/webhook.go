package argocdtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"time"
)

// webhook is a place that Argo CD Notifications post to.
type webhook struct {
	client     *http.Client
	url, token string
}

// Webhooks delivers notifications to url from now on, whenever Notify is called. Notifications posts once per change of what its template
// and trigger are about; its HTTP client tries up to three times more: https://argo-cd.readthedocs.io/en/stable/operator-manual/notifications/services/webhook/
func (s *Server) Webhooks(client *http.Client, url, token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hooks = append(s.hooks, webhook{client, url, token})
}

const (
	postsMost = 4
	postPause = time.Second
)

// Notify posts a notification about an Application, in the background.
func (s *Server) Notify(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := json.Marshal(map[string]string{"application": name})
	for _, h := range s.hooks {
		s.sending.Go(func() { s.post(h, body) })
	}
}

func (s *Server) post(h webhook, body []byte) {
	for range postsMost {
		r, err := http.NewRequestWithContext(s.open, http.MethodPost, h.url, bytes.NewReader(body))
		if err != nil {
			return
		}
		r.Header.Set("Authorization", "Bearer "+h.token)
		if answer, err := h.client.Do(r); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode < http.StatusInternalServerError {
				return
			}
		}
		select {
		case <-time.After(postPause):
		case <-s.open.Done():
			return
		}
	}
}
