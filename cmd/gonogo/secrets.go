package main

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/config"
)

// shortestSecret is the fewest bytes that are blotted out: anything shorter stands in half of all sentences.
const shortestSecret = 4

// blot stands where a secret was.
const blot = "[secret]"

// secrets resolves references and remembers what they gave, so that it never shows in a log or a record. It is safe for
// concurrent use.
type secrets struct {
	mu       sync.RWMutex
	known    []string // longest first: one may be part of another
	replacer *strings.Replacer
}

// resolve reads a secret by its reference.
func (s *secrets) resolve(reference string) (string, error) {
	var r config.Secret
	if err := r.UnmarshalText([]byte(reference)); err != nil {
		return "", err
	}
	value, err := r.Reveal()
	if err == nil {
		s.add(value)
	}
	return value, err
}

func (s *secrets) add(value string) {
	if len(value) < shortestSecret {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.known, value) {
		return
	}
	s.known = append(s.known, value)
	slices.SortFunc(s.known, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	pairs := make([]string, 0, 2*len(s.known))
	for _, k := range s.known {
		pairs = append(pairs, k, blot)
	}
	s.replacer = strings.NewReplacer(pairs...)
}

// redact takes every secret that was read out of a text.
func (s *secrets) redact(text string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.replacer == nil {
		return text
	}
	return s.replacer.Replace(text)
}
