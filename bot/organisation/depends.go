package organisation

import "slices"

// Dependants lists the services that call a service, directly or through others, in configured order: those that stand still when it
// does.
func (o *Organisation) Dependants(service string) []string {
	reached := map[string]bool{service: true}
	for grown := true; grown; {
		grown = false
		for _, s := range o.Services {
			if !reached[s.Name] && slices.ContainsFunc(s.DependsOn, func(on string) bool { return reached[on] }) {
				reached[s.Name], grown = true, true
			}
		}
	}
	var names []string
	for _, s := range o.Services {
		if s.Name != service && reached[s.Name] {
			names = append(names, s.Name)
		}
	}
	return names
}

// Upstream lists the services that a service calls, directly or through others: the nearest first.
func (o *Organisation) Upstream(service string) []string {
	reached := map[string]bool{service: true}
	var names []string
	for next := []string{service}; len(next) > 0; next = next[1:] {
		s, _ := o.Service(next[0])
		for _, on := range s.DependsOn {
			if !reached[on] {
				reached[on] = true
				names, next = append(names, on), append(next, on)
			}
		}
	}
	return names
}
