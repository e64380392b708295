package webchat_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
)

// browsers are the names that Chromium goes by.
var browsers = []string{"chromium", "chromium-browser", "google-chrome"}

// browser drives a real Chromium without a screen.
type browser struct {
	t   *testing.T
	ctx context.Context
	url string
}

// browse serves the scenario on loopback and opens its page.
func browse(t *testing.T, s *scenario) *browser {
	t.Helper()
	binary := ""
	for _, name := range browsers {
		if path, err := exec.LookPath(name); err == nil {
			binary = path
			break
		}
	}
	if binary == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium was found")
		}
		t.Skip("no Chromium was found")
	}
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	serving, stop := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- s.f.Serve(serving, l, 5*time.Second) }()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WSURLReadTimeout(time.Minute),
	)
	allocated, freeAllocated := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		closeTab()
		freeAllocated()
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	err = chromedp.Listen(ctx, func(ev any) {
		if e, ok := ev.(*runtime.EventExceptionThrown); ok {
			t.Errorf("the page threw: %+v", e.ExceptionDetails)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: ctx, url: "http://" + l.Addr().String()}
	b.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate(b.url+"/"))
	b.until(`document.documentElement.dataset.ready === "true" && document.getElementById("live").dataset.state === "live"`)
	return b
}

func (b *browser) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.shot("failure")
		b.t.Fatal(err)
	}
}

// until waits for a condition of the page.
func (b *browser) until(condition string) {
	b.t.Helper()
	if _, err := chromedp.Run(b.ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingTimeout(20*time.Second))); err != nil {
		b.shot("failure")
		b.t.Fatalf("never true: %s: %v", condition, err)
	}
}

// is asks the page something now.
func (b *browser) is(condition string) {
	b.t.Helper()
	if ok := ask[bool](b, condition); !ok {
		b.shot("failure")
		b.t.Errorf("not true: %s", condition)
	}
}

func ask[T any](b *browser, expression string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *browser) run(script string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](script))
}

func (b *browser) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// shot keeps a picture in the folder that WEBCHAT_SHOTS names.
func (b *browser) shot(name string) {
	folder := os.Getenv("WEBCHAT_SHOTS")
	if folder == "" {
		return
	}
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Log(err)
		return
	}
	name = fmt.Sprintf("%s-%s.png", strings.ReplaceAll(b.t.Name(), "/", "-"), name)
	if err := os.WriteFile(filepath.Join(folder, name), png, 0o600); err != nil {
		b.t.Log(err)
	}
}

func (b *browser) scheme(value string) {
	b.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}}
	if _, err := chromedp.Call(b.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatal(err)
	}
}

func TestBrowserStory(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	b := browse(t, s)
	b.is(`document.activeElement.id === "line"`)
	b.is(`document.getElementById("as").value === "dev"`)

	// A command typed with completion: what is certain is filled in, then chosen from the list.
	b.keys("/rel", kb.Tab)
	b.until(`document.querySelectorAll("#choices li").length === 3 && document.getElementById("line").value === "/release "`)
	b.shot("completion")
	b.keys(kb.ArrowDown, kb.Enter)
	b.until(`document.getElementById("line").value === "/release plan payments 1.1.0" && document.getElementById("choices").hidden`)
	b.keys(kb.Enter)
	b.until(`document.querySelector('article[data-card="R-1"]') !== null && document.querySelector('.plain[data-id] .title')?.textContent.includes("planned")`)
	b.is(`document.querySelectorAll(".plain").length === 1`) // the reply and what the channel shows of it are one
	b.is(`document.querySelector(".line .said").textContent === "/release plan payments 1.1.0"`)
	b.is(`document.getElementById("line").value === ""`)
	b.is(`document.querySelector('.channels a[data-channel="#cab"] .unread').textContent === "1"`)
	b.is(`document.querySelector('a.button[href^="javascript"]') === null`)
	// What names the card is a way to it.
	b.is(`document.querySelector(".plain a.ref").textContent === "R-1" && document.querySelector("article[data-card] a.ref") === null`)
	b.do(chromedp.Click(`.plain a.ref`))
	b.until(`document.activeElement.dataset.card === "R-1" && location.hash === ""`)
	b.do(chromedp.Focus("#line"))
	b.shot("planned")

	// A refusal is for the speaker alone, and gone from sight for another one.
	b.keys("/refuse", kb.Escape, kb.Enter)
	b.until(`document.querySelector(".private .only")?.textContent === "only you see this"`)
	b.do(chromedp.SetValue("#as", "chair"), chromedp.Evaluate[chromedp.Void](`document.getElementById("as").dispatchEvent(new Event("change"))`))
	b.until(`document.querySelector(".private").hidden && document.getElementById("live").dataset.state === "live"`)
	b.is(`!document.querySelector('article[data-card="R-1"]').hidden`)

	// The chair goes to the CAB and vetoes: asked first, and the first answer is no.
	b.do(chromedp.Click(`.channels a[data-channel="#cab"]`), chromedp.WaitVisible(`button[data-name="veto"]`))
	b.is(`location.pathname === "/c/cab" && document.querySelector('.channels a[data-channel="#cab"] .unread').hidden`)
	b.is(`document.querySelector(".mention.you") !== null`)
	b.run(`window.node = document.querySelector('article[data-card="R-1"]'); document.querySelector("details").open = true; null`)
	b.do(chromedp.Click(`button[data-name="veto"]`), chromedp.WaitVisible("#confirm"))
	b.is(`document.getElementById("question").textContent === "Veto R-1? The release ends then." && document.activeElement.id === "no"`)
	b.shot("confirm")
	b.keys(kb.Enter)
	b.until(`!document.getElementById("confirm").open`)
	s.mu.Lock()
	if len(s.votes) != 0 {
		t.Errorf("a button that was not confirmed was pressed: %v", s.votes)
	}
	s.mu.Unlock()
	b.do(chromedp.Click(`button[data-name="veto"]`), chromedp.WaitVisible("#yes"), chromedp.Click("#yes"))
	b.until(`document.querySelector('button[data-name="veto"]') === null && document.querySelector(".edited") !== null`)
	b.is(`window.node === document.querySelector('article[data-card="R-1"]') && window.node.isConnected && window.node.classList.contains("flash")`)
	b.is(`document.querySelector("details").open`)
	b.until(`[...document.querySelectorAll(".private .title")].some(n => n.textContent.includes("Your vote is counted."))`)
	s.mu.Lock()
	if len(s.votes) != 1 || s.votes[0] != "U-chair tok-veto" {
		t.Errorf("votes %v", s.votes)
	}
	s.mu.Unlock()
	b.shot("voted")

	// Whom one speaks as is remembered.
	b.do(chromedp.Reload())
	b.until(`document.documentElement.dataset.ready === "true" && document.getElementById("as").value === "chair"`)
}

func TestBrowserLooks(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	b := browse(t, s)
	b.keys("/release plan payments 1.1.0", kb.Escape, kb.Enter)
	b.until(`document.querySelector('article[data-card="R-1"]') !== null`)
	b.run(`location.hash = "#R-1"`) // as a page's button leads to its release
	b.until(`document.querySelector('article[data-card="R-1"].flash') !== null`)
	b.keys("/refuse", kb.Escape, kb.Enter)
	b.until(`document.querySelector(".private") !== null`)
	grounds := map[string]string{}
	for _, scheme := range []string{"light", "dark"} {
		b.scheme(scheme)
		for name, width := range map[string]int64{"wide": 1200, "phone": 390, "small": 320} {
			b.do(chromedp.EmulateViewport(width, 844))
			b.is(`document.documentElement.scrollWidth <= innerWidth && document.getElementById("timeline").scrollWidth <= document.getElementById("timeline").clientWidth`)
			b.is(`document.getElementById("line").getBoundingClientRect().bottom <= innerHeight`)
			b.shot(scheme + "-" + name)
			if name == "phone" {
				b.run(`document.querySelector('article[data-card]').scrollIntoView()`)
				b.shot(scheme + "-" + name + "-card")
			}
		}
		grounds[scheme] = ask[string](b, `getComputedStyle(document.querySelector("main")).backgroundColor`)
		for _, what := range []string{".title", "dt", ".sign.closed", ".only", ".here p", "time"} {
			b.is(contrast(what))
		}
	}
	if grounds["light"] == grounds["dark"] {
		t.Errorf("both schemes are %s", grounds["light"])
	}
}

// contrast asks whether an element's text stands out as WCAG 2.2 asks of text, 4.5 to 1.
func contrast(selector string) string {
	return fmt.Sprintf(`(() => {
		const rgb = (c) => c.match(/[\d.]+/g).map(Number);
		const lum = (c) => rgb(c).slice(0, 3).map((v) => v / 255).map((v) => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
			.reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
		const node = document.querySelector(%q);
		let under = node;
		while ((rgb(getComputedStyle(under).backgroundColor)[3] ?? 1) === 0) under = under.parentElement;
		const [a, b] = [getComputedStyle(node).color, getComputedStyle(under).backgroundColor].map(lum);
		return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) >= 4.5;
	})()`, selector)
}

// What people write stays text, however it gets to the page: with it, live, or in an answer.
func TestBrowserInjection(t *testing.T) {
	t.Parallel()
	s := newScenario(t, func(o *webchat.Options) { o.Organisation = func() string { return inert } })
	s.f.post(t, "#releases", "before", hostile())
	b := browse(t, s)
	s.f.post(t, "#releases", "after", hostile())
	b.until(`document.querySelectorAll("article.card").length === 2`)
	b.do(chromedp.SetValue("#line", inert), chromedp.Focus("#line"))
	b.keys(kb.Enter)
	b.until(`document.querySelector(".private") !== null`)
	b.is(`document.querySelector(".line .said").textContent.includes("onerror")`)
	b.is(`window.broken === undefined && document.getElementById("broken") === null && document.querySelector("img, main script") === null`)
	b.is(`[...document.querySelectorAll(".title")].every((n) => n.textContent.includes("<img src=x onerror="))`)
	b.do(chromedp.EmulateViewport(390, 844))
	b.is(`document.documentElement.scrollWidth <= innerWidth`)
	b.shot("inert")
}

// Everything can be done without a mouse.
func TestBrowserKeyboard(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	b := browse(t, s)
	b.keys("/release plan payments 1.1.0", kb.Escape, kb.Enter)
	b.until(`document.querySelector('.channels a[data-channel="#cab"] .unread').textContent === "1"`)
	b.keys(kb.ArrowUp)
	b.is(`document.getElementById("line").value === "/release plan payments 1.1.0"`)
	b.keys(kb.ArrowDown)
	b.is(`document.getElementById("line").value === ""`)

	b.keys("?")
	b.until(`document.getElementById("keys").open`)
	b.shot("keys")
	b.keys(kb.Escape)
	b.until(`!document.getElementById("keys").open`)

	b.do(chromedp.KeyEvent("2", chromedp.KeyModifiers(chromedp.ModifierAlt)))
	b.until(`location.pathname === "/c/cab" && document.querySelector('button[data-name="approve"]') !== null`)
	b.is(`document.title === "#cab · gonogo" && document.getElementById("topic").textContent === "votes"`)

	// From the empty input back to the newest message, then to its buttons.
	b.run(`document.getElementById("timeline").focus()`)
	b.keys("k")
	b.until(`document.activeElement.dataset.card === "R-1"`)
	for range 4 {
		if ask[bool](b, `document.activeElement.dataset.name === "approve"`) {
			break
		}
		b.keys(kb.Tab)
	}
	b.is(`document.activeElement.dataset.name === "approve"`)
	b.keys(kb.Enter)
	b.until(`document.querySelector('button[data-name="approve"]') === null`)
	b.until(`document.activeElement.closest("article") !== null`) // the focus is not lost with the button
	b.keys("/")
	b.until(`document.activeElement.id === "line"`)
	b.do(chromedp.NavigateBack())
	b.until(`location.pathname === "/" && document.getElementById("here").textContent === "#releases"`)

	// Everything that can be reached says what it is.
	b.is(`[...document.querySelectorAll("button, a, input, select, [role=log], nav")].every((n) =>
		!n.checkVisibility() || (n.ariaLabel || n.textContent.trim() || n.labels?.length))`)
}

// An event that comes while somebody reads further up does not move what they read.
func TestBrowserScroll(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	for n := range 30 {
		s.f.post(t, "#releases", fmt.Sprint(n), word(fmt.Sprintf("message %d", n)))
	}
	ref := s.f.post(t, "#releases", "card", s.card("#releases"))
	b := browse(t, s)
	const end = `(() => { const l = document.getElementById("timeline"); return l.scrollHeight - l.scrollTop - l.clientHeight < 2; })()`
	b.is(end)
	s.f.post(t, "#releases", "more", word("more"))
	b.until(`document.querySelectorAll("article").length === 32`)
	b.is(end)
	b.run(`document.getElementById("timeline").scrollTop = 100`)
	b.until(`document.getElementById("timeline").scrollTop === 100`)
	s.f.post(t, "#releases", "below", word("below"))
	b.until(`!document.getElementById("newer").hidden && document.getElementById("newer").textContent === "↓ 1 new"`)
	s.votes = []string{"one"}
	if err := s.f.Update(t.Context(), ref, s.worded(s.card("#releases"))); err != nil {
		t.Fatal(err)
	}
	b.until(`document.querySelector(".edited") !== null`)
	b.is(`document.getElementById("timeline").scrollTop === 100`)
	b.shot("newer")
	b.do(chromedp.Click("#newer"))
	b.until(end + ` && document.getElementById("newer").hidden`)
}

// A card that 200 messages came after is still there, also after going to another channel and back.
func TestBrowserLongChannel(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	s.f.post(t, "#releases", "card", s.card("#releases"))
	for n := range 200 {
		s.f.post(t, "#releases", fmt.Sprint(n), word(fmt.Sprintf("message %d", n)))
	}
	b := browse(t, s)
	const whole = `document.querySelectorAll("article").length === 201 && document.querySelector('article[data-card="R-1"]') !== null`
	b.is(whole)
	b.do(chromedp.Click(`.channels a[data-channel="#cab"]`))
	b.until(`document.querySelectorAll("article").length === 0`)
	b.do(chromedp.Click(`.channels a[data-channel="#releases"]`))
	b.until(whole)
	b.is(`document.getElementById("timeline").scrollTop > 1000`)
}
