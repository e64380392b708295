package organisation

import "github.com/gonogo-chat/gonogo/bot/people"

// With is the same configuration with what was learned of its people since. The organisation itself stays as it is.
func (o *Organisation) With(more people.Overlay) *Organisation {
	return &Organisation{
		Name: o.Name, Zone: o.Zone, Demo: o.Demo, Services: o.Services, Lines: o.Lines, Environments: o.Environments, Pipelines: o.Pipelines, Definitions: o.Definitions,
		Plans: o.Plans, Approvals: o.Approvals, Risk: o.Risk, Tiers: o.Tiers, Channels: o.Channels, Freezes: o.Freezes, Windows: o.Windows, Cadence: o.Cadence, Incidents: o.Incidents,
		Emergency: o.Emergency, Duty: o.Duty, Directory: o.Directory.With(more), Retention: o.Retention,
		Planning: o.Planning, Snapshot: o.Snapshot, Digest: o.Digest,
	}
}
