package commands

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

// kindWatch looks once at what runs after a deployment.
const kindWatch effect.Kind = "deploy.watch"

// look is one round of a watch, placeholders filled in.
type look struct {
	Probes  []port.Probe `json:"probes,omitempty"`
	Queries []port.Query `json:"queries,omitempty"`
}

func (p Ports) watchPerformers(performers map[effect.Kind]bot.Performer) {
	performers[kindWatch] = bot.Performer{Perform: onPayload(p.look)}
}

// look makes all probes and measurements of a round at once.
func (p Ports) look(ctx context.Context, l look) (any, error) {
	round := verify.Round{Samples: make([]port.Sample, len(l.Probes))}
	figures := make([]port.Figure, len(l.Queries))
	faults := make([]error, len(l.Queries))
	var group sync.WaitGroup
	for i, probe := range l.Probes {
		group.Go(func() { round.Samples[i] = p.Prober.Probe(ctx, probe) })
	}
	for i, q := range l.Queries {
		group.Go(func() { figures[i], faults[i] = p.Metrics.Measure(ctx, q) })
	}
	group.Wait()
	for i, q := range l.Queries {
		if faults[i] == nil {
			round.Figures = append(round.Figures, figures[i])
			continue
		}
		if round.Faults == nil {
			round.Faults = map[string]string{}
		}
		round.Faults[q.Name] = faults[i].Error()
	}
	return round, nil
}

// watchNext asks for the next round. The first one comes at once and makes the smoke tests too.
func watchNext(t *bot.Turn, d rollout.Deployment, plan organisation.Plan, first bool) error {
	target := organisation.Target{Service: d.Service, Environment: d.Environment, Version: d.Version, Digest: d.Digest}
	l := look{Probes: t.Org.Probes(plan.Health, target)}
	wait := plan.Interval
	if first {
		l.Probes = append(l.Probes, t.Org.Probes(plan.Smoke, target)...)
		wait = 0
	}
	for _, c := range plan.Criteria {
		l.Queries = append(l.Queries, port.Query{
			Name: c.Name, URL: t.Org.Fill(plan.Metrics, target), Expr: c.Expr, Window: c.Window, Since: d.LiveAt,
		})
	}
	return t.Effect(bot.Intent{
		Kind: kindWatch, Class: effect.Keyed, Key: fmt.Sprintf("%s:watch:%d", d.Key, t.Now.UnixNano()), Subject: d.ID, Lane: "watch:" + d.ID,
		Payload: l, Wait: wait,
	})
}

// live is the turn's part once a person says that a version runs after all.
func live(t *bot.Turn, d rollout.Deployment, r release.Release) error {
	if err := runsNow(t, d); err != nil {
		return err
	}
	return beginWatch(t, d, r)
}

// beginWatch watches what runs by now.
func beginWatch(t *bot.Turn, d rollout.Deployment, r release.Release) error {
	plan, ok := t.Org.Plans[d.Plan]
	if d.Plan == "" || !ok {
		return passed(t, d, r, chat.Say("watch.none", chat.Word("deployment", d.ID)))
	}
	watch := verify.Begin(t.Now)
	d.Watch = &watch
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := t.Card(r.ID); err != nil {
		return err
	}
	return watchNext(t, d, plan, true)
}

// watched takes what a round saw.
func watched(t *bot.Turn, e effect.Effect, o effect.Outcome) error {
	d, r, err := deploymentAndRelease(t, e.Subject)
	if err != nil || d.State != rollout.Watching || d.Watch == nil {
		return err
	}
	t.About(d.ID, r.ID)
	plan, ok := t.Org.Plans[d.Plan]
	if !ok {
		return held(t, d, r, []chat.Text{chat.Say("watch.no_plan", chat.Word("plan", d.Plan))})
	}
	if lost, err := fenceLost(t, d); lost != nil || err != nil {
		if err != nil {
			return err
		}
		return held(t, d, r, []chat.Text{*lost})
	}
	round := verify.Round{At: t.Now.UTC()}
	if o.OK {
		if err := o.Decode(&round); err != nil {
			return err
		}
		round.At = t.Now.UTC()
	}
	watch := d.Watch.Add(plan.Plan, round)
	verdict := watch.Judge(plan.Plan, t.Now)
	d.Watch, d.Verdict = &watch, &verdict
	for _, f := range round.Figures {
		t.Evidence(f.Source, chat.Say("evidence.figure", chat.Word("name", f.Name), chat.Number("value", f.Value), chat.Number("count", f.Count)))
	}
	text := chat.Say("watch.verdict", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Word("verdict", string(verdict.State)), chat.Count("rounds", watch.Rounds))
	t.Record("watch", text, verdict.Reasons...)
	if d.Hold != nil && d.Hold.Passed != nil && verdict.State != verify.Fail { // it was found well, and only the freeze is waited for
		return lookOnHold(t, d, r, plan)
	}
	switch verdict.State {
	case verify.Continue:
		if err := putDeployment(t, d); err != nil {
			return err
		}
		if err := t.Card(r.ID); err != nil {
			return err
		}
		return watchNext(t, d, plan, false)
	case verify.Pass:
		return passed(t, d, r, text)
	case verify.Fail:
		return unwell(t, d, r, verdict.Reasons)
	}
	if plan.OnInconclusive == verify.Rollback {
		return unwell(t, d, r, verdict.Reasons)
	}
	return held(t, d, r, verdict.Reasons)
}

// verdictMessage says how a watch ended, with every figure.
func verdictMessage(d rollout.Deployment, title chat.Text, tone chat.Tone) chat.Message {
	m := chat.Message{Title: title, Tone: tone, Sections: emergencySections(d)}
	if d.Verdict != nil {
		m.Sections = append(m.Sections, chat.Section{Heading: chat.Say("heading.verdict"), Lines: d.Verdict.Findings})
	}
	return m
}

// runsNow keeps what runs in a place, and what ran before it.
func runsNow(t *bot.Turn, d rollout.Deployment) error {
	at := place(d.Service, d.Environment)
	was, known, err := noted(t, at)
	if err != nil {
		return err
	}
	was.Outside = nil // whatever others put there, this took its place
	switch {
	case d.Kind == rollout.Rollback && known && was.Same(d.Build): // what was rolled back never came to run
		return running.Put(t.Tx, at, was)
	case d.Kind == rollout.Rollback && was.Before != nil && was.Before.Same(d.Build):
		return running.Put(t.Tx, at, *was.Before)
	}
	now := Running{Build: d.Build, Deployment: d.ID, Release: d.Release}
	if known {
		was.Before = nil
		now.Before = &was
	}
	return running.Put(t.Tx, at, now)
}

// lastFor is how long a deployment was watched.
func lastFor(d rollout.Deployment, now time.Time) time.Duration {
	return now.Sub(d.LiveAt).Round(time.Second)
}
