package approval_test

import (
	"encoding/json"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/jsonappend"
	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[approval.Ballot](t)
	jsonappendtest.Same[approval.Vote](t)
	jsonappendtest.Same[approval.Rule](t)
	jsonappendtest.Same[approval.Proposal](t)
	jsonappendtest.Same[approval.Part](t)
	jsonappendtest.Same[approval.Change](t)
	jsonappendtest.Same[approval.Tally](t)
}

func FuzzAppendBallot(f *testing.F) { jsonappendtest.Fuzz[approval.Ballot](f) }

// TestAppendJSONOfALife follows a ballot through what changes it: nothing written before may show again.
func TestAppendJSONOfALife(t *testing.T) {
	t.Parallel()
	who := approval.Electors{Groups: board}
	b := open(t, rule())
	jsonappendtest.Equal(t, b)
	for _, v := range votes("ann", "go", "bob", "no-go", "ann", "abstain", "ann", "go", "cid", "go") {
		v.Reason = &chat.Sealed{Person: v.Person, Box: []byte("sealed")}
		b = cast(t, b, who, v)
		jsonappendtest.Equal(t, b)
	}
	if b.State != approval.StatePassed {
		t.Fatal(b.State)
	}
	void, no := b.Void(approval.Proposal{Subject: "R-1", Parts: []approval.Part{{Name: "artifact", Value: "sha256:bb"}}}, start)
	if no != nil {
		t.Fatal(no)
	}
	jsonappendtest.Equal(t, void)
	raw, err := void.AppendJSON(nil)
	if err != nil {
		t.Fatal(err)
	}
	var back approval.Ballot
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	back.Rule.Name, back.Votes[0].Choice = "other", approval.NoGo
	jsonappendtest.Equal(t, back)
}

func BenchmarkEncode(b *testing.B) {
	ballot, who, v := seated(b)
	v.Person = "p-01HZX9"
	ballot.Rule.Wait, ballot.Rule.Quorum = true, 10
	ballot = cast(b, ballot, who, v)
	b.Run("append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := jsonappend.Append(1, ballot.AppendJSON); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("encoding/json", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := json.Marshal(ballot); err != nil {
				b.Fatal(err)
			}
		}
	})
}
