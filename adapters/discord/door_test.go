package discord_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// TestCommands: what people choose becomes the line that they would type, and they alone see the answer.
func TestCommands(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		path  string
		given map[string]string
		want  string
	}{
		{"release plan", map[string]string{"service": "payments", "version": "1.1.0"}, "/release plan payments 1.1.0"},
		{"release plan", map[string]string{"service": "payments", "version": "1.1.0", "summary": `faster "refunds"`, "dry-run": "true"}, `/release plan payments 1.1.0 "faster \"refunds\"" --dry-run`},
		{"release list", map[string]string{"all": "true"}, "/release list --all"},
		{"release list", map[string]string{"all": "false"}, "/release list"},
		{"release help", nil, "/help release"},
		{"vote cast", map[string]string{"on": "B-1", "choice": "no-go", "reason": "-- no"}, `/vote B-1 no-go "-- no"`},
		{"vote open", map[string]string{"release": "R-1"}, "/vote open R-1"},
		{"freeze add", map[string]string{"environment": "prod", "from": "now", "until": "+2h", "reason": "closing", "share": "5"}, "/freeze add prod now +2h closing --share 5"},
		{"whoami", nil, "/whoami"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{}, nil)
				w.run(t)
				i, err := w.Command(w.alex, w.channel, test.path, test.given)
				if err != nil {
					t.Fatal(err)
				}
				i.Wait(time.Minute)
				y := w.door.last()
				if y.Text != test.want {
					t.Errorf("said %q, want %q", y.Text, test.want)
				}
				if want := (chat.Account{Platform: "discord", Workspace: w.guild, ID: w.alex}); y.Account != want || y.Place != w.place || y.Key != "discord:interaction:"+i.ID() {
					t.Errorf("by %v in %v, key %s", y.Account, y.Place, y.Key)
				}
				posts := i.Messages()
				if len(posts) != 1 || !posts[0].Ephemeral || posts[0].Text != "“told: "+test.want+"”" {
					t.Errorf("answered %+v", posts)
				}
			})
		})
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		got, err := w.Autocomplete(w.alex, w.channel, "release plan", map[string]string{"service": "payments"}, "version", "1.")
		if err != nil {
			t.Fatal(err)
		}
		var all []string
		for _, c := range got {
			all = append(all, c.Name)
		}
		if s := strings.Join(all, " "); s != "release plan version 1.-typed payments-given" {
			t.Errorf("suggested %s", s)
		}
	})
}

// card has a button of each sort.
func card() chat.Message {
	return chat.Message{Card: "B-1", Title: said("payments 1.1.0"), Tone: chat.Good, Buttons: []chat.Button{
		{Name: "go", Label: "button.go", Token: "TOKENGO"},
		{Name: "lift", Label: "button.lift", Token: "TOKENLIFT", Confirm: said("End the freeze?")},
		{Name: "vote", Label: "button.abstain", Form: "/vote B-1"},
		{Name: "freeze", Label: "button.deploy", Form: "/freeze add"},
		{Name: "who", Label: "button.accept", Form: "/whoami"},
		{Name: "survey", Label: "button.take", Form: "/survey"},
		{Name: "gone", Label: "button.reject", Form: "/no such command"},
	}}
}

func TestButtons(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		id := w.post(t, "card:B-1", card(), chat.Ref{}).ID
		i, err := w.Press(w.alex, id, "Go")
		if err != nil {
			t.Fatal(err)
		}
		i.Wait(time.Minute)
		if y := w.door.last(); y.Token != "TOKENGO" || y.Text != "" || !i.Messages()[0].Ephemeral {
			t.Errorf("pressed %q, read %q", y.Token, i.Text())
		}
	})
}

// TestQuestions: a button that asks does nothing before it is answered. What it asks is forgotten with the process that showed it.
func TestQuestions(t *testing.T) {
	t.Parallel()
	for question, restarted := range map[string]bool{"End the freeze?": false, "Lift: are you sure?": true} {
		t.Run(question, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{}, nil)
				id := w.post(t, "card:B-1", card(), chat.Ref{}).ID
				if restarted {
					w.start(t)
				}
				w.run(t)
				i, err := w.Press(w.alex, id, "Lift")
				if err != nil || !strings.Contains(i.Text(), question) || w.door.last().Token != "" {
					t.Fatalf("%v, read %q", err, i.Text())
				}
				sure, err := w.Press(w.alex, i.Messages()[0].ID, "Lift")
				if err != nil {
					t.Fatal(err)
				}
				w.door.answers.Wait()
				if y := w.door.last(); y.Token != "TOKENLIFT" {
					t.Errorf("pressed %q, read %q", y.Token, sure.Text())
				}
			})
		})
	}
}

// TestForms: a button asks for what a command still needs; an argument that it has is not asked for again.
func TestForms(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		button string
		fields map[string]string
		want   string
	}{
		{"Abstain", map[string]string{"choice": "no-go", "reason": "too late"}, `/vote B-1 no-go "too late"`},
		{"Abstain", map[string]string{"choice": "go"}, "/vote B-1 go"},
		{"Deploy", map[string]string{"environment": "prod", "from": "now", "until": "+2h", "reason": "closing"}, "/freeze add prod now +2h closing"},
	} {
		t.Run(test.want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{}, nil)
				w.run(t)
				id := w.post(t, "card:B-1", card(), chat.Ref{}).ID
				if _, err := w.Press(w.alex, id, test.button); err != nil {
					t.Fatal(err)
				}
				i, err := w.SubmitModal(w.alex, test.fields)
				if err != nil {
					t.Fatal(err)
				}
				i.Wait(time.Minute)
				if y := w.door.last(); y.Text != test.want {
					t.Errorf("said %q, want %q; read %q", y.Text, test.want, i.Text())
				}
			})
		})
	}
}

// TestFormsNotNeeded: a button whose command lacks nothing says it; one that lacks more than a form holds says how to type it.
func TestFormsNotNeeded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		id := w.post(t, "card:B-1", card(), chat.Ref{}).ID
		for button, want := range map[string]string{
			"Accept": "told: /whoami", "I take it": "/survey <a> <b> <c> <d> <e> <f>", "Turn down": "not known any more",
		} {
			i, err := w.Press(w.alex, id, button)
			if err != nil {
				t.Fatal(err)
			}
			i.Wait(time.Minute)
			if !strings.Contains(i.Text(), want) || !i.Messages()[0].Ephemeral {
				t.Errorf("%s: read %q, want %q", button, i.Text(), want)
			}
		}
		w.door.answers.Wait()
		if len(w.door.accepted) != 1 {
			t.Errorf("accepted %v", w.door.accepted)
		}
	})
}

// TestNotAccepted: whoever asked is told at once, and nothing is acknowledged that was not taken.
func TestNotAccepted(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*door){
		"not accepting requests now":                  func(o *door) { o.refuse = errors.New("disk full") },
		"whether your request was taken is not known": func(o *door) { o.slow = time.Hour },
		"request was taken is not known":              func(o *door) { o.broken = true },
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, discordtest.Options{}, nil)
				w.run(t)
				change(w.door)
				i, err := w.Slash(w.alex, w.channel, "/whoami")
				if err != nil || !strings.Contains(i.Text(), want) || !i.Messages()[0].Ephemeral {
					t.Errorf("%v, read %q", err, i.Text())
				}
			})
		})
	}
}

// TestAcceptedLate: a store that is slow makes nobody wait for longer than Discord does; what came of it is told all the same.
func TestAcceptedLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		w.door.stuck = 10 * time.Second
		i, err := w.Slash(w.alex, w.channel, "/whoami")
		if err != nil || !strings.Contains(i.Text(), "is not known") {
			t.Errorf("%v, read %q", err, i.Text())
		}
		time.Sleep(20 * time.Second)
		if !strings.Contains(i.Text(), "told: /whoami") {
			t.Errorf("then read %q", i.Text())
		}
	})
}

// TestAnswers: the private messages of a reply are shown whole, of the public ones the title.
func TestAnswers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{}, nil)
		w.run(t)
		w.door.reply = func(port.Delivery) chat.Reply {
			return chat.Reply{Messages: []chat.Message{
				{Title: said("all read this"), Sections: []chat.Section{{Lines: []chat.Line{{Text: said("in the channel")}}}}},
				{Title: said("you read this"), Private: true, Sections: []chat.Section{{Lines: []chat.Line{{Text: said("alone")}}}}},
			}}
		}
		i, err := w.Slash(w.alex, w.channel, "/whoami")
		if err != nil {
			t.Fatal(err)
		}
		w.door.answers.Wait()
		text := i.Text()
		if !strings.Contains(text, "all read this") || strings.Contains(text, "in the channel") || !strings.Contains(text, "alone") || len(i.Messages()) != 2 {
			t.Errorf("read %q", text)
		}
		for _, p := range i.Messages() {
			if !p.Ephemeral {
				t.Errorf("everybody reads %q", p.Text)
			}
		}
		time.Sleep(16 * time.Minute)
		err = w.bot.Answer(context.Background(), port.Answer{Delivery: w.door.last(), Reader: reader{}, At: time.Now()})
		if verdict(err) != "permanent" || strings.Contains(err.Error(), "token") {
			t.Errorf("after 15 minutes: %v", err)
		}
	})
}
