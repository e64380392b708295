package hook_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gonogo-chat/gonogo/adapters/internal/hook"
)

func TestBody(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method string
		body   io.Reader
		status int // zero where it is taken
	}{
		"posted":   {http.MethodPost, strings.NewReader(`{"a":1}`), 0},
		"empty":    {http.MethodPost, http.NoBody, 0},
		"longest":  {http.MethodPost, bytes.NewReader(make([]byte, hook.BodyMost)), 0},
		"too long": {http.MethodPost, bytes.NewReader(make([]byte, hook.BodyMost+1)), http.StatusRequestEntityTooLarge},
		"cut":      {http.MethodPost, iotest.ErrReader(errors.New("cut")), http.StatusBadRequest},
		"got":      {http.MethodGet, http.NoBody, http.StatusMethodNotAllowed},
		"put":      {http.MethodPut, strings.NewReader("x"), http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var want bytes.Buffer
			w := httptest.NewRecorder()
			got, ok := hook.Body(w, httptest.NewRequest(c.method, "/", io.TeeReader(c.body, &want)))
			if ok != (c.status == 0) || ok && !bytes.Equal(got, want.Bytes()) {
				t.Fatalf("taken: %v, with %d of %d bytes", ok, len(got), want.Len())
			}
			if c.status != 0 && w.Code != c.status {
				t.Errorf("status %d", w.Code)
			}
			if allow := w.Header().Get("Allow"); c.status == http.StatusMethodNotAllowed && allow != http.MethodPost {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
}

// sign is what a sender does.
func sign(secret string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}

func TestSigned(t *testing.T) {
	t.Parallel()
	// The example that GitHub publishes on validating deliveries.
	const (
		secret = "It's a Secret to Everybody"
		body   = "Hello, World!"
		good   = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
	)
	for name, c := range map[string]struct {
		secret, body, signature string
		want                    bool
	}{
		"published":      {secret, body, good, true},
		"capitals":       {secret, body, strings.ToUpper(good), true},
		"another body":   {secret, body + " ", good, false},
		"another secret": {secret + " ", body, good, false},
		"shortened":      {secret, body, good[:32], false},
		"longer":         {secret, body, good + "00", false},
		"empty":          {secret, body, "", false},
		"no hex":         {secret, body, "sha256=" + good, false},
		"empty secret":   {"", body, sign("", []byte(body)), false},
		"empty body":     {secret, "", sign(secret, nil), true},
	} {
		if got := hook.Signed(c.secret, []byte(c.body), c.signature); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		configured, given string
		want              bool
	}{
		{"token", "token", true},
		{"token", "Token", false},
		{"token", "toke", false},
		{"token", "token ", false},
		{"token", "", false},
		{"", "", false},
		{"", "token", false},
	} {
		if got := hook.Same(c.configured, c.given); got != c.want {
			t.Errorf("%q, %q: %v", c.configured, c.given, got)
		}
	}
}

// FuzzSigned: a signature is taken only if it is the body's under the secret, however it is written.
func FuzzSigned(f *testing.F) {
	f.Add("secret", []byte("body"), sign("secret", []byte("body")))
	f.Add("", []byte(""), "")
	f.Add("secret", []byte("body"), "zz")
	f.Fuzz(func(t *testing.T, secret string, body []byte, signature string) {
		want := secret != "" && strings.EqualFold(signature, sign(secret, body))
		if got := hook.Signed(secret, body, signature); got != want {
			t.Errorf("Signed(%q, %q, %q) = %v", secret, body, signature, got)
		}
	})
}
