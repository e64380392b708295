package commands_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

// However accounts are linked, passed on, unlinked and linked again, by codes and by addresses, and whoever votes from them: what an
// account says counts for one person at most, and a person has one vote, the last that was taken.
func TestNoAccountVotesForTwo(t *testing.T) {
	configured := []string{"chair", "sec", "owner"}
	spare := []string{"discord:9:1", "discord:9:2"}
	config := readConfig(t)
	for _, who := range configured { // each can be linked by address too
		config = []byte(strings.Replace(string(config), `"local:shop:`+who+`"`, fmt.Sprintf(`"local:shop:%s", "email::%s@shop.example"`, who, who), 1))
	}
	config = []byte(strings.Replace(string(config), "quorum: 2, threshold: 1/2, veto: [security]", "quorum: 4, threshold: 1/100, wait: true", 1)) // open to the end: Sven never votes
	config = []byte(strings.Replace(string(config), "cab: [chair,", "cab: [sre, chair,", 1))
	move := rapid.Custom(func(r *rapid.T) linkMove {
		return linkMove{
			act: rapid.IntRange(0, 5).Draw(r, "act"), who: rapid.SampledFrom(slices.Concat(configured, spare)).Draw(r, "who"),
			account: rapid.SampledFrom(spare).Draw(r, "account"), address: rapid.SampledFrom(configured).Draw(r, "address") + "@shop.example",
			choice: rapid.SampledFrom(approval.Choices).Draw(r, "choice"),
		}
	})
	rapid.Check(t, func(r *rapid.T) {
		moves := rapid.SliceOfN(move, 80, 120).Draw(r, "moves")
		var wrong error
		synctest.Test(t, func(t *testing.T) { wrong = playLinks(t, config, moves) })
		if wrong != nil {
			r.Fatal(wrong)
		}
	})
}

// linkMove is one thing that somebody does about an account.
type linkMove struct {
	act                   int
	who, account, address string
	choice                approval.Choice
}

func playLinks(t *testing.T, config []byte, moves []linkMove) error {
	w := newWorld(t, config)
	defer w.end()
	w.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
	w.say("", "dev", "#releases", "/release plan payments 1.1.0")
	w.say("", "dev", "#releases", "/deploy R-1 staging")
	time.Sleep(10 * time.Second)
	synctest.Wait()
	code := map[string]string{}          // told to an account
	spoke := map[string]string{}         // the person that an account's votes counted for
	last := map[string]approval.Choice{} // by person
	for _, m := range moves {
		time.Sleep(time.Minute)
		switch m.act {
		case 0: // and said at once, as people do
			if found := codeTold.FindStringSubmatch(w.words(w.say("", m.account, "#cab", "/link")).Text); found != nil {
				code[m.account] = found[1]
				w.say("", m.who, "#cab", "/link "+found[1])
			}
		case 1: // late, or again
			w.say("", m.who, "#cab", "/link "+code[m.account])
		case 2:
			w.say("", m.who, "#cab", "/unlink "+m.account)
		case 3:
			roll := port.Roll{Platform: "discord", Workspace: "9", Members: []port.Member{{Account: account(m.account), Email: m.address}}}
			if err := w.bot.Enrol(context.Background(), roll); err != nil {
				return err
			}
		default:
			if w.say("", m.who, "#cab", "/vote B-1 "+string(m.choice)).Outcome != chat.Done {
				continue
			}
			person, _ := w.bot.Organisation().Directory.Resolve(account(m.who))
			if before := spoke[m.who]; before != "" && before != person {
				return fmt.Errorf("%s voted for two people", m.who)
			}
			spoke[m.who], last[person] = person, m.choice
		}
	}
	got := map[string]approval.Choice{}
	err := w.store.View(func(v *state.View) error {
		return commands.EveryBallot(v, func(_ string, b approval.Ballot) error {
			for _, v := range b.Votes {
				if _, twice := got[v.Person]; twice {
					return fmt.Errorf("%s has two votes", v.Person)
				}
				got[v.Person] = v.Choice
			}
			return nil
		})
	})
	if err == nil && !maps.Equal(got, last) {
		err = fmt.Errorf("%v, want %v", got, last)
	}
	return err
}
