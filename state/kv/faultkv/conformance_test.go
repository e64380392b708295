package faultkv_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
	"github.com/gonogo-chat/gonogo/state/kv/kvtest"
)

type store struct{ last *faultkv.Engine }

func (s *store) Open(*testing.T) (kv.Engine, error) {
	if s.last == nil {
		s.last = faultkv.New(faultkv.Options{})
		return s.last, nil
	}
	e, err := s.last.Reopen()
	if err != nil {
		return nil, err
	}
	s.last = e
	return e, nil
}

func (s *store) Crash(*testing.T) { s.last.Crash() }

func TestConformance(t *testing.T) {
	t.Parallel()
	kvtest.Run(t, func(*testing.T) kvtest.Store { return &store{} })
}
