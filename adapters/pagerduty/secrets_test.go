package pagerduty_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Whatever goes wrong, no secret is in what the adapter says: errors, findings, notices, its log.
func TestSecretsAreNeverSaid(t *testing.T) {
	for _, k := range append(trouble.Kinds(), "none", "echo") {
		t.Run(string(k), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, a := hooked(t, nil)
				defer run(t, a)()
				var said strings.Builder
				s.all(t, a, &said) // as it is
				switch k {
				case "none":
				case "echo": // a proxy that shows what it refuses
					defer s.net.Serve("api.pagerduty.com", http.HandlerFunc(echo))()
					defer s.net.Serve("events.pagerduty.com", http.HandlerFunc(echo))()
				default:
					s.Fail(k)
				}
				s.all(t, a, &said)
				time.Sleep(time.Hour)
				fmt.Fprintf(&said, "%+v %s", s.ears.all(), s.log.String())
				for ref, value := range secrets {
					if strings.Contains(said.String(), value) {
						t.Errorf("%s is said", ref)
					}
				}
				if !strings.Contains(said.String(), "PagerDuty") {
					t.Error("nothing was said")
				}
			})
		})
	}
}

// all does all that the adapter can, and writes down what comes of it.
func (s *stage) all(t *testing.T, a *pagerduty.Adapter, said io.Writer) {
	ctx := t.Context()
	id := s.Server.Open("PCHECK1", "trouble", "high", "PMIRA01")
	on, err := a.OnCall(ctx, "checkout")
	fmt.Fprintln(said, on, err)
	open, err := a.Open(ctx, "checkout")
	fmt.Fprintln(said, open, err)
	for _, err := range []error{
		a.Trigger(ctx, page("D-2")), a.Acknowledge(ctx, "D-2"), a.Resolve(ctx, "D-2"), a.Changed(ctx, port.Changed{Service: "checkout", Environment: "prod", Summary: "deployed"}),
		a.Take(ctx, id, port.Responder{Email: "mira@shop.example"}),
	} {
		fmt.Fprintln(said, err)
	}
	for _, f := range a.Examine(ctx) {
		fmt.Fprintln(said, say(f.What), say(f.Do))
	}
	body := []byte(incident)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, door, strings.NewReader(incident))
	no(t, err)
	r.Header.Set("X-PagerDuty-Signature", pagerdutytest.Sign(body, "guess"))
	res, err := s.client.Do(r)
	no(t, err)
	defer res.Body.Close()
	text, _ := io.ReadAll(res.Body)
	fmt.Fprintln(said, string(text))
}

func echo(w http.ResponseWriter, r *http.Request) {
	dump, _ := httputil.DumpRequest(r, true)
	w.WriteHeader(http.StatusBadGateway)
	_, _ = w.Write([]byte(strings.Join(strings.Fields(string(dump))[3:], " ")))
}
