package commands

import (
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// outside are the facts that gates need from other systems.
type outside struct {
	artifactFacts
	Ticket      *port.Ticket
	TicketFault error
	// Incidents are those of the service that block, nil if they were not asked for or could not be had.
	Incidents     []port.Incident
	IncidentFault error
	Source        sourceFacts
	// Seen is what conditions look at in other systems.
	Seen sight
	At   time.Time
}

// gateFacts asks the other systems about a release on its way to an environment; one that is not named has no gates to ask.
func (p Ports) gateFacts(ctx context.Context, r *bot.Reading, id, environment string) (outside, error) {
	rel, err := getRelease(r, id)
	if err != nil {
		return outside{}, err
	}
	f := outside{At: r.Now.UTC()}
	env, _ := r.Org.Environment(environment)
	ticket := func() (*port.Ticket, error) { return nil, nil }
	if rel.Ticket != "" && slices.Contains(env.Gates, gate.Ticket) {
		ticket = beside(func() (*port.Ticket, error) {
			t, err := p.Tickets.Ticket(ctx, rel.Ticket)
			if err != nil {
				return nil, err
			}
			return &t, nil
		})
	}
	open := func() ([]port.Incident, error) { return nil, nil }
	if slices.Contains(env.Gates, gate.Incident) || asksThere(r.Org, env, "incidents") {
		open = beside(func() ([]port.Incident, error) { return p.askIncidents(ctx, rel.Service) })
	}
	f.Seen.Keeps = p.keepsIncidents()
	budget := func() (*policy.Budget, error) { return nil, nil }
	if asksThere(r.Org, env, "budget") {
		budget = p.askBudget(ctx, r, rel.Service)
	}
	f.artifactFacts = p.artifact(ctx, r, rel.Service, rel.Version)
	source, err := p.askSource(ctx, r, rel.Service, environment, f.Artifact)
	if err != nil {
		return f, err
	}
	f.Ticket, f.TicketFault = ticket()
	if f.Incidents, f.IncidentFault = open(); f.Incidents != nil {
		if f.Seen.Incidents, err = seenOpen(r, f.Incidents, port.Source{System: "pager", At: f.At}); err != nil {
			return f, err
		}
		if f.Incidents, err = blockingIncidents(r, f.Incidents); err != nil {
			return f, err
		}
	}
	f.Seen.Budget, _ = budget() // what could not be had is not known
	f.Source = source()
	for _, fault := range []*error{&f.Fault, &f.TicketFault, &f.IncidentFault} {
		*fault = r.Bot.Redacted(*fault)
	}
	return f, nil
}

// beside begins to ask another system, beside whatever else is asked meanwhile, and returns what waits for its answer.
func beside[T any](ask func() (T, error)) func() (T, error) {
	type answer struct {
		value T
		err   error
	}
	answered := make(chan answer, 1)
	go func() {
		var a answer
		defer func() { answered <- a }()
		defer func() {
			if broken := recover(); broken != nil { // no turn is around it that would
				a.err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
			}
		}()
		a.value, a.err = ask()
	}()
	return func() (T, error) {
		a := <-answered
		return a.value, a.err
	}
}

// startFacts asks the other systems about a deployment that is to start. A rollback waits for no answer: its gates need none.
func (p Ports) startFacts(ctx context.Context, r *bot.Reading, d rollout.Deployment) (outside, error) {
	if d.Kind == rollout.Rollback {
		return outside{At: r.Now.UTC()}, nil
	}
	return p.gateFacts(ctx, r, d.Release, d.Environment)
}

// question is whether a release may go to an environment now.
type question struct {
	release     release.Release
	environment organisation.Environment
	executor    string
	deployment  *rollout.Deployment // the one that asks, once there is one
	now         time.Time
	source      sourceFacts
}

// evaluate asks the gates. It is the one place where facts are put together: explain, dry run, deploy and the moment of
// triggering all decide by it. Besides the report it returns the freeze exceptions that going ahead uses up.
func evaluate(r state.Reader, org *organisation.Organisation, store *state.Store, q question, f outside) (gate.Report, []string, error) {
	q.source = f.Source
	facts, err := assemble(r, org, store, q, f)
	if err != nil {
		return gate.Report{}, nil, err
	}
	if q.deployment != nil && q.deployment.Kind == rollout.Rollback {
		facts.Of = q.deployment.Of
		facts.Previous = &q.deployment.Build
		facts.Cause = &gate.Cause{Authorised: true}
		if q.deployment.Cause != nil {
			facts.Cause.Text = *q.deployment.Cause
		}
		return gate.EvaluateRollback(facts), nil, nil
	}
	return gate.Evaluate(q.environment.Gates, facts), facts.Freeze.Exceptions, nil
}

func assemble(r state.Reader, org *organisation.Organisation, store *state.Store, q question, f outside) (gate.Facts, error) {
	rel, env := q.release, q.environment
	facts := gate.Facts{
		Now: q.now, Release: rel.ID, Service: rel.Service, Version: rel.Version, Environment: env.Name, Executor: q.executor,
		Artifact: f.Artifact, Planned: rel.Digest(), Ticket: f.Ticket, TicketAt: port.Source{System: "change register", At: f.At},
		Emergency: rel.Emergency, Faults: map[string]string{},
	}
	if f.Fault != nil {
		facts.Faults["artifact"] = f.Fault.Error()
	}
	if f.TicketFault != nil {
		facts.Faults["ticket"] = f.TicketFault.Error()
	}
	facts.Incidents, facts.IncidentsAt = f.Incidents, port.Source{System: "pager", At: f.At}
	if f.IncidentFault != nil {
		facts.Faults["incidents"] = f.IncidentFault.Error()
	}
	facts.Provenance, facts.NoProvenance = f.Source.Report, !f.Source.Configured
	if f.Source.Fault != nil {
		facts.Faults[gate.Provenance] = f.Source.Fault.Error()
	}
	if q.deployment != nil {
		facts.Deployment = q.deployment.ID
	}
	for _, fill := range []func(state.Reader, *organisation.Organisation, *state.Store, question, *gate.Facts) error{
		fillLower, fillApproval, fillFreeze, fillCadence, fillWindow, fillPlace, fillRehearsal, fillDeferral, fillBoard,
	} {
		if err := fill(r, org, store, q, &facts); err != nil {
			return facts, err
		}
	}
	if err := fillConditions(r, org, store, q, f, &facts); err != nil {
		return facts, err
	}
	facts.Openers = openers(r, org, q)
	conditionOpeners(org, q.environment, facts.Openers)
	if who := org.Holders(people.Identify, people.Everything, people.Everything); len(facts.Duty.Unresolved) > 0 && len(who) > 0 {
		facts.Openers[gate.Duty] = who
	}
	return facts, nil
}

// fillLower says what passed in the environment before.
func fillLower(r state.Reader, _ *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	f.Lower = &gate.Lower{Environment: q.environment.After}
	if q.environment.After == "" {
		return nil
	}
	d, ok, err := passedIn(r, q.release, q.environment.After)
	if ok && ranWell(d) {
		f.Lower.Deployment, f.Lower.Digest, f.Lower.At = d.ID, d.Digest, d.EndedAt
	}
	return err
}

// passedIn is the deployment by which a release passed an environment. One that came later and did not end well takes that
// back: what ran well once and failed since is not known to be well.
func passedIn(r state.Reader, rel release.Release, environment string) (rollout.Deployment, bool, error) {
	passed := rel.Passed[environment]
	if passed == "" {
		return rollout.Deployment{}, false, nil
	}
	for i := len(rel.Deployments) - 1; i >= 0 && rel.Deployments[i] != passed; i-- {
		d, ok, err := deployments.Get(r, rel.Deployments[i])
		if err != nil {
			return d, false, err
		}
		began := d.Run.ID != "" // else nothing was done
		bad := !ranWell(d) && (d.State.Ended() || d.State.Attention() || d.State == rollout.RollingBack)
		if ok && began && bad && d.Environment == environment && d.Kind == rollout.Deploy {
			return d, false, nil
		}
	}
	return deployments.Get(r, passed)
}

// ranWell reports whether a deployment was found to be well, and was not undone but to see that it can be.
func ranWell(d rollout.Deployment) bool {
	rehearsed := d.Rehearsal != nil && !d.Rehearsal.Verified.IsZero()
	return d.State == rollout.Succeeded || rehearsed && (d.State == rollout.RollingBack || d.State == rollout.RolledBack)
}

// fillApproval says where the vote stands and whether the executor's duties allow it.
func fillApproval(r state.Reader, org *organisation.Organisation, store *state.Store, q question, f *gate.Facts) error {
	var approvers []string
	f.NoVote = org.Tiers[q.release.Tier].Approval == ""
	if id := q.release.Ballot(); id != "" {
		b, ok, err := ballots.Get(r, id)
		if err != nil {
			return err
		}
		if ok {
			who, err := electors(r, q.now, org, b, q.release, work(r, q.release, org, store, nil))
			if err != nil {
				return err
			}
			tally := b.Recount(who)
			f.Ballot, f.Tally = &b, &tally
			approvers = b.Approvers(who)
		}
	}
	f.Proposal = proposal(q.release, f.Artifact, org).Digest()
	w := work(r, q.source.add(withAuthors(q.release, f.Artifact), store), org, store, approvers)
	w.Unread = q.source.unread(q.release, w.Unread)
	standing := duty.Standing(w, org.Duty)
	finding := executing(q, w, org, f.Artifact)
	f.Duty, f.Standing = &finding, &standing
	return nil
}

// executing finds whether the executor's duties allow it. Under an emergency the second person stands for the board: they must not
// have turned out since to have written it, and are an approver like any other.
func executing(q question, w duty.Work, org *organisation.Organisation, a *port.Artifact) duty.Finding {
	e := q.release.Emergency
	if a == nil || !e.Granted(a.Digest, q.now) {
		return duty.Execute(q.executor, w, org.Duty)
	}
	second := w
	second.Approvers = e.Agreeing()
	second.Requester = e.By
	if asked := askedFor(q.release, e.By, org); asked.Asker != "" {
		second.Attributions = append(slices.Clone(w.Attributions), duty.Attribution{As: duty.Requester, Person: asked.Asker})
	}
	agreed := duty.Standing(second, duties(approval.Ballot{Purpose: approval.Emergency}, org))
	for _, id := range e.Agreeing() {
		if !slices.Contains(w.Approvers, id) {
			w.Approvers = append(slices.Clip(w.Approvers), id)
		}
	}
	return duty.Execute(q.executor, w, org.Duty).And(agreed)
}

// withAuthors adds the authors that the build names by now: what is said of them may add a conflict and never take one away.
func withAuthors(r release.Release, now *port.Artifact) release.Release {
	if r.Artifact == nil || now == nil {
		return r
	}
	both := *r.Artifact
	for _, author := range now.Build.Authors {
		if !slices.Contains(both.Build.Authors, author) {
			both.Build.Authors = append(slices.Clone(both.Build.Authors), author)
		}
	}
	r.Artifact = &both
	return r
}

// fillFreeze asks the freezes.
func fillFreeze(r state.Reader, org *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	place := target(org, q.release.Service, q.environment.Name)
	all, err := freezesAbout(r, place, q.now)
	if err != nil {
		return err
	}
	granted, err := exceptionsOf(r, q.release.ID)
	if err != nil {
		return err
	}
	ask := freeze.Question{Target: place, Release: q.release.ID, Deployment: f.Deployment}
	switch {
	case q.deployment != nil: // what would go there, whatever the repository holds by now
		ask.Digest = q.deployment.Digest
	case f.Artifact != nil:
		ask.Digest = f.Artifact.Digest
	}
	verdict := freeze.Blocks(all, granted, ask, q.now)
	f.Freeze = &verdict
	return nil
}

func target(org *organisation.Organisation, service, environment string) calendar.Target {
	s, _ := org.Service(service)
	regions := org.RegionsOf(service, environment)
	return calendar.Target{Service: service, Environment: environment, Lines: s.Lines, Regions: regions, Everywhere: len(regions) == 0}
}

// fillPlace says who has the lock and what runs there.
func fillPlace(r state.Reader, _ *organisation.Organisation, _ *state.Store, q question, f *gate.Facts) error {
	var err error
	if f.Lock, f.Wider, err = locksAround(r, lock.Scope{Service: q.release.Service, Environment: q.environment.Name}); err != nil {
		return err
	}
	now, _, err := running.Get(r, place(q.release.Service, q.environment.Name))
	f.Running = &now.Build
	return err
}

// openers says who can open which gate.
func openers(r state.Reader, org *organisation.Organisation, q question) map[string][]string {
	service, env := q.release.Service, q.environment.Name
	m := map[string][]string{
		gate.Staged:     org.Holders(people.Deploy, service, q.environment.After),
		gate.Duty:       except(org.Holders(people.Deploy, service, env), q.executor),
		gate.Freeze:     org.Holders(people.Freeze, service, env),
		gate.Cadence:    org.Holders(people.Plan, service, ""),
		gate.Window:     except(slices.Concat(org.Holders(people.Plan, service, ""), org.Holders(people.WindowTest, service, env)), ""),
		gate.Lock:       org.Holders(people.Unlock, service, env),
		gate.Ticket:     org.Holders(people.Plan, service, ""),
		gate.Provenance: org.Holders(people.Plan, service, ""), // by another version, with what is missing
		gate.Incident:   org.Holders(people.Respond, service, env),
		gate.Rehearsal:  org.Holders(people.Rollback, service, q.environment.After),
	}
	if rule, ok := org.Approvals[org.Tiers[q.release.Tier].Approval]; ok {
		rule.Veto = nil // a veto opens nothing
		m[gate.Approval] = except(askedBy(r, org, q.release, rule).Members, "")
	}
	return m
}

// except drops one id and repetitions.
func except(ids []string, drop string) []string {
	var kept []string
	seen := map[string]bool{drop: true}
	for _, id := range ids {
		if !seen[id] {
			seen[id] = true
			kept = append(kept, id)
		}
	}
	return kept
}

// addEvidence keeps what each gate rested on with the decision.
func addEvidence(t *bot.Turn, report gate.Report) {
	for _, v := range report.Verdicts {
		t.Evidence(v.Source, chat.Say("gate.line", chat.Word("gate", v.Gate), chat.Nested("status", v.Status.Text())))
	}
}

// gatesClosed refuses a deployment with every reason of every gate that is not open.
func gatesClosed(r release.Release, env organisation.Environment, report gate.Report) *chat.Refusal {
	refusal := report.Refusal()
	refusal.Text.Args = append(refusal.Text.Args, chat.Word("what", r.Subject()))
	if at, ok := report.NextOpen(); ok {
		refusal.Text.Args = append(refusal.Text.Args, chat.Time("opens", at))
	}
	return refusal
}
