package calendar

import (
	"iter"
	"maps"
)

// shards are a map in pieces, in blocks of pieces: a change copies one of each, some 2 KB of 100,000 entries, and shares all others.
type shards[T any] [fan]*[fan]map[string]T

// fan is how many blocks there are, and pieces of a block: 4096 pieces keep few of 100,000 entries each.
const fan = 64

// place is where a key is kept: in which piece of which block.
func place(key string) (block, piece int) {
	h := hash(key)
	return int(h % fan), int(h / fan % fan)
}

// get is what is kept under a key; the zero value if nothing is.
func (s *shards[T]) get(key string) T {
	var none T
	block, piece := place(key)
	if s[block] == nil {
		return none
	}
	return s[block][piece][key]
}

// set keeps a value under a key. Where the pieces are shared with another map it copies those that it changes.
func (s *shards[T]) set(key string, value T, shared bool) {
	piece := s.piece(key, shared)
	if *piece == nil {
		*piece = map[string]T{}
	}
	(*piece)[key] = value
}

// remove keeps nothing under a key, and copies like set.
func (s *shards[T]) remove(key string, shared bool) { delete(*s.piece(key, shared), key) }

// piece is where a key is kept, to be changed.
func (s *shards[T]) piece(key string, shared bool) *map[string]T {
	block, piece := place(key)
	switch {
	case s[block] == nil:
		s[block] = new([fan]map[string]T)
	case shared:
		own := *s[block]
		s[block] = &own
	}
	if shared {
		s[block][piece] = maps.Clone(s[block][piece])
	}
	return &s[block][piece]
}

// all goes through the values.
func (s *shards[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		for _, block := range s {
			if block == nil {
				continue
			}
			for _, piece := range block {
				for _, value := range piece {
					if !yield(value) {
						return
					}
				}
			}
		}
	}
}
