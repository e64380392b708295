package commands

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/state"
)

// Identity says whose an address or account in source code is, on an identity administrator's word. It stays: an address that was
// said to be somebody's is never said to be somebody else's, so that no conflict of duties goes away. Only the configuration, which a
// second administrator accepts, can give it to another.
type Identity struct {
	V       int       `json:"v"`
	Person  string    `json:"person,omitempty"` // opaque id; empty for a machine that is no configured person
	Machine bool      `json:"machine,omitempty"`
	By      string    `json:"by"` // opaque id of the identity administrator
	At      time.Time `json:"at"`
}

var identities = state.Governed[Identity]("identity") // by the account's opaque id

// identified is what identity administrators said.
func identified(r state.Reader, store *state.Store) (map[chat.Account]people.Whose, error) {
	all := map[chat.Account]people.Whose{}
	err := identities.All(r, func(id string, i Identity) error {
		if a, ok := accountOf(store, id); ok {
			all[a] = people.Whose{Person: i.Person, Machine: i.Machine, By: i.By, At: i.At}
		}
		return nil
	})
	return all, err
}

// sourceAccount reads an address or account of source code: "git:dana@shop.example", "github:dana", or the whole of an account.
func sourceAccount(text string) (chat.Account, bool) {
	platform, id, ok := strings.Cut(text, ":")
	if !ok || platform == "" {
		return chat.Account{}, false
	}
	a := chat.Account{Platform: platform, ID: id}
	if strings.Contains(id, ":") {
		if a, ok = parseAccount(text); !ok {
			return a, false
		}
	}
	return people.Fold(a), a.ID != ""
}

// personNamed is the configured person of a handle.
func personNamed(t *bot.Turn, handle string) (people.Person, *chat.Refusal) {
	handle = strings.TrimPrefix(handle, "@")
	everybody := t.Org.Directory.People
	if i := slices.IndexFunc(everybody, func(p people.Person) bool { return p.Handle == handle }); i >= 0 {
		return everybody[i], nil
	}
	handles := make([]string, len(everybody))
	for i, p := range everybody {
		handles[i] = p.Handle
	}
	var meant []string // by opaque id: a refusal is on record
	for _, like := range near(handle, handles) {
		meant = append(meant, everybody[slices.Index(handles, like)].ID)
	}
	return people.Person{}, chat.Reject("identity.who", chat.People("suggest", meant))
}

const identityHelp = "The address or account, in full: git:dana@shop.example, github:dana."

func (p Ports) identityLink() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"identity", "link"}, Right: people.Identify, DryRun: true,
			Summary: "Say whose an address in source code is, if you had no part in the releases that it is on.",
			Params: []command.Param{
				{Name: "address", Kind: command.KindText, Help: identityHelp},
				{Name: "person", Kind: command.KindText, Help: "The handle of whose it is."},
			},
			Examples: []command.Example{{Line: "/identity link git:dana@home.example dana", Does: "makes what that address wrote dana's"}},
		},
		Gather: p.sourceOfOpen,
		Decide: func(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
			who, refusal := personNamed(t, c.Text("person"))
			if refusal != nil {
				return chat.Reply{}, refusal
			}
			return identify(t, c.Text("address"), Identity{Person: who.ID, Machine: who.Machine}, facts)
		},
	}
}

func (p Ports) identityDeclare() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"identity", "declare"}, Right: people.Identify, DryRun: true,
			Summary: "Say that an address in source code is a machine's, if you had no part in the releases that it is on.",
			Params: []command.Param{
				{Name: "address", Kind: command.KindText, Help: identityHelp},
				{Name: "as", Kind: command.KindChoice, Choices: []string{"machine"}, Help: "What it is."},
			},
			Examples: []command.Example{{Line: "/identity declare git:noreply@github.com machine", Does: "makes that address a machine's"}},
		},
		Gather: p.sourceOfOpen,
		Decide: func(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
			return identify(t, c.Text("address"), Identity{Machine: true}, facts)
		},
	}
}

// sourceOfOpen reads anew where the releases under way came from, so that nothing that a gate sees is missing here.
func (p Ports) sourceOfOpen(ctx context.Context, r *bot.Reading, _ command.Call) (bot.Facts, error) {
	return p.openSources(ctx, r, nil)
}

// identify keeps whose an address is, on the word of somebody who has no part in what it is on.
func identify(t *bot.Turn, said string, is Identity, facts bot.Facts) (chat.Reply, error) {
	if refusal := t.Authorise(people.Identify, people.Everything, people.Everything); refusal != nil {
		return chat.Reply{}, refusal
	}
	account, ok := sourceAccount(said)
	if !ok {
		return chat.Reply{}, chat.Reject("identity.form")
	}
	shown := chat.Word("address", provenance.Masked(account))
	if whose := t.Org.Directory.Attribute(account); whose.Known() {
		return chat.Reply{}, chat.Refuse("identity.known", shown, chat.Nested("whose", whoseText(whose.Person)))
	}
	id, err := meetAccount(t, account)
	if err != nil {
		return chat.Reply{}, err
	}
	if _, said, err := identities.Get(t, id); err != nil || said { // of somebody who is configured no longer
		return chat.Reply{}, firstError(err, chat.Refuse("identity.gone", shown))
	}
	on, err := releasesWith(t, account, facts)
	if err != nil {
		return chat.Reply{}, err
	}
	if len(on) == 0 {
		return chat.Reply{}, chat.Refuse("identity.unseen", shown)
	}
	var reasons []chat.Text
	names := make([]string, len(on))
	for i, o := range on {
		t.About(o.release.ID)
		names[i] = o.release.ID
		against, err := identifies(t, t.Org, t.Store(), t.Person, is.Person, o)
		if err != nil {
			return chat.Reply{}, err
		}
		reasons = append(reasons, against...)
	}
	if len(reasons) > 0 {
		return chat.Reply{}, chat.Refuse("identity.conflict", shown, chat.List("releases", names)).Because(reasons...)
	}
	is.V, is.By, is.At = 1, t.Person, t.Now.UTC()
	if err := identities.Put(t.Tx, id, is); err != nil {
		return chat.Reply{}, err
	}
	for _, o := range on {
		if o.fresh {
			if err := putRelease(t, o.release); err != nil {
				return chat.Reply{}, err
			}
		}
		if err := t.Card(o.release.ID); err != nil {
			return chat.Reply{}, err
		}
	}
	text := chat.Say("identity.said", shown, chat.Nested("whose", whoseText(is.Person)), chat.Person("by", t.Person), chat.List("releases", names))
	m := chat.Message{Title: text, Tone: chat.Good, Sections: []chat.Section{{Lines: []chat.Line{{Text: chat.Say("identity.from_now")}}}}}
	return chat.Reply{Outcome: chat.Done, Code: text.Code, Messages: []chat.Message{m}}, reorganised(t)
}

func whoseText(person string) chat.Text {
	if person == "" {
		return chat.Say("identity.machine")
	}
	return chat.Say("value.person", chat.Person("person", person))
}
