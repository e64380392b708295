package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/duty"
)

// mayVote finds whether the speaker's duties let them vote. Whoever may approve only beside others waits for one of them: a vote that
// counted for nothing would look like one that counts.
func mayVote(t *bot.Turn, b approval.Ballot, w duty.Work) duty.Finding {
	p := duties(b, t.Org)
	finding := duty.Approve(t.Person, w, p)
	others := goes(withoutVote(b, t.Person))
	if finding.OK() && len(duty.Dependent([]string{t.Person}, others, w, p)) > 0 {
		return duty.ApproveAlone(t.Person, w, p)
	}
	return finding
}

// goes are those who said go on a ballot.
func goes(b approval.Ballot) (ids []string) {
	for _, v := range b.Votes {
		if v.Choice == approval.Go {
			ids = append(ids, v.Person)
		}
	}
	return ids
}

// withoutVote is a ballot as it would be without somebody's vote: what they say next must not rest on what they said.
func withoutVote(b approval.Ballot, person string) approval.Ballot {
	b.Votes = slices.DeleteFunc(slices.Clone(b.Votes), func(v approval.Vote) bool { return v.Person == person })
	return b
}
