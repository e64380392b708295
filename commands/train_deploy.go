package commands

import (
	"context"
	"sync"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/train"
	"github.com/gonogo-chat/gonogo/state"
)

func (p Ports) trainDeploy() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"train", "deploy"}, Right: people.Deploy, DryRun: true,
			Summary: "Let a train go: each release passes its own gates when it is its turn.",
			Params: []command.Param{
				{Name: "train", Kind: command.KindTrain, Help: "The train."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where to."},
			},
			Examples: []command.Example{
				{Line: "/train deploy T-1 {first}", Does: "deploys the first layer of T-1 to {first}; each next one goes when those before it are verified"},
				{Line: "/train deploy T-1 {environment} --dry-run", Does: "shows the gates of those that would go first"},
			},
		},
		Gather: p.firstFacts,
		Decide: deployTrain,
	}
}

// firstFacts asks the other systems about the releases that would go first, beside each other.
func (p Ports) firstFacts(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
	tr, err := getTrain(r, c.Text("train"))
	if err != nil {
		return nil, nil // the decision says so
	}
	tr = tr.Begin(c.Text("environment"), "", r.Org.Trains, r.Now)
	tr.State = train.Underway
	at, err := standings(r, tr)
	if err != nil {
		return nil, err
	}
	first := tr.Next(at).Start
	facts := make([]outside, len(first))
	faults := make([]error, len(first))
	var asked sync.WaitGroup
	for n, i := range first {
		asked.Go(func() { facts[n], faults[n] = p.gateFacts(ctx, r, tr.Members[i].Release, tr.Environment) })
	}
	asked.Wait()
	by := make(map[string]outside, len(first))
	for n, i := range first {
		if faults[n] != nil {
			return nil, faults[n]
		}
		by[tr.Members[i].Release] = facts[n]
	}
	return by, nil
}

func deployTrain(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	tr, err := getTrain(t, c.Text("train"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(tr.ID)
	env, ok := t.Org.Environment(c.Text("environment"))
	if !ok { // it was when the line was read
		return chat.Reply{}, chat.Refuse("environment.gone", chat.Word("environment", c.Text("environment")))
	}
	for _, m := range tr.Members {
		if refusal := t.Authorise(people.Deploy, m.Service, env.Name); refusal != nil {
			return chat.Reply{}, refusal
		}
	}
	if tr.State == train.Arrived && (t.Org.Final(tr.Environment) || tr.Environment == env.Name) {
		return chat.Reply{}, chat.Refuse("train.there", chat.Word("train", tr.ID), chat.Word("environment", tr.Environment))
	}
	// The services may depend on each other otherwise than when it was planned.
	tr, refusal := tr.Plan(tr.Members, t.Org.Dependencies())
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if tr, refusal = tr.Apply(train.Depart, t.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	tr = tr.Begin(env.Name, t.Person, t.Org.Trains, t.Now)
	m, refusal, err := firstGates(t, tr, env, facts, c.DryRun)
	if err != nil {
		return chat.Reply{}, err
	}
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	tr, _, err = advance(t, tr)
	if err != nil {
		return chat.Reply{}, err
	}
	m.Title = chat.Say("train.departed", chat.Word("train", tr.ID), chat.Count("count", len(tr.Members)), chat.Word("environment", env.Name),
		chat.Word("order", orderOf(tr)), chat.Person("by", t.Person))
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, IDs: map[string]string{"train": tr.ID}, Messages: []chat.Message{m}}, putTrain(t, tr)
}

// firstGates asks the gates of those that go first. Where one is closed, but for its lock, nothing goes: with every reason. A dry
// run shows them all.
func firstGates(t *bot.Turn, tr train.Train, env organisation.Environment, facts bot.Facts, dry bool) (chat.Message, *chat.Refusal, error) {
	var m chat.Message
	by, _ := facts.(map[string]outside)
	closed := 0
	var reasons []chat.Text
	for _, member := range tr.Members {
		f, asked := by[member.Release]
		if !asked {
			continue
		}
		r, err := getRelease(t, member.Release)
		if err != nil {
			return m, nil, err
		}
		if !r.State.Deployable() { // it is said why when it is its turn
			continue
		}
		report, _, err := evaluate(t, t.Org, t.Store(), question{release: r, environment: env, executor: t.Person, now: t.Now}, f)
		if err != nil {
			return m, nil, err
		}
		addEvidence(t, report)
		m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("train.gates_of", chat.Word("release", r.ID), chat.Word("what", r.Subject())), Lines: report.Lines()})
		if report.Open() || onlyLocked(report) {
			continue
		}
		closed++
		for _, reason := range report.Refusal().Reasons {
			reasons = append(reasons, chat.Say("train.gate", chat.Word("release", r.ID), chat.Word("service", r.Service), chat.Nested("reason", reason)))
		}
	}
	if !dry {
		m.Sections = nil
	}
	if closed == 0 {
		return m, nil, nil
	}
	return m, chat.Refuse("train.gates_closed", chat.Word("train", tr.ID), chat.Word("environment", env.Name), chat.Count("count", closed)).Because(reasons...), nil
}

// trainMoves lets a train do what follows from how its members stand now.
func trainMoves(t *bot.Turn, timer state.Timer) error {
	was, ok, err := trains.Get(t, timer.Subject)
	if err != nil || !ok {
		return err
	}
	tr, moved, err := advance(t, was)
	if err != nil {
		return err
	}
	if !moved { // it only shows
		return t.Card(was.ID)
	}
	at, err := standings(t, tr)
	if err != nil {
		return err
	}
	text := progressOf(tr, at)
	if tr.Why != nil {
		text = *tr.Why
	}
	t.Record(timer.Kind, text)
	return putTrain(t, tr)
}
