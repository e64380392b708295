package calendar

import "github.com/gonogo-chat/gonogo/bot/chat"

// Text words what is covered.
func (s Scope) Text() chat.Text {
	var args []chat.Arg
	for _, part := range []struct {
		name string
		list []string
	}{{"services", s.Services}, {"lines", s.Lines}, {"environments", s.Environments}, {"regions", s.Regions}} {
		if len(part.list) > 0 {
			args = append(args, chat.List(part.name, part.list))
		}
	}
	if len(args) == 0 {
		return chat.Say("freeze.everything")
	}
	return chat.Say("freeze.scope", args...)
}
