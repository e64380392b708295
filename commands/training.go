package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/train"
	"github.com/gonogo-chat/gonogo/state"
)

// training is trains of several services, and the order that they go in.
func (p Ports) training() subject {
	return subject{
		commands:   []bot.Command{trainPlan(), p.trainDeploy(), trainShow(), trainList(), trainStop(), trainResume(), trainWithdraw()},
		performers: map[effect.Kind]bot.Performer{kindTrainMember: memberPerformer()},
		guards:     map[effect.Kind]bot.Guard{kindTrainMember: p.guardMember()},
		timers:     map[string]func(*bot.Turn, state.Timer) error{timerTrain: trainMoves},
		cards:      map[string]bot.CardRenderer{letterTrain: trainCard},
	}
}

// letterTrain begins the short ids of trains.
const letterTrain = "T"

// timerTrain wakes a train when something became of one of its members: in a turn of its own, so that a crash forgets no step.
const timerTrain = "train"

var trains = state.Governed[train.Train]("train")

// wakeTrain has the train look at its members after this turn.
func wakeTrain(t *bot.Turn, id string) error {
	return t.Wake(state.Timer{ID: timerTrain + ":" + id, At: t.Now, Kind: timerTrain, Subject: id})
}

// putDeployment writes a deployment; when it stands elsewhere for the train that it goes with, that looks at it.
func putDeployment(t *bot.Turn, d rollout.Deployment) error {
	if d.Train != "" && d.Kind == rollout.Deploy {
		was, known, err := deployments.Get(t, d.ID)
		if err != nil {
			return err
		}
		goes := train.Member{Deployment: d.ID}
		if known && goes.Stands(was) != goes.Stands(d) {
			if err := wakeTrain(t, d.Train); err != nil {
				return err
			}
		}
	}
	return deployments.Put(t.Tx, d.ID, d)
}

func getTrain(r state.Reader, id string) (train.Train, error) {
	tr, ok, err := trains.Get(r, id)
	if err == nil && !ok {
		err = chat.Reject("train.unknown", chat.Word("train", id))
	}
	return tr, err
}

// standings is where the members of a train stand, by their deployments.
func standings(r state.Reader, tr train.Train) ([]train.Standing, error) {
	at := make([]train.Standing, len(tr.Members))
	for i, m := range tr.Members {
		var d rollout.Deployment
		if m.Deployment != "" {
			var err error
			if d, _, err = deployments.Get(r, m.Deployment); err != nil {
				return nil, err
			}
		}
		at[i] = m.Stands(d)
	}
	return at, nil
}

// putTrain writes a train, with the buttons that belong to its state.
func putTrain(t *bot.Turn, tr train.Train) error {
	t.About(tr.ID)
	was, known, err := trains.Get(t, tr.ID)
	if err != nil {
		return err
	}
	if known && was.State != tr.State {
		for _, m := range tr.Members {
			if err := t.Card(m.Release); err != nil {
				return err
			}
		}
	}
	if err := t.Retract(tr.ID, "deploy", "stop", "resume"); err != nil {
		return err
	}
	for _, o := range trainOffers(t, tr) {
		if err := t.Offer(tr.ID, o); err != nil {
			return err
		}
	}
	if err := trains.Put(t.Tx, tr.ID, tr); err != nil {
		return err
	}
	return t.Card(tr.ID)
}

// trainOffers are the buttons of a train as it stands.
func trainOffers(t *bot.Turn, tr train.Train) []bot.Offer {
	var offers []bot.Offer
	if _, ok := train.Next(tr.State, train.Depart); ok {
		if env, more := nextStop(t, tr); more {
			offers = append(offers, bot.Offer{Name: "deploy", Label: "button.deploy", Line: "/train deploy " + tr.ID + " " + env, Style: chat.StylePrimary, Order: 1,
				Confirm: chat.Say("train.confirm", chat.Word("train", tr.ID), chat.Count("count", len(tr.Members)), chat.Word("environment", env))})
		}
	}
	if _, ok := train.Next(tr.State, train.Stop); ok {
		offers = append(offers, bot.Offer{Name: "stop", Label: "button.train_stop", Line: "/train stop " + tr.ID, Style: chat.StyleDanger, Order: 2})
	}
	if _, ok := train.Next(tr.State, train.Resume); ok {
		offers = append(offers, bot.Offer{Name: "resume", Label: "button.train_resume", Line: "/train resume " + tr.ID, Style: chat.StylePrimary, Order: 2})
	}
	return offers
}

// nextStop is the environment that a train goes to next: that where it was taken back, or the one after the last that it passed.
func nextStop(t *bot.Turn, tr train.Train) (string, bool) {
	if len(tr.Passed) == 0 {
		return t.Org.First().Name, true
	}
	env, ok := t.Org.Next(tr.Passed[len(tr.Passed)-1])
	return env.Name, ok
}

// trainOver reports whether nothing more becomes of a train, so that its releases may go with another.
func trainOver(t *bot.Turn, tr train.Train) bool {
	return tr.State == train.Withdrawn || tr.State == train.Returned || tr.State == train.Arrived && t.Org.Final(tr.Environment)
}
