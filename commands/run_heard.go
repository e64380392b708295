package commands

import (
	"fmt"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// OutsideRun is a pipeline run that was not started through the bot.
type OutsideRun struct {
	Run      port.Run      `json:"run"`
	Pipeline string        `json:"pipeline"`
	Version  string        `json:"version,omitempty"`
	State    port.RunState `json:"state"`
	By       string        `json:"by,omitempty"` // opaque person id; empty for an account of nobody's here
	At       time.Time     `json:"at"`
	FollowUp string        `json:"follow_up,omitempty"` // asks what became of this, and of those before it
}

// endedLate is how long after its end a deployment's own run may still be heard of.
const endedLate = 10 * time.Minute

// ownRun reports whether a run is the bot's: anybody can start one under a key that looks like it.
func ownRun(r state.Reader, n port.Notice, run port.RunNotice) (bool, error) {
	rest, ok := strings.CutPrefix(run.Key, "gonogo-"+letterDeployment+"-")
	number, _, more := strings.Cut(rest, "-")
	if !ok || !more {
		return false, nil
	}
	d, ok, err := deployments.Get(r, letterDeployment+"-"+number)
	if err != nil || !ok || d.Key != run.Key || d.Service != run.Service || d.Environment != run.Environment {
		return false, err
	}
	return d.EndedAt.IsZero() || n.At.Before(d.EndedAt.Add(endedLate)), nil
}

// runHeard shows a run that somebody started beside the bot, on something that it governs.
func runHeard(t *bot.Turn, n port.Notice, run port.RunNotice) error {
	if _, ok := t.Org.Service(run.Service); !ok {
		return nil
	}
	env, ok := t.Org.Environment(run.Environment)
	if !ok || env.Pipeline != run.Pipeline {
		return nil
	}
	own, err := ownRun(t, n, run)
	if err != nil || own {
		return err
	}
	at := place(run.Service, run.Environment)
	now, _, err := running.Get(t, at)
	if err != nil {
		return err
	}
	was := now.Outside
	if was == nil {
		was = &OutsideRun{}
	}
	now.Outside = &OutsideRun{Run: run.Run, Pipeline: run.Pipeline, Version: run.Version, State: run.State, By: t.Person, At: n.At.UTC(), FollowUp: was.FollowUp}
	if same := was.Run.ID == run.Run.ID; same && (was.State == run.State || was.State.Ended()) || !same && n.At.Before(was.At) {
		return nil
	}
	text := chat.Say("run.outside", chat.Nested("who", somebody(t, n)), chat.Word("run", run.Run.ID), chat.Word("pipeline", run.Pipeline), chat.Word("service", run.Service),
		chat.Word("environment", run.Environment), chat.Word("version", run.Version), chat.Word("state", string(run.State)))
	t.About(at)
	t.Record("run outside", text)
	if run.State == port.RunSucceeded {
		f, ok, err := followUps.Get(t, was.FollowUp)
		if err != nil {
			return err
		}
		if !ok || f.State == followup.Closed {
			d := rollout.Deployment{Service: run.Service, Environment: run.Environment, Release: now.Release}
			if now.Outside.FollowUp, err = openFollowUp(t, followup.Drift, d, text); err != nil {
				return err
			}
		}
	}
	if err := running.Put(t.Tx, at, now); err != nil {
		return err
	}
	m := chat.Message{Title: text, Tone: chat.Warning}
	if run.Run.Link != "" {
		m.Buttons = []chat.Button{{Name: "pipeline", Label: "button.pipeline", URL: run.Run.Link}}
	}
	if was.Run.ID != run.Run.ID || run.State.Ended() {
		if err := t.Announce("outside:"+n.Key, t.Org.Channels.Releases, m); err != nil {
			return err
		}
	}
	return cardsOf(t, run.Service)
}

// cardsOf shows the cards of a service's releases that are under way as things stand now.
func cardsOf(t *bot.Turn, service string) error {
	return openReleases.Under(t, place(service, ""), func(key string, _ struct{}) error { return t.Card(key[len(service)+1:]) })
}

// outsideLine says that what runs somewhere may no longer be what the bot put there.
func outsideLine(o *OutsideRun) chat.Text {
	who := chat.Say("notice.stranger", chat.Word("system", o.Pipeline))
	if o.By != "" {
		who = chat.Say("value.person", chat.Person("person", o.By))
	}
	return chat.Say("run.outside_since", chat.Nested("who", who), chat.Word("run", o.Run.ID), chat.Word("version", o.Version), chat.Word("state", string(o.State)), chat.Time("at", o.At))
}

// kindChanged tells the on-call's pager what changed. It is tried once: a change that is heard of late explains nothing.
const kindChanged effect.Kind = "pager.changed"

// tellChanged tells of the end of a deployment's run.
func tellChanged(t *bot.Turn, d rollout.Deployment, text chat.Text) error {
	return t.Effect(bot.Intent{
		Kind: kindChanged, Class: effect.Expiring, Key: fmt.Sprintf("%s:changed", d.Key), Subject: d.ID, Lane: "changed:" + d.Service,
		Payload: changing{Deployment: d.ID, Text: text},
	})
}

// changing is what to tell of a deployment.
type changing struct {
	Deployment string    `json:"deployment"`
	Text       chat.Text `json:"text"`
}

// changedText says what a run that ended came to.
func changedText(d rollout.Deployment) chat.Text {
	code := chat.Code("changed.deployed")
	if d.Kind == rollout.Rollback {
		code = "changed.rolled_back"
	}
	if d.State != rollout.Watching {
		code = "changed.unfinished"
	}
	return chat.Say(code, chat.Word("what", d.Subject()), chat.Word("environment", d.Environment), chat.Word("deployment", d.ID), chat.Word("release", d.Release),
		chat.Nested("state", d.State.Text()))
}
