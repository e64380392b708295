package commands_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// trail is a store that holds the given entries.
func trail(t *testing.T, entries ...audit.Entry) *state.Store {
	t.Helper()
	s, err := state.Open(faultkv.New(faultkv.Options{}), state.Options{Key: signing, Master: bytes.Repeat([]byte{9}, 32), Now: func() time.Time { return monday }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	for _, e := range entries {
		if err := s.Update(context.Background(), func(tx *state.Tx) error { tx.Audit(e); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func entry(n int, subjects ...string) audit.Entry {
	return audit.Entry{At: monday, Actor: audit.Actor{System: "timer"}, Key: fmt.Sprint(n), Act: "watch", Outcome: chat.Done,
		Text: chat.Say("dry.run"), Subjects: subjects}
}

func plain(m chat.Message) string { return words.Plain(words.WordMessage(m, nil, monday)) }

// A long story is cut where it says so, and the line it names shows the rest: nothing is lost between two parts.
func TestStoryIsSplitVisibly(t *testing.T) {
	t.Parallel()
	var entries []audit.Entry
	for i := range 45 {
		entries = append(entries, entry(i, "R-1"), entry(1000+i, "R-2"))
	}
	s := trail(t, entries...)
	var seen []string
	from, parts := uint64(1), 0
	for from > 0 {
		m, err := commands.Story(s.Engine(), "R-1", from, 20)
		if err != nil {
			t.Fatal(err)
		}
		parts++
		for _, line := range m.Sections[0].Lines {
			seq, _ := line.Text.Arg("seq")
			seen = append(seen, seq.Word)
		}
		from = 0
		if len(m.Sections) > 1 {
			left, _ := m.Sections[1].Lines[0].Text.Arg("left")
			if int(left.Number) != 45-len(seen) {
				t.Errorf("part %d says that %v are left, %d are", parts, left.Number, 45-len(seen))
			}
			line, _ := m.Sections[1].Lines[0].Text.Arg("line")
			if _, err := fmt.Sscanf(line.Word, "/audit show R-1 --from %d", &from); err != nil {
				t.Fatalf("the rest is shown by %q", line.Word)
			}
		}
	}
	if unique := slices.Compact(slices.Clone(seen)); parts != 3 || len(seen) != 45 || len(unique) != 45 {
		t.Errorf("%d entries in %d parts, %d of them different", len(seen), parts, len(unique))
	}
	whole, err := commands.Story(s.Engine(), "R-1", 1, 0)
	if err != nil || len(whole.Sections) != 1 || len(whole.Sections[0].Lines) != 45 {
		t.Errorf("without a limit: %+v, %v", whole, err)
	}
}

// What a story tells of an entry: who, what they said, why, on what evidence and how old, under which configuration.
func TestStoryTellsEverything(t *testing.T) {
	t.Parallel()
	e := entry(1, "D-7")
	e.Actor = audit.Actor{Person: "p-one", Platform: "slack"}
	e.Act, e.Outcome = "deploy", chat.Refused
	e.Reasons = []chat.Text{chat.Say("config.base", chat.Word("configuration", "C-9"), chat.Word("base", "b"), chat.Word("digest", "d"))}
	e.Evidence = []audit.Evidence{
		{What: chat.Say("value.word", chat.Word("word", "the checksum")), Source: port.Source{System: "repository", At: monday.Add(-90 * time.Second)}},
		{What: chat.Say("value.word", chat.Word("word", "no source"))},
	}
	e.Config = strings.Repeat("ab", 32)
	stranger := entry(2, "D-7")
	stranger.Actor = audit.Actor{Platform: "slack", Account: &chat.Sealed{Person: "p-erased"}}
	s := trail(t, e, stranger, entry(3, "D-70"), entry(4, "D-7"))
	m, err := commands.Story(s.Engine(), "D-7", 1, 0)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Sections[0].Lines) != 3 {
		t.Fatalf("the story has %d entries", len(m.Sections[0].Lines))
	}
	if m.Sections[0].Lines[0].Mark != chat.MarkClosed || m.Sections[0].Lines[1].Mark != chat.MarkOpen {
		t.Error("a refusal is not told apart from a decision")
	}
	text := plain(m)
	for _, want := range []string{"p-one on slack, deploy", "C-9 was proposed", "the checksum (from repository", "1 min 30 s old", "evidence: no source\n",
		"configuration abababababab", "unlinked account (erased)", "the bot (timer)"} {
		if !strings.Contains(text+"\n", want) {
			t.Errorf("the story does not say %q:\n%s", want, text)
		}
	}
	if _, err := commands.Story(s.Engine(), "D-9", 1, 0); asRefusal(err) != "audit.nothing" {
		t.Errorf("a subject that nothing is known of: %v", err)
	}
	if m, err := commands.Story(s.Engine(), "D-7", 100, 0); err != nil || m.Sections[0].Lines[0].Text.Code != "audit.no_later" {
		t.Errorf("from beyond the end: %+v, %v", m, err)
	}
}

func asRefusal(err error) chat.Code {
	var r *chat.Refusal
	if errors.As(err, &r) {
		return r.Text.Code
	}
	return ""
}

// sink is an outsider.
type sink struct {
	held []port.Checkpoint
	err  error
}

func (s *sink) Publish(context.Context, port.Checkpoint) error { return nil }

func (s *sink) Checkpoints(context.Context) ([]port.Checkpoint, error) { return s.held, s.err }

func TestAuditVerifyAsksTheOutsider(t *testing.T) {
	for _, tt := range []struct {
		name string
		sink func(own []port.Checkpoint) port.Sink
		code chat.Code
		says string
	}{
		{"no outsider", func([]port.Checkpoint) port.Sink { return nil }, "audit.whole", "Nobody outside keeps checkpoints"},
		{"confirmed", func(own []port.Checkpoint) port.Sink { return &sink{held: own} }, "audit.whole", "An outsider confirms it up to entry 1 of"},
		{"outsider down", func([]port.Checkpoint) port.Sink { return &sink{err: errors.New("no answer")} }, "audit.whole", "could not be asked: no answer"},
		{"cut off", func([]port.Checkpoint) port.Sink {
			return &sink{held: []port.Checkpoint{audit.Sign(signing, 999, audit.Hash{}, audit.Sum{}, 1, monday)}}
		}, "audit.broken", "entries were cut off"},
		{"rewritten", func([]port.Checkpoint) port.Sink {
			return &sink{held: []port.Checkpoint{audit.Sign(signing, 1, audit.Hash{1}, audit.Sum{}, 1, monday)}}
		}, "audit.broken", "the trail was rewritten"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, readConfig(t))
				defer func() { w.end() }()
				if err := w.store.Checkpoint(context.Background()); err != nil {
					t.Fatal(err)
				}
				var own []port.Checkpoint
				err := w.store.View(func(v *state.View) (err error) {
					own, err = v.Checkpoints(0, 10)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				ports := commands.Ports{Sink: tt.sink(own), Log: slog.New(slog.DiscardHandler)}
				other, err := bot.New(bot.Options{Store: w.store, Organisation: w.bot.Organisation(), Behaviour: ports.Behaviour(), Now: time.Now, Log: slog.New(slog.DiscardHandler)})
				if err != nil {
					t.Fatal(err)
				}
				reply, err := other.Say(context.Background(), port.Said{Account: account("dev"), Place: w.place("#releases"), Text: "/audit verify"})
				if err != nil {
					t.Fatal(err)
				}
				if text := w.words(reply).Text; reply.Code != tt.code || !strings.Contains(text, tt.says) {
					t.Errorf("got %s, want %s with %q:\n%s", reply.Code, tt.code, tt.says, text)
				}
			})
		})
	}
}

func TestWelcomeNamesWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer func() { w.end() }()
		text := plain(commands.Welcome(w.bot.Organisation()))
		for _, want := range []string{"Shop", "ledger, payments and web", "staging and prod", "/release plan", "/help", "/whoami"} {
			if !strings.Contains(text, want) {
				t.Errorf("the welcome does not say %q:\n%s", want, text)
			}
		}
	})
}
