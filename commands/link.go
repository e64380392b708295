package commands

import (
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/state"
)

// Link ties an account to a person besides those that the configuration gives them. It stays when it has ended: an account that
// was somebody's is never somebody else's, so that nobody votes twice by passing one on.
type Link struct {
	V      int       `json:"v"`
	Person string    `json:"person"` // opaque id
	How    linkHow   `json:"how"`
	At     time.Time `json:"at"`
	Ended  time.Time `json:"ended,omitzero"`
	// EndedBy is who ended it; empty where its platform no longer says what it rested on.
	EndedBy string `json:"ended_by,omitempty"`
}

func (l Link) active() bool { return l.Ended.IsZero() }

// linkHow is what a link rests on.
type linkHow string

const (
	linkByCode  linkHow = "code"  // said on both accounts
	linkByEmail linkHow = "email" // the platform's verified address is the person's
)

func (h linkHow) text() chat.Text { return chat.Say("link.how." + chat.Code(h)) }

var links = state.Governed[Link]("link") // by the account's opaque id

func link() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"link"}, Summary: "Make another account yours: get a code there, and say it here.",
			Params: []command.Param{{Name: "code", Kind: command.KindText, Optional: true, Rest: true, Help: "The code that the other account was told."}},
			Examples: []command.Example{
				{Line: "/link", Does: "tells an account that is linked to nobody its code"},
				{Line: "/link ABCD-2345", Does: "said from an account of yours, makes the other one yours too"},
			},
		},
		Strangers: true,
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			switch {
			case t.Person == "":
				return tellLinkCode(t, c.Has("code"))
			case !c.Has("code"):
				return quietly(chat.Say("link.explained"), nil), nil
			}
			if refusal := resting(t); refusal != nil {
				return chat.Reply{}, refusal
			}
			return useLinkCode(t, c.Text("code"))
		},
	}
}

// resting refuses to let somebody whose rights rest change what they rest on: an account of theirs was closed, and they may hold
// others still.
func resting(t *bot.Turn) *chat.Refusal {
	if !t.Org.Directory.Resting(t.Person) {
		return nil
	}
	return chat.Refuse("account.resting", chat.People("administrators", administrators(t.Org)))
}

// takeLink makes an account the speaker's.
func takeLink(t *bot.Turn, account chat.Account) (chat.Reply, error) {
	sealed, err := t.Seal(account.String())
	if err != nil {
		return chat.Reply{}, err
	}
	named := chat.Quote("account", sealed)
	if owner := configuredFor(t.Org, account); owner != "" {
		return chat.Reply{}, chat.Refuse("link.configured", named)
	}
	id, err := meetAccount(t, account)
	if err != nil {
		return chat.Reply{}, err
	}
	was, known, err := links.Get(t, id)
	switch {
	case err != nil:
		return chat.Reply{}, err
	case known && was.Person != t.Person:
		return chat.Reply{}, chat.Refuse("link.others", named)
	case known && was.active():
		return chat.Reply{}, chat.Refuse("link.yours", named)
	}
	if err := links.Put(t.Tx, id, Link{V: 1, Person: t.Person, How: linkByCode, At: t.Now.UTC()}); err != nil {
		return chat.Reply{}, err
	}
	if err := reorganised(t); err != nil {
		return chat.Reply{}, err
	}
	m := chat.Message{Title: chat.Say("link.done", named, chat.Person("person", t.Person)), Tone: chat.Good, Private: true}
	m.Sections = []chat.Section{{Lines: []chat.Line{{Text: chat.Say("link.undo", named)}}}}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}

// reorganised makes what a turn changed of people's accounts and groups hold, and shows open votes as they stand then. They are
// decided by the next vote or by their time, and never because somebody came or left: votes of people who lost their right count
// no more from the next look on.
func reorganised(t *bot.Turn) error {
	t.Reorganise()
	open, err := openBallots(t)
	if err != nil {
		return err
	}
	for _, b := range open {
		if err := t.Card(b.ID); err != nil {
			return err
		}
	}
	return nil
}
