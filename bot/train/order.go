// Package train puts several releases in the order in which their services depend on each other, and says what of them may go,
// must wait, or is to be taken back, as their deployments come along.
package train

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Graph says what each service needs: the services that it calls, which go before it. One that is not in it needs nothing.
type Graph map[string][]string

// Layers puts services in the order in which they can go: everything that a service needs, directly or by way of services that are
// not named, is in a layer before its own, and each is in the first layer that it can be in. Within a layer names are in
// alphabetical order, so that the same services always give the same layers. It takes time and memory in proportion to the services
// and dependencies that can be reached. Services that need each other in a circle are refused with a path.
func (g Graph) Layers(services []string) ([][]string, *chat.Refusal) {
	w := walk{graph: g, named: make(map[string]bool, len(services)), found: make(map[string]int, len(services))}
	for _, s := range services {
		w.named[s] = true
	}
	sorted := slices.Sorted(func(yield func(string) bool) {
		for s := range w.named {
			if !yield(s) {
				return
			}
		}
	})
	var layers [][]string
	for _, s := range sorted {
		if circle := w.depth(s); circle != nil {
			return nil, Circle(circle)
		}
		for w.found[s] >= len(layers) {
			layers = append(layers, nil)
		}
		layers[w.found[s]] = append(layers[w.found[s]], s)
	}
	return layers, nil
}

// Circle refuses services that need each other, by the path from one of them back to it.
func Circle(path []string) *chat.Refusal {
	return chat.Refuse("train.circle", chat.Word("path", strings.Join(path, " → ")), chat.Count("count", len(path)-1))
}

// walk finds how many layers come before each service. It keeps a stack of its own: chains of dependencies may be long.
type walk struct {
	graph Graph
	named map[string]bool
	found map[string]int // layers before it; underWay while what it needs is looked at
}

const underWay = -1

// step is a service whose needs are looked at, up to next.
type step struct {
	service string
	next    int
	depth   int
}

// depth looks at a service and at all that it needs. It returns the path of a circle if there is one.
func (w *walk) depth(service string) (circle []string) {
	if _, ok := w.found[service]; ok {
		return nil
	}
	stack := []step{{service: service}}
	w.found[service] = underWay
	for len(stack) > 0 {
		top := &stack[len(stack)-1]
		needs := w.graph[top.service]
		if top.next == len(needs) {
			w.found[top.service] = top.depth
			stack = stack[:len(stack)-1]
			continue
		}
		need := needs[top.next]
		switch depth, seen := w.found[need]; {
		case !seen:
			w.found[need] = underWay
			stack = append(stack, step{service: need})
			continue // it is looked at once more, with what was found
		case depth == underWay:
			i := slices.IndexFunc(stack, func(s step) bool { return s.service == need })
			for _, s := range stack[i:] {
				circle = append(circle, s.service)
			}
			return append(circle, need)
		case w.named[need]:
			top.depth = max(top.depth, depth+1)
		default:
			top.depth = max(top.depth, depth)
		}
		top.next++
	}
	return nil
}

// Needs lists, for each of some services without a circle, those of them that it needs, directly or by way of services that are not
// among them, in alphabetical order. What lies behind one that is listed is not listed again.
func (g Graph) Needs(services []string) map[string][]string {
	named := make(map[string]bool, len(services))
	for _, s := range services {
		named[s] = true
	}
	behind := map[string][]string{} // of those not named
	var nearest func(of string) []string
	nearest = func(of string) []string {
		var list []string
		for _, need := range g[of] {
			if named[need] {
				list = append(list, need)
				continue
			}
			through, ok := behind[need]
			if !ok {
				through = nearest(need)
				behind[need] = through
			}
			list = append(list, through...)
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	needs := make(map[string][]string, len(services))
	for _, s := range services {
		needs[s] = nearest(s)
	}
	return needs
}

// Missing lists the services that some need directly and that are not among them, in alphabetical order: what runs of those must do.
func (g Graph) Missing(services []string) []string {
	known := make(map[string]bool, len(services))
	for _, s := range services {
		known[s] = true
	}
	var list []string
	for _, s := range services {
		for _, need := range g[s] {
			if !known[need] {
				known[need] = true
				list = append(list, need)
			}
		}
	}
	slices.Sort(list)
	return list
}
