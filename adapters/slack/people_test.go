package slack_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// told takes what the bot was told of people since it was last asked, in words.
func (s *stage) told() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rolls {
		line := r.Workspace
		if r.Complete {
			line += " all"
		}
		members := slices.Clone(r.Members)
		slices.SortFunc(members, func(a, b port.Member) int { return compare(a.Account.ID, b.Account.ID) })
		for _, m := range members {
			line += " " + m.Account.ID
			if m.Email != "" {
				line += "=" + m.Email
			}
			if m.Closed {
				line += " closed"
			}
		}
		for _, name := range sorted(r.Groups) {
			line += " " + name + ":"
			for _, a := range r.Groups[name] {
				line += " " + a.ID
			}
		}
		out = append(out, line)
	}
	s.rolls = nil
	return out
}

func compare(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func sorted[V any](m map[string]V) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func (s *stage) expect(what string, want ...string) {
	s.t.Helper()
	if got := s.told(); !reflect.DeepEqual(got, want) {
		s.t.Errorf("%s: the bot was told %q, not %q", what, got, want)
	}
}

func TestPeople(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Groups: map[string]string{"board": "S1", "gone": "S9"}}, slacktest.Options{})
		time.Sleep(time.Minute)
		s.expect("before the groups are there", "T1 all UANN UBOB UBOTT1 board: gone:")
		s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Handle: "board", Users: []string{"UBOB", "UANN"}})
		s.AddGroup(slacktest.Group{ID: "S2", Team: "T1", Handle: "other", Users: []string{"UBOB"}})
		s.AddUser(slacktest.User{ID: "UOUT", Team: "T1", Name: "out", Unknown: true})
		time.Sleep(time.Hour)
		s.expect("an hour later", "T1 all UANN UBOB UBOTT1 board: UANN UBOB gone:")
		s.Deactivate("UBOB")
		time.Sleep(time.Second)
		s.expect("bob's account is closed", "T1 UBOB closed")
		s.Join(slacktest.User{ID: "UCY", Team: "T1", Name: "cy", Email: "cy@acme.test"})
		time.Sleep(time.Second)
		s.expect("cy joins, whose e-mail address is not asked for", "T1 UCY")
		s.ChangeGroup("S1", "UCY")
		time.Sleep(time.Second)
		s.expect("the board changes", "T1 board: UCY", "T1 board: UCY")
		s.ChangeGroup("S2", "UCY")
		s.ChangeUser("UOUT", func(u *slacktest.User) { u.Name = "outer" })
		time.Sleep(time.Second)
		s.expect("nothing of ours changes")
	})
}

func TestEmailAddressesThatCount(t *testing.T) {
	t.Parallel()
	for _, link := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			s := begin(t, slack.Settings{LinkByEmail: link}, slacktest.Options{})
			time.Sleep(time.Minute)
			for _, u := range []slacktest.User{
				{ID: "UGUEST", Name: "guest", Restricted: true}, {ID: "UBOTTY", Name: "botty", Bot: true}, {ID: "UNEW", Name: "new", Unconfirmed: true},
				{ID: "UEVE", Name: "eve", Deleted: true},
			} {
				u.Team, u.Email = "T1", u.Name+"@acme.test"
				s.AddUser(u)
			}
			s.told()
			time.Sleep(time.Hour)
			want := "T1 all UANN=ann@acme.test UBOB=bob@acme.test UBOTT1 UBOTTY UEVE closed UGUEST UNEW"
			if !link {
				want = "T1 all UANN UBOB UBOTT1 UBOTTY UEVE closed UGUEST UNEW"
			}
			s.expect(fmt.Sprintf("with linking %v", link), want)
			s.ChangeUser("UNEW", func(u *slacktest.User) { u.Unconfirmed = false })
			time.Sleep(time.Second)
			if want = "T1 UNEW"; link {
				want += "=new@acme.test"
			}
			s.expect("the address is confirmed", want)
		})
	}
}

// Half a list is no list: whoever is missing from it would lose their vote.
func TestPeopleAreReadWhole(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"users":  {Method: "users.list", Error: "internal_error"},
		"groups": {Method: "usergroups.users.list", Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{Groups: map[string]string{"board": "S1"}}, slacktest.Options{})
				s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Users: []string{"UANN"}})
				time.Sleep(time.Minute)
				s.told()
				s.Break(fault)
				time.Sleep(time.Hour)
				s.expect("while it fails")
				time.Sleep(3 * time.Minute)
				s.expect("once it does not", "T1 all UANN UBOB UBOTT1 board: UANN")
			})
		})
	}
}

func TestManyPeople(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Groups: map[string]string{"board": "S1"}}, slacktest.Options{Limited: true})
		s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Users: []string{"UANN"}})
		for i := range 7000 {
			s.AddUser(slacktest.User{ID: fmt.Sprintf("U%05d", i), Team: "T1", Name: fmt.Sprintf("n%d", i)})
		}
		s.set(func() { s.rolls = nil })
		time.Sleep(2 * time.Hour)
		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.rolls) == 0 { // the first may have begun before everybody was there
			t.Fatal("nobody was told")
		}
		if last := s.rolls[len(s.rolls)-1]; !last.Complete || len(last.Members) != 7003 {
			t.Errorf("told of %d people, all of them: %t", len(last.Members), last.Complete)
		}
	})
}
