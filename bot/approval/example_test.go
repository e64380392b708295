package approval_test

import (
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

func ExampleBallot_Cast() {
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	rule := approval.Rule{Name: "cab", Electorate: []string{"cab"}, Quorum: 2, Threshold: 0.6, Open: 24 * time.Hour}
	what := approval.Proposal{Subject: "R-1", Parts: []approval.Part{{Name: "artifact", Value: "sha256:5e88"}}}
	who := approval.Electors{Groups: approval.Members{"cab": {"chair", "owner", "dev"}}, Barred: []string{"dev"}}

	ballot, _ := approval.Open("B-1", "R-1", approval.Release, rule, what, at)
	for _, person := range []string{"chair", "dev", "owner"} {
		next, refused := ballot.Cast(approval.Vote{Person: person, Choice: approval.Go, At: at, Bound: what.Digest()}, who)
		if refused != nil {
			fmt.Println(person, refused.Text.Code)
			continue
		}
		ballot = next
		fmt.Println(person, ballot.State)
	}
	// Output:
	// chair open
	// dev approval.barred
	// owner passed
}
