package commands

import (
	"context"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) identityList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"identity", "list"}, Summary: "List the addresses in source code that nobody knows the owner of, and who can say.",
			Params: []command.Param{{Name: "release", Kind: command.KindRelease, Optional: true, Help: "Only those on this release."}},
			Examples: []command.Example{
				{Line: "/identity list", Does: "lists what keeps releases under way from being decided"},
				{Line: "/identity list R-1", Does: "lists those on R-1"},
			},
		},
		Read: p.listIdentities,
	}
}

func (p Ports) listIdentities(r *bot.Reading, c command.Call) (chat.Reply, error) {
	var only []string
	if id := c.Text("release"); id != "" {
		if _, err := getRelease(r, id); err != nil {
			return chat.Reply{}, err
		}
		only = []string{id}
	}
	ctx, cancel := context.WithTimeout(context.Background(), bot.FactsTimeout)
	defer cancel()
	read, err := p.openSources(ctx, r, only)
	if err != nil {
		return chat.Reply{}, err
	}
	store := r.Bot.Store()
	all, err := unknownOwners(r, r.Org, store, read)
	if err != nil {
		return chat.Reply{}, err
	}
	if len(only) > 0 {
		all = slices.DeleteFunc(all, func(u unknownOwner) bool {
			return !slices.ContainsFunc(u.on, func(o appearance) bool { return o.release.ID == only[0] })
		})
	}
	m := chat.Message{Title: chat.Say("identity.none"), Tone: chat.Good, Private: true}
	if len(all) > 0 {
		m.Title, m.Tone = chat.Say("identity.list", chat.Count("count", len(all))), chat.Warning
		s := chat.Section{}
		for _, u := range all {
			line, err := unknownLine(r, u)
			if err != nil {
				return chat.Reply{}, err
			}
			s.Lines = append(s.Lines, line)
		}
		m.Sections = append(m.Sections, s, chat.Section{Lines: []chat.Line{{Text: chat.Say("identity.how")}}})
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}

// unknownLine is an address that is nobody's: what it is on, as what, and who can say whose it is.
func unknownLine(r *bot.Reading, u unknownOwner) (chat.Line, error) {
	line := chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("identity.unknown", chat.Word("address", provenance.Masked(u.account)))}
	for _, o := range u.on {
		for _, as := range o.parts {
			line.Sub = append(line.Sub, chat.Say("identity.on", chat.Word("release", o.release.ID), chat.Word("what", o.release.Subject()), chat.Nested("duty", as.Text())))
		}
	}
	may, err := mayIdentify(r, r.Org, r.Bot.Store(), u.on)
	if len(may) == 0 {
		line.Sub = append(line.Sub, chat.Say("identity.nobody", chat.People("administrators", administrators(r.Org))))
	} else {
		line.Sub = append(line.Sub, chat.Say("identity.by", chat.People("people", may)))
	}
	return line, err
}

// sealedParts are the parts in a release of accounts that were nobody's when they were read.
func sealedParts(rel release.Release, store *state.Store) (parts []provenance.Part) {
	if rel.Artifact != nil {
		for _, author := range rel.Artifact.Build.Authors {
			if address, sealed := unsealAuthor(author, store); sealed {
				parts = append(parts, provenance.Part{As: duty.CommitAuthor, Account: provenance.Address(address)})
			}
		}
	}
	if rel.Origin != nil {
		for _, part := range rel.Origin.Parts {
			if a, sealed := unsealAccount(part.Who, store); sealed {
				parts = append(parts, provenance.Part{As: part.As, Account: a})
			}
		}
	}
	return parts
}
