package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// ownEmergency refuses the review of an emergency to whoever asked for it or agreed to it and, where the duties say so, to whoever
// deployed under it or wrote what went out: nobody judges afterwards what they did themselves.
func ownEmergency(t *bot.Turn, f followup.FollowUp, r release.Release) (*chat.Refusal, error) {
	if r.Emergency == nil {
		return nil, nil
	}
	involved, err := partInEmergency(t, r)
	if err != nil {
		return nil, err
	}
	code, reasons := involved(t.Person)
	if code == "" {
		return nil, nil
	}
	reviewers := slices.DeleteFunc(slices.Clone(t.Org.Holders(people.Review, r.Service, "")), func(id string) bool {
		code, _ := involved(id)
		return code != ""
	})
	return chat.Refuse(code, chat.Word("follow_up", f.ID), chat.Word("release", r.ID), chat.People("reviewers", reviewers)).Because(reasons...), nil
}

// partInEmergency tells by what part in an emergency somebody can't judge it, and with which reasons; empty for none.
func partInEmergency(t *bot.Turn, r release.Release) (func(person string) (chat.Code, []chat.Text), error) {
	deployed, err := deployedInEmergency(t, r)
	if err != nil {
		return nil, err
	}
	w := work(t, r, t.Org, t.Store(), nil)
	return func(person string) (chat.Code, []chat.Text) {
		e := r.Emergency
		if person == e.By || slices.Contains(e.Agreeing(), person) {
			return "followup.own_emergency", nil
		}
		if !t.Org.Duty.ExecutorMayReview && slices.Contains(deployed, person) {
			return "followup.own_deployment", nil
		}
		if finding := duty.Review(person, w, t.Org.Duty); !finding.OK() {
			return "followup.own_work", finding.Reasons()
		}
		return "", nil
	}, nil
}

// deployedInEmergency are those who deployed a release under an emergency.
func deployedInEmergency(from state.Reader, r release.Release) (ids []string, err error) {
	for _, id := range r.Deployments {
		d, ok, err := deployments.Get(from, id)
		if err != nil {
			return nil, err
		}
		if ok && d.Emergency && d.Kind == rollout.Deploy && d.Executor != "" {
			ids = append(ids, d.Executor)
		}
	}
	return ids, nil
}
