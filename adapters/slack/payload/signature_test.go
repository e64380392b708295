package payload_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
)

// The example of https://docs.slack.dev/authentication/verifying-requests-from-slack
const (
	documentedSecret    = "8f742231b10e8888abcd99yyyzzz85a5"
	documentedTimestamp = "1531420618"
	documentedBody      = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	documentedSignature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
)

var documentedAt = time.Unix(1531420618, 0)

func verifier(now time.Time) *payload.Verifier {
	return payload.NewVerifier(documentedSecret, func() time.Time { return now })
}

func TestDocumentedSignature(t *testing.T) {
	t.Parallel()
	if got := payload.Sign(documentedSecret, documentedTimestamp, []byte(documentedBody)); got != documentedSignature {
		t.Errorf("signed as %s", got)
	}
	if err := verifier(documentedAt).Verify(documentedTimestamp, documentedSignature, []byte(documentedBody)); err != nil {
		t.Error(err)
	}
}

func TestForgedSignatures(t *testing.T) {
	t.Parallel()
	other := payload.Sign("another secret", documentedTimestamp, []byte(documentedBody))
	for name, c := range map[string]struct{ timestamp, signature, body string }{
		"no signature":       {documentedTimestamp, "", documentedBody},
		"no timestamp":       {"", documentedSignature, documentedBody},
		"other timestamp":    {"1531420619", documentedSignature, documentedBody},
		"padded timestamp":   {"01531420618", documentedSignature, documentedBody},
		"other secret":       {documentedTimestamp, other, documentedBody},
		"other version":      {documentedTimestamp, strings.Replace(documentedSignature, "v0", "v1", 1), documentedBody},
		"no version":         {documentedTimestamp, strings.TrimPrefix(documentedSignature, "v0="), documentedBody},
		"cut":                {documentedTimestamp, documentedSignature[:len(documentedSignature)-2], documentedBody},
		"version alone":      {documentedTimestamp, "v0=", documentedBody},
		"not hex":            {documentedTimestamp, "v0=" + strings.Repeat("z", 64), documentedBody},
		"empty body":         {documentedTimestamp, documentedSignature, ""},
		"another user":       {documentedTimestamp, documentedSignature, strings.Replace(documentedBody, "U2CERLKJA", "U2CERLKJB", 1)},
		"something appended": {documentedTimestamp, documentedSignature, documentedBody + "&user_id=U1"},
	} {
		if err := verifier(documentedAt).Verify(c.timestamp, c.signature, []byte(c.body)); !errors.Is(err, payload.ErrUnsigned) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// Every bit of the body counts.
	for i := range []byte(documentedBody) {
		body := []byte(documentedBody)
		body[i] ^= 1
		if verifier(documentedAt).Verify(documentedTimestamp, documentedSignature, body) == nil {
			t.Fatalf("a body with another byte %d is taken", i)
		}
	}
}

func TestSignatureWindow(t *testing.T) {
	t.Parallel()
	for away, want := range map[time.Duration]error{
		0: nil, payload.SignatureWindow: nil, -payload.SignatureWindow: nil,
		payload.SignatureWindow + time.Second: payload.ErrStale, -payload.SignatureWindow - time.Second: payload.ErrStale, 24 * time.Hour: payload.ErrStale,
	} {
		if err := verifier(documentedAt.Add(away)).Verify(documentedTimestamp, documentedSignature, []byte(documentedBody)); !errors.Is(err, want) {
			t.Errorf("%s away: %v", away, err)
		}
	}
}

func TestReplayedSignature(t *testing.T) {
	t.Parallel()
	now := documentedAt.Add(-payload.SignatureWindow)
	v := payload.NewVerifier(documentedSecret, func() time.Time { return now })
	verify := func() error { return v.Verify(documentedTimestamp, documentedSignature, []byte(documentedBody)) }
	if err := verify(); err != nil {
		t.Fatal(err)
	}
	// As long as the timestamp is good, and with others coming in between.
	for ; now.Sub(documentedAt) <= payload.SignatureWindow; now = now.Add(time.Minute) {
		other := now.Format("05")
		if err := v.Verify(documentedTimestamp, payload.Sign(documentedSecret, documentedTimestamp, bytes.NewBufferString(other+now.String()).Bytes()), []byte(other+now.String())); err != nil {
			t.Fatal(err)
		}
		if err := verify(); !errors.Is(err, payload.ErrReplayed) {
			t.Errorf("%s after its time it is taken again: %v", now.Sub(documentedAt), err)
		}
	}
	now = documentedAt
	v.Forget(documentedTimestamp, documentedSignature)
	if err := verify(); err != nil {
		t.Errorf("one that was given back: %v", err)
	}
}
