package config

import (
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
)

// Line is a business line: what services bring to customers together.
type Line struct {
	Owners  []string `yaml:"owner" doc:"People, or groups, who answer for the line's business: each fills the line's seat where a vote asks line-owners."`
	Revenue bool     `yaml:"revenue" default:"false" doc:"Whether the line earns money directly."`
	Region  string   `yaml:"region" pattern:"name" doc:"Where the line's people work."`
	// Channels are told besides chat.channels.releases.
	Channels []string `yaml:"channels" doc:"Channels of the line, like those of the section chat: freezes and downtime that concern it are told there as well."`
}

// checkLines finds lines that no service belongs to, and owners who are nobody.
func (c *Config) checkLines(s *strict) {
	owners := append(c.handles(), sortedKeys(c.Groups)...)
	for _, name := range sortedKeys(c.Business) {
		path := "lines." + name
		s.refers(path, "service of the business line", name, c.AllLines())
		s.eachRefers(path+".owner", "person or group", c.Business[name].Owners, owners)
		for i, channel := range c.Business[name].Channels {
			if _, err := c.Chat.Place(channel); err != nil {
				s.at(index(path+".channels", i), "%s", err)
			}
		}
		for _, owner := range c.Business[name].Owners {
			if _, person := c.Person(owner); person {
				c.noMachines(s, path+".owner", []string{owner})
			} else {
				c.noMachines(s, path+".owner", c.members([]string{owner}))
			}
		}
	}
}

// LinePlaces are the channels of all business lines, in the order of the lines' names. Load refuses what is no channel.
func (c *Config) LinePlaces() (places []chat.Place) {
	for _, name := range sortedKeys(c.Business) {
		places = append(places, c.placesOf(c.Business[name])...)
	}
	return places
}

func (c *Config) placesOf(l Line) (places []chat.Place) {
	for _, channel := range l.Channels {
		if p, err := c.Chat.Place(channel); err == nil {
			places = append(places, p)
		}
	}
	return places
}

// lines are the business lines with opaque ids in place of handles.
func (c *Config) lines(idOf func(handle string) string) map[string]organisation.Line {
	out := make(map[string]organisation.Line, len(c.Business))
	for name, l := range c.Business {
		line := organisation.Line{Revenue: l.Revenue, Region: l.Region, Channels: c.placesOf(l)}
		for _, owner := range l.Owners {
			if _, person := c.Person(owner); person {
				owner = idOf(owner)
			}
			line.Owners = append(line.Owners, owner)
		}
		out[name] = line
	}
	return out
}
