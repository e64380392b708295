package main

import (
	"context"
	"maps"
	"net/netip"
	"net/url"
	"slices"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/config"
)

// doorway examines whether what other systems send by themselves gets past the web chat, which answers under its own names alone.
type doorway struct {
	operations config.Operations
	paths      []string // where webhooks are taken
}

// doorways is the examination of webhooks; none where no system's are taken.
func doorways(c *config.Config, o *outside) []patient {
	var paths []string
	for _, at := range slices.Sorted(maps.Keys(o.hooks())) {
		if at[len(at)-1] != '/' {
			paths = append(paths, at)
		}
	}
	if len(paths) == 0 {
		return nil
	}
	return []patient{{"the door for webhooks", doorway{c.Operations, paths}}}
}

// Examine implements port.Examiner.
func (d doorway) Examine(context.Context) []port.Finding {
	paths := chat.List("paths", d.paths)
	public, err := url.Parse(d.operations.Address)
	if err != nil || public.Hostname() == "" {
		if len(d.operations.Hosts) == 0 {
			return []port.Finding{{OK: true, What: chat.Say("doctor.hooks.unnamed", paths)}}
		}
		return []port.Finding{{OK: true, What: chat.Say("doctor.hooks.open", paths, chat.List("hosts", d.operations.Hosts))}}
	}
	host := public.Hostname()
	if _, err := netip.ParseAddr(host); err == nil || host == "localhost" || slices.Contains(d.operations.Hosts, host) {
		return []port.Finding{{OK: true, What: chat.Say("doctor.hooks.open", paths, chat.List("hosts", []string{host}))}}
	}
	return []port.Finding{{What: chat.Say("doctor.hooks.refused", paths, chat.Word("host", host)), Do: chat.Say("doctor.hooks.refused.do", chat.Word("host", host))}}
}
