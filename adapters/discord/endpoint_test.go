package discord_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
)

func httpWorld(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, discordtest.Options{}, func(w *world) { w.settings.Door = "http" })
	w.run(t)
	stop := w.net.Serve("bot.test", w.bot.Handler())
	t.Cleanup(stop)
	if err := w.Endpoint(context.Background(), "http://bot.test/discord/interactions", w.net.Client()); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestEndpoint(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := httpWorld(t)
		i, err := w.Slash(w.alex, w.channel, "/vote open R-1")
		if err != nil || !i.Deferred() {
			t.Fatalf("%v, read %q", err, i.Text())
		}
		i.Wait(time.Minute)
		if y := w.door.last(); y.Text != "/vote open R-1" || !strings.Contains(i.Text(), "told: /vote open R-1") {
			t.Errorf("said %q, read %q", y.Text, i.Text())
		}
	})
}

// TestEndpointRefuses: only what Discord signed, lately and for the first time, is taken.
func TestEndpointRefuses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := httpWorld(t)
		send := func(h http.Header, body []byte) int {
			q := httptest.NewRequest(http.MethodPost, "/discord/interactions", bytes.NewReader(body))
			q.Header = h
			a := httptest.NewRecorder()
			w.bot.Handler().ServeHTTP(a, q)
			return a.Code
		}
		n := 0
		body := func() []byte {
			n++
			return fmt.Appendf(nil, `{"id":"%d","application_id":%q,"type":2,"token":"t","guild_id":%q,"channel_id":%q,"member":{"user":{"id":%q}},"data":{"name":"whoami"}}`,
				n, w.Application(), w.guild, w.channel, w.alex)
		}
		good := body()
		signed := w.Sign(good, time.Now())
		other := signed.Clone()
		other.Set("X-Signature-Ed25519", strings.ToUpper(signed.Get("X-Signature-Ed25519")))
		forged := w.Sign(good, time.Now())
		forged.Set("X-Signature-Ed25519", strings.Repeat("00", 64))
		short := w.Sign(good, time.Now())
		short.Set("X-Signature-Ed25519", "00")
		moved := w.Sign(good, time.Now())
		moved.Set("X-Signature-Timestamp", fmt.Sprint(time.Now().Unix()+1))
		large := append(bytes.Repeat([]byte(" "), 1<<20), good...)
		for _, test := range []struct {
			name   string
			header http.Header
			body   []byte
			want   int
		}{
			{"signed", signed, good, 200},
			{"replayed", signed, good, 401},
			{"replayed in capitals", other, good, 401},
			{"forged", forged, good, 401},
			{"short signature", short, good, 401},
			{"another time", moved, good, 401},
			{"unsigned", http.Header{}, good, 401},
			{"another body", w.Sign(good, time.Now().Add(time.Second)), append([]byte(" "), good...), 401},
			{"stale", w.Sign(body(), time.Now().Add(-6*time.Minute)), good, 401},
			{"of the future", w.Sign(good, time.Now().Add(6*time.Minute)), good, 401},
			{"too large", w.Sign(large, time.Now()), large, 413},
			{"no JSON", w.Sign([]byte("{"), time.Now()), []byte("{"), 400},
			{"no interaction", w.Sign([]byte(`{"type":2}`), time.Now()), []byte(`{"type":2}`), 400},
		} {
			if got := send(test.header, test.body); got != test.want {
				t.Errorf("%s: %d, want %d", test.name, got, test.want)
			}
		}
		w.door.answers.Wait()
		if len(w.door.accepted) != 1 {
			t.Errorf("%d requests accepted", len(w.door.accepted))
		}
	})
}

// TestElsewhereAsked: requests from servers that the bot does not serve, or for another application, are not accepted.
func TestElsewhereAsked(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := httpWorld(t)
		for _, body := range []string{
			`{"id":"1","application_id":"%s","type":2,"token":"t","channel_id":"5","user":{"id":"7"},"data":{"name":"whoami"}}`,
			`{"id":"1","application_id":"%s","type":2,"token":"t","guild_id":"999","channel_id":"5","member":{"user":{"id":"7"}},"data":{"name":"whoami"}}`,
			`{"id":"1","application_id":"%s","type":3,"token":"t","guild_id":"999","channel_id":"5","member":{"user":{"id":"7"}},"data":{"custom_id":"press:T"}}`,
			`{"id":"1","application_id":"8%s","type":2,"token":"t","guild_id":"` + w.guild + `","channel_id":"5","member":{"user":{"id":"7"}},"data":{"name":"whoami"}}`,
		} {
			raw := fmt.Appendf(nil, body, w.Application())
			q := httptest.NewRequest(http.MethodPost, "/discord/interactions", bytes.NewReader(raw))
			q.Header = w.Sign(raw, time.Now())
			a := httptest.NewRecorder()
			w.bot.Handler().ServeHTTP(a, q)
			var answer struct {
				Type int
				Data struct{ Flags int }
			}
			if err := json.Unmarshal(a.Body.Bytes(), &answer); err != nil || answer.Type != 4 || answer.Data.Flags != 64 {
				t.Errorf("%s: %v %s", raw, err, a.Body)
			}
		}
		if len(w.door.accepted) != 0 {
			t.Errorf("accepted %v", w.door.accepted)
		}
	})
}

// TestVerify uses the vectors of RFC 8032, section 7.1, divided into timestamp and body: Discord publishes none of its own.
func TestVerify(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("testdata", "rfc8032.json"))
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Key, Message, Signature string }
	if err := json.Unmarshal(raw, &vectors); err != nil || len(vectors) == 0 {
		t.Fatal(err)
	}
	unhex := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, v := range vectors {
		key, message := ed25519.PublicKey(unhex(v.Key)), unhex(v.Message)
		stamp, body := string(message[:1]), message[1:]
		if !discord.Verify(key, v.Signature, stamp, body) {
			t.Errorf("%s is refused", v.Signature)
		}
		for at := range len(v.Signature) / 2 {
			wrong := unhex(v.Signature)
			wrong[at] ^= 1
			if discord.Verify(key, hex.EncodeToString(wrong), stamp, body) {
				t.Errorf("a signature changed at byte %d is accepted", at)
			}
		}
		if discord.Verify(key, v.Signature, stamp, append([]byte{0}, body...)) || discord.Verify(key, v.Signature, "", message) ||
			discord.Verify(key, v.Signature+"00", stamp, body) || discord.Verify(nil, v.Signature, stamp, body) {
			t.Error("a changed request is accepted")
		}
	}
}
