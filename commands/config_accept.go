package commands

import (
	"cmp"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// Candidate is a configuration that waits for a second administrator.
type Candidate struct {
	V      int       `json:"v"`
	ID     string    `json:"id"` // "C-1"
	Digest string    `json:"digest"`
	Base   string    `json:"base"` // the digest in force when it was proposed
	By     string    `json:"by"`   // opaque person id; empty for the operator
	At     time.Time `json:"at"`
	// Personal is the fingerprint of the names and accounts proposed, sealed under the proposer's key, if it has one.
	Personal chat.Sealed    `json:"personal"`
	Changes  []difference   `json:"changes,omitempty"`
	State    candidateState `json:"state"`
	ClosedBy string         `json:"closed_by,omitempty"`
	ClosedAt time.Time      `json:"closed_at,omitzero"`
	Reason   *chat.Sealed   `json:"reason,omitempty"`
}

// candidateState is where a proposed configuration stands: open, then one of the others for good.
type candidateState string

const (
	candidateOpen       candidateState = "open"
	candidateAccepted   candidateState = "accepted"
	candidateRejected   candidateState = "rejected"
	candidateSuperseded candidateState = "superseded" // another configuration was read or put in force meanwhile
)

func (s candidateState) text() chat.Text { return chat.Say("config.state." + chat.Code(s)) }

// propose asks for a second administrator.
func propose(t *bot.Turn, f reread, changes []difference) (chat.Reply, error) {
	id, err := t.Next(letterConfiguration)
	if err != nil {
		return chat.Reply{}, err
	}
	if err := keepSnapshot(t, f.Organisation); err != nil {
		return chat.Reply{}, err
	}
	c := Candidate{V: 1, ID: id, Digest: f.Organisation.Digest, Base: t.Org.Digest, By: t.Person, At: t.Now.UTC(), Changes: changes, State: candidateOpen}
	if c.Personal, err = t.Store().Seal(cmp.Or(t.Person, state.Strangers), personal(f.Organisation)); err != nil {
		return chat.Reply{}, err
	}
	t.About(id)
	for i, o := range []bot.Offer{
		{Name: "accept", Label: "button.accept", Line: "/config accept " + id, Style: chat.StylePrimary,
			Confirm: chat.Say("confirm.config", chat.Word("configuration", id), chat.Count("count", len(changes)))},
		{Name: "reject", Label: "button.reject", Line: "/config reject " + id, Style: chat.StyleDanger},
	} {
		o.Order = i
		if err := t.Offer(id, o); err != nil {
			return chat.Reply{}, err
		}
	}
	if err := candidates.Put(t.Tx, id, c); err != nil {
		return chat.Reply{}, err
	}
	text := byOperator(t.Person, chat.Say("config.proposed", chat.Word("configuration", id), chat.Word("digest", short(c.Digest)),
		chat.Person("by", t.Person), chat.People("others", othersThan(t, t.Person))))
	reasons := make([]chat.Text, len(changes))
	for i, change := range changes {
		reasons[i] = change.text()
	}
	t.Record("config", text, reasons...)
	m := changesMessage(text, changes)
	m.Private = true // its card is for everybody
	return chat.Reply{Outcome: chat.Done, Code: text.Code, IDs: map[string]string{"configuration": id}, Messages: []chat.Message{m}}, t.Card(id)
}

// othersThan are the administrators besides one.
func othersThan(t *bot.Turn, person string) []string {
	var ids []string
	for _, id := range administrators(t.Org) {
		if id != person {
			ids = append(ids, id)
		}
	}
	return ids
}

func (p Ports) configAccept() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"config", "accept"}, Right: people.Administer, DryRun: true, Summary: "Accept a configuration that somebody else proposed.",
			Params:   []command.Param{{Name: "configuration", Kind: command.KindSubject, Help: "The proposal: C-1."}},
			Examples: []command.Example{{Line: "/config accept C-1", Does: "puts C-1 in force, if the file still says what was proposed"}},
		},
		Gather: p.readAnew,
		Decide: accept, Fences: true, // freezes may stand in it
	}
}

func accept(t *bot.Turn, call command.Call, facts bot.Facts) (chat.Reply, error) {
	c, err := openCandidate(t, call.Text("configuration"))
	if err != nil {
		return chat.Reply{}, err
	}
	// The rights in force decide: a right that the proposal itself gives is none yet.
	if me, _ := t.Org.Directory.Person(t.Person); c.By == t.Person || me.Machine {
		return chat.Reply{}, chat.Refuse("config.second", chat.Word("configuration", c.ID), chat.Person("by", c.By), chat.People("others", othersThan(t, c.By)))
	}
	f := facts.(reread)
	if f.fault != nil {
		return chat.Reply{}, badFile(t, f.fault)
	}
	if refusal, err := settling(t); refusal != nil || err != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	if c.Base != t.Org.Digest {
		return chat.Reply{}, chat.Refuse("config.base", chat.Word("configuration", c.ID), chat.Word("base", short(c.Base)), chat.Word("digest", short(t.Org.Digest)))
	}
	// What was proposed is put in force, and not whatever the file says by now. A proposer who was erased left nothing to
	// compare names and accounts with.
	if was, ok := t.Store().Unseal(c.Personal); !ok || was != personal(f.Organisation) || c.Digest != f.Organisation.Digest {
		return chat.Reply{}, chat.Refuse("config.file_changed", chat.Word("configuration", c.ID), chat.Word("proposed", short(c.Digest)), chat.Word("digest", short(f.Organisation.Digest)))
	}
	if err := putInForce(t, f, c.ID, c.By, t.Person); err != nil {
		return chat.Reply{}, err
	}
	if err := closeCandidate(t, c, candidateAccepted, t.Person, nil); err != nil {
		return chat.Reply{}, err
	}
	m := changesMessage(byOperator(c.By, chat.Say("config.accepted", chat.Word("configuration", c.ID), chat.Word("digest", short(c.Digest)),
		chat.Person("by", c.By), chat.Person("second", t.Person))), c.Changes)
	return told(t, m, c.Changes, map[string]string{"configuration": c.ID})
}

func configReject() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"config", "reject"}, Right: people.Administer, DryRun: true, Summary: "Turn a proposed configuration down, or take one's own back.",
			Params: []command.Param{
				{Name: "configuration", Kind: command.KindSubject, Help: "The proposal: C-1."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: `/config reject C-1 "two must still agree"`, Does: "turns C-1 down"}},
		},
		Decide: func(t *bot.Turn, call command.Call, _ bot.Facts) (chat.Reply, error) {
			c, err := openCandidate(t, call.Text("configuration"))
			if err != nil {
				return chat.Reply{}, err
			}
			reason, err := sealOptional(t, call.Text("reason"))
			if err != nil {
				return chat.Reply{}, err
			}
			text := chat.Say("config.rejected", chat.Word("configuration", c.ID), chat.Person("by", t.Person))
			if reason != nil {
				text.Args = append(text.Args, chat.Quote("reason", *reason))
			}
			return done(text, map[string]string{"configuration": c.ID}), closeCandidate(t, c, candidateRejected, t.Person, reason)
		},
	}
}

// openCandidate reads a proposal that still waits, for an administrator.
func openCandidate(t *bot.Turn, id string) (Candidate, error) {
	c, ok, err := candidates.Get(t, id)
	if err != nil || !ok {
		return c, orUnknown(err, "config.unknown", "configuration", id)
	}
	t.About(id)
	if refusal := t.Authorise(people.Administer, people.Everything, people.Everything); refusal != nil {
		return c, refusal
	}
	if c.State != candidateOpen {
		return c, chat.Refuse("config.not_open", chat.Word("configuration", id), chat.Nested("state", c.State.text()))
	}
	return c, nil
}

func closeCandidate(t *bot.Turn, c Candidate, to candidateState, by string, reason *chat.Sealed) error {
	c.State, c.ClosedBy, c.ClosedAt, c.Reason = to, by, t.Now.UTC(), reason
	if err := t.Retract(c.ID, "accept", "reject"); err != nil {
		return err
	}
	if err := candidates.Put(t.Tx, c.ID, c); err != nil {
		return err
	}
	t.About(c.ID)
	return t.Card(c.ID)
}

// supersedeCandidates closes what waits: only what the file says now can be accepted.
func supersedeCandidates(t *bot.Turn) error {
	var open []Candidate
	err := candidates.All(t, func(_ string, c Candidate) error {
		if c.State == candidateOpen {
			open = append(open, c)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range open {
		if err := closeCandidate(t, c, candidateSuperseded, t.Person, nil); err != nil {
			return err
		}
	}
	return nil
}

func proposer(c Candidate) chat.Text {
	if c.By == "" {
		return chat.Say("config.by_operator")
	}
	return chat.Say("value.person", chat.Person("person", c.By))
}

// configurationCard is a proposed configuration with everything that it changes.
func configurationCard(r *bot.Reading, id string) (chat.Message, []chat.Place, error) {
	c, ok, err := candidates.Get(r, id)
	if err != nil || !ok {
		return chat.Message{}, nil, err
	}
	m := changesMessage(chat.Say("card.configuration", chat.Word("configuration", id), chat.Nested("state", c.State.text())), c.Changes)
	m.Card = id
	s := chat.Section{Fields: []chat.Field{
		{Label: "label.proposed_by", Value: proposer(c)},
		{Label: "label.digest", Value: chat.Say("value.digest", chat.Word("digest", short(c.Digest)))},
	}}
	switch {
	case c.State == candidateOpen:
		for _, id := range administrators(r.Org) {
			if id != c.By {
				m.Mentions = append(m.Mentions, id)
			}
		}
		s.Lines = []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("config.needs_second", chat.People("others", m.Mentions))}}
	case c.ClosedBy != "":
		s.Fields = append(s.Fields, chat.Field{Label: "label.decided_by", Value: chat.Say("value.person", chat.Person("person", c.ClosedBy))})
	}
	if c.Reason != nil {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("quote", chat.Quote("text", *c.Reason))})
	}
	m.Sections = append([]chat.Section{s}, m.Sections...)
	m.Buttons, err = bot.Offers(r, id)
	return m, r.Org.Channels.Releases, err
}
