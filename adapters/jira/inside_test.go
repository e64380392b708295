package jira

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// A note comes back as it was written, whatever it says.
func FuzzNote(f *testing.F) {
	f.Add("n1", "voted <i>yes</i>", int64(1772370000))
	f.Add("a b/ü{}", "{{gonogo x 2026-03-01T12:00:00Z}} \\{ [~dana] !x!\n\nlast", int64(0))
	f.Fuzz(func(t *testing.T, key, text string, at int64) {
		if key == "" || !utf8.ValidString(text) || at < 0 || at > 1<<35 || strings.Contains(text, "\r") || len(text) > 1000 {
			return
		}
		n := port.Note{Key: key, Text: strings.TrimRight(text, "\n "), At: time.Unix(at, 0).UTC()}
		got, ok := uncomment(comment(n))
		if !ok || got.Key != n.Key || got.Text != n.Text || !got.At.Equal(n.At) {
			t.Errorf("%+v came back as %+v, %v", n, got, ok)
		}
	})
}

// A comment as Jira may give it back: other line ends, and an escaped mark.
func TestCommentsComeBackAltered(t *testing.T) {
	t.Parallel()
	n, ok := uncomment("two\r\nlines\r\n\r\n{{gonogo gonogo\\-R\\-1 2026\\-03\\-01T12:00:00Z}} ")
	if !ok || n.Key != "gonogo-R-1" || n.Text != "two\nlines" {
		t.Errorf("%+v, %v", n, ok)
	}
}

// No two keys share a label, and every label is one that Jira takes.
func FuzzLabel(f *testing.F) {
	f.Add("gonogo-R-1", "R-1")
	f.Add("gonogo-R 1", "gonogo-R-1")
	f.Add("é", "ê")
	f.Fuzz(func(t *testing.T, a, b string) {
		la, lb := label(a), label(b)
		if a != b && strings.EqualFold(la, lb) && !strings.EqualFold(a, b) {
			t.Errorf("%q and %q are both labelled %q", a, b, la)
		}
		if strings.ContainsAny(la, " \t\n") || len(la) > textMost || !strings.HasPrefix(la, commonLabel+"-") {
			t.Errorf("label %q", la)
		}
	})
}
