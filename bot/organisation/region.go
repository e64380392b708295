package organisation

import "slices"

// RegionsOf lists where a service runs in an environment: the regions that it names for it, else the environment's. None says that
// nothing is known of it: it may run anywhere.
func (o *Organisation) RegionsOf(service, environment string) []string {
	if s, ok := o.Service(service); ok && len(s.Regions[environment]) > 0 {
		return s.Regions[environment]
	}
	e, _ := o.Environment(environment)
	return e.Regions
}

type regionsKey struct{}

// Regions lists every region that is named, in order.
func (o *Organisation) Regions() []string {
	if v, ok := o.memo.Load(regionsKey{}); ok {
		return v.([]string)
	}
	var all []string
	for _, e := range o.Environments {
		all = append(all, e.Regions...)
	}
	for _, s := range o.Services {
		for _, in := range s.Regions {
			all = append(all, in...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	o.memo.Store(regionsKey{}, all)
	return all
}
