package commands_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// beforeExamples makes what examples are about: R-1 was rolled back, with a page and a follow-up, R-2 waits for votes.
const beforeExamples = `
artifact payments 1.0.0
sre #releases: /deploy adopt payments staging 1.0.0
sre #releases: /deploy adopt payments prod 1.0.0
artifact payments 1.1.0
running payments 1.1.0 unhealthy
dev #releases: /release plan payments 1.1.0
  done release.planned R-1
dev #releases: /deploy R-1 staging
  done deploy.queued D-1
wait 1m
card R-1 ~ A-1
sre #releases: /freeze add prod "now" "+2h" "financial closing"
  done freeze.begun F-1
`

// TestExamples says every example of every command in a conversation of its own: whatever is decided, each is understood.
func TestExamples(t *testing.T) {
	t.Parallel()
	// What an example may be about that there is none of.
	absent := []chat.Code{"release.unknown", "deployment.unknown", "exception.unknown", "ballot.unknown", "config.unknown", "freeze.unknown", "followup.unknown", "page.unknown", "incident.unknown", "train.unknown", "window.unknown", "milestone.unknown", "condition.unknown"}
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		p := &play{T: t, path: "beforeExamples", world: w}
		defer func() { w.end() }()
		w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
		p.run([]byte(beforeExamples))
		said := 0
		for _, c := range (commands.Ports{}).Behaviour().Commands {
			if len(c.Examples) == 0 {
				t.Errorf("/%s has no example", strings.Join(c.Words, " "))
			}
			for _, e := range c.Examples {
				line := w.bot.Organisation().Example(e.Line, sample)
				reply := w.words(w.say("", "sre", "#releases", line))
				said++
				if reply.Outcome == chat.Invalid && !contains(absent, reply.Code) {
					t.Errorf("%s: %s %s: %s", line, reply.Outcome, reply.Code, reply.Text)
				}
				time.Sleep(time.Second)
			}
		}
		if said < 30 {
			t.Errorf("only %d examples were said", said)
		}
	})
}

func contains(codes []chat.Code, code chat.Code) bool {
	for _, c := range codes {
		if c == code {
			return true
		}
	}
	return false
}
