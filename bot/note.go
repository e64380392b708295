package bot

import (
	"context"
	"errors"
)

var errGovernedNote = errors.New("a reading would have written a record")

// Note keeps, durably, something beside decisions that somebody who only reads did. What is written must be ungoverned: it leaves no
// entry in the trail. It waits for the writer at most FactsTimeout; a reading that can do without what it notes goes on regardless.
func (r *Reading) Note(write func(*Turn) error) error {
	if err := r.Bot.Accepting(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), FactsTimeout)
	defer cancel()
	return r.Bot.system(ctx, "reading", "", "", func(t *Turn) error {
		if err := write(t); err != nil {
			return err
		}
		if t.entry.Act != "" || t.Tx.Governs() {
			return errGovernedNote
		}
		return nil
	})
}
