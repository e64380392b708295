package webchat

import (
	"net/http"
	"strings"
)

// mostForm bounds the form that carries a token, in bytes.
const mostForm = 4 << 10

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) {
	if s.o.Demo {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	s.showLogin(w, http.StatusOK, "")
}

// login trades a token for a session.
func (s *Server) login(w http.ResponseWriter, r *http.Request) {
	if s.o.Demo {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if wait := s.failures.wait(r.RemoteAddr); wait > 0 {
		p := tooMany(wait)
		w.Header().Set("Retry-After", number(wait))
		s.showLogin(w, p.status, p.sentence())
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		s.showLogin(w, http.StatusBadRequest, missing("token").sentence())
		return
	}
	token := strings.TrimSpace(r.PostForm.Get("token"))
	if _, ok := s.o.Tokens.Verify(token); !ok {
		s.failures.failed(r.RemoteAddr)
		p := wrong(http.StatusUnauthorized, "request.bad_token")
		s.showLogin(w, p.status, p.sentence())
		return
	}
	if old, ok := sessionCookie(r); ok {
		s.sessions.end(old)
	}
	http.SetCookie(w, s.newCookie(r, s.sessions.open(token)))
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (s *Server) logout(w http.ResponseWriter, r *http.Request) {
	if secret, ok := sessionCookie(r); ok {
		s.sessions.end(secret)
	}
	http.SetCookie(w, s.newCookie(r, ""))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
}

// askToLogin sends a browser to the login; a program gets the problem itself.
func (s *Server) askToLogin(w http.ResponseWriter, r *http.Request, p *problem) {
	if r.Method == http.MethodGet && p.status == http.StatusUnauthorized && strings.Contains(r.Header.Get("Accept"), "text/html") {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return
	}
	p.write(w)
}
