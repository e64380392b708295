package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/train"
	"github.com/gonogo-chat/gonogo/state"
)

// kindTrainMember is the turn of a member: nothing is done elsewhere, but its gates are asked with facts from elsewhere, and where
// one can't be read just now, the member waits for the answer as any deployment does.
const kindTrainMember effect.Kind = "train.member"

// turnOf names whose turn it is.
type turnOf struct {
	Train   string `json:"train"`
	Release string `json:"release"`
	// Apart says that an answer is waited for that nobody else need wait for.
	Apart bool `json:"apart,omitempty"`
}

// lane keeps the turns of a train's members in their order, but for those that wait for an answer.
func (of turnOf) lane() string {
	if of.Apart {
		return "train:" + of.Train + ":" + of.Release
	}
	return "train:" + of.Train
}

func askTurn(t *bot.Turn, of turnOf) error {
	return t.Effect(bot.Intent{
		Kind: kindTrainMember, Class: effect.Keyed, Guarded: true, Key: fmt.Sprintf("%s:%d", turnOf{of.Train, of.Release, true}.lane(), t.Now.UnixNano()),
		Subject: of.Release, Lane: of.lane(), Payload: of,
	})
}

// callMember asks for a member's turn. One that is there already has passed.
func callMember(t *bot.Turn, tr train.Train, m train.Member) (train.Member, error) {
	r, err := getRelease(t, m.Release)
	if err != nil {
		return m, err
	}
	t.About(r.ID)
	if d, ok, err := passedIn(t, r, tr.Environment); err != nil || ok && d.State == rollout.Succeeded {
		m.Deployment, m.Before = d.ID, true
		return m, err
	}
	d, ok, err := lastDeployment(t, r, tr.Environment)
	if err != nil {
		return m, err
	}
	if ok && !d.State.Ended() && d.Rehearsal == nil { // somebody was quicker
		m.Deployment, d.Train = d.ID, tr.ID
		return m, putDeployment(t, d)
	}
	m.Called = true
	return m, askTurn(t, turnOf{Train: tr.ID, Release: m.Release})
}

// memberPerformer does nothing: its guard has done it.
func memberPerformer() bot.Performer {
	return bot.Performer{
		Perform: func(context.Context, effect.Effect) (any, error) { return nil, nil },
		Find:    func(context.Context, effect.Effect) (any, error) { return nil, effect.ErrNotFound },
	}
}

// guardMember asks the gates of a member whose turn it is, and queues its deployment if they are open but for the lock, which it
// waits for. Once more they are asked when its run is to start.
func (p Ports) guardMember() bot.Guard {
	return bot.Guard{
		Gather: func(ctx context.Context, r *bot.Reading, e effect.Effect) (bot.Facts, error) {
			tr, _, ok, err := memberOf(r, e)
			if err != nil || !ok {
				return outside{}, err
			}
			return p.gateFacts(ctx, r, e.Subject, tr.Environment)
		},
		Decide: func(t *bot.Turn, e effect.Effect, facts bot.Facts) (*chat.Refusal, error) {
			tr, i, ok, err := memberOf(t, e)
			if err != nil {
				return nil, err
			}
			if !ok || tr.State != train.Underway || !tr.Members[i].Called {
				return chat.Refuse("train.turn_over", chat.Word("train", tr.ID), chat.Word("release", e.Subject)), nil
			}
			m, err := memberTurn(t, tr, tr.Members[i], facts.(outside))
			if later := (bot.NotYet{}); errors.As(err, &later) && !apart(e) {
				return chat.Refuse("train.turn_apart", chat.Word("release", e.Subject)), askTurn(t, turnOf{Train: tr.ID, Release: e.Subject, Apart: true})
			}
			if err != nil {
				return nil, err
			}
			tr.Members[i] = m
			if m.Deployment == "" { // the others follow from that
				if err := wakeTrain(t, tr.ID); err != nil {
					return nil, err
				}
			}
			return nil, putTrain(t, tr)
		},
	}
}

// memberOf is the train whose member's turn it is, and the member's index.
func memberOf(r state.Reader, e effect.Effect) (train.Train, int, bool, error) {
	var of turnOf
	if err := json.Unmarshal(e.Payload, &of); err != nil {
		return train.Train{}, 0, false, effect.Permanently(err)
	}
	tr, ok, err := trains.Get(r, of.Train)
	i := slices.IndexFunc(tr.Members, func(m train.Member) bool { return m.Release == of.Release })
	return tr, i, ok && i >= 0, err
}

// apart reports whether a turn keeps nobody else waiting.
func apart(e effect.Effect) bool {
	var of turnOf
	return json.Unmarshal(e.Payload, &of) == nil && of.Apart
}

// memberTurn is a member's turn: it goes, or says why it can't.
func memberTurn(t *bot.Turn, tr train.Train, m train.Member, f outside) (train.Member, error) {
	r, err := getRelease(t, m.Release)
	if err != nil {
		return m, err
	}
	t.About(tr.ID, r.ID)
	m.Called = false
	env, configured := t.Org.Environment(tr.Environment)
	if why := cantStart(t, tr, r, configured); why != nil {
		return blocked(t, tr, m, []chat.Text{*why}), nil
	}
	if m, reasons, err := memberGates(t, tr, m, r, env, f); err != nil || len(reasons) > 0 {
		return blocked(t, tr, m, reasons), err
	}
	d, err := queue(t, order{release: r, environment: env, build: buildOf(*f.Artifact), executor: tr.Executor, wait: true, train: tr.ID})
	if err != nil {
		return m, err
	}
	m.Deployment = d.ID
	t.Record("train member", chat.Say("train.member_goes", chat.Word("train", tr.ID), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Word("environment", tr.Environment), chat.Word("deployment", d.ID)))
	return m, nil
}

// memberGates asks a member's gates; the reasons are those that keep it from going, none if nothing but its lock does.
func memberGates(t *bot.Turn, tr train.Train, m train.Member, r release.Release, env organisation.Environment, f outside) (train.Member, []chat.Text, error) {
	reply, changed, err := voidIfStale(t, r, f)
	if err != nil || changed {
		return m, []chat.Text{reply.Messages[0].Title}, err
	}
	report, _, err := evaluate(t, t.Org, t.Store(), question{release: r, environment: env, executor: tr.Executor, now: t.Now}, f)
	if err != nil {
		return m, nil, err
	}
	if report.Unread() { // no answer is neither yes nor no
		return m, nil, notYet(report, t.Now)
	}
	addEvidence(t, report)
	if report.Open() || onlyLocked(report) {
		return m, nil, nil
	}
	return m, report.Refusal().Reasons, noteAsked(t, r, env, f, report, true)
}

// blocked notes why a member can't go although it is its turn.
func blocked(t *bot.Turn, tr train.Train, m train.Member, reasons []chat.Text) train.Member {
	m.Blocked = reasons
	if len(reasons) > 0 {
		t.Record("train member", chat.Say("train.member_blocked", chat.Word("train", tr.ID), chat.Word("release", m.Release), chat.Word("what", m.Subject()),
			chat.Word("environment", tr.Environment)), reasons...)
	}
	return m
}

// cantStart is why a member can't go although it is its turn, whatever its gates say; nil if it can.
func cantStart(t *bot.Turn, tr train.Train, r release.Release, configured bool) *chat.Text {
	var why chat.Text
	switch {
	case !configured:
		why = chat.Say("environment.gone", chat.Word("environment", tr.Environment))
	case !r.State.Deployable() && !(r.State == release.Deploying && !t.Org.Final(tr.Environment)):
		why = chat.Say("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	case !t.Org.May(tr.Executor, people.Deploy, r.Service, tr.Environment):
		why = chat.Say("deploy.may_no_longer", chat.Person("by", tr.Executor), chat.Word("what", r.Subject()), chat.Word("environment", tr.Environment))
	default:
		return nil
	}
	return &why
}
