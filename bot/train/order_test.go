package train_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gonogo-chat/gonogo/bot/train"
)

var shop = train.Graph{"web": {"pay", "search"}, "pay": {"ledger"}, "ledger": {"store"}, "search": {"store"}, "mail": nil}

func TestLayers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		services string
		want     [][]string
	}{
		{"", nil},
		{"web", [][]string{{"web"}}},
		{"web pay ledger store search mail", [][]string{{"mail", "store"}, {"ledger", "search"}, {"pay"}, {"web"}}},
		{"web ledger", [][]string{{"ledger"}, {"web"}}}, // by way of pay
		{"pay search", [][]string{{"pay", "search"}}},
		{"unknown mail mail", [][]string{{"mail", "unknown"}}},
	} {
		got, refusal := shop.Layers(strings.Fields(tt.services))
		if refusal != nil {
			t.Errorf("%s: %v", tt.services, refusal)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s:\n%s", tt.services, diff)
		}
	}
}

func TestCirclesAreRefusedWithTheirPath(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		graph    train.Graph
		services string
		path     string
	}{
		{train.Graph{"a": {"a"}}, "a", "a → a"},
		{train.Graph{"pay": {"ledger"}, "ledger": {"pay"}}, "ledger pay", "ledger → pay → ledger"},
		{train.Graph{"web": {"pay"}, "pay": {"risk"}, "risk": {"ledger"}, "ledger": {"pay"}}, "web", "pay → risk → ledger → pay"},
	} {
		layers, refusal := tt.graph.Layers(strings.Fields(tt.services))
		if refusal == nil || layers != nil {
			t.Errorf("%s: %v", tt.services, layers)
			continue
		}
		if path, _ := refusal.Text.Arg("path"); path.Word != tt.path {
			t.Errorf("%s: %s, want %s", tt.services, path.Word, tt.path)
		}
	}
}

func TestNeedsAndMissing(t *testing.T) {
	t.Parallel()
	want := map[string][]string{"web": {"ledger", "store"}, "ledger": {"store"}, "store": nil, "mail": nil}
	if diff := cmp.Diff(want, shop.Needs([]string{"web", "ledger", "store", "mail"})); diff != "" {
		t.Error(diff)
	}
	if got := shop.Missing([]string{"web", "ledger"}); !slices.Equal(got, []string{"pay", "search", "store"}) {
		t.Errorf("missing %v", got)
	}
}

// drawn is a graph of up to 14 services without a circle unless one is asked for.
func drawn(t *rapid.T, circles bool) (train.Graph, []string) {
	n := rapid.IntRange(1, 14).Draw(t, "services")
	g, all := train.Graph{}, make([]string, n)
	for i := range n {
		all[i] = fmt.Sprintf("s%02d", i)
	}
	names := rapid.Permutation(all).Draw(t, "names")
	for range rapid.IntRange(0, 3*n).Draw(t, "edges") {
		a, b := rapid.IntRange(0, n-1).Draw(t, "a"), rapid.IntRange(0, n-1).Draw(t, "b")
		if !circles && a <= b {
			continue
		}
		g[names[a]] = append(g[names[a]], names[b])
	}
	return g, rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "train")
}

// reaches tells naively whether a service needs another.
func reaches(g train.Graph, from, to string, seen map[string]bool) bool {
	for _, need := range g[from] {
		if need == to {
			return true
		}
		if !seen[need] {
			seen[need] = true
			if reaches(g, need, to, seen) {
				return true
			}
		}
	}
	return false
}

func layerOf(layers [][]string, service string) int {
	return slices.IndexFunc(layers, func(l []string) bool { return slices.Contains(l, service) })
}

// The order is a permutation, respects every dependency, has no service later than it must be, and does not depend on the order in
// which the services are named.
func TestOrderLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g, services := drawn(t, false)
		layers, refusal := g.Layers(services)
		if refusal != nil {
			t.Fatalf("refused: %v", refusal)
		}
		flat := slices.Concat(layers...)
		slices.Sort(flat)
		if want := slices.Sorted(slices.Values(services)); !slices.Equal(flat, want) {
			t.Fatalf("%v are ordered as %v", want, layers)
		}
		needs := g.Needs(services)
		for _, a := range services {
			first := layerOf(layers, a)
			latest := -1
			for _, b := range services {
				if !reaches(g, a, b, map[string]bool{}) {
					continue
				}
				if layerOf(layers, b) >= first {
					t.Fatalf("%s needs %s: %v", a, b, layers)
				}
				latest = max(latest, layerOf(layers, b))
			}
			if first != latest+1 {
				t.Fatalf("%s could go in layer %d: %v", a, latest+1, layers)
			}
			for _, b := range needs[a] {
				if !reaches(g, a, b, map[string]bool{}) {
					t.Fatalf("%s is said to need %s", a, b)
				}
			}
			// Whoever waits for what it needs waits, through them, for everything that they need.
			for _, b := range services {
				if reaches(g, a, b, map[string]bool{}) && !reaches(needs, a, b, map[string]bool{}) {
					t.Fatalf("%s needs %s, which its needs %v don't lead to", a, b, needs[a])
				}
			}
		}
		again, _ := g.Layers(rapid.Permutation(services).Draw(t, "again"))
		if diff := cmp.Diff(layers, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A path that is named as a circle is one; and where services can be reached that need each other, one is named.
func TestCircleLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g, services := drawn(t, true)
		_, refusal := g.Layers(services)
		circular := false
		for _, s := range services {
			for _, on := range slices.Concat([]string{s}, reached(g, s)) {
				circular = circular || reaches(g, on, on, map[string]bool{})
			}
		}
		if (refusal != nil) != circular {
			t.Fatalf("circular: %v, refusal %v", circular, refusal)
		}
		if refusal == nil {
			return
		}
		word, _ := refusal.Text.Arg("path")
		path := strings.Split(word.Word, " → ")
		if len(path) < 2 || path[0] != path[len(path)-1] {
			t.Fatalf("%v leads nowhere", path)
		}
		for i := range path[1:] {
			if !slices.Contains(g[path[i]], path[i+1]) {
				t.Fatalf("%s does not need %s", path[i], path[i+1])
			}
		}
	})
}

func reached(g train.Graph, from string) []string {
	var all []string
	for s := range g {
		if reaches(g, from, s, map[string]bool{}) {
			all = append(all, s)
		}
	}
	return all
}

// A chain of any length is no deeper than the memory.
func TestLongChain(t *testing.T) {
	t.Parallel()
	const n = 200_000
	g, services := make(train.Graph, n), make([]string, n)
	for i := range n {
		services[i] = fmt.Sprintf("s%06d", i)
		if i > 0 {
			g[services[i]] = []string{services[i-1]}
		}
	}
	layers, refusal := g.Layers(services)
	if refusal != nil || len(layers) != n || layers[n-1][0] != services[n-1] {
		t.Errorf("%d layers: %v", len(layers), refusal)
	}
}
