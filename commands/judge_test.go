package commands_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/bot/words"
	"github.com/gonogo-chat/gonogo/commands"
	"github.com/gonogo-chat/gonogo/state"
)

func cutSpace(s string) (string, string, bool) { return strings.Cut(s, " ") }

// judge checks, after everything has quieted down, what no crash may break.
func judge(m *mortal) {
	m.t.Helper()
	m.mu.Lock()
	m.trips, m.kill = nil, 0
	m.mu.Unlock()
	made := map[string]string{}
	for key, was := range m.replies { // whoever was answered is answered the same again, and nothing is done twice
		if was.Outcome == chat.Invalid {
			continue // it was not understood, and is not kept
		}
		seq := m.store.Seq()
		again, ok := m.try(m.asked[key])
		if !ok || !reflect.DeepEqual(again, was) {
			m.t.Errorf("%v was answered %s %v, and now %s %v", m.asked[key], was.Code, was.IDs, again.Code, again.IDs)
		}
		if m.store.Seq() != seq {
			m.t.Errorf("%v was decided twice", m.asked[key])
		}
		if kind, ok := makes[was.Code]; ok {
			if other := made[was.IDs[kind]]; other != "" {
				m.t.Errorf("%s and %s both made %s", key, other, was.IDs[kind])
			}
			made[was.IDs[kind]] = key
		}
	}
	if err := m.verify(); err != nil {
		m.t.Errorf("audit: %v", err)
	}
	err := m.store.View(func(v *state.View) error {
		judgeDeployments(m.world, v)
		judgeReleases(m.world, v)
		judgeBallots(m.world, v)
		return v.Effects(func(e effect.Effect) error {
			m.t.Errorf("effect %s %s is left %s: %s", e.Kind, e.Key, e.Status, e.Fault)
			return nil
		})
	})
	if err != nil {
		m.t.Error(err)
	}
}

// makes says which id an answer promises to be new.
var makes = map[chat.Code]string{"release.planned": "release", "deploy.queued": "deployment", "rollback.queued": "deployment",
	"freeze.begun": "freeze", "exception.asked": "exception"}

// judgeDeployments: every run belongs to a deployment that the bot knows, and none was started twice, under one key or two.
func judgeDeployments(w *world, v *state.View) {
	w.t.Helper()
	known := map[string]bool{}
	check(w, commands.Deployments.All(v, func(id string, d rollout.Deployment) error {
		known[d.Key] = true
		back := d // one that is being rolled back waits for what its rollback waits for
		if d.State == rollout.RollingBack {
			back, _, _ = commands.Deployments.Get(v, d.Back)
		}
		if !d.State.Ended() && (!back.State.Attention() || back.Reason == nil) {
			w.t.Errorf("%s is left %s", id, d.State)
			tellAll(w, v, d.Release)
		}
		return nil
	}))
	w.pipeline.mu.Lock()
	defer w.pipeline.mu.Unlock()
	of := map[string]string{}
	for key, r := range w.pipeline.runs {
		if r.starts != 1 {
			w.t.Errorf("run %s was started %d times", key, r.starts)
		}
		if !known[key] {
			w.t.Errorf("run %s belongs to no deployment", key)
		}
		id := key[:strings.LastIndex(key, "-")]
		if other := of[id]; other != "" {
			w.t.Errorf("%s was started under %s and under %s", id, key, other)
		}
		of[id] = key
	}
}

// waiting are the states in which a release waits for people, and says so on its card.
var waiting = []release.State{release.Planned, release.Staged, release.InReview, release.Approved, release.Rejected, release.Held}

// judgeReleases: every release is settled or waits for people, with one ticket each, and one page for every failure.
func judgeReleases(w *world, v *state.View) {
	w.t.Helper()
	releases := 0
	check(w, commands.Releases.All(v, func(id string, r release.Release) error {
		releases++
		if r.Ticket == "" {
			w.t.Errorf("%s has no ticket", id)
			tellAll(w, v, id)
		}
		held := slices.ContainsFunc(r.Deployments, func(d string) bool {
			back, _, _ := commands.Deployments.Get(v, d)
			return back.State.Attention()
		})
		if !r.State.Settled() && !slices.Contains(waiting, r.State) && !(r.State == release.RollingBack && held) {
			w.t.Errorf("%s is left %s", id, r.State)
		}
		return nil
	}))
	w.tickets.mu.Lock()
	if w.tickets.opens != releases || len(w.tickets.all) != releases {
		w.t.Errorf("%d tickets, opened %d times, for %d releases", len(w.tickets.all), w.tickets.opens, releases)
	}
	w.tickets.mu.Unlock()
	follow, pages := map[string]bool{}, 0
	check(w, commands.Pages.All(v, func(id string, p followup.Page) error {
		pages++
		if follow[p.FollowUp] {
			w.t.Errorf("%s pages about %s once more", id, p.FollowUp)
		}
		follow[p.FollowUp] = true
		return nil
	}))
	w.pager.mu.Lock()
	defer w.pager.mu.Unlock()
	if len(w.pager.order) != pages {
		w.t.Errorf("%d pages were triggered, %d were decided", len(w.pager.order), pages)
	}
}

// judgeBallots: nobody's vote is in a ballot twice, and a tally counts what is in it.
func judgeBallots(w *world, v *state.View) {
	w.t.Helper()
	check(w, commands.EveryBallot(v, func(id string, b approval.Ballot) error {
		voters := map[string]bool{}
		for _, vote := range b.Votes {
			if voters[vote.Person] {
				w.t.Errorf("%s counts somebody twice", id)
			}
			voters[vote.Person] = true
		}
		if f := b.Final; f != nil && f.Go+f.NoGo+f.Abstain != len(b.Votes) {
			w.t.Errorf("%s: %d votes, tally %+v", id, len(b.Votes), *f)
		}
		return nil
	}))
}

func check(w *world, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Error(err)
	}
}

// remember tells everything that matters of what the bot and the systems outside know, without times and keys.
func remember(w *world) string {
	var b strings.Builder
	err := w.store.View(func(v *state.View) error {
		name := func(person string) string {
			handle, _ := w.store.Handle(person)
			return handle
		}
		check(w, commands.Releases.All(v, func(id string, r release.Release) error {
			fmt.Fprintln(&b, id, r.Subject(), r.State, r.Ticket, r.Ballots, r.Deployments, r.Passed)
			return nil
		}))
		check(w, commands.Deployments.All(v, func(id string, d rollout.Deployment) error {
			fmt.Fprintln(&b, id, d.Subject(), d.Environment, d.Kind, d.State, d.Of, d.Back, d.Exception, d.Fence, d.Previous.Version)
			return nil
		}))
		check(w, commands.EveryBallot(v, func(id string, x approval.Ballot) error {
			fmt.Fprint(&b, id, " ", x.Subject, " ", x.State)
			votes := []string{}
			for _, vote := range x.Votes {
				votes = append(votes, name(vote.Person)+"="+string(vote.Choice))
			}
			slices.Sort(votes) // those of one instant are in no order
			fmt.Fprintln(&b, "", votes)
			return nil
		}))
		check(w, commands.Exceptions.All(v, func(id string, x freeze.Exception) error { fmt.Fprintln(&b, id, x.State); return nil }))
		check(w, commands.Locks.All(v, func(id string, l lock.Lock) error { fmt.Fprintln(&b, id, l.Owner, len(l.Queue)); return nil }))
		check(w, commands.FollowUps.All(v, func(id string, f followup.FollowUp) error {
			fmt.Fprintln(&b, id, f.Kind, f.State, f.Deployment)
			return nil
		}))
		return commands.Pages.All(v, func(id string, p followup.Page) error {
			fmt.Fprintln(&b, id, p.State, p.Deployment, name(p.TakenBy))
			return nil
		})
	})
	check(w, err)
	fmt.Fprintln(&b, w.pipeline.live, len(w.pipeline.runs), w.pager.show())
	for _, t := range w.tickets.all {
		fmt.Fprintln(&b, t.ID, t.Change.Release, t.Status, len(t.Notes))
	}
	said := []string{}
	for _, m := range w.chat.messages {
		if m.message.Message.Card == "" {
			said = append(said, m.ref.Place.Channel+" "+string(m.message.Message.Title.Code))
		}
	}
	slices.Sort(said)
	return b.String() + strings.Join(said, "\n")
}

// tellAll logs the whole story of a subject.
func tellAll(w *world, v *state.View, subject string) {
	m, err := commands.Story(v.Reader(), subject, 1, 0)
	if err != nil {
		w.t.Log(err)
	}
	w.t.Log(words.Plain(words.WordMessage(m, w.bot.Reader(nil), time.Now())))
}
