package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// tab is a server's web chat in a real Chromium without a screen.
type tab struct {
	t   *testing.T
	ctx context.Context
	n   int // pictures taken
}

// openPage opens a server's page.
func openPage(t *testing.T, address string) *tab {
	t.Helper()
	p := openBrowser(t)
	p.open(address)
	return p
}

// openBrowser opens an empty tab; it skips where there is no Chromium, but in CI there is one.
func openBrowser(t *testing.T) *tab {
	t.Helper()
	binary := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
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
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(binary), chromedp.UserDataDir(t.TempDir()), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.WSURLReadTimeout(patience),
	)
	allocated, freeAllocated := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, closeTab := chromedp.NewContext(allocated)
	t.Cleanup(func() {
		closeTab()
		freeAllocated()
	})
	if err := chromedp.Do(ctx); err != nil { // it lives as long as the context of what it is first asked
		t.Fatal(err)
	}
	return &tab{t: t, ctx: ctx}
}

// another opens the page in a tab of its own beside this one.
func (p *tab) another(address string) *tab {
	p.t.Helper()
	ctx, closeTab := chromedp.NewContext(p.ctx)
	p.t.Cleanup(closeTab)
	other := &tab{t: p.t, ctx: ctx}
	other.open(address)
	return other
}

// open navigates to the page and waits until it is up to date.
func (p *tab) open(address string) {
	p.t.Helper()
	err := chromedp.Listen(p.ctx, func(ev any) {
		if e, ok := ev.(*runtime.EventExceptionThrown); ok {
			p.t.Errorf("the page threw: %+v", e.ExceptionDetails)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate(address+"/"))
	p.until(isReady)
}

// isReady holds once the page is up to date.
const isReady = `document.documentElement.dataset.ready === "true" && ` + isLive

// isLive holds while the page hears of what happens.
const isLive = `document.getElementById("live").dataset.state === "live"`

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.look("failure")
		p.t.Fatal(err)
	}
}

// click clicks something that may be drawn anew just then, such as a button of a card: it is looked for again.
func (p *tab) click(selector string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	err := chromedp.Do(ctx, chromedp.Click(selector))
	for err != nil && strings.Contains(err.Error(), "Could not find node") && ctx.Err() == nil {
		err = chromedp.Do(ctx, chromedp.Click(selector))
	}
	if err != nil {
		p.look("failure")
		p.t.Fatalf("click %s: %v", selector, err)
	}
}

// until waits for a condition of the page.
func (p *tab) until(condition string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingTimeout(patience))); err != nil {
		p.look("failure")
		p.t.Fatalf("never true: %s: %v\n%s", condition, err, ask[string](p, `document.getElementById("timeline").innerText`))
	}
}

// is asks the page something now.
func (p *tab) is(condition string) {
	p.t.Helper()
	if !ask[bool](p, condition) {
		p.look("failure")
		p.t.Errorf("not true: %s\n%s", condition, ask[string](p, `document.getElementById("timeline").innerText`))
	}
}

func ask[T any](p *tab, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

func (p *tab) keys(keys ...string) {
	p.t.Helper()
	for _, k := range keys {
		p.do(chromedp.KeyEvent(k))
	}
}

// types types the beginning of a word and has it completed.
func (p *tab) types(beginning, completed string) {
	p.t.Helper()
	p.keys(beginning, kb.Tab)
	p.until(fmt.Sprintf(`document.getElementById("line").value === %q`, completed))
}

// mostTyped is how long a line is typed key by key, in bytes; a longer one is put in at once, as people paste it.
const mostTyped = 200

// says sends a line.
func (p *tab) says(line string) {
	p.t.Helper()
	p.do(chromedp.Focus("#line"))
	if len(line) > mostTyped {
		p.is(fmt.Sprintf(`(() => {
			const line = document.getElementById("line");
			line.value = %q;
			return line.dispatchEvent(new Event("input", { bubbles: true }));
		})()`, line))
	} else {
		p.keys(line)
	}
	p.keys(kb.Escape, kb.Enter)
	p.until(fmt.Sprintf(`[...document.querySelectorAll(".line .said")].some((n) => n.textContent === %q)`, line))
}

// as speaks as somebody else from now on.
func (p *tab) as(handle string) {
	p.t.Helper()
	p.do(chromedp.SetValue("#as", handle), chromedp.Evaluate[chromedp.Void](`document.getElementById("as").dispatchEvent(new Event("change"))`))
	p.until(isLive + ` && document.getElementById("timeline").ariaBusy !== "true"`)
}

// to goes to a channel, and waits until what is there has taken the place of what was shown.
func (p *tab) to(channel string) {
	p.t.Helper()
	p.is(fmt.Sprintf(`(() => {
		const former = Object.assign(document.createElement("i"), { id: "former" });
		if (document.getElementById("here").textContent !== %q) document.getElementById("timeline").append(former);
		return true;
	})()`, channel))
	p.do(chromedp.Click(fmt.Sprintf(`.channels a[data-channel=%q]`, channel)))
	p.until(fmt.Sprintf(`document.getElementById("here").textContent === %q && document.getElementById("former") === null`, channel))
}

// card is the script of a card; an article without the one that the page shows does not have it.
func card(id string) string {
	return fmt.Sprintf(`document.querySelector('article[data-card=%q]')`, id)
}

// shows waits until a card says all of something.
func (p *tab) shows(id string, texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf(`%s?.textContent.includes(%q)`, card(id), text))
	}
}

// newest is the id of the newest card whose id begins with a letter.
func (p *tab) newest(letter string) string {
	p.t.Helper()
	return ask[string](p, fmt.Sprintf(`[...document.querySelectorAll('article[data-card^="%s-"]')].at(-1).dataset.card`, letter))
}

// press presses a card's button, and confirms where it asks.
func (p *tab) press(id, button string, confirm bool) {
	p.t.Helper()
	selector := fmt.Sprintf(`article[data-card=%q] button[data-name=%q]`, id, button)
	p.until(fmt.Sprintf(`document.querySelector(%q) !== null`, selector))
	p.until(still(id))
	p.click(selector)
	p.until(fmt.Sprintf(`document.getElementById("confirm").open === %v`, confirm))
	if confirm {
		p.look("confirm-" + button)
		p.do(chromedp.Click("#yes"))
		p.until(`!document.getElementById("confirm").open`)
	}
}

// still is the script that is true once a card has not changed for longer than the bot takes to show what was decided a moment
// ago: a person does not press what is being drawn.
func still(id string) string {
	return fmt.Sprintf(`(() => {
		const seen = %s?.innerHTML, now = performance.now();
		if (window.stillOf !== seen) { window.stillOf = seen; window.stillSince = now; }
		return now - window.stillSince > 900;
	})()`, card(id))
}

// told waits for an answer that only the speaker sees.
func (p *tab) told(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf(`[...document.querySelectorAll(".private:not([hidden])")].at(-1)?.textContent.includes(%q)`, text))
	}
}

// look checks that nothing overflows however the page is looked at, and keeps pictures in the folder that GONOGO_SHOTS names.
func (p *tab) look(name string) {
	p.t.Helper()
	p.n++
	folder := os.Getenv("GONOGO_SHOTS")
	for _, how := range []struct {
		scheme string
		width  int64
	}{{"dark", 1200}, {"light", 390}, {"light", 1200}} {
		features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: how.scheme}}
		if _, err := chromedp.Call(p.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
			p.t.Error(err)
			return
		}
		p.do(chromedp.EmulateViewport(how.width, 900))
		const fits = `document.documentElement.scrollWidth <= innerWidth && document.getElementById("timeline").scrollWidth <= document.getElementById("timeline").clientWidth`
		if !ask[bool](p, fits) {
			p.t.Errorf("%s: something is wider than %d px", name, how.width)
		}
		if folder == "" {
			continue
		}
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%02d-%s-%s-%d.png", p.n, name, how.scheme, how.width)), png, 0o600)
		}
		if err != nil {
			p.t.Log(err)
		}
	}
}
