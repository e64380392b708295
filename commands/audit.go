package commands

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"strconv"
	"sync"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// storyEntries is how many entries of a story one message shows: about what a chat's scroll back still reads well.
const storyEntries = 20

func auditShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"audit", "show"}, Summary: "Tell the whole story of something: who did what when, on what evidence.",
			Params: []command.Param{
				{Name: "subject", Kind: command.KindSubject, Help: "A short id: a release, deployment, ballot, freeze, exception, follow-up, page or configuration."},
				{Name: "from", Kind: command.KindNumber, Flag: true, Optional: true, Help: "The number of the entry to begin with."},
			},
			Examples: []command.Example{
				{Line: "/audit show R-1", Does: "tells R-1's story"},
				{Line: "/audit show R-1 --from 40", Does: "goes on at entry 40"},
			},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			from := max(1, c.Values["from"].Number)
			m, err := Story(r.Trail(), c.Text("subject"), uint64(from), storyEntries)
			return privately(m, nil), err
		},
	}
}

// Story tells what the audit trail holds about a subject ("R-1") from an entry on: at most limit entries (0: all), and if
// more are left, how many and how to see them. The error is a *chat.Refusal when the trail holds nothing about it.
func Story(r kv.Reader, subject string, from uint64, limit int) (chat.Message, error) {
	all, left := 0, 0
	var next uint64
	s := chat.Section{}
	err := audit.About(r, subject, func(e audit.Entry) error {
		all++
		switch {
		case e.Seq < from:
		case limit > 0 && len(s.Lines) == limit:
			if left++; next == 0 {
				next = e.Seq
			}
		default:
			s.Lines = append(s.Lines, storyLine(e))
		}
		return nil
	})
	if err != nil {
		return chat.Message{}, fmt.Errorf("read the audit trail: %w", err)
	}
	if all == 0 {
		return chat.Message{}, chat.Reject("audit.nothing", chat.Word("subject", subject))
	}
	m := chat.Message{Title: chat.Say("audit.story", chat.Word("subject", subject), chat.Count("count", all))}
	if len(s.Lines) == 0 {
		s.Lines = []chat.Line{{Text: chat.Say("audit.no_later", chat.Word("subject", subject), chat.Word("from", strconv.FormatUint(from, 10)))}}
	}
	m.Sections = []chat.Section{s}
	if left > 0 {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("audit.left", chat.Count("left", left),
			chat.Word("line", fmt.Sprintf("/audit show %s --from %d", subject, next)))}}})
	}
	return m, nil
}

// storyLine tells one entry.
func storyLine(e audit.Entry) chat.Line {
	line := chat.Line{Mark: chat.MarkOpen, Text: chat.Say("audit.entry", chat.Word("seq", strconv.FormatUint(e.Seq, 10)), chat.Time("at", e.At),
		chat.Nested("who", actorText(e.Actor)), chat.Word("act", e.Act), chat.Nested("text", e.Text))}
	if e.Outcome != chat.Done {
		line.Mark = chat.MarkClosed
	}
	if e.Said != nil {
		line.Sub = append(line.Sub, chat.Say("audit.said", chat.Quote("said", *e.Said)))
	}
	line.Sub = append(line.Sub, e.Reasons...)
	for _, fact := range e.Evidence {
		line.Sub = append(line.Sub, chat.Say("audit.evidence", chat.Nested("what", fact.What), chat.Word("system", fact.Source.System),
			chat.Time("at", fact.Source.At), chat.Duration("age", max(0, e.At.Sub(fact.Source.At)))))
	}
	if e.Config != "" {
		line.Sub = append(line.Sub, chat.Say("audit.config", chat.Word("digest", short(e.Config))))
	}
	return line
}

// actorText says who acted.
func actorText(a audit.Actor) chat.Text {
	switch {
	case a.Person != "":
		return chat.Say("audit.actor.person", chat.Person("person", a.Person), chat.Word("platform", a.Platform))
	case a.Account != nil:
		return chat.Say("audit.actor.unlinked", chat.Quote("account", *a.Account))
	}
	return chat.Say("audit.actor.bot", chat.Word("system", a.System))
}

// verifyEntries is how many entries a verification asked for in chat reads at most, so that it is answered within the time
// that platforms give; a longer trail is verified from a signed checkpoint on, and that is said.
const verifyEntries = 100_000

func (p Ports) auditVerify() bot.Command {
	var under sync.Mutex // one scan of the whole store at a time, however many ask
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"audit", "verify"}, Summary: "Prove that the audit trail and the records it covers are whole.",
			Examples: []command.Example{{Line: "/audit verify", Does: "recomputes the chain and says up to where an outsider confirms it"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			if !under.TryLock() {
				return chat.Reply{}, chat.Refuse("audit.verifying")
			}
			defer under.Unlock()
			m, err := p.verdict(r)
			return privately(m, nil), err
		},
	}
}

// verdict verifies the trail of one committed moment.
func (p Ports) verdict(r *bot.Reading) (m chat.Message, err error) {
	var held []port.Checkpoint
	var outside []chat.Line
	if p.Sink == nil {
		outside = []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("audit.no_sink")}}
	} else {
		ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
		defer cancel()
		if held, err = p.Sink.Checkpoints(ctx); err != nil {
			outside = []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("audit.sink_down", chat.Word("fault", err.Error()))}}
		}
	}
	// The moment that is verified begins after the outsider was asked: everything they hold must be in it.
	err = r.Bot.Store().View(func(v *state.View) error {
		trust, err := trustOf(v)
		if err != nil {
			return err
		}
		trust.Outside = held
		report, err := audit.Chain(v.Reader(), trust)
		if err != nil {
			return err
		}
		// A chain that does not hold has no state digest to hold the records against.
		if report.Whole() && report.Entries > 0 {
			if err := audit.Records(v.Reader(), state.GovernedPrefix, &report); err != nil {
				return err
			}
		}
		m = Verdict(report, trust, outside...)
		return nil
	})
	return m, err
}

// trustOf is what a verification from within holds the trail against. The newest checkpoint was signed by this process, or
// had its signature checked against the key outside the store when it was opened: its key is the trusted one.
func trustOf(v *state.View) (audit.Trust, error) {
	var trust audit.Trust
	var last uint64
	err := v.Reader().Scan([]byte(audit.CheckpointPrefix), audit.PrefixEnd(audit.CheckpointPrefix), true, func(_, value []byte) error {
		c, err := audit.DecodeCheckpoint(value)
		if err != nil {
			return err
		}
		if trust.Keys == nil {
			trust.Keys, last = []ed25519.PublicKey{c.Key}, c.Seq
		}
		if last-c.Seq >= verifyEntries {
			trust.After = &c
			return kv.ErrStop
		}
		return nil
	})
	return trust, err
}

// Verdict says what a verification found.
func Verdict(report audit.Report, trust audit.Trust, more ...chat.Line) chat.Message {
	number := func(name string, n uint64) chat.Arg { return chat.Word(name, strconv.FormatUint(n, 10)) }
	m := chat.Message{Title: chat.Say("audit.whole", number("entries", report.Entries), number("last", report.Last)), Tone: chat.Good}
	s := chat.Section{}
	if !report.Whole() {
		m.Title, m.Tone = chat.Say("audit.broken", number("entry", report.Bad)), chat.Bad
		if report.Why != "" {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: chat.Say("audit.why", chat.Word("why", report.Why))})
		}
		for _, record := range report.Records {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkClosed, Text: chat.Say("audit.record", chat.Word("record", record))})
		}
	}
	if trust.After != nil {
		s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("audit.partly", number("after", trust.After.Seq))})
	}
	mark := func(n uint64) chat.Mark {
		if n > 0 {
			return chat.MarkOpen
		}
		return chat.MarkUnknown
	}
	s.Lines = append(s.Lines, chat.Line{Mark: mark(report.Signed), Text: chat.Say("audit.signed", number("signed", report.Signed), number("last", report.Last))})
	if len(more) == 0 {
		more = []chat.Line{{Mark: mark(report.Confirmed), Text: chat.Say("audit.confirmed", number("confirmed", report.Confirmed), number("last", report.Last))}}
	}
	s.Lines = append(s.Lines, more...)
	m.Sections = []chat.Section{s}
	return m
}
