package commands_test

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/icalfeed"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

// TestCalendarFeed: somebody gets a private address, a program reads the calendar there, until it is revoked; across a crash, and
// without a trace of the address in the store.
func TestCalendarFeed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		say := func(who, line string, want chat.Outcome) string {
			t.Helper()
			reply := w.words(w.say("", who, "#releases", line))
			if reply.Outcome != want {
				t.Fatalf("%s: %s %s: %s", line, reply.Outcome, reply.Code, reply.Text)
			}
			return reply.Text
		}
		var logged bytes.Buffer
		ask := func(address string) (int, string) {
			f := &icalfeed.Feed{
				Prefix: commands.CalendarPath, Suffix: commands.CalendarSuffix, Now: time.Now, Log: slog.New(slog.NewTextHandler(&logged, nil)),
				Calendar: commands.Calendar{
					View:   func(fn func(*bot.Reading) error) error { return w.bot.Read(fn) },
					Reader: func(zone *time.Location) port.Reader { return w.bot.Reader(zone) },
				},
			}
			answer := httptest.NewRecorder()
			f.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, address, nil))
			body, _ := io.ReadAll(answer.Result().Body)
			return answer.Code, string(body)
		}
		address := regexp.MustCompile(`/calendar/([A-Z0-7]+)\.ics`)
		told := func(text string) (path, token string) {
			t.Helper()
			found := address.FindStringSubmatch(text)
			if found == nil {
				t.Fatalf("no address in %s", text)
			}
			return found[0], found[1]
		}

		say("sre", "/calendar revoke", chat.Refused)
		say("dev", `/window propose payments "Sat 02:00-04:00" "new schema"`, chat.Done)
		first, firstToken := told(say("sre", "/calendar link", chat.Done))
		w.crash()
		code, body := ask(first)
		if code != http.StatusOK || !strings.Contains(body, "DTSTART:20261128T010000Z") || !strings.Contains(body, "UID:W-1@") || !strings.Contains(body, "STATUS:TENTATIVE") {
			t.Errorf("%d\n%s", code, body)
		}
		say("owner", "/window accept W-1", chat.Done)
		if code, body := ask(first); code != http.StatusOK || !strings.Contains(body, "new schema") {
			t.Errorf("%d\n%s", code, body)
		}
		// Another link ends the first; what nearly fits opens nothing.
		second, secondToken := told(say("sre", "/calendar link", chat.Done))
		wrong := strings.Replace(second, secondToken, secondToken[:len(secondToken)-1]+"7", 1)
		if wrong == second {
			wrong = strings.Replace(second, secondToken, secondToken[:len(secondToken)-1]+"6", 1)
		}
		for path, want := range map[string]int{first: http.StatusNotFound, second: http.StatusOK, wrong: http.StatusNotFound, "/calendar/" + secondToken[:10] + ".ics": http.StatusNotFound} {
			if code, _ := ask(path); code != want {
				t.Errorf("%s: %d, want %d", path, code, want)
			}
		}
		say("sre", "/calendar revoke", chat.Done)
		if code, _ := ask(second); code != http.StatusNotFound {
			t.Errorf("revoked, and %d", code)
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
		for _, token := range []string{firstToken, secondToken} {
			if strings.Contains(logged.String(), token) {
				t.Error("the token is logged")
			}
			holdsNowhere(t, w, token)
		}
	})
}

// holdsNowhere looks for a text in every record of the store.
func holdsNowhere(t *testing.T, w *world, text string) {
	t.Helper()
	seen := 0
	err := w.store.View(func(v *state.View) error {
		return v.Reader().Scan(nil, nil, false, func(key, value []byte) error {
			seen++
			if bytes.Contains(key, []byte(text)) || bytes.Contains(value, []byte(text)) {
				t.Errorf("the token is in %q", key)
			}
			return nil
		})
	})
	if err != nil || seen < 10 {
		t.Fatalf("%d records: %v", seen, err)
	}
}
