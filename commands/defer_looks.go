package commands

import (
	"context"
	"math"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// kindFigures reads what the rules that defer look at in other systems.
const kindFigures effect.Kind = "deferral.figures"

// timerLook wakes when the rules that defer are looked at.
const timerLook = "deferral.look"

// lookEvery is the time between two looks at the rules that defer, when nothing gives a reason to look sooner.
const lookEvery = 5 * time.Minute

// figures are what other systems said, by service.
type figures struct {
	Incidents map[string]policy.Incidents `json:"incidents,omitempty"`
	Budgets   map[string]policy.Budget    `json:"budgets,omitempty"`
}

// of is what they said of one service.
func (f figures) of(service string) (s sight) {
	if seen, ok := f.Incidents[service]; ok {
		s.Incidents = &seen
	}
	if seen, ok := f.Budgets[service]; ok {
		s.Budget = &seen
	}
	return s
}

// lookSoon has the rules that defer looked at in a turn of its own: something that they may read has changed.
func lookSoon(t *bot.Turn) error {
	if len(t.Org.Planning.Deferral) == 0 {
		return nil
	}
	return lookUnder(t, t.Org)
}

// lookUnder is lookSoon under a configuration that is about to hold. Without rules there is nothing to look at, but for what former
// rules hold back.
func lookUnder(t *bot.Turn, org *organisation.Organisation) error {
	if len(org.Planning.Deferral) == 0 {
		if held, err := heldByRules(t); err != nil || !held {
			return err
		}
	}
	return t.Wake(state.Timer{ID: timerLook, At: t.Now, Kind: timerLook})
}

// heldByRules reports whether a rule holds any release back.
func heldByRules(r state.Reader) (held bool, err error) {
	err = deferrals.All(r, func(string, deferral.Deferral) error {
		held = true
		return nil
	})
	return held, err
}

// lookTimer asks other systems for figures, and looks again after a while.
func lookTimer(t *bot.Turn, timer state.Timer) error {
	if len(t.Org.Planning.Deferral) > 0 {
		if err := t.Wake(state.Timer{ID: timerLook, At: t.Now.Add(lookEvery), Kind: timerLook}); err != nil {
			return err
		}
	}
	return t.Effect(bot.Intent{Kind: kindFigures, Class: effect.Expiring, Key: "figures:" + timer.At.UTC().Format(time.RFC3339Nano), Lane: "figures"})
}

// asked is what is asked of other systems about one service.
type asked struct {
	service   string
	incidents bool
	budget    *organisation.Budget
	query     port.Query
}

// figuresAsked lists what the rules read of the services that have releases under way.
func figuresAsked(r *bot.Reading) ([]asked, error) {
	ids, err := openIDs(r)
	if err != nil {
		return nil, err
	}
	var list []asked
	seen := map[string]bool{}
	for _, id := range ids {
		rel, err := getRelease(r, id)
		if err != nil {
			return nil, err
		}
		if seen[rel.Service] {
			continue
		}
		seen[rel.Service] = true
		a := asked{service: rel.Service, incidents: deferralReads(r.Org, "incidents")}
		if deferralReads(r.Org, "budget") {
			if err := a.measures(r); err != nil {
				return nil, err
			}
		}
		list = append(list, a)
	}
	return list, nil
}

// measures adds the error budget of the service, if one is configured.
func (a *asked) measures(r *bot.Reading) error {
	b, ok := r.Org.Planning.Budgets[a.service]
	if !ok {
		return nil
	}
	now, _, err := noted(r, place(a.service, b.Environment))
	if err != nil {
		return err
	}
	target := organisation.Target{Service: a.service, Environment: b.Environment, Version: now.Version, Digest: now.Digest}
	env, _ := r.Org.Environment(b.Environment)
	a.budget = &b
	a.query = port.Query{Name: "error budget", URL: r.Org.Fill(metricsOf(r.Org, env), target), Expr: b.Expr, Window: b.Window}
	return nil
}

// askBudget begins to measure a service's error budget, for whatever looks at it.
func (p Ports) askBudget(ctx context.Context, r *bot.Reading, service string) func() (*policy.Budget, error) {
	a := asked{service: service}
	if err := a.measures(r); err != nil {
		return func() (*policy.Budget, error) { return nil, err }
	}
	return beside(func() (*policy.Budget, error) { return p.spent(ctx, a), nil })
}

// metricsOf is where services publish their metrics in an environment.
func metricsOf(org *organisation.Organisation, env organisation.Environment) string {
	if plan, ok := org.Plans[env.Verify]; ok && plan.Metrics != "" {
		return plan.Metrics
	}
	return "{address}/metrics"
}

// deferralReads reports whether a rule that defers reads of a group of fields.
func deferralReads(org *organisation.Organisation, group string) bool {
	for _, rule := range org.Planning.Deferral {
		if rule.When.Reads(group) || rule.Until != nil && rule.Until.Reads(group) {
			return true
		}
	}
	return false
}

// askedAtOnce bounds how many services are asked about at the same time.
const askedAtOnce = 8

// readFigures asks the pager and the metrics. What does not answer is not known: that is an answer too, and no fault of the effect.
func (p Ports) readFigures(ctx context.Context, _ effect.Effect) (any, error) {
	var list []asked
	var now time.Time
	if err := p.View(func(r *bot.Reading) (err error) {
		now = r.Now.UTC()
		list, err = figuresAsked(r)
		return err
	}); err != nil {
		return nil, err
	}
	out := figures{Incidents: map[string]policy.Incidents{}, Budgets: map[string]policy.Budget{}}
	var mu sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, askedAtOnce)
	for _, a := range list {
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			incidents, known := p.openIncidents(ctx, a, now)
			budget := p.spent(ctx, a)
			mu.Lock()
			defer mu.Unlock()
			if known {
				out.Incidents[a.service] = incidents
			}
			if budget != nil {
				out.Budgets[a.service] = *budget
			}
		})
	}
	group.Wait()
	return out, nil
}

func (p Ports) openIncidents(ctx context.Context, a asked, now time.Time) (policy.Incidents, bool) {
	if !a.incidents || !p.keepsIncidents() {
		return policy.Incidents{}, false
	}
	open, err := p.askIncidents(ctx, a.service)
	if err != nil {
		p.Log.Warn("the pager does not say what is open: the rules that defer do without", "service", a.service)
		return policy.Incidents{}, false
	}
	var in *policy.Incidents
	err = p.View(func(r *bot.Reading) (err error) {
		in, err = seenOpen(r, open, port.Source{System: "pager", At: now})
		return err
	})
	if err != nil {
		return policy.Incidents{}, false
	}
	return *in, true
}

// spent is the share of a service's error budget that is spent; nil where it is not known.
func (p Ports) spent(ctx context.Context, a asked) *policy.Budget {
	if a.budget == nil {
		return nil
	}
	f, err := p.Metrics.Measure(ctx, a.query)
	if err != nil {
		p.Log.Warn("an error budget can't be measured: what looks at it does without", "service", a.service)
		return nil
	}
	if !f.Known || f.Count < a.budget.MinCount {
		return nil
	}
	share := math.Round(f.Value/a.budget.Allowed*1e4) / 1e4 // no budget is known closer than that
	return &policy.Budget{Source: f.Source, Spent: &share}
}

// looked takes the figures: every release under way is held back or let go as the rules say.
func looked(t *bot.Turn, _ effect.Effect, o effect.Outcome) error {
	var f figures
	if o.OK {
		if err := o.Decode(&f); err != nil {
			return err
		}
	}
	ids, err := openIDs(t)
	if err != nil {
		return err
	}
	var told []chat.Text
	for _, id := range ids {
		r, err := getRelease(t, id)
		if err != nil {
			return err
		}
		texts, err := reconsider(t, r, f)
		if err != nil {
			return err
		}
		told = append(told, texts...)
	}
	if len(told) > 0 {
		t.Record("deferral", told[0], told[1:]...)
	}
	return nil
}
