package webchat_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Outside the demo a browser trades a token for a session, speaks with it, and gives it back.
func TestBrowserLogin(t *testing.T) {
	t.Parallel()
	b := browse(t, newScenario(t))
	b.scheme("dark")
	b.shot("empty")
	f := start(t, withLogin)
	server := serve(t, f)
	b.do(chromedp.Navigate(server.URL+"/login"), chromedp.WaitVisible("#token"))
	b.shot("form")
	b.do(chromedp.SetValue("#token", "wrong"), chromedp.Click("form button"), chromedp.WaitVisible(".problem"))
	b.do(chromedp.SetValue("#token", "dev-token"), chromedp.Click("form button"), chromedp.WaitVisible(`#live[data-state="live"]`))
	b.is(`!document.cookie.includes("session")`) // scripts don't see the session
	b.keys("/hello", kb.Escape, kb.Enter)
	b.until(`document.querySelectorAll("article").length === 2`)
	b.is(`document.querySelector(".said").textContent === "/hello"`)
	b.shot("in")
	if said := f.door.lastSaid(); said.Account != local("U-dev") {
		t.Errorf("said %+v", said)
	}
	b.do(chromedp.Click(".me button"), chromedp.WaitVisible("#token"))
	b.do(chromedp.Navigate(server.URL+"/c/cab"), chromedp.WaitVisible("#token"))
}
