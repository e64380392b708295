package webchat_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// What is posted while a channel is opened is seen, though the page had asked for what is there before.
func TestBrowserLosesNothingOnTheWay(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	s.f.post(t, "#cab", "before", chat.Message{Title: text("said before")})
	b := browse(t, s)
	b.run(`window.held = fetch; window.fetch = async (path, ...more) => {
		const answer = await held(path, ...more);
		if (path.startsWith("/api/v1/entries")) await new Promise((go) => (window.release = go));
		return answer;
	}`)
	b.do(chromedp.Click(`.channels a[data-channel="#cab"]`))
	b.until(`window.release !== undefined`)
	s.f.post(t, "#cab", "meanwhile", chat.Message{Title: text("said meanwhile")})
	const shown = `document.getElementById("timeline").textContent`
	b.until(shown + `.includes("said meanwhile")`)
	b.run(`window.release()`)
	b.until(shown + `.includes("said before")`)
	b.is(shown + `.match(/said meanwhile/g)?.length === 1`)
}
