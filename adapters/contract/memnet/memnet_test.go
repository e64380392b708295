package memnet_test

import (
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
)

func TestRequestsAdvanceWithTheBubblesClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		stop := n.Serve("api.example", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(time.Hour)
			_, _ = io.WriteString(w, r.Host)
		}))
		defer stop()
		began := time.Now()
		res, err := n.Client().Get("https://api.example/x")
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if body, _ := io.ReadAll(res.Body); string(body) != "api.example" || time.Since(began) != time.Hour {
			t.Errorf("%s after %s", body, time.Since(began))
		}
		if _, err := n.Client().Get("http://nobody.example/"); err == nil {
			t.Error("nobody answered")
		}
	})
}

func TestACutConnectionEndsItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n memnet.Net
		defer n.Serve("api.example", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { time.Sleep(time.Hour) }))()
		time.AfterFunc(time.Second, func() { n.Cut("api.example") })
		if _, err := n.Client().Get("http://api.example/"); err == nil {
			t.Error("the request ended well")
		}
		time.Sleep(2 * time.Hour)
	})
}
