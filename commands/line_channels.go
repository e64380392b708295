package commands

import (
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// placesConcerned are where releases are told of, and the channels of the business lines of the services that something concerns; each once.
func placesConcerned(org *organisation.Organisation, concerns func(service string) bool) []chat.Place {
	places := slices.Clone(org.Channels.Releases)
	for _, s := range org.Services {
		if !slices.ContainsFunc(s.Lines, func(line string) bool { return len(org.Lines[line].Channels) > 0 }) || !concerns(s.Name) {
			continue
		}
		for _, line := range s.Lines {
			for _, p := range org.Lines[line].Channels {
				if !slices.Contains(places, p) {
					places = append(places, p)
				}
			}
		}
	}
	return places
}

// freezePlaces are where freezes are told of.
func freezePlaces(org *organisation.Organisation, list ...freeze.Freeze) []chat.Place {
	return placesConcerned(org, func(service string) bool {
		return slices.ContainsFunc(list, func(f freeze.Freeze) bool { return coversService(org, f.Scope, service) })
	})
}

// windowPlaces are where a window is negotiated: with the business lines of the service, and of everything that stands still with it.
func windowPlaces(org *organisation.Organisation, w window.Window) []chat.Place {
	still := append(org.Dependants(w.Service), w.Service)
	return placesConcerned(org, func(service string) bool { return slices.Contains(still, service) })
}
