package slacktest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// File is something uploaded.
type File struct {
	ID, Name, Title string
	Content         []byte
	length          int
	shared          bool
}

func (s *Server) uploadURL(q *request) (answer, error) {
	f := &File{ID: s.id("F"), Name: q.args["filename"], length: q.number("length", 0)}
	if f.Name == "" || f.length == 0 {
		return nil, refuse("invalid_arguments")
	}
	s.files[f.ID] = f
	return answer{"file_id": f.ID, "upload_url": s.options.URL + "/upload/v1/" + f.ID}, nil
}

func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request, rest string) {
	fault := s.fault("upload")
	if !fault.before(w, r, s.done) {
		return
	}
	content := io.Reader(r.Body)
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		if err := r.ParseMultipartForm(8 << 20); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		defer func() { _ = r.MultipartForm.RemoveAll() }()
		for _, list := range r.MultipartForm.File {
			part, err := list[0].Open()
			if err != nil {
				http.Error(w, err.Error(), http.StatusBadRequest)
				return
			}
			defer part.Close()
			content = part
		}
	}
	body, err := io.ReadAll(io.LimitReader(content, 64<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[strings.TrimPrefix(rest, "v1/")]
	if f == nil || len(body) != f.length {
		http.Error(w, "the length is not what was announced", http.StatusBadRequest)
		return
	}
	f.Content = body
	_, _ = fmt.Fprintf(w, "OK - %d", len(body))
}

func (s *Server) uploadDone(q *request) (answer, error) {
	var list []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if json.Unmarshal([]byte(q.args["files"]), &list) != nil || len(list) == 0 {
		return nil, refuse("invalid_arguments")
	}
	m := &message{w: q.w, user: q.w.BotUser, thread: q.args["thread_ts"], text: q.args["initial_comment"]}
	out := []answer{}
	for _, l := range list {
		f := s.files[l.ID]
		if f == nil || f.Content == nil || f.shared {
			return nil, refuse("file_not_found")
		}
		if f.Title = l.Title; f.Title == "" {
			f.Title = f.Name
		}
		m.files = append(m.files, f)
		out = append(out, answer{"id": f.ID, "title": f.Title})
	}
	if q.args["channel_id"] == "" {
		q.args["channel_id"] = q.args["channels"]
	}
	if channel := q.args["channel_id"]; channel != "" {
		q.args["channel"] = channel
		c, err := s.place(q)
		if err != nil {
			return nil, err
		}
		if m.thread != "" && s.find(c.ID, m.thread) == nil {
			return nil, refuse("invalid_thread_ts")
		}
		m.channel = c
		s.say(m)
	}
	for _, f := range m.files {
		f.shared = true
	}
	return answer{"files": out}, nil
}
