package discord_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// latest is what was said last of the people, with the ids in a group.
func (o *door) latest(group string) (r port.Roll, in []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.rolls) == 0 {
		return r, nil
	}
	r = o.rolls[len(o.rolls)-1]
	for _, a := range r.Groups[group] {
		in = append(in, a.ID)
	}
	return r, in
}

// told is how often something was said of the people.
func (o *door) told() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.rolls)
}

// TestRoles: who has a role is in the group that it is mapped to, from the start and within seconds of a change.
func TestRoles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var board, blair string
		w := newWorld(t, discordtest.Options{MembersIntent: true}, func(w *world) {
			board, blair = w.Role(w.guild, "Board"), w.Person(w.guild, "Blair")
			w.SetRoles(w.guild, w.alex, board)
			w.settings.Groups = map[string]string{"board": board}
		})
		w.run(t)
		expect := func(what string, closed bool, want ...string) {
			t.Helper()
			time.Sleep(10 * time.Second)
			r, in := w.door.latest("board")
			if !slices.Equal(in, want) || !r.Complete || r.Workspace != w.guild || r.Platform != "discord" {
				t.Errorf("%s: %v in the group, want %v", what, in, want)
			}
			if there := slices.ContainsFunc(r.Members, func(m port.Member) bool { return m.Account.ID == w.alex }); there == closed {
				t.Errorf("%s: Alex is a member: %v", what, there)
			}
			if slices.ContainsFunc(r.Members, func(m port.Member) bool { return m.Account.ID == w.Application() }) {
				t.Errorf("%s: the bot is one of the people", what)
			}
		}
		expect("at the start", false, w.alex)
		w.SetRoles(w.guild, blair, board)
		expect("a role given", false, w.alex, blair)
		w.SetRoles(w.guild, blair)
		expect("a role taken", false, w.alex)
		w.Leave(w.alex)
		expect("somebody left", true)
		before := w.door.told()
		w.Inject(discordtest.Fault{Path: "/guilds/*/members", Status: 500, Times: 40})
		time.Sleep(62 * time.Minute)
		if n := w.door.told(); n != before {
			t.Errorf("%d times something was said of the people while they could not be read", n-before)
		}
		time.Sleep(time.Hour)
		if w.door.told() == before {
			t.Error("the people are not read again")
		}
		w.Heal()
	})
}

// TestNoRoles: without mapped roles the bot asks nothing of the server's people.
func TestNoRoles(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		w.Leave(w.alex)
		time.Sleep(2 * time.Hour)
		if n := w.door.told(); n != 0 {
			t.Errorf("%d times something was said of people", n)
		}
	})
}
