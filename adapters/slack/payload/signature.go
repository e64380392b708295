package payload

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"sync"
	"time"
)

// The headers of a signed request: https://docs.slack.dev/authentication/verifying-requests-from-slack
const (
	HeaderSignature = "X-Slack-Signature"
	HeaderTimestamp = "X-Slack-Request-Timestamp"
)

// SignatureWindow is how far a request's timestamp may be from now, either way: Slack's own recommendation.
const SignatureWindow = 5 * time.Minute

// replaysMost bounds the signatures remembered, some 64 MB of them: 3,000 requests a second for the whole window and either way.
// Beyond it requests are refused rather than one accepted twice.
const replaysMost = 2_000_000

// Errors of Verify. They say nothing of the secret.
var (
	ErrUnsigned = errors.New("slack: the request is not signed by Slack")
	ErrStale    = errors.New("slack: the request's timestamp is more than 5 minutes away")
	ErrReplayed = errors.New("slack: the request came before")
	ErrTooMany  = errors.New("slack: more requests than can be told apart from repeated ones")
)

// Verifier verifies requests signed with an app's signing secret, and refuses one that comes a second time.
type Verifier struct {
	secret []byte
	now    func() time.Time
	mu     sync.Mutex
	// Signatures by the minute in which they grow stale.
	seen map[int64]map[[sha256.Size]byte]bool
	held int
}

// NewVerifier verifies with a secret.
func NewVerifier(secret string, now func() time.Time) *Verifier {
	return &Verifier{secret: []byte(secret), now: now, seen: map[int64]map[[sha256.Size]byte]bool{}}
}

// Sign returns the signature of a body at a time, as Slack makes it.
func Sign(secret, timestamp string, body []byte) string {
	return "v0=" + hex.EncodeToString(sum([]byte(secret), timestamp, body))
}

func sum(secret []byte, timestamp string, body []byte) []byte {
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return mac.Sum(nil)
}

// Verify checks a request's timestamp and signature, and that it did not come before. A request that is not taken in the end must be
// given back with Forget, since Slack sends it again as it is.
func (v *Verifier) Verify(timestamp, signature string, body []byte) error {
	at, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || len(timestamp) > 12 {
		return ErrUnsigned
	}
	said, ok := strings.CutPrefix(signature, "v0=")
	got, err := hex.DecodeString(said)
	if !ok || err != nil || !hmac.Equal(got, sum(v.secret, timestamp, body)) {
		return ErrUnsigned
	}
	now := v.now()
	if away := now.Sub(time.Unix(at, 0)); away > SignatureWindow || away < -SignatureWindow {
		return ErrStale
	}
	return v.remember([sha256.Size]byte(got), at, now)
}

// minute is the one after which a request of a time is stale in any case.
func minute(at int64) int64 { return (at + int64(SignatureWindow/time.Second)) / 60 }

func (v *Verifier) remember(signature [sha256.Size]byte, at int64, now time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	for m, signatures := range v.seen {
		if m < now.Unix()/60 {
			v.held -= len(signatures)
			delete(v.seen, m)
		}
	}
	m := minute(at)
	if v.seen[m][signature] {
		return ErrReplayed
	}
	if v.held >= replaysMost {
		return ErrTooMany
	}
	if v.seen[m] == nil {
		v.seen[m] = map[[sha256.Size]byte]bool{}
	}
	v.seen[m][signature] = true
	v.held++
	return nil
}

// Forget lets a verified request come again.
func (v *Verifier) Forget(timestamp, signature string) {
	at, err := strconv.ParseInt(timestamp, 10, 64)
	got, err2 := hex.DecodeString(strings.TrimPrefix(signature, "v0="))
	if err != nil || err2 != nil || len(got) != sha256.Size {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if m := v.seen[minute(at)]; m[[sha256.Size]byte(got)] {
		delete(m, [sha256.Size]byte(got))
		v.held--
	}
}
