package recent_test

import (
	"maps"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/internal/recent"
)

func TestTheOldestIsForgotten(t *testing.T) {
	t.Parallel()
	m := recent.Map[string, int]{Most: 2}
	if _, ok := m.Get("a"); ok {
		t.Error("an empty map knows something")
	}
	m.Put("a", 1)
	m.Put("b", 2)
	m.Put("a", 3) // keeps its age
	m.Put("c", 4)
	got := map[string]int{}
	m.Each(func(key string, v int) { got[key] = v })
	if !maps.Equal(got, map[string]int{"b": 2, "c": 4}) {
		t.Errorf("remembered: %v", got)
	}
	if v, ok := m.Get("c"); !ok || v != 4 {
		t.Errorf("c is %d, %v", v, ok)
	}
}

func TestTheUsualBound(t *testing.T) {
	t.Parallel()
	var m recent.Map[int, bool]
	for i := range recent.Most + 1 {
		m.Put(i, true)
	}
	_, first := m.Get(0)
	if _, second := m.Get(1); first || !second {
		t.Errorf("the first is known: %v, the second: %v", first, second)
	}
}
