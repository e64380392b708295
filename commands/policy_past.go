package commands

import (
	"fmt"
	"math"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/incident"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// Indexes of the past, the newest first. They decide nothing: each entry names a record, which says what happened.
var (
	pastDeployments = state.Ungoverned[struct{}]("past-deployment") // service/time/D-1, by when it was asked for
	pastIncidents   = state.Ungoverned[struct{}]("past-incident")   // service/time/I-1, by when it began
	moving          = state.Ungoverned[struct{}]("moving")          // environment/D-1, while it moves and for an hour at least
	pastIndexed     = state.Ungoverned[int]("past-indexed")         // whether what is older than the indexes is in them
)

const (
	pastForm = 1 // of the indexes: another number has them made anew
	theHour  = time.Hour
	// pastSeen bounds how many records a look at the past reads.
	pastSeen = 1000
)

// pastKey sorts what belongs to a service by time, the newest first.
func pastKey(service string, at time.Time, id string) string {
	return fmt.Sprintf("%s/%016x/%s", service, math.MaxInt64-at.UnixNano(), id)
}

// pastID is the id at the end of a key.
func pastID(key string) string {
	for i := len(key) - 1; i >= 0; i-- {
		if key[i] == '/' {
			return key[i+1:]
		}
	}
	return key
}

// notePast puts a deployment that was asked for into the indexes, and takes out of them what moves no more.
func notePast(t *bot.Turn, d rollout.Deployment) error {
	if d.Kind != rollout.Deploy {
		return nil
	}
	var gone []string
	err := moving.Under(t, d.Environment+"/", func(key string, _ struct{}) error {
		was, ok, err := deployments.Get(t, pastID(key))
		if err == nil && (!ok || was.State.Ended() && t.Now.Sub(was.RequestedAt) > theHour) {
			gone = append(gone, key)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, key := range gone {
		moving.Delete(t.Tx, key)
	}
	if err := moving.Put(t.Tx, d.Environment+"/"+d.ID, struct{}{}); err != nil {
		return err
	}
	return pastDeployments.Put(t.Tx, pastKey(d.Service, d.RequestedAt, d.ID), struct{}{})
}

func noteIncident(t *bot.Turn, i incident.Incident) error {
	return pastIncidents.Put(t.Tx, pastKey(i.Service, i.OpenedAt, i.ID), struct{}{})
}

// indexPast makes the indexes of what happened before there were any.
func indexPast(t *bot.Turn) error {
	form, _, err := pastIndexed.Get(t, "form")
	if err != nil || form == pastForm {
		return err
	}
	if err := deployments.All(t, func(_ string, d rollout.Deployment) error { return notePast(t, d) }); err != nil {
		return err
	}
	if err := incidents.All(t, func(_ string, i incident.Incident) error { return noteIncident(t, i) }); err != nil {
		return err
	}
	return pastIndexed.Put(t.Tx, "form", pastForm)
}

// historyOf is how a service's deployments went within the period that the organisation looks back.
func historyOf(r state.Reader, org *organisation.Organisation, service string, now time.Time, keepsIncidents bool) (*policy.History, error) {
	h := &policy.History{Source: ownRecords(now), Days: int(org.History / (24 * time.Hour)), Failed: true, Rollbacks: new(int)}
	if org.History > 0 {
		h.Since = now.Add(-org.History).UTC()
	}
	err := within(r, pastDeployments, service, h.Since, func(id string) error {
		d, ok, err := deployments.Get(r, id)
		if ok {
			counted(h, d)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if org.History == 0 {
		// All that is remembered was counted as it happened, and is not bounded by what a look reads.
		track, _, err := tracks.Get(r, service)
		if err != nil {
			return nil, err
		}
		h.Deployments, h.Failures = track.Deployments, track.Failures
	}
	if !keepsIncidents {
		return h, nil
	}
	h.Incidents = new(int)
	return h, within(r, pastIncidents, service, h.Since, func(string) error {
		*h.Incidents++
		return nil
	})
}

// counted adds a deployment to the figures. One that was cancelled or refused counts for nothing, nor does one under way.
func counted(h *policy.History, d rollout.Deployment) {
	undone := d.State == rollout.RollingBack || d.State == rollout.RolledBack || d.State == rollout.RollbackFailed
	switch {
	case ranWell(d):
		h.Deployments++
	case undone || d.State == rollout.Failed:
		h.Deployments++
		h.Failures++
		if undone {
			*h.Rollbacks++
		}
		at := d.EndedAt
		if at.IsZero() {
			at = d.RequestedAt
		}
		if at.After(h.LastFailure) {
			h.LastFailure = at
		}
	}
}

// within visits what an index of the past has of a service, the newest first, back to an instant; the zero instant is no limit.
func within(r state.Reader, index state.Table[struct{}], service string, since time.Time, visit func(id string) error) error {
	last := "~"
	if !since.IsZero() {
		last = fmt.Sprintf("%016x", math.MaxInt64-since.UnixNano())
	}
	seen := 0
	return index.Under(r, service+"/", func(key string, _ struct{}) error {
		if seen++; seen > pastSeen || key[len(service)+1:] > last+"~" {
			return kv.ErrStop
		}
		return visit(pastID(key))
	})
}
