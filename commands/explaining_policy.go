package commands

// explainingPolicy is why a rule decided as it did, and what another would have decided.
func (p Ports) explainingPolicy() subject { return subject{} }
