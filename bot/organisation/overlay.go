package organisation

import "github.com/gonogo-chat/gonogo/bot/people"

// With is the same configuration with what was learned of its people since. The organisation itself stays as it is. What was
// worked out from it is not taken along: who is in a group may differ now.
func (o *Organisation) With(more people.Overlay) *Organisation {
	return &Organisation{
		Name: o.Name, Zone: o.Zone, Demo: o.Demo, Services: o.Services, Lines: o.Lines, Environments: o.Environments, Pipelines: o.Pipelines, Definitions: o.Definitions,
		Plans: o.Plans, Approvals: o.Approvals, Risk: o.Risk, History: o.History, Conditions: o.Conditions, Seats: o.Seats, Tiers: o.Tiers, Channels: o.Channels, Freezes: o.Freezes,
		Windows: o.Windows, Cadence: o.Cadence, Trains: o.Trains, Incidents: o.Incidents, Rehearsal: o.Rehearsal,
		Emergency: o.Emergency, Duty: o.Duty, Directory: o.Directory.With(more), Planning: o.Planning, Retention: o.Retention,
		Snapshot: o.Snapshot, Digest: o.Digest,
	}
}
