package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
)

// startConfiguration notes under which configuration the bot began to work. One that is not the last in force was accepted
// by nobody: that is said aloud.
func startConfiguration(t *bot.Turn) error {
	if _, err := t.Meet(state.Strangers); err != nil {
		return err
	}
	if err := keepSnapshot(t, t.Org); err != nil {
		return err
	}
	force, known, err := inForce.Get(t, theConfiguration)
	if err != nil {
		return err
	}
	now := personal(t.Org)
	was, comparable := t.Store().Unseal(force.Personal)
	if known && force.Digest == t.Org.Digest && (was == now || !comparable) {
		t.Record("start", chat.Say("start.under", chat.Word("digest", short(t.Org.Digest))))
		return nil
	}
	if err := supersedeCandidates(t); err != nil {
		return err
	}
	sealed, err := t.Store().Seal(state.Strangers, now)
	if err != nil {
		return err
	}
	if err := inForce.Put(t.Tx, theConfiguration, InForce{V: 1, Digest: t.Org.Digest, At: t.Now.UTC(), Personal: sealed}); err != nil {
		return err
	}
	if !known {
		t.Record("start", chat.Say("start.first", chat.Word("digest", short(t.Org.Digest))))
		return nil
	}
	before, _, err := snapshots.Get(t, force.Digest)
	if err != nil {
		return err
	}
	changes := snapshotDifferences(before, t.Org.Snapshot)
	if comparable && was != now {
		changes = append(changes, difference{Path: "people"})
	}
	// Nobody who has a name changed it: which services it concerns is not known either.
	e := GateEdit{Before: force.Digest, After: t.Org.Digest, By: []string{""}}
	if !comparable || was != now {
		e.After = ""
	}
	if err := noteGateEdit(t, serviceNames(t.Org), e); err != nil {
		return err
	}
	text := chat.Say("start.config_changed", chat.Word("before", short(force.Digest)), chat.Word("digest", short(t.Org.Digest)), chat.Count("count", len(changes)))
	reasons := make([]chat.Text, len(changes))
	for i, c := range changes {
		reasons[i] = c.text()
	}
	t.Record("start", text, reasons...)
	m := changesMessage(text, changes)
	m.Tone, m.Mentions = chat.Bad, administrators(t.Org)
	return t.Announce("start:"+t.Key, t.Org.Channels.Releases, m)
}
