package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// restoration notes that the store was put back to an earlier end: what was decided after it was given up, by an entry of
// the trail that says so.
type restoration struct {
	End uint64    `json:"end"` // last entry of the backup
	At  time.Time `json:"at"`
}

// gaveUp reports whether a checkpoint was signed, before, over what came after the backup's end.
func (x restoration) gaveUp(c port.Checkpoint) bool { return c.Seq > x.End && c.At.Before(x.At) }

const restorationTable = "restoration"

// restorations are governed: one put in behind the bot's back shows.
var restorations = state.Governed[restoration](restorationTable)

// sinceRestored leaves out the outsider's checkpoints of what a restoration gave up, and says that it did. It reads the
// records without opening the store, which need not hold.
func sinceRestored(r kv.Reader, held []port.Checkpoint) (kept []port.Checkpoint, lines []chat.Line) {
	var all []restoration
	prefix := state.GovernedPrefix + restorationTable + "/"
	err := r.Scan([]byte(prefix), audit.PrefixEnd(prefix), false, func(_, value []byte) error {
		var x restoration
		if len(value) > 1 && json.Unmarshal(value[1:], &x) == nil { // a byte of schema version stands before
			all = append(all, x)
		}
		return nil
	})
	if err != nil {
		return held, nil
	}
	kept = slices.DeleteFunc(slices.Clone(held), func(c port.Checkpoint) bool {
		return slices.ContainsFunc(all, func(x restoration) bool { return x.gaveUp(c) })
	})
	for _, x := range all {
		last := uint64(0)
		for _, c := range held {
			if x.gaveUp(c) {
				last = max(last, c.Seq)
			}
		}
		if last > x.End {
			lines = append(lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("store.given_up",
				chat.Time("at", x.At), chat.Word("end", fmt.Sprint(x.End)), chat.Word("last", fmt.Sprint(last)))})
		}
	}
	return kept, lines
}

// sinceRestore is a sink without the checkpoints of what restorations gave up.
type sinceRestore struct {
	port.Sink
	store kv.Reader
}

// Checkpoints implements port.Sink.
func (s sinceRestore) Checkpoints(ctx context.Context) ([]port.Checkpoint, error) {
	held, err := s.Sink.Checkpoints(ctx)
	if err != nil {
		return nil, err
	}
	kept, _ := sinceRestored(s.store, held)
	return kept, nil
}
