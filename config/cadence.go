package config

import (
	"errors"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/recur"
	wording "github.com/gonogo-chat/gonogo/bot/words"
)

// Train is a rule by which a service, or a business line, is released.
type Train struct {
	Name    string   `yaml:"name" pattern:"name" required:"true" doc:"Shown with each of its slots."`
	Service string   `yaml:"service" doc:"Service that it releases. Either this or line."`
	Line    string   `yaml:"line" doc:"Business line all services of which it releases."`
	Reason  string   `yaml:"reason" required:"true" enum:"roadmap,regulatory,contract" doc:"What it runs for."`
	Why     string   `yaml:"why" required:"true" doc:"The reason, in words for people."`
	Start   string   `yaml:"start" required:"true" doc:"Date and time from which on it runs, as the clock in its zone shows it: 2026-12-05 10:00."`
	Every   string   `yaml:"every" required:"true" doc:"When it comes again: weekly Sat, monthly 1st Sat, or a rule like FREQ=MONTHLY;BYDAY=1SA."`
	Zone    string   `yaml:"zone" doc:"IANA time zone of its clock. The organisation's if empty."`
	Slot    Duration `yaml:"slot" default:"4h" doc:"How long each of its slots lasts."`
}

func (c *Config) checkCadence(s *strict) {
	s.unique("cadence", "name", "train", names(c.Cadence, func(t Train) string { return t.Name }))
	for i, t := range c.Cadence {
		path := index("cadence", i)
		s.refers(path+".service", "service", t.Service, c.ServiceNames())
		s.refers(path+".line", "business line", t.Line, c.AllLines())
		s.zone(path+".zone", t.Zone)
		s.positive(path+".slot", t.Slot)
		if (t.Service == "") == (t.Line == "") && !s.has(path+".service") && !s.has(path+".line") {
			s.at(path, "a train is of a service or of a business line: name one of the two")
		}
		if _, err := t.start(); err != nil && t.Start != "" {
			s.at(path+".start", "%q is no date and time like 2026-12-05 10:00", clip(t.Start))
			continue
		}
		if _, err := recur.ParsePhrase(t.Every); err != nil && t.Every != "" {
			s.at(path+".every", "%s", sentence(err))
			continue
		}
		if t.Start == "" || t.Every == "" || t.Slot <= 0 || s.has(path+".zone") {
			continue // said already
		}
		if err := t.schedule(c.Organisation.Location()).Check(); err != nil {
			s.at(path, "%s", sentence(err))
		}
	}
}

// sentence words an error that may be a refusal.
func sentence(err error) string {
	var refusal *chat.Refusal
	if errors.As(err, &refusal) {
		return wording.Text(refusal.Text, nil, time.Time{})
	}
	return err.Error()
}

// start reads the start, with a space between date and time or a T.
func (t Train) start() (recur.Wall, error) {
	return recur.ParseWall(strings.Replace(t.Start, " ", "T", 1))
}

// schedule is when the train goes; parts that can't be read stay zero, and are said where they are checked.
func (t Train) schedule(zone *time.Location) recur.Schedule {
	s := recur.Schedule{Zone: t.Zone}
	if s.Zone == "" && zone != nil {
		s.Zone = zone.String()
	}
	s.Start, _ = t.start()
	s.Rule, _ = recur.ParsePhrase(t.Every)
	s.End = s.Start.Add(t.Slot.D())
	return s
}

// cadence is every train, as releases are judged by it.
func (c *Config) cadence() (*cadence.Cadence, error) {
	var trains []cadence.Train
	for _, t := range c.Cadence {
		trains = append(trains, cadence.Train{
			Name: t.Name, Service: t.Service, Line: t.Line, Reason: cadence.Reason(t.Reason), Why: t.Why, Schedule: t.schedule(c.Organisation.Location()),
		})
	}
	return cadence.New(trains)
}
