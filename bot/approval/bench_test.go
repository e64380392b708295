package approval_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

// seated is a ballot of nine seats, all but one of which have voted, and the vote that changes one of them.
func seated(tb testing.TB) (approval.Ballot, approval.Electors, approval.Vote) {
	ids := []string{"p-01HZX1", "p-01HZX2", "p-01HZX3", "p-01HZX4", "p-01HZX5", "p-01HZX6", "p-01HZX7", "p-01HZX8", "p-01HZX9"}
	who := approval.Electors{Groups: approval.Members{"cab": ids, "security": ids[7:8]}, Barred: []string{"p-author"}}
	r := approval.Rule{
		Name: "cab", Electorate: []string{"cab"}, Veto: []string{"security"}, Quorum: 9, Threshold: 0.6, Open: 24 * time.Hour,
	}
	b := open(tb, r)
	for i, id := range ids[:8] {
		b = cast(tb, b, who, vote(id, approval.Go, i))
	}
	return b, who, vote(ids[3], approval.Abstain, 20)
}

func TestCastAllocatesOnlyTheVotes(t *testing.T) {
	b, who, v := seated(t)
	if n := testing.AllocsPerRun(100, func() { b.Cast(v, who) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkCast(b *testing.B) {
	ballot, who, v := seated(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, no := ballot.Cast(v, who); no != nil {
			b.Fatal(no)
		}
	}
}

func BenchmarkMarshal(b *testing.B) {
	ballot, who, v := seated(b)
	v.Person = "p-01HZX9"
	ballot.Rule.Wait, ballot.Rule.Quorum = true, 10
	ballot = cast(b, ballot, who, v)
	b.ReportAllocs()
	for b.Loop() {
		raw, err := json.Marshal(ballot)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(raw)), "bytes")
	}
}

func BenchmarkUnmarshal(b *testing.B) {
	ballot, _, _ := seated(b)
	raw, err := json.Marshal(ballot)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		var got approval.Ballot
		if err := json.Unmarshal(raw, &got); err != nil {
			b.Fatal(err)
		}
	}
}
