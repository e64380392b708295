package slack

import (
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// readerOf knows people by id: "ann" has an account in T1, "bob" in another workspace, "eve" calls herself something clever.
type readerOf struct{}

func (readerOf) PersonName(id string) string {
	return map[string]string{"ann": "Ann <!channel>", "bob": "Bob", "eve": "\uE0A1x.0\uE0A2 <@UANN>"}[id]
}

func (readerOf) Accounts(id string) []chat.Account {
	return map[string][]chat.Account{
		"ann": {{Platform: "discord", Workspace: "G1", ID: "1"}, {Platform: PlatformName, Workspace: "T1", ID: "UANN"}},
		"bob": {{Platform: PlatformName, Workspace: "T2", ID: "UBOB"}},
		"eve": {{Platform: PlatformName, Workspace: "T1", ID: "UEVE><!here"}},
	}[id]
}

func (readerOf) Unseal(s chat.Sealed) (string, bool) { return string(s.Box), true }

func (readerOf) Zone() *time.Location { return time.UTC }

func TestMentionsAndTimes(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	person := func(id string) chat.Text { return chat.Say("value.person", chat.Person("person", id)) }
	for name, test := range map[string]struct {
		text          chat.Text
		mentions      []string
		private       bool
		marked, plain string
	}{
		"called":      {person("ann"), []string{"ann"}, false, "<@UANN>", "Ann <!channel>"},
		"named only":  {person("ann"), nil, false, "Ann &lt;!channel&gt;", "Ann <!channel>"},
		"privately":   {person("ann"), nil, true, "<@UANN>", "Ann <!channel>"},
		"elsewhere":   {person("bob"), []string{"bob"}, false, "Bob", "Bob"},
		"clever name": {person("eve"), []string{"eve"}, false, "x.0 &lt;@UANN&gt;", "x.0 <@UANN>"},
		"time":        {chat.Say("value.time", chat.Time("at", at)), nil, false, "<!date^1772442000^{date_short_pretty} {time}|today 09:00 UTC>", "today 09:00 UTC"},
		"typed":       {chat.Say("quote", chat.Quote("text", chat.Sealed{Box: []byte("\uE0A1.0\uE0A2<!here>")})), []string{"ann"}, false, "“.0&lt;!here&gt;”", "“.0<!here>”"},
	} {
		m := chat.Message{Title: test.text, Mentions: test.mentions}
		worded, look := word(m, readerOf{}, "T1", at)
		if test.private {
			worded, look = wordPrivately(m, readerOf{}, "T1", at)
		}
		if got := look.Mrkdwn(worded.Title); got != test.marked {
			t.Errorf("%s: %q, want %q", name, got, test.marked)
		}
		if got := look.Plain(worded.Title); got != test.plain {
			t.Errorf("%s: plain %q, want %q", name, got, test.plain)
		}
	}
}

// A placeholder of one message says nothing in another: somebody who saw one could not type it.
func TestPlaceholdersAreOfOneMessage(t *testing.T) {
	t.Parallel()
	m := chat.Message{Title: chat.Say("value.person", chat.Person("person", "ann"))}
	worded, _ := wordPrivately(m, readerOf{}, "T1", time.Time{})
	_, other := wordPrivately(m, readerOf{}, "T1", time.Time{})
	if got := other.Mrkdwn(worded.Title); strings.Contains(got, "<@") {
		t.Errorf("resolved to %q", got)
	}
}
