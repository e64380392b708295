package organisation

import (
	"net/url"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// Target is what placeholders are filled in from.
type Target struct{ Service, Environment, Version, Digest string }

// Fill fills {service}, {environment}, {version}, {digest} and {address} in. Values are escaped as parts of a path, so that a
// version can't lead elsewhere; {address} is the service's base URL in the environment.
func (o *Organisation) Fill(template string, t Target) string {
	service, _ := o.Service(t.Service)
	return strings.NewReplacer(
		"{service}", url.PathEscape(t.Service), "{environment}", url.PathEscape(t.Environment),
		"{version}", url.PathEscape(t.Version), "{digest}", url.PathEscape(t.Digest),
		"{address}", strings.TrimSuffix(service.Addresses[t.Environment], "/"),
	).Replace(template)
}

// Probes are probes with their placeholders filled in.
func (o *Organisation) Probes(probes []port.Probe, t Target) []port.Probe {
	filled := make([]port.Probe, len(probes))
	for i, p := range probes {
		p.URL, p.Body, p.Holds = o.Fill(p.URL, t), o.Fill(p.Body, t), o.Fill(p.Holds, t)
		filled[i] = p
	}
	return filled
}
