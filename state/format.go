package state

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// formatKey holds the version of the store's layout: how keys are built. Records carry schema versions of their own.
const formatKey = "m/format"

// format is the layout that this program writes.
const format = 1

func (s *Store) checkFormat() error {
	raw, err := s.engine.Get([]byte(formatKey))
	if errors.Is(err, kv.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the store's format: %w", err)
	}
	if n, err := strconv.Atoi(string(raw)); err != nil || n > format {
		return fmt.Errorf("format %q: %w", raw, ErrNewer)
	}
	return nil
}

func (s *Store) writeFormat() error {
	if _, err := s.engine.Get([]byte(formatKey)); err == nil {
		return nil
	}
	err := s.engine.Apply(s.epoch, []kv.Op{{Key: []byte(formatKey), Value: []byte(strconv.Itoa(format))}})
	if err != nil {
		return fmt.Errorf("write the store's format: %w", err)
	}
	return nil
}
