package commands

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/state"
)

// What the bot remembers of its configurations.
var (
	snapshots  = state.Governed[json.RawMessage]("snapshot")       // by digest
	inForce    = state.Governed[InForce]("in-force")               // one record: theConfiguration
	candidates = state.Governed[Candidate]("configuration-change") // by id
)

const (
	theConfiguration    = "configuration"
	letterConfiguration = "C"
)

// InForce says which configuration holds, since when, and through whom.
type InForce struct {
	V      int       `json:"v"`
	Digest string    `json:"digest"`
	At     time.Time `json:"at"`
	By     string    `json:"by,omitempty"`     // opaque person id; empty when it was there at a start, or the operator's
	Second string    `json:"second,omitempty"` // who accepted it
	// Operator says that whoever runs the process had it read, without a name to the trail.
	Operator bool `json:"operator,omitempty"`
	// Personal is the fingerprint of what a snapshot leaves out, names and accounts: sealed, for it could be guessed at.
	Personal chat.Sealed `json:"personal,omitzero"`
}

func configShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"config", "show"}, Summary: "Show which configuration is in force, since when and through whom.",
			Examples: []command.Example{{Line: "/config show", Does: "shows the digest that audit entries name"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			force, known, err := inForce.Get(r, theConfiguration)
			if err != nil {
				return chat.Reply{}, err
			}
			if !known {
				force = InForce{Digest: r.Org.Digest}
			}
			m := chat.Message{Title: chat.Say("config.in_force", chat.Word("organisation", r.Org.Name), chat.Word("digest", short(force.Digest)))}
			s := chat.Section{Fields: []chat.Field{
				{Label: "label.digest", Value: chat.Say("value.digest", chat.Word("digest", force.Digest))},
				{Label: "label.since", Value: chat.Say("value.time", chat.Time("at", force.At))},
				{Label: "label.set_by", Value: setBy(force)},
			}}
			err = candidates.All(r, func(id string, c Candidate) error {
				if c.State == candidateOpen {
					s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkWaiting, Text: byOperator(c.By, chat.Say("config.waiting", chat.Word("configuration", id),
						chat.Person("by", c.By), chat.Time("at", c.At)))})
				}
				return nil
			})
			m.Sections = []chat.Section{s}
			return privately(m, nil), err
		},
	}
}

func setBy(f InForce) chat.Text {
	switch {
	case f.Operator && f.Second == "":
		return chat.Say("config.by_operator")
	case f.Operator:
		return chat.Say("config.by_operator_second", chat.Person("second", f.Second))
	case f.By == "":
		return chat.Say("config.by_start")
	case f.Second == "":
		return chat.Say("value.person", chat.Person("person", f.By))
	}
	return chat.Say("config.by_two", chat.Person("by", f.By), chat.Person("second", f.Second))
}

func (p Ports) configReload() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"config", "reload"}, Right: people.Administer, DryRun: true,
			Summary: "Read the configuration file anew. Who may decide, and what decisions must pass, changes only with a second administrator.",
			Examples: []command.Example{
				{Line: "/config reload --dry-run", Does: "checks the file and lists what would change"},
				{Line: "/config reload", Does: "puts it in force, or proposes it to a second administrator"},
			},
		},
		Gather: p.readAnew,
		Decide: reload,
	}
}

// reread is what the configuration file says now.
type reread struct {
	Proposed
	fault error
	bot   *bot.Bot
}

func (p Ports) readAnew(ctx context.Context, r *bot.Reading, _ command.Call) (bot.Facts, error) {
	if p.Reload == nil {
		return nil, chat.Refuse("config.no_file")
	}
	read, err := p.Reload(ctx)
	return reread{read, err, r.Bot}, nil
}

// problemsShown is how many of a file's problems an answer lists: whoever repairs it reads it again anyway.
const problemsShown = 20

// badFile refuses a file that is no configuration, with every problem. Problems quote the file, so they are sealed: it
// holds names.
func badFile(t *bot.Turn, fault error) error {
	refusal := chat.Refuse("config.bad")
	lines := strings.Split(strings.TrimSpace(fault.Error()), "\n")
	for _, line := range lines[:min(len(lines), problemsShown)] {
		sealed, err := t.Seal(line)
		if err != nil {
			return err
		}
		refusal.Because(chat.Say("config.problem", chat.Quote("problem", sealed)))
	}
	if more := len(lines) - problemsShown; more > 0 {
		refusal.Because(chat.Say("config.problems_more", chat.Count("count", more)))
	}
	return refusal
}

func reload(t *bot.Turn, _ command.Call, facts bot.Facts) (chat.Reply, error) {
	if refusal := t.Authorise(people.Administer, people.Everything, people.Everything); refusal != nil {
		return chat.Reply{}, refusal
	}
	f := facts.(reread)
	if f.fault != nil {
		return chat.Reply{}, badFile(t, f.fault)
	}
	if refusal, err := settling(t); refusal != nil || err != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	if same(t.Org, f.Organisation) {
		return quietly(chat.Say("config.unchanged", chat.Word("digest", short(t.Org.Digest))), nil), nil
	}
	changes := differences(t.Org, f.Organisation)
	sensitive := f.sensitive(t.Org)
	if err := supersedeCandidates(t); err != nil {
		return chat.Reply{}, err
	}
	alone := len(administrators(t.Org)) < 2
	if sensitive && !t.Org.Demo && !alone {
		return propose(t, f, changes)
	}
	code := chat.Code("config.reloaded")
	switch {
	case sensitive && t.Org.Demo:
		code = "config.reloaded_demo"
	case sensitive:
		code = "config.reloaded_alone"
	}
	if err := putInForce(t, f, "", t.Person, ""); err != nil {
		return chat.Reply{}, err
	}
	m := changesMessage(chat.Say(code, chat.Word("digest", short(f.Organisation.Digest)), chat.Person("by", t.Person), chat.Count("count", len(changes))), changes)
	return told(t, m, changes, nil)
}

// sensitive reports whether it changes who may decide, or what decisions must pass.
func (f reread) sensitive(inForce *organisation.Organisation) bool {
	return slices.ContainsFunc(f.Changes, func(c Change) bool { return c.Sensitive }) || personal(inForce) != personal(f.Organisation)
}

// told answers with what changed, in the releases channel too, and notes the changes with the decision.
func told(t *bot.Turn, m chat.Message, changes []difference, ids map[string]string) (chat.Reply, error) {
	reasons := make([]chat.Text, len(changes))
	for i, c := range changes {
		reasons[i] = c.text()
	}
	t.Record("config", m.Title, reasons...)
	reply := chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: ids, Messages: []chat.Message{m}}
	if t.Hears(t.Org.Channels.Releases) {
		return reply, nil
	}
	return reply, t.Announce("config:"+t.Key, t.Org.Channels.Releases, m)
}

// settling refuses while a change that was decided is not committed yet: the next one must be judged by its rules.
func settling(t *bot.Turn) (*chat.Refusal, error) {
	force, known, err := inForce.Get(t, theConfiguration)
	if err == nil && known && force.Digest != t.Org.Digest {
		return chat.Refuse("config.settling"), nil
	}
	return nil, err
}

// putInForce makes a configuration the one that holds, under the proposal that was accepted, if one was; by is empty for the operator.
//
// The switch is made once this turn is durable, and not when it is decided: a turn may be decided twice, and its commit may
// fail, and what is in force must be what the trail says. Turns decided while it commits are still decided, and dated with
// its digest, under the configuration before.
func putInForce(t *bot.Turn, f reread, under, by, second string) error {
	fingerprint, err := t.Store().Seal(state.Strangers, personal(f.Organisation))
	if err != nil {
		return err
	}
	if err := keepSnapshot(t, f.Organisation); err != nil {
		return err
	}
	if err := lookUnder(t, f.Organisation); err != nil {
		return err
	}
	if err := standUnder(t, f.Organisation); err != nil {
		return err
	}
	if err := editedBy(t, f, under, by, second); err != nil {
		return err
	}
	t.After(func() { f.bot.Organise(f.Organisation) })
	return inForce.Put(t.Tx, theConfiguration, InForce{V: 1, Digest: f.Organisation.Digest, At: t.Now.UTC(), By: by, Second: second, Operator: by == "", Personal: fingerprint})
}
