// Package hook is what adapters that take webhooks have in common: a body of bounded size, read whole before anything is believed,
// and secrets compared in constant time.
package hook

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
)

// BodyMost bounds a webhook's body, in bytes, since it is read before anything is believed: what is listened for is far below it, and what is
// refused for its length is heard by asking.
const BodyMost = 4 << 20

// Body reads a POST whole. When it can't, it has answered already, and returns false.
func Body(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "a webhook is posted", http.StatusMethodNotAllowed)
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, BodyMost))
	var long *http.MaxBytesError
	if errors.As(err, &long) {
		http.Error(w, "the body is too long", http.StatusRequestEntityTooLarge)
		return nil, false
	}
	if err != nil {
		http.Error(w, "the body did not arrive", http.StatusBadRequest)
		return nil, false
	}
	return body, true
}

// Signed reports whether a signature is the hex of the body's HMAC-SHA-256 under the secret. An empty secret signs nothing.
func Signed(secret string, body []byte, signature string) bool {
	given, err := hex.DecodeString(signature)
	if err != nil || secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	return hmac.Equal(mac.Sum(nil), given)
}

// Same compares a token with the configured one. An empty one is nobody's.
func Same(configured, given string) bool {
	a, b := sha256.Sum256([]byte(configured)), sha256.Sum256([]byte(given))
	return configured != "" && subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
