package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// session is a board that sits over the demonstration's data centre, each of its members logged in from a browser of their own.
type session struct {
	*server
	centre  *demonstration
	browser *tab
	tokens  map[string]string
	// over is set before the bot is stopped: the pages complain of that, as they should.
	over atomic.Bool
}

// sit builds a data centre and starts the organisation of testdata/boards over it, with some texts of its file replaced.
func sit(t *testing.T, replace ...string) *session {
	t.Helper()
	at, data, _ := demo(t)
	browser := openBrowser(t)
	folder, err := filepath.Abs("../../testdata")
	if err != nil {
		t.Fatal(err)
	}
	said := &buffer{}
	b := &session{browser: browser, tokens: map[string]string{}, centre: &demonstration{folder: filepath.Join(folder, "demo"), data: data, log: said}}
	t.Cleanup(func() {
		b.centre.close()
		if t.Failed() {
			t.Logf("the data centre:\n%s", said)
		}
	})
	if err := b.centre.prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.centre.folder = filepath.Join(folder, "boards")
	if err := b.centre.configure(); err != nil {
		t.Fatal(err)
	}
	at.file = b.centre.configuration()
	text, err := os.ReadFile(at.file)
	if err == nil {
		err = os.WriteFile(at.file, []byte(strings.NewReplacer(replace...).Replace(string(text))), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	b.server = at.serve()
	for _, service := range []string{"web", "payments", "ledger"} {
		for _, env := range []string{"staging", "prod"} {
			if reply := b.asks("admin", "/deploy adopt "+service+" "+env+" 1.0.0"); reply.Outcome != "done" {
				t.Fatalf("adopt %s: %+v", service, reply)
			}
		}
	}
	return b
}

func (b *session) store() string { return b.centre.path("store") }

// mill builds versions of services.
func (b *session) mill(args ...string) {
	b.t.Helper()
	cmd := exec.Command(b.centre.program(millProgram), append([]string{"-out", b.centre.repository(), "-checkout", "."}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.t.Fatalf("mill %v: %v: %s", args, err, out)
	}
}

// token makes a token for somebody, as whoever runs the bot would.
func (b *session) token(handle string) string {
	b.t.Helper()
	if b.tokens[handle] == "" {
		var out bytes.Buffer
		if err := callControl(b.t.Context(), b.store(), "token/create", url.Values{"person": {handle}}, &out); err != nil {
			b.t.Fatal(err)
		}
		b.tokens[handle] = strings.TrimSpace(out.String())
	}
	return b.tokens[handle]
}

// api asks the HTTP interface as somebody.
func (b *session) api(handle, method, path string, body, answer any) {
	b.t.Helper()
	sent, err := json.Marshal(body)
	if err != nil {
		b.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(b.t.Context(), method, b.address+path, bytes.NewReader(sent))
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+b.token(handle))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.New(response.Status)
	}
	if err == nil {
		err = json.Unmarshal(got, answer)
	}
	if err != nil {
		b.t.Fatalf("%s %s: %v: %s", method, path, err, got)
	}
}

func (b *session) asks(handle, line string) (reply words.Reply) {
	b.t.Helper()
	b.api(handle, http.MethodPost, "/api/v1/say", map[string]string{"in": "#releases", "text": line}, &reply)
	return reply
}

// stands wants the titles of cards to say how things ended, and settled ones to have no button that still decides.
func (b *session) stands(channel string, ends map[string]string) {
	b.t.Helper()
	var got struct {
		Entries []struct{ Message *words.Message }
	}
	b.api("aud", http.MethodGet, "/api/v1/entries?n=500&in="+url.QueryEscape(channel), nil, &got)
	cards := map[string]words.Message{}
	for _, e := range got.Entries {
		if e.Message != nil && e.Message.Card != "" {
			cards[e.Message.Card] = *e.Message
		}
	}
	for id, end := range ends {
		if !strings.Contains(cards[id].Title, end) {
			b.t.Errorf("%s is %q, not %s", id, cards[id].Title, end)
		}
		if id[0] == 'B' && len(cards[id].Buttons) > 0 {
			b.t.Errorf("%s is over and has buttons: %+v", id, cards[id].Buttons)
		}
	}
}

// adjourn stops the bot in good order and has the trail looked at by somebody who has the store alone.
func (b *session) adjourn() {
	b.t.Helper()
	b.over.Store(true)
	if status := b.stop(); status != 0 {
		b.t.Fatalf("exit status %d: %s", status, b.log)
	}
	says(b.t, b.must(0, "audit", "verify", "--data", b.store()).out, "is whole")
}

// member logs in with a token, in a browser that knows nothing of the others.
func (b *session) member(handle string) *tab {
	b.t.Helper()
	ctx, leave := chromedp.NewContext(b.browser.ctx, chromedp.WithNewBrowserContext())
	b.t.Cleanup(leave)
	p := &tab{t: b.t, ctx: ctx}
	if err := chromedp.Listen(ctx, b.complaints(handle)); err != nil {
		b.t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate(b.address+"/login"), chromedp.WaitVisible("#token"))
	p.keys(b.token(handle))
	loading, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	if _, err := chromedp.RunResponse(loading, chromedp.KeyEvent(kb.Enter)); err != nil {
		b.t.Fatal(err)
	}
	p.until(isReady)
	return p
}

// complaints fails the test when a page throws or writes an error to its console.
func (b *session) complaints(handle string) func(any) {
	return func(ev any) {
		if b.over.Load() || b.t.Context().Err() != nil {
			return
		}
		switch e := ev.(type) {
		case *runtime.EventExceptionThrown:
			b.t.Errorf("the page of %s threw: %+v", handle, e.ExceptionDetails)
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
				b.t.Errorf("the page of %s complains: %+v", handle, e.Args)
			}
		case *log.EventEntryAdded:
			if e.Entry.Level == log.EntryLevelError {
				b.t.Errorf("the browser of %s complains: %s %s", handle, e.Entry.Text, e.Entry.URL)
			}
		}
	}
}

// hears does something and waits for the answer to it, which only the speaker sees.
func (p *tab) hears(do func(), texts ...string) {
	p.t.Helper()
	p.is(`(() => { for (const n of document.querySelectorAll("article.private")) n.dataset.heard = ""; return true; })()`)
	do()
	for _, text := range texts {
		p.until(fmt.Sprintf(`[...document.querySelectorAll("article.private:not([hidden], [data-heard])")].some((n) => n.innerText.includes(%q))`, text))
	}
}

// enters presses a card's button by the keyboard, and confirms where it asks. A button that is drawn anew keeps the focus.
func (p *tab) enters(id, button string) {
	p.t.Helper()
	selector := fmt.Sprintf(`article[data-card=%q] button[data-name=%q]`, id, button)
	p.until(fmt.Sprintf(`(() => { const b = document.querySelector(%q); b?.focus(); return b && document.activeElement === b && !b.ariaDisabled; })()`, selector))
	confirms := ask[bool](p, fmt.Sprintf(`"confirm" in document.querySelector(%q).dataset`, selector))
	p.keys(kb.Enter)
	if !confirms {
		return
	}
	p.until(`document.getElementById("confirm").open`)
	if ask[string](p, `document.activeElement.id`) == "no" {
		p.keys(kb.Tab)
	}
	p.is(`document.activeElement.id === "yes"`)
	p.keys(kb.Enter)
	p.until(`!document.getElementById("confirm").open`)
}

// walks goes from the input to a card's button by the keyboard alone: k to the message, Tab to the button.
func (p *tab) walks(id, button string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`document.querySelector('article[data-card=%q] button[data-name=%q]') !== null`, id, button))
	p.do(chromedp.Focus("#timeline"))
	for range ask[int](p, `document.querySelectorAll("article").length`) {
		p.keys("k")
		if ask[string](p, `document.activeElement.dataset.card ?? ""`) == id {
			break
		}
	}
	p.is(fmt.Sprintf(`document.activeElement.dataset.card === %q`, id))
	for range 20 {
		p.keys(kb.Tab)
		if ask[string](p, `document.activeElement.dataset.name ?? ""`) == button {
			break
		}
	}
	p.is(fmt.Sprintf(`document.activeElement.dataset.name === %q && document.activeElement.closest("article").dataset.card === %q`, button, id))
	p.keys(kb.Enter)
}

// lacks waits until a card shows none of some buttons.
func (p *tab) lacks(id string, buttons ...string) {
	p.t.Helper()
	for _, button := range buttons {
		p.until(fmt.Sprintf(`%s?.querySelector('button[data-name=%q]') === null`, card(id), button))
	}
}

// reads waits until something is said in the channel that is open.
func (p *tab) reads(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.until(fmt.Sprintf(`[...document.querySelectorAll("article:not(.private)")].some((n) => n.textContent.includes(%q))`, text))
	}
}

// copied is a folder's files as they were, to be put back.
func copied(t *testing.T, from string) (back func()) {
	t.Helper()
	kept := t.TempDir()
	if err := os.CopyFS(kept, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		err := os.RemoveAll(from)
		if err == nil {
			err = os.CopyFS(from, os.DirFS(kept))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}
