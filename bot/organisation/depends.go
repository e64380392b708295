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
