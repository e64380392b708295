package commands

import (
	"maps"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
)

// describing is the configuration in plain sentences.
func (p Ports) describing() subject {
	return subject{commands: []bot.Command{{
		Spec: command.Spec{
			Words: []string{"policy", "describe"}, Summary: "Say in plain sentences what the configuration in force means: who may do what, and what a release needs.",
			Examples: []command.Example{{Line: "/policy describe", Does: "shows it to you alone"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) { return privately(Describe(r.Org), nil), nil },
	}}}
}

// Describe is an organisation in plain sentences: how a version reaches its last environment, what decides on it, who may not, and
// every setting that governs and has no sentence of its own by its name. It is made from what the rules read, so it says what holds.
func Describe(o *organisation.Organisation) chat.Message {
	m := chat.Message{Title: chat.Say("describe.title", chat.Word("organisation", o.Name), chat.Word("zone", o.Zone.String()))}
	if o.Demo {
		m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Mark: chat.MarkUnknown, Text: chat.Say("describe.demo")}}})
	}
	for _, part := range []struct {
		heading chat.Code
		lines   func(*organisation.Organisation) []chat.Line
	}{
		{"describe.heading.way", describeWay},
		{"describe.heading.risk", describeRisk},
		{"describe.heading.votes", describeVotes},
		{"describe.heading.duties", describeDuties},
		{"describe.heading.moments", describeMoments},
		{"describe.heading.timing", describeTiming},
		{"describe.heading.planning", describePlanning},
		{"describe.heading.emergency", describeEmergency},
		{"describe.heading.rights", describeRights},
		{"describe.heading.figures", describeFigures},
		{"describe.heading.further", describeFurther},
	} {
		if lines := part.lines(o); len(lines) > 0 {
			m.Sections = append(m.Sections, chat.Section{Heading: chat.Say(part.heading), Lines: lines})
		}
	}
	return m
}

func line(code chat.Code, args ...chat.Arg) chat.Line {
	return chat.Line{Text: chat.Say(code, args...)}
}

// some leaves arguments out that say nothing.
func some(args ...chat.Arg) []chat.Arg {
	return slices.DeleteFunc(args, func(a chat.Arg) bool {
		return a.Word == "" && len(a.Words) == 0 && a.Number == 0 && a.Text == nil
	})
}

// OperationalSettings are the beginnings of settings that say how the process runs and where systems are, and govern nothing: no
// sentence is made of them. Of people, what they are called and reached by is theirs.
func OperationalSettings() []string {
	return []string{
		"operations", "chat", "pipelines", "verification", "artifacts", "tickets", "pager", "metrics", "traffic", "provenance", "checkpoints",
	}
}

// worded are the settings of which sentences are made; a star stands for a name.
var worded = []string{
	"organisation", "environments.*.name", "environments.*.after", "environments.*.gates", "environments.*.pipeline", "environments.*.verify",
	"environments.*.lock", "risk", "approvals", "duty", "conditions", "rehearsal", "emergency", "people", "groups",
	"roles", "grants", "services.*.addresses", "services.*.name", "freezes", "cadence", "windows", "trains", "incidents", "deferral", "budgets",
	"architecture", "ladders", "hours", "fiscal", "lines",
}

// furtherMost bounds how many settings are listed.
const furtherMost = 300

// describeFurther names every setting that governs and has no sentence of its own.
func describeFurther(o *organisation.Organisation) (lines []chat.Line) {
	leaves := leavesOf(o.Snapshot)
	for _, path := range slices.Sorted(maps.Keys(leaves)) {
		if covers(OperationalSettings(), path) || covers(worded, path) {
			continue
		}
		l := line("describe.setting", chat.Word("path", path), chat.Word("value", leaves[path]))
		for _, id := range personID.FindAllString(leaves[path], -1) {
			l.Sub = append(l.Sub, chat.Say("config.who", chat.Word("id", id), chat.Person("person", id)))
		}
		lines = append(lines, l)
	}
	if more := len(lines) - furtherMost; more > 0 {
		lines = append(lines[:furtherMost], line("describe.further_more", chat.Count("count", more)))
	}
	return lines
}

// covers reports whether a path is one of those, or lies below it.
func covers(patterns []string, path string) bool {
	steps := strings.Split(path, ".")
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		of := strings.Split(pattern, ".")
		if len(of) > len(steps) {
			return false
		}
		for i, step := range of {
			if step != "*" && step != steps[i] {
				return false
			}
		}
		return true
	})
}
