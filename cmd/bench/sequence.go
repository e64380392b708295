package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/gonogo-chat/gonogo/bot/train"
)

// trainServices is how many services the measured train has; each needs up to trainNeeds of those before it.
const (
	trainServices = 5_000
	trainNeeds    = 6
)

// trainMost is what ordering it may take.
const trainMost = 50 * time.Millisecond

// sequence orders trains of two shapes, beside a plain order that looks through all that is left for each layer: that is quicker
// where there are few layers, as it sorts nothing and knows no services beside the train, and quadratic where there are many.
func sequence(s settings, r *report) error {
	for _, shape := range []struct {
		name  string
		needs int
	}{{"a fleet", trainNeeds}, {"a chain", 0}} {
		g, services := fleet(trainServices, shape.needs)
		if shape.needs == 0 {
			g = chain(services)
		}
		if err := order(s, r, shape.name, g, services); err != nil {
			return err
		}
	}
	return nil
}

func order(s settings, r *report, shape string, g train.Graph, services []string) error {
	var took, plain []float64
	var layers [][]string
	for range max(3, s.rounds) {
		began := time.Now()
		found, refusal := g.Layers(services)
		if refusal != nil {
			return refusal
		}
		g.Needs(services)
		took = append(took, float64(time.Since(began)))
		layers = found
		began = time.Now()
		if other := plainLayers(g, services); len(other) != len(layers) {
			return fmt.Errorf("%d layers, and %d the plain way", len(layers), len(other))
		}
		plain = append(plain, float64(time.Since(began)))
	}
	t, p := time.Duration(median(took)), time.Duration(median(plain))
	r.limit(t < trainMost, fmt.Sprintf("ordering %s of %d services, in %d layers", shape, len(services), len(layers)), t.Round(10*time.Microsecond).String(),
		fmt.Sprintf("under %v", trainMost))
	r.note("  the plain way", fmt.Sprintf("%v (%.1f times)", p.Round(10*time.Microsecond), float64(p)/float64(t)))
	return nil
}

// chain has each service need the one after it.
func chain(services []string) train.Graph {
	g := make(train.Graph, len(services))
	for i := range services[1:] {
		g[services[i]] = services[i+1 : i+2]
	}
	return g
}

// fleet is services that need others, always the same, named in no helpful order.
func fleet(n, needs int) (train.Graph, []string) {
	g, services := make(train.Graph, n), make([]string, n)
	for i := range n {
		services[i] = fmt.Sprintf("service-%05d", i*7919%n)
		for k := range min(i, i*31%(needs+1)) {
			g[services[i]] = append(g[services[i]], services[(i*13+k*101)%i])
		}
	}
	slices.Reverse(services)
	return g, services
}

// plainLayers takes, layer after layer, what needs nothing that is left.
func plainLayers(g train.Graph, services []string) (layers [][]string) {
	left := slices.Clone(services)
	done := map[string]bool{}
	for len(left) > 0 {
		var layer, later []string
		for _, s := range left {
			if slices.ContainsFunc(g[s], func(need string) bool { return !done[need] }) {
				later = append(later, s)
			} else {
				layer = append(layer, s)
			}
		}
		for _, s := range layer {
			done[s] = true
		}
		layers, left = append(layers, layer), later
	}
	return layers
}
