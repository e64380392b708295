package terminal_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/adapters/terminal"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// patience is how long a test waits for what must come, before it fails.
const patience = 30 * time.Second

// display keeps what is shown and lets a test wait for it.
type display struct {
	mu      sync.Mutex
	text    bytes.Buffer
	read    int
	changed chan struct{}
}

func (d *display) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	close(d.changed)
	d.changed = make(chan struct{})
	return d.text.Write(p)
}

// await waits until a text is shown after what was awaited before, and returns everything up to its end.
func (d *display) await(t *testing.T, text string) string {
	t.Helper()
	for {
		d.mu.Lock()
		rest := d.text.String()[d.read:]
		i := strings.Index(rest, text)
		if i >= 0 {
			d.read += i + len(text)
		}
		changed := d.changed
		d.mu.Unlock()
		if i >= 0 {
			return rest[:i+len(text)]
		}
		select {
		case <-changed:
		case <-time.After(patience):
			t.Fatalf("never shown: %q; shown is %q", text, rest)
		}
	}
}

// awaitAll waits until all texts are shown, in whatever order.
func (d *display) awaitAll(t *testing.T, texts ...string) {
	t.Helper()
	from, furthest := d.read, d.read
	for _, text := range texts {
		d.read = from
		d.await(t, text)
		furthest = max(furthest, d.read)
	}
	d.read = furthest
}

// talk is a conversation under way.
type talk struct {
	*display
	keys io.WriteCloser
	done chan error
}

func start(t *testing.T, f *fake, opts terminal.ChatOptions) *talk {
	t.Helper()
	in, keys := io.Pipe()
	c := &talk{display: &display{changed: make(chan struct{})}, keys: keys, done: make(chan error, 1)}
	go func() {
		c.done <- terminal.Chat(t.Context(), client(f.URL, f.token), in, c.display, opts)
		in.Close()
	}()
	<-f.streams
	return c
}

func (c *talk) typed(t *testing.T, s string) {
	t.Helper()
	if _, err := io.WriteString(c.keys, s); err != nil {
		t.Fatal(err)
	}
}

func (c *talk) ends(t *testing.T) {
	t.Helper()
	if err := <-c.done; err != nil {
		t.Error(err)
	}
}

// Without a terminal, lines come from a pipe and answers go to one: the whole conversation in order.
func TestChatOverAPipe(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev"})
	c.await(t, "Test House: you speak as dev in #releases.")
	c.typed(t, "/release plan\n")
	c.await(t, "R-1 is planned\n  1 [approve]  2 [reject]\n  press with 1 or :press approve on R-1\n")
	c.typed(t, "1\n")
	c.awaitAll(t, "Counted: approve\n  (only you see this)\n", "R-1 is approved\n")
	c.typed(t, ":press approve on r-1\n")
	c.await(t, "There is no button approve on R-1.")
	c.typed(t, "/refuse\n")
	c.await(t, "You may not.\n")
	c.typed(t, "#cab\n")
	c.await(t, "You are in #cab\n")
	c.typed(t, "#nowhere\n")
	c.await(t, "There is no channel #nowhere: there are #releases and #cab.\n")
	c.typed(t, ":as nobody\n")
	c.await(t, "There is no account nobody: there are dev and sre.\n")
	c.typed(t, ":as sre\n")
	c.await(t, "You speak as sre, Sam.\n")
	if opened := <-f.streams; opened != "sre@" {
		t.Errorf("events opened as %q", opened)
	}
	c.typed(t, ":what\n:help\n:press\n7\n\nhello\n")
	c.await(t, ":what is not something that I know")
	c.await(t, ":quit leaves.")
	c.await(t, "Write :press")
	c.await(t, "There is no button 7.")
	c.await(t, "Unknown: hello\n")
	c.typed(t, ":quit\n")
	c.ends(t)
	want := []string{"dev #releases /release plan", "dev #releases  approve R-1", "dev #releases /refuse", "sre #cab hello"}
	if diff := cmp.Diff(want, f.did()); diff != "" {
		t.Error(diff)
	}
}

// A script's last line may lack its end, and the end of the input ends the conversation after the answer.
func TestEndOfInput(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	var out bytes.Buffer
	err := terminal.Chat(t.Context(), client(f.URL, ""), strings.NewReader("/refuse\n/release plan"), &out, terminal.ChatOptions{As: "dev", ASCII: true})
	if err != nil || !strings.Contains(out.String(), "You may not.") || !strings.Contains(out.String(), "R-1 is planned") {
		t.Errorf("%v after %q", err, out.String())
	}
	if n := strings.Count(out.String(), "R-1 is planned"); n != 1 {
		t.Errorf("the card is shown %d times", n)
	}
}

func TestWhatHappensIsShownOnce(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.happen("entry", "", terminal.Entry{Channel: "#releases", Who: "chair", Line: "earlier"})
	c := start(t, f, terminal.ChatOptions{As: "dev", In: "#releases"})
	c.await(t, "chair: earlier\n")
	f.happen("entry", "", terminal.Entry{Channel: "#cab", Who: "chair", Line: "elsewhere"})
	f.happen("entry", "", terminal.Entry{Channel: "#releases", Who: "chair\x1b[2J", Line: "hi\x1b]0;x\x07"})
	f.happen("private", "sre", terminal.Entry{Message: words.Message{Title: "not for dev"}})
	f.happen("private", "dev", terminal.Entry{Message: words.Message{Title: "a page", Private: true}})
	shown := c.await(t, "a page\n  (only you see this)\n")
	if strings.ContainsAny(shown, "\x1b\x07") {
		t.Errorf("control characters are shown: %q", shown)
	}
	if !strings.Contains(shown, "chair[2J: hi]0;x\n") || strings.Contains(shown, "not for dev") || strings.Contains(shown, "elsewhere") {
		t.Errorf("shown: %q", shown)
	}
	c.typed(t, "/release plan\n")
	c.await(t, "R-1 is planned")
	f.happen("entry", "", terminal.Entry{Channel: "#releases", Who: "chair", Line: "later"})
	c.await(t, "chair: later\n")
	c.typed(t, ":quit\n")
	c.ends(t)
	for text, times := range map[string]int{"earlier": 1, "R-1 is planned": 1, "dev: /release plan": 0, "later": 1, "a page": 1} {
		if n := strings.Count(c.text.String(), text); n != times {
			t.Errorf("%q is shown %d times, want %d:\n%s", text, n, times, c.text.String())
		}
	}
}

func TestConfirmation(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev"})
	c.typed(t, "/release plan\n")
	c.await(t, "2 [reject]")
	c.typed(t, "2\n")
	c.await(t, "Really reject? Type yes to go on.\n")
	c.typed(t, "no\n")
	c.await(t, "Not pressed.\n")
	c.typed(t, ":press reject\n")
	c.await(t, "Really reject?")
	c.typed(t, "yes\n")
	c.await(t, "Counted: reject")
	c.keys.Close()
	c.ends(t)
	if diff := cmp.Diff([]string{"dev #releases /release plan", "dev #releases  reject R-1"}, f.did()); diff != "" {
		t.Error(diff)
	}
}

// Two buttons of one name are told apart by their numbers.
func TestNumbersPressButtonsOfSections(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev"})
	c.typed(t, "/home\n")
	c.await(t, "2 [approve]")
	c.typed(t, "2\n")
	c.await(t, "Unknown")
	c.keys.Close()
	c.ends(t)
	if diff := cmp.Diff([]string{"dev #releases /home", "dev #releases    tok-B-2"}, f.did()); diff != "" {
		t.Error(diff)
	}
}

func TestOnlyTheDemoChangesSpeakers(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	f.token = "secret"
	c := start(t, f, terminal.ChatOptions{As: "dev"})
	c.typed(t, ":as sre\n")
	c.await(t, "Only the demo lets you speak as somebody else.\n")
	c.keys.Close()
	c.ends(t)
}

func TestServerGoneMeanwhile(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev"})
	f.mu.Lock()
	f.status = 503
	f.mu.Unlock()
	c.typed(t, "/refuse\n")
	c.await(t, "status 503\n")
	f.mu.Lock()
	f.status = 0
	f.mu.Unlock()
	c.typed(t, "/refuse\n")
	c.await(t, "You may not.\n")
	c.keys.Close()
	c.ends(t)
	if err := terminal.Chat(t.Context(), client("127.0.0.1:1", ""), strings.NewReader(""), io.Discard, terminal.ChatOptions{}); err == nil {
		t.Error("a chat with nobody begins")
	}
}

func TestContextEndsTheChat(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	ctx, cancel := context.WithCancel(t.Context())
	in, _ := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- terminal.Chat(ctx, client(f.URL, ""), in, io.Discard, terminal.ChatOptions{As: "dev"}) }()
	<-f.streams
	cancel()
	if err := <-done; err != context.Canceled {
		t.Errorf("got %v", err)
	}
}

// On a terminal the line being typed stays whole beneath what is shown meanwhile.
func TestTypingSurvivesEvents(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev", TTY: true, Size: func() (int, int) { return 100, 30 }})
	c.await(t, "dev #releases> ")
	c.typed(t, "/ref")
	c.await(t, "/ref")
	f.happen("entry", "", terminal.Entry{Channel: "#releases", Who: "chair", Line: "meanwhile"})
	c.await(t, "chair: meanwhile\r\n")
	c.await(t, "dev #releases> /ref")
	c.typed(t, "use\r")
	c.await(t, "You may not.\r\n")
	c.await(t, "dev #releases> ")
	c.typed(t, "\x04")
	c.ends(t)
	if diff := cmp.Diff([]string{"dev #releases /refuse"}, f.did()); diff != "" {
		t.Error(diff)
	}
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev", TTY: true})
	c.await(t, "dev #releases> ")
	c.typed(t, "/re\t")
	c.await(t, "lease ")
	c.typed(t, "\t")
	c.await(t, "/release plan   /release show \r\n")
	c.await(t, "dev #releases> /release ")
	c.typed(t, "p\t\x7f\r")
	c.await(t, "R-1 is planned")
	c.typed(t, "#c\t\r")
	c.await(t, "You are in #cab")
	c.await(t, "dev #cab> ")
	c.typed(t, ":as s\t\r")
	c.await(t, "You speak as sre")
	c.await(t, "sre #cab> ")
	c.typed(t, "/nothing like it\t\r")
	c.await(t, "Unknown: /nothing like it")
	c.await(t, "sre #cab> ")
	c.typed(t, ":q\t\r")
	c.ends(t)
}

func TestHistoryIsKept(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	path := filepath.Join(t.TempDir(), "state", "history")
	opts := terminal.ChatOptions{As: "dev", TTY: true, History: path}
	c := start(t, f, opts)
	c.await(t, "> ")
	c.typed(t, "/refuse\r")
	c.await(t, "You may not.")
	c.await(t, "> ")
	c.typed(t, "\x03")
	c.ends(t)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("history file: %v, %v", info, err)
	}
	c = start(t, f, opts)
	c.await(t, "> ")
	c.typed(t, "\x1b[A")
	c.await(t, "/refuse")
	c.typed(t, "\r")
	c.await(t, "You may not.")
	c.await(t, "> ")
	c.typed(t, "\x04")
	c.ends(t)
}

func TestChatWithoutAUsableHistory(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	c := start(t, f, terminal.ChatOptions{As: "dev", TTY: true, History: t.TempDir()})
	c.await(t, "Lines will not be remembered")
	c.await(t, "> ")
	c.typed(t, "\x04")
	c.ends(t)
}
