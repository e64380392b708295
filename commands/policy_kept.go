package commands

import (
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/risk"
	"github.com/gonogo-chat/gonogo/state"
)

// Raise is the tier to which people raised a version, whatever becomes of the release that they raised: to give a release up and
// plan it again lowers nothing.
type Raise struct {
	V       int          `json:"v"`
	Release string       `json:"release"` // the one that was raised
	To      string       `json:"to"`
	By      string       `json:"by"` // opaque person id
	At      time.Time    `json:"at"`
	Reason  *chat.Sealed `json:"reason,omitempty"`
}

// raises are kept by service and version.
var raises = state.Governed[Raise]("raise")

// noteRaise keeps the tier that people gave a version; one that the board lowered is kept as what it was lowered to.
func noteRaise(t *bot.Turn, r release.Release, change release.Retier) error {
	key := place(r.Service, r.Version)
	if change.Ballot == "" {
		return raises.Put(t.Tx, key, Raise{V: 1, Release: r.ID, To: change.To, By: change.By, At: change.At, Reason: change.Reason})
	}
	was, ok, err := raises.Get(t, key)
	if err != nil || !ok {
		return err
	}
	was.To = change.To
	return raises.Put(t.Tx, key, was)
}

// stillRaised is a release that was planned anew with the tier to which people raised its version before, if the rules give a
// lower one.
func stillRaised(t *bot.Turn, r release.Release) (release.Release, error) {
	was, ok, err := raises.Get(t, place(r.Service, r.Version))
	if err != nil || !ok || !higher(risk.Tier(was.To), risk.Tier(r.Tier)) {
		return r, err
	}
	r.Retiered = append(slices.Clone(r.Retiered), release.Retier{From: r.Tier, To: was.To, By: was.By, At: was.At, Reason: was.Reason})
	r.Tier = was.To
	t.About(was.Release)
	return r, nil
}
