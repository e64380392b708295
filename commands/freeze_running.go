package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
)

// What becomes of deployments under way when a freeze of their place begins, and when it is over.

// onHold are the deployments that take no next step.
var onHold = state.Ungoverned[struct{}]("deployment-on-hold") // D-1

// caught is a deployment under way that a freeze catches, with its release.
type caught struct {
	deployment rollout.Deployment
	release    release.Release
	freeze     freeze.Freeze
}

// catch does what is configured with everything under way that one of the freezes, which have just begun, catches, and says what.
// What waits to be started is not among it: its gates are asked when its turn comes. A rollback is never caught.
func catch(t *bot.Turn, begun []freeze.Freeze) ([]chat.Text, error) {
	list, err := caughtBy(t, begun)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	lines := make([]chat.Text, 0, len(list))
	ids := make([]string, len(list))
	for i, c := range list {
		line, err := c.treat(t)
		if err != nil {
			return nil, err
		}
		t.About(c.deployment.ID, c.release.ID)
		lines, ids[i] = append(lines, line), c.deployment.ID
		if err := t.Card(c.release.ID); err != nil {
			return nil, err
		}
	}
	stopped := func(service string) bool {
		return slices.ContainsFunc(list, func(c caught) bool { return c.release.Service == service })
	}
	m := chat.Message{Title: lines[0], Tone: chat.Warning}
	if len(lines) > 1 {
		m.Title = chat.Say("freeze.catches", chat.Count("count", len(lines)), chat.List("deployments", ids))
		s := chat.Section{}
		for _, line := range lines {
			s.Lines = append(s.Lines, chat.Line{Text: line})
		}
		m.Sections = []chat.Section{s}
	}
	return lines, t.Announce("caught:"+list[0].freeze.ID+":"+ids[0]+":"+t.Now.UTC().Format(time.RFC3339), placesConcerned(t.Org, stopped), m)
}

// caughtBy finds the deployments that the freezes catch: those handed over, or live and not known to be well yet.
func caughtBy(t *bot.Turn, begun []freeze.Freeze) ([]caught, error) {
	var list []caught
	for _, s := range t.Org.Services {
		if !slices.ContainsFunc(begun, func(f freeze.Freeze) bool { return coversService(t.Org, f.Scope, s.Name) }) {
			continue
		}
		of, err := underWayOf(t, s.Name)
		if err != nil {
			return nil, err
		}
		for _, c := range of {
			d := c.deployment
			i := slices.IndexFunc(begun, func(f freeze.Freeze) bool { return f.Scope.Covers(target(t.Org, d.Service, d.Environment)) })
			if i < 0 || d.Emergency {
				continue
			}
			x, ok, err := exceptions.Get(t, d.Exception)
			if err != nil {
				return nil, err
			}
			if ok && x.Opens(begun[i].ID, t.Now) {
				continue
			}
			c.freeze = begun[i]
			list = append(list, c)
		}
	}
	return list, nil
}

// mayBeCaught are the states in which a deployment is under way.
var mayBeCaught = map[rollout.State]bool{rollout.Starting: true, rollout.Running: true, rollout.Watching: true, rollout.Held: true, rollout.Lost: true}

func underWayOf(t *bot.Turn, service string) ([]caught, error) {
	var open []string
	err := openReleases.Under(t, place(service, ""), func(key string, _ struct{}) error {
		open = append(open, key[len(service)+1:])
		return nil
	})
	if err != nil {
		return nil, err
	}
	var list []caught
	for _, id := range open {
		r, err := getRelease(t, id)
		if err != nil {
			return nil, err
		}
		for _, id := range r.Deployments {
			d, ok, err := deployments.Get(t, id)
			if err != nil {
				return nil, err
			}
			if ok && d.Kind == rollout.Deploy && mayBeCaught[d.State] && d.Hold == nil && d.Undo == "" {
				list = append(list, caught{deployment: d, release: r})
			}
		}
	}
	return list, nil
}

// treat does what is configured with a deployment that a freeze caught, and says it.
func (c caught) treat(t *bot.Turn) (chat.Text, error) {
	d := c.deployment
	switch policy := t.Org.Freezes.Running[string(c.release.Tier)]; {
	case policy == freeze.Pause:
		d.Hold = &rollout.Hold{Freeze: c.freeze.ID, At: t.Now.UTC()}
		if err := onHold.Put(t.Tx, d.ID, struct{}{}); err != nil {
			return chat.Text{}, err
		}
		return c.say("freeze.pauses"), putDeployment(t, d)
	case policy == freeze.RollBack && d.State != rollout.Lost:
		return c.undo(t)
	}
	return c.say("freeze.lets_finish"), nil
}

func (c caught) say(code chat.Code, more ...chat.Arg) chat.Text {
	d := c.deployment
	return chat.Say(code, append([]chat.Arg{
		chat.Word("freeze", c.freeze.ID), chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Word("environment", d.Environment),
		chat.Word("tier", string(c.release.Tier)),
	}, more...)...)
}

// undo rolls a deployment back: at once, or as soon as its run has stopped. Where nothing is known to go back to, it goes on.
func (c caught) undo(t *bot.Turn) (chat.Text, error) {
	d, r := c.deployment, c.release
	if d.Previous.IsZero() {
		return c.say("freeze.nothing_before"), nil
	}
	if d.State == rollout.Watching || d.State == rollout.Held {
		back, err := rollBack(t, d, r, "", frozenCause(d, c.freeze.ID))
		if refusal := asRefusal(err); refusal != nil {
			return c.say("freeze.stays", chat.Nested("why", refusal.Text)), nil
		}
		return c.say("freeze.rolls_back", chat.Word("back", back.ID), chat.Word("previous", back.Version)), err
	}
	next, err := applied(d, rollout.Cancel, t)
	if err != nil {
		return chat.Text{}, err
	}
	next.Undo = c.freeze.ID
	if err := putDeployment(t, next); err != nil {
		return chat.Text{}, err
	}
	if err := t.Retract(d.ID, "cancel"); err != nil {
		return chat.Text{}, err
	}
	if d.Run.ID != "" { // else the run is asked to stop once the pipeline has named it
		if err := cancelRun(t, next); err != nil {
			return chat.Text{}, err
		}
	}
	return c.say("freeze.stops"), nil
}

func frozenCause(d rollout.Deployment, id string) chat.Text {
	return chat.Say("rollback.frozen", chat.Word("freeze", id), chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment))
}

// undoFrozen rolls back a deployment that was stopped for a freeze, once its run has ended, however it did. False, and the deployment
// without that intent, where nothing was begun or the rollback is refused: then it ends as any other does.
func undoFrozen(t *bot.Turn, d *rollout.Deployment, r release.Release, text chat.Text) (bool, error) {
	cause := frozenCause(*d, d.Undo)
	d.Undo = ""
	if d.Run.ID == "" {
		return false, nil
	}
	if err := putDeployment(t, *d); err != nil {
		return false, err
	}
	_, err := rollBack(t, *d, r, "", cause)
	if asRefusal(err) != nil {
		return false, nil
	}
	t.Fail()
	t.Record("rollback", cause, text)
	return true, err
}

// holdText says what a deployment on hold waits for.
func holdText(d rollout.Deployment) chat.Text {
	code := chat.Code("freeze.holds")
	if d.Hold.Passed != nil {
		code = "freeze.holds_well"
	}
	return chat.Say(code, chat.Word("freeze", d.Hold.Freeze), chat.Time("at", d.Hold.At))
}

// passedOnHold keeps a deployment that was found well until the freeze is over: what is done then is a next step.
func passedOnHold(t *bot.Turn, d rollout.Deployment, r release.Release, why chat.Text) error {
	hold := *d.Hold
	hold.Passed = &why
	d.Hold = &hold
	t.Record("watch", why, holdText(d))
	if plan, ok := t.Org.Plans[d.Plan]; ok && d.Watch != nil {
		return lookOnHold(t, d, r, plan)
	}
	if err := putDeployment(t, d); err != nil {
		return err
	}
	return t.Card(r.ID)
}

// holdInterval is the least time between two looks at what waits for nothing but the end of a freeze.
const holdInterval = 5 * time.Minute

// lookOnHold goes on watching what waits for the end of a freeze.
func lookOnHold(t *bot.Turn, d rollout.Deployment, r release.Release, plan organisation.Plan) error {
	if err := putDeployment(t, d); err != nil {
		return err
	}
	if err := t.Card(r.ID); err != nil {
		return err
	}
	plan.Interval = max(plan.Interval, holdInterval)
	return watchNext(t, d, plan, false)
}

// thaw lets go what was held for freezes that hold no longer.
func thaw(t *bot.Turn) ([]chat.Text, error) {
	var ids []string
	var said []chat.Text
	err := onHold.All(t, func(id string, _ struct{}) error { ids = append(ids, id); return nil })
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	for _, id := range ids {
		d, r, err := deploymentAndRelease(t, id)
		if err != nil {
			return nil, err
		}
		where := target(t.Org, d.Service, d.Environment)
		all, err := freezesAbout(t, where, t.Now)
		if err != nil {
			return nil, err
		}
		over := d.Hold == nil || d.State.Ended() || d.State == rollout.RollingBack
		if !over && len(freeze.Covering(all, where, t.Now)) > 0 {
			continue
		}
		onHold.Delete(t.Tx, id)
		if over {
			continue
		}
		line, err := goOn(t, d, r)
		if err != nil {
			return nil, err
		}
		said = append(said, line)
	}
	return said, nil
}

// goOn takes the next step of a deployment that was held.
func goOn(t *bot.Turn, d rollout.Deployment, r release.Release) (chat.Text, error) {
	hold := *d.Hold
	d.Hold = nil
	t.About(d.ID, r.ID)
	text := chat.Say("freeze.goes_on", chat.Word("freeze", hold.Freeze), chat.Word("deployment", d.ID), chat.Word("what", d.Subject()),
		chat.Word("environment", d.Environment))
	m := chat.Message{Title: text, Tone: chat.Good}
	if err := t.Announce("goes-on:"+d.ID+":"+t.Now.UTC().Format(time.RFC3339), placesConcerned(t.Org, func(service string) bool { return service == r.Service }), m); err != nil {
		return text, err
	}
	if hold.Passed != nil && d.State == rollout.Watching {
		return text, passed(t, d, r, *hold.Passed)
	}
	if err := putDeployment(t, d); err != nil {
		return text, err
	}
	return text, t.Card(r.ID)
}
