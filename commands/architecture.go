package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/architecture"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

var (
	edges   = state.Governed[architecture.Edges]("edges")   // by service
	reviews = state.Governed[architecture.Review]("review") // the architecture board's, by release
)

// boardNeed is why a release needs the architecture board's go, as things stand.
func boardNeed(r state.Reader, org *organisation.Organisation, q question) (architecture.Need, error) {
	s, _ := org.Service(q.release.Service)
	last, known, err := edges.Get(r, s.Name)
	if err != nil {
		return architecture.Need{}, err
	}
	need := architecture.Compare(nil, s.DependsOn)
	if known {
		need = architecture.Compare(&last, s.DependsOn)
	}
	when := org.Planning.Architecture.When
	if when == nil {
		return need, nil
	}
	in, err := planningContext(r, org, q.release, sight{}, q.now)
	answer := when.Holds(in)
	if need.Marked = answer.True; answer.Unknown {
		if need.Unknown = answer.Missing; len(need.Unknown) == 0 {
			need.Unknown = []string{answer.Fault}
		}
	}
	return need, err
}

// boardProposal is exactly what the architecture board's vote on a release is about.
func boardProposal(r release.Release, a *port.Artifact, org *organisation.Organisation) approval.Proposal {
	s, _ := org.Service(r.Service)
	p := approval.Proposal{Subject: r.ID, Parts: []approval.Part{
		{Name: "service", Value: r.Service}, {Name: "version", Value: r.Version}, {Name: "depends on", Value: architecture.Value(s.DependsOn)},
	}}
	if a != nil {
		p.Parts = append(p.Parts, approval.Part{Name: "artifact", Value: a.Digest})
		if a.Build.Commit != "" {
			p.Parts = append(p.Parts, approval.Part{Name: "commit", Value: a.Build.Commit})
		}
	}
	return p
}

// proposalOf is what a ballot's proposal is now.
func proposalOf(b approval.Ballot, r release.Release, a *port.Artifact, org *organisation.Organisation) approval.Proposal {
	if b.Purpose == approval.Architecture {
		return boardProposal(r, a, org)
	}
	return proposal(r, a, org)
}

// askBoard opens the architecture board's ballot where a release needs its go and none is open.
func askBoard(t *bot.Turn, r release.Release, now *port.Artifact) (architecture.Review, error) {
	review, _, err := reviews.Get(t, r.ID)
	rule := t.Org.Planning.Architecture.Approval
	if err != nil || rule == "" {
		return review, err
	}
	need, err := boardNeed(t, t.Org, question{release: r, now: t.Now})
	if err != nil || !need.Needed() {
		return review, err
	}
	if now == nil {
		now = r.Artifact
	}
	b, err := openBallot(t, r.ID, r, approval.Architecture, rule, boardProposal(r, now, t.Org))
	if err != nil {
		return review, err
	}
	s, _ := t.Org.Service(r.Service)
	review.V, review.Release, review.DependsOn = architecture.Version, r.ID, s.DependsOn
	review.Ballots = append(append([]string(nil), review.Ballots...), b.ID)
	for _, why := range need.Texts() {
		t.Evidence(ownRecords(t.Now), why)
	}
	return review, reviews.Put(t.Tx, r.ID, review)
}

// architectureEnded tells how the architecture board decided.
func architectureEnded(t *bot.Turn, b approval.Ballot) error {
	r, err := getRelease(t, b.Subject)
	if err != nil || b.State == approval.StateWithdrawn {
		return err
	}
	m := ballotEnded(b, r)
	m.Title.Code = "architecture.ended"
	return t.Announce("ballot:"+b.ID+":"+string(b.State), t.Org.Channels.Releases, m)
}

// withdrawBoard ends the architecture board's ballot with its release.
func withdrawBoard(t *bot.Turn, r release.Release, reason *chat.Sealed) error {
	review, ok, err := reviews.Get(t, r.ID)
	if err != nil || !ok {
		return err
	}
	return withdrawBallot(t, review.Ballot(), reason)
}

// fillBoard says whether the release needs the architecture board's go, and where that stands.
func fillBoard(r state.Reader, org *organisation.Organisation, store *state.Store, q question, f *gate.Facts) error {
	// Like the vote on the release, the board's go is needed where versions reach customers, and where an environment asks for it.
	there := org.Final(q.environment.Name) || slices.Contains(q.environment.Gates, gate.Architecture)
	if org.Planning.Architecture.Approval == "" || !there {
		f.Board = &gate.Board{}
		return nil
	}
	need, err := boardNeed(r, org, q)
	if err != nil {
		return err
	}
	f.Board = &gate.Board{Need: need}
	review, _, err := reviews.Get(r, q.release.ID)
	if err != nil || !need.Needed() || review.Ballot() == "" {
		return err
	}
	b, ok, err := ballots.Get(r, review.Ballot())
	if err != nil || !ok {
		return err
	}
	w := work(r, q.release, org, store, nil)
	who, err := electors(r, q.now, org, b, q.release, w)
	if err != nil {
		return err
	}
	tally := b.Recount(who)
	all := work(r, q.source.add(withAuthors(q.release, f.Artifact), store), org, store, b.Approvers(who))
	standing := duty.Standing(all, org.Duty)
	f.Board.Ballot, f.Board.Tally, f.Board.Standing = &b, &tally, &standing
	f.Board.Proposal = boardProposal(q.release, f.Artifact, org).Digest()
	return nil
}

// edgesReleased keeps what a service depended on when it was released: what the board saw if it gave its go, what was there before if
// it was not asked. An emergency that went past the board changes nothing: the next release needs its go all the same.
func edgesReleased(t *bot.Turn, d rollout.Deployment) error {
	s, ok := t.Org.Service(d.Service)
	if !ok {
		return nil
	}
	last, known, err := edges.Get(t, d.Service)
	if err != nil {
		return err
	}
	next := architecture.Edges{V: architecture.Version, Service: d.Service, DependsOn: s.DependsOn, Release: d.Release, At: t.Now.UTC()}
	if t.Org.Planning.Architecture.Approval != "" {
		review, _, err := reviews.Get(t, d.Release)
		if err != nil {
			return err
		}
		b, asked, err := ballots.Head(t, review.Ballot())
		switch {
		case err != nil:
			return err
		case asked && b.State == approval.StatePassed:
			next.DependsOn = review.DependsOn
		case known:
			next.DependsOn = last.DependsOn
		default:
			return nil
		}
	}
	return edges.Put(t.Tx, d.Service, next)
}

// edgesAdopted keeps what a service depends on when it is noted that it runs in the last environment, unless something is known of that.
func edgesAdopted(t *bot.Turn, service, environment string) error {
	s, _ := t.Org.Service(service)
	if _, known, err := edges.Get(t, service); err != nil || known || !t.Org.Final(environment) {
		return err
	}
	return edges.Put(t.Tx, service, architecture.Edges{V: architecture.Version, Service: service, DependsOn: s.DependsOn, At: t.Now.UTC()})
}
