package main

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/config"
	"github.com/gonogo-chat/gonogo/state"
)

// organise gives everybody an opaque id, for good, and makes the rules' form of a configuration. Identities are kept
// outside the audit trail, so that erasing one breaks nothing.
func organise(ctx context.Context, s *state.Store, c *config.Config) (*organisation.Organisation, func(string) string, error) {
	ids := map[string]string{}
	err := s.Update(ctx, func(tx *state.Tx) error {
		if _, err := tx.Meet(state.Strangers); err != nil {
			return err
		}
		for _, p := range c.People {
			id, err := tx.Meet(p.Handle)
			if err != nil {
				return err
			}
			ids[p.Handle] = id
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	idOf := func(handle string) string { return ids[handle] }
	o, err := c.Organise(idOf)
	return o, idOf, err
}

// residents are the accounts and channels of the local chat, kept ready for every request.
type residents struct {
	org   func() *organisation.Organisation
	mu    sync.Mutex
	ready atomic.Pointer[lodging]
}

type lodging struct {
	org      *organisation.Organisation
	accounts []webchat.Account
	channels []webchat.Channel
}

func (r *residents) current() *lodging {
	org := r.org()
	if l := r.ready.Load(); l != nil && l.org == org {
		return l
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	l := &lodging{org: org, accounts: accounts(org), channels: channels(org)}
	r.ready.Store(l)
	return l
}

// accounts are the local accounts of the configured people. A person may have several.
func accounts(org *organisation.Organisation) []webchat.Account {
	var out []webchat.Account
	for _, p := range org.Directory.People {
		if p.Machine {
			continue
		}
		zone, err := time.LoadLocation(p.Zone)
		if err != nil || p.Zone == "" {
			zone = nil
		}
		for _, a := range p.Accounts {
			if a.Platform != webchat.PlatformName {
				continue
			}
			name := p.Name
			if name == "" {
				name = p.Handle
			}
			out = append(out, webchat.Account{
				Handle: a.ID, Name: name, Role: strings.Join(roles(org, p), ", "), Person: p.ID, Account: a, Zone: zone,
			})
		}
	}
	return out
}

// roles are the names of the groups that a person is in, or else of the roles that they were granted.
func roles(org *organisation.Organisation, p people.Person) []string {
	var out []string
	for _, group := range slices.Sorted(maps.Keys(org.Directory.Groups)) {
		if slices.Contains(org.Directory.Members(group), p.ID) {
			out = append(out, group)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, r := range org.Directory.Roles {
		if slices.Contains(org.Directory.Members(r.Name), p.ID) {
			out = append(out, r.Name)
		}
	}
	return out
}

// localAccount is the first local account of a person: the one that their token speaks as.
func localAccount(org *organisation.Organisation, person string) (string, bool) {
	p, ok := org.Directory.Person(person)
	if !ok {
		return "", false
	}
	i := slices.IndexFunc(p.Accounts, func(a chat.Account) bool { return a.Platform == webchat.PlatformName })
	if i < 0 {
		return "", false
	}
	return p.Accounts[i].ID, true
}

// ownChannel is the local channel of an organisation whose channels are all elsewhere: a place to say something in, from this machine,
// such as a confirmation or the code of a link.
const ownChannel = "#gonogo"

// channels are the local ones, each once.
func channels(org *organisation.Organisation) []webchat.Channel {
	var out []webchat.Channel
	add := func(places []chat.Place, topic string) {
		for _, p := range places {
			same := func(x webchat.Channel) bool { return x.Name == p.Channel }
			if p.Platform == webchat.PlatformName && !slices.ContainsFunc(out, same) {
				out = append(out, webchat.Channel{Name: p.Channel, Topic: topic, Workspace: p.Workspace})
			}
		}
	}
	add(org.Channels.Releases, words.Label("channel.releases"))
	add(org.Channels.CAB, words.Label("channel.cab"))
	add(org.Channels.OnCall, words.Label("channel.oncall"))
	for _, name := range slices.Sorted(maps.Keys(org.Lines)) {
		add(org.Lines[name].Channels, words.Text(chat.Say("channel.line", chat.Word("line", name)), nil, time.Time{}))
	}
	if len(out) == 0 {
		out = append(out, webchat.Channel{Name: ownChannel, Topic: words.Label("channel.own")})
	}
	return out
}
