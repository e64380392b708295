package commands

// rehearsing is rollbacks tried where they hurt nobody.
func (p Ports) rehearsing() subject { return subject{} }
