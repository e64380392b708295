package commands

// reporting is milestones, quarters, the board's agenda, deferral and escalation.
func (p Ports) reporting() subject { return subject{} }
