package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/train"
)

// onTrain is a command that says something to a train.
func onTrain(word, summary, example string, right people.Right, decide func(*bot.Turn, train.Train) (train.Train, chat.Code, error)) bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"train", word}, Right: right, DryRun: true, Summary: summary,
			Params: []command.Param{
				{Name: "train", Kind: command.KindTrain, Help: "The train."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: "/train " + word + ` T-1 "wrong moment"`, Does: example}},
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			tr, err := getTrain(t, c.Text("train"))
			if err != nil {
				return chat.Reply{}, err
			}
			t.About(tr.ID)
			for _, m := range tr.Members {
				if refusal := t.Authorise(right, m.Service, environmentFor(right, tr)); refusal != nil {
					return chat.Reply{}, refusal
				}
			}
			reason, err := sealOptional(t, c.Text("reason"))
			if err != nil {
				return chat.Reply{}, err
			}
			tr, code, err := decide(t, tr)
			if err != nil {
				return chat.Reply{}, err
			}
			text := chat.Say(code, chat.Word("train", tr.ID), chat.Person("by", t.Person), chat.Word("environment", tr.Environment))
			if reason != nil {
				text.Args = append(text.Args, chat.Quote("reason", *reason))
			}
			if !tr.State.Moves() {
				tr.Why = &text
			}
			return done(text, map[string]string{"train": tr.ID}), putTrain(t, tr)
		},
	}
}

// environmentFor is where a right is asked for: planning is for nowhere in particular.
func environmentFor(right people.Right, tr train.Train) string {
	if right == people.Plan {
		return ""
	}
	return tr.Environment
}

func trainStop() bot.Command {
	return onTrain("stop", "Let nothing more of a train go; what is under way ends as it would.", "stops T-1; /train resume lets it go on", people.Deploy,
		func(t *bot.Turn, tr train.Train) (train.Train, chat.Code, error) {
			tr, refusal := tr.Apply(train.Stop, t.Now)
			if refusal != nil {
				return tr, "", refusal
			}
			tr, err := outOfLine(t, tr)
			return tr, "train.stopped", err
		})
}

// outOfLine calls off the members that only wait for their lock.
func outOfLine(t *bot.Turn, tr train.Train) (train.Train, error) {
	for i, m := range tr.Members {
		tr.Members[i].Called = false // its turn is over before its gates were asked
		if m.Deployment == "" {
			continue
		}
		d, r, err := deploymentAndRelease(t, m.Deployment)
		if err != nil {
			return tr, err
		}
		if d.State != rollout.Queued || d.Fence != 0 || d.Train != tr.ID {
			continue
		}
		if d, err = applied(d, rollout.Cancel, t); err != nil {
			return tr, err
		}
		text := chat.Say("train.called_off", chat.Word("train", tr.ID), chat.Word("deployment", d.ID))
		d.Reason = &text
		tr.Members[i].Deployment = ""
		if err := ended(t, d, r, release.DeployRefused); err != nil {
			return tr, err
		}
	}
	return tr, nil
}

func trainResume() bot.Command {
	return onTrain("resume", "Let a train go on that is held or stopped; what did not pass tries again.", "lets T-1 go on", people.Deploy,
		func(t *bot.Turn, tr train.Train) (train.Train, chat.Code, error) {
			tr, refusal := tr.Apply(train.Resume, t.Now)
			if refusal != nil {
				return tr, "", refusal
			}
			at, err := standings(t, tr)
			if err != nil {
				return tr, "", err
			}
			tr = tr.Again(at)
			tr.Executor = t.Person // whoever lets it go on answers for what goes from now on
			tr, _, err = advance(t, tr)
			return tr, "train.resumed", err
		})
}

func trainWithdraw() bot.Command {
	return onTrain("withdraw", "Give a train up: its releases may go each by itself, or with another.", "gives T-1 up", people.Plan,
		func(t *bot.Turn, tr train.Train) (train.Train, chat.Code, error) {
			if tr.State == train.Arrived && t.Org.Final(tr.Environment) {
				return tr, "", chat.Refuse("train.over", chat.Word("train", tr.ID))
			}
			tr, refusal := tr.Apply(train.Withdraw, t.Now)
			if refusal != nil {
				return tr, "", refusal
			}
			return tr, "train.withdrawn", nil
		})
}
