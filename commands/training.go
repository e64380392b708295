package commands

// training is trains of several services, and the order that they go in.
func (p Ports) training() subject { return subject{} }
