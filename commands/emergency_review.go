package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// ownEmergency refuses the review of an emergency to whoever asked for it or agreed to it and, where the duties say so, to whoever
// deployed under it: nobody judges afterwards what they did themselves.
func ownEmergency(t *bot.Turn, f followup.FollowUp, r release.Release) (*chat.Refusal, error) {
	deployed, err := deployedInEmergency(t, r)
	if err != nil || r.Emergency == nil {
		return nil, err
	}
	involved := []string{r.Emergency.By, r.Emergency.Second}
	if !t.Org.Duty.ExecutorMayReview {
		involved = append(involved, deployed...)
	}
	if !slices.Contains(involved, t.Person) {
		return nil, nil
	}
	reviewers := slices.DeleteFunc(slices.Clone(t.Org.Holders(people.Review, r.Service, "")), func(id string) bool { return slices.Contains(involved, id) })
	if t.Person != r.Emergency.By && t.Person != r.Emergency.Second {
		return chat.Refuse("followup.own_deployment", chat.Word("follow_up", f.ID), chat.Word("release", r.ID), chat.People("reviewers", reviewers)), nil
	}
	return chat.Refuse("followup.own_emergency", chat.Word("follow_up", f.ID), chat.Word("release", r.ID), chat.People("reviewers", reviewers)), nil
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
