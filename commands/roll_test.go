package commands_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
)

var codeTold = regexp.MustCompile(`Code: “([A-Z2-9]{4}-[A-Z2-9]{4})”`)

// remember keeps the code that was told last: remember NAME.
func (p *play) remember(a []string, _ string) {
	found := codeTold.FindStringSubmatch(p.reply.Text)
	if found == nil {
		p.Fatalf("%s:%d: no code was told:\n%s", p.path, p.line, p.reply.Text)
	}
	p.files["code:"+a[0]] = []byte(found[1])
}

// enter says a code that was kept: enter NAME who #channel.
func (p *play) enter(a []string, line string) {
	code, known := p.files["code:"+a[0]]
	if !known {
		p.Fatalf("%s:%d: no code %q", p.path, p.line, a[0])
	}
	p.hears(p.world.say("", a[1], a[2], "/link "+strings.ToLower(string(code))))
	p.hear(line)
}

// roll is what a platform says of its people: roll slack:T1 [complete] U1 U2=ann@shop.example U3=closed cab:U1,U2 security:
func (p *play) roll(a []string, _ string) {
	platform, workspace, _ := strings.Cut(a[0], ":")
	of := func(id string) chat.Account { return chat.Account{Platform: platform, Workspace: workspace, ID: id} }
	r := port.Roll{Platform: platform, Workspace: workspace}
	for _, word := range a[1:] {
		if word == "complete" {
			r.Complete = true
			continue
		}
		if group, members, ok := strings.Cut(word, ":"); ok {
			if r.Groups == nil {
				r.Groups = map[string][]chat.Account{}
			}
			r.Groups[group] = nil
			for _, id := range strings.FieldsFunc(members, func(r rune) bool { return r == ',' }) {
				r.Groups[group] = append(r.Groups[group], of(id))
			}
			continue
		}
		id, what, _ := strings.Cut(word, "=")
		m := port.Member{Account: of(id), Closed: what == "closed"}
		if !m.Closed {
			m.Email = what
		}
		r.Members = append(r.Members, m)
	}
	if err := p.world.bot.Enrol(context.Background(), r); err != nil {
		p.Fatalf("%s:%d: %v", p.path, p.line, err)
	}
	synctest.Wait()
}

// Every command that takes arguments has a label for the button of its form.
func TestFormsHaveLabels(t *testing.T) {
	t.Parallel()
	for _, c := range (commands.Ports{}).Behaviour().Commands {
		b := commands.Form(&c.Spec)
		if commands.Takes(&c.Spec) && !words.Known(b.Label) {
			t.Errorf("%s has no wording", b.Label)
		}
	}
}

// A roll that says nothing new leaves no entry; one that changes something leaves one.
func TestOnlyNewsIsRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, readConfig(t))
		defer w.end()
		of := func(id string) chat.Account { return account("slack:T1:" + id) }
		roll := port.Roll{Platform: "slack", Workspace: "T1", Complete: true, Members: []port.Member{{Account: of("U1")}, {Account: of("U2")}},
			Groups: map[string][]chat.Account{"cab": {of("U1"), of("U2")}}}
		for i, want := range []uint64{1, 0, 0, 1, 0} {
			if i == 3 {
				roll.Members[0].Closed = true
			}
			before := w.store.Seq()
			if err := w.bot.Enrol(t.Context(), roll); err != nil {
				t.Fatal(err)
			}
			if got := w.store.Seq() - before; got != want {
				t.Errorf("roll %d: %d entries, want %d", i, got, want)
			}
			synctest.Wait()
		}
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
}

// Only the very address links an account, in whichever case: no other letter that a case mapping makes the same, no tag and no
// address that two people claim.
func TestOnlyTheVeryAddressLinks(t *testing.T) {
	config := strings.Replace(string(readConfig(t)), `"local:shop:chair"`, `"local:shop:chair", "email::chair@shop.example", "email::board@shop.example"`, 1)
	config = strings.Replace(config, `"local:shop:sec"`, `"local:shop:sec", "email::Board@shop.example", "email::sick@shop.example"`, 1)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []byte(config))
		defer w.end()
		for address, want := range map[string]string{
			"chair@shop.example": "chair", "CHAIR@Shop.Example": "chair", "sick@shop.example": "sec",
			"cha\u0130r@shop.example": "", "sic\u212a@shop.example": "", "chair+x@shop.example": "", "chair@shop.example ": "",
			"chair@shop.example.evil": "", "board@shop.example": "", "": "",
		} {
			who := account("slack:T1:U-" + address)
			err := w.bot.Enrol(t.Context(), port.Roll{Platform: "slack", Workspace: "T1", Members: []port.Member{{Account: who, Email: address}}})
			if err != nil {
				t.Fatal(err)
			}
			person, _ := w.bot.Organisation().Directory.Resolve(who)
			if got, _ := w.store.Handle(person); got != want {
				t.Errorf("%q links to %q, want %q", address, got, want)
			}
		}
	})
}
