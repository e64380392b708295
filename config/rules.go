package config

import (
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/verify"
)

// Verify is the plan as deployments are judged by it. Its probes still hold their placeholders.
func (p Plan) Verify(name string) verify.Plan {
	out := verify.Plan{
		Name: name, Duration: p.Duration.D(), Interval: p.Interval.D(), Health: probes(p.Health), Smoke: probes(p.Smoke),
		Tolerate: p.Tolerate, OnInconclusive: verify.OnInconclusive(p.OnInconclusive),
	}
	for _, c := range p.Criteria {
		out.Criteria = append(out.Criteria, verify.Criterion{
			Name: c.Name, Expr: c.Expr, Unit: c.Unit, Below: c.Below, Above: c.Above, MinCount: c.MinCount, Window: c.Window.D(),
		})
	}
	return out
}

func probes(list []Probe) []port.Probe {
	var out []port.Probe
	for _, p := range list {
		out = append(out, port.Probe{
			Name: p.Name, URL: p.URL, Method: p.Method, Body: p.Body, Status: p.Status, Holds: p.Holds, Timeout: p.Timeout.D(),
		})
	}
	return out
}
