package webchat

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Bounds of a request.
const (
	mostBody = 64 << 10 // bytes
	mostKey  = 128      // characters
	mostWait = 10 * time.Minute
)

type sayRequest struct {
	As   string `json:"as"`
	In   string `json:"in"`
	Text string `json:"text"`
	Key  string `json:"key"`
	Wait string `json:"wait"`
}

type pressRequest struct {
	As     string `json:"as"`
	In     string `json:"in"`
	On     string `json:"on"`
	Button string `json:"button"`
	Token  string `json:"token"`
	Key    string `json:"key"`
	Wait   string `json:"wait"`
}

// body is a buffer for a request's body, used again.
type body struct{ data []byte }

// read reads a JSON body into v: one object, its fields known, no more than the bound.
func (s *Server) read(r *http.Request, v any) *problem {
	if t := r.Header.Get("Content-Type"); t != "application/json" {
		if media, _, err := mime.ParseMediaType(t); err != nil || media != "application/json" {
			return wrong(http.StatusBadRequest, "request.type")
		}
	}
	if r.ContentLength > mostBody {
		return tooLarge
	}
	b := s.bodies.Get().(*body)
	defer s.bodies.Put(b)
	data, err := b.fill(r.Body)
	switch {
	case errors.Is(err, errTooLarge):
		return tooLarge
	case err != nil:
		return wrong(http.StatusBadRequest, "request.cut")
	}
	return decode(data, v)
}

var (
	errTooLarge = errors.New("body too large")
	tooLarge    = wrong(http.StatusRequestEntityTooLarge, "request.too_large", chat.Count("limit", mostBody>>10))
)

// fill reads everything, at most the bound. The buffer grows to the largest body that it held.
func (b *body) fill(r io.Reader) ([]byte, error) {
	if b.data == nil {
		b.data = make([]byte, 1024)
	}
	n := 0
	for {
		if n == len(b.data) {
			b.data = append(b.data, make([]byte, len(b.data))...)
		}
		read, err := r.Read(b.data[n:])
		if n += read; n > mostBody {
			return nil, errTooLarge
		}
		if err == io.EOF {
			return b.data[:n], nil
		}
		if err != nil {
			return nil, err
		}
	}
}

func decode(data []byte, v any) *problem {
	if !utf8.Valid(data) {
		return wrong(http.StatusBadRequest, "request.json")
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		var mistyped *json.UnmarshalTypeError
		if errors.As(err, &mistyped) && mistyped.Field != "" {
			return malformed(mistyped.Field)
		}
		// The library has no error value for this one.
		if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
			return wrong(http.StatusBadRequest, "request.unknown_field", chat.Word("field", strings.Trim(field, `"`)))
		}
		return wrong(http.StatusBadRequest, "request.json")
	}
	if len(bytes.TrimLeft(data[d.InputOffset():], " \t\r\n")) > 0 {
		return wrong(http.StatusBadRequest, "request.json")
	}
	return nil
}

func malformed(field string) *problem {
	return wrong(http.StatusBadRequest, "request.malformed", chat.Word("field", field))
}

func missing(field string) *problem {
	return wrong(http.StatusBadRequest, "request.missing", chat.Word("field", field))
}

// checkKey takes printable ASCII without spaces: a key is seen again in other systems and in logs.
func checkKey(key string) *problem {
	if len(key) > mostKey {
		return malformed("key")
	}
	for i := range len(key) {
		if key[i] <= ' ' || key[i] > '~' {
			return malformed("key")
		}
	}
	return nil
}

func parseWait(text string) (time.Duration, *problem) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 || d > mostWait {
		return 0, malformed("wait")
	}
	return d, nil
}
