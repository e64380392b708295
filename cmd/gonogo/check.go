package main

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/pagerduty"
	"github.com/gonogo-chat/gonogo/adapters/promtext"
	"github.com/gonogo-chat/gonogo/adapters/runner"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
)

// checkAdapters says what is wrong with the settings of adapters, without making any.
func checkAdapters(c *config.Config) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Pipelines)) {
		a := c.Pipelines[name]
		err := deployers.check("pipelines."+name, a)
		if err == nil && a.Name == "runner" {
			err = checkCommandLine(name, a)
		}
		faults = append(faults, err)
	}
	faults = append(faults,
		artifacts.check("artifacts", c.Artifacts),
		ticketers.check("tickets", c.Tickets),
		pagers.check("pager", c.Pager),
		metrics.check("metrics", c.Metrics),
		sinks.check("checkpoints", c.Checkpoints),
	)
	if c.Provenance.Name != "" {
		faults = append(faults, provenances.check("provenance", c.Provenance))
	}
	if c.Traffic.Name != "" {
		faults = append(faults, traffics.check("traffic", c.Traffic))
	}
	for i, a := range c.Chat.Platforms {
		faults = append(faults, platforms.check(fmt.Sprintf("chat.platforms[%d]", i), a))
	}
	if c.Metrics.Name == "promtext" {
		faults = append(faults, checkExpressions(c))
	}
	return errors.Join(append(faults, checkGates(c)...)...)
}

// incidentKeepers are the pagers that keep incidents, by the name that configuration calls them.
var incidentKeepers = map[string]port.Incidents{"pagerduty": (*pagerduty.Adapter)(nil)}

// checkGates names the gates that nobody could ever answer: no deployment would pass them.
func checkGates(c *config.Config) (faults []error) {
	for i, e := range c.Environments {
		at := fmt.Sprintf("environments[%d].gates", i)
		if slices.Contains(e.Gates, gate.Provenance) && c.Provenance.Name == "" {
			faults = append(faults, fmt.Errorf("%s: the gate %q asks who hosts the source code: the section provenance is missing", at, gate.Provenance))
		}
		if slices.Contains(e.Gates, gate.Incident) && incidentKeepers[c.Pager.Name] == nil {
			faults = append(faults, fmt.Errorf("%s: the gate %q asks for open incidents: the pager %q keeps none, only %s", at, gate.Incident, c.Pager.Name,
				strings.Join(slices.Sorted(maps.Keys(incidentKeepers)), ", ")))
		}
	}
	return faults
}

// checkCommandLine asks for the command line that a pipeline of the runner stands for.
func checkCommandLine(name string, a config.Adapter) error {
	var s runner.Settings
	if err := a.Decode(&s); err != nil {
		return err
	}
	if _, ok := s.Pipelines[name]; !ok {
		return fmt.Errorf("pipelines.%s.settings.pipelines: there is no command line of the name %q", name, name)
	}
	return nil
}

// checkExpressions checks what a service's own metrics are asked.
func checkExpressions(c *config.Config) error {
	var faults []error
	for _, name := range slices.Sorted(maps.Keys(c.Verification)) {
		for i, criterion := range c.Verification[name].Criteria {
			if err := promtext.Check(criterion.Expr); err != nil {
				faults = append(faults, fmt.Errorf("verification.%s.criteria[%d].expr: %w", name, i, err))
			}
		}
	}
	return errors.Join(faults...)
}
