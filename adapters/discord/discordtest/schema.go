package discordtest

import "net/http"

func (s *Server) check(r *http.Request, c *call)             {}
func (s *Server) checkBody(method, path string, body []byte) {}
