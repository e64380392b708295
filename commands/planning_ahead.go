package commands

// planningAhead is cadence, downtime windows and the calendar.
func (p Ports) planningAhead() subject { return subject{} }
