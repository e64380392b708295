package slacktest

import (
	"net/http"
	"slices"
)

// Violations are what the app sent that Slack would not take in silence: requests against Slack's published description, and answers
// that Slack would refuse.
func (s *Server) Violations() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.wrong)
}

func (s *Server) validate(*http.Request, string, []byte) {}
