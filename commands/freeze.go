package commands

import (
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/calendar"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/freeze"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// allEnvironments is what is typed for a freeze of every environment, those to come included.
const allEnvironments = "all"

func freezeAdd() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"freeze", "add"}, Right: people.Freeze, DryRun: true,
			Summary: "Stop deployments for a time; rollbacks stay possible.",
			Params: []command.Param{
				{Name: "environment", Kind: command.KindText, Help: "Where, or all."},
				{Name: "from", Kind: command.KindTime, Help: "When it begins: now, or \"tomorrow 02:00\"."},
				{Name: "until", Kind: command.KindEnd, Help: "When it ends: +2h after its start, or a time."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: everybody who is stopped reads it."},
				{Name: "service", Kind: command.KindService, Flag: true, Optional: true, Help: "Only this service."},
				{Name: "line", Kind: command.KindText, Flag: true, Optional: true, Help: "Only the services of this business line."},
				{Name: "region", Kind: command.KindText, Flag: true, Optional: true, Help: "Only what runs in this region."},
			},
			Examples: []command.Example{
				{Line: `/freeze add {environment} "now" "+2h" "financial closing"`, Does: "freezes {environment} for two hours"},
				{Line: `/freeze add all "2026-12-24 18:00" "2026-12-27 06:00" "holidays" --line {line}`, Does: "freezes the business line {line} everywhere"},
			},
		},
		Decide: addFreeze, Fences: true,
	}
}

func addFreeze(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	scope, refusal := scopeOf(t.Org, c)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := authoriseScope(t, scope); refusal != nil {
		return chat.Reply{}, refusal
	}
	f := freeze.Freeze{V: freeze.Version, Scope: scope, From: c.Time("from"), To: c.Time("until").UTC(), By: t.Person, At: t.Now.UTC()}
	if zone := f.From.Location().String(); zone != "Local" {
		f.Zone = zone
	}
	if refusal := f.Check(t.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	if f.From.Before(t.Now) { // nothing is frozen in hindsight
		f.From = t.Now
	}
	f.From = f.From.UTC()
	if !coversAny(t.Org, scope) {
		return chat.Reply{}, chat.Reject("freeze.covers_nothing", chat.Nested("scope", scope.Text()))
	}
	id, err := t.Next(letterFreeze)
	if err != nil {
		return chat.Reply{}, err
	}
	f.ID = id
	if f.Reason, err = sealOptional(t, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	t.About(id)
	if err := putFreeze(t, f); err != nil {
		return chat.Reply{}, err
	}
	if err := wakeForFreeze(t, f); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Offer(id, bot.Offer{Name: "lift", Label: "button.lift", Line: "/freeze lift " + id, Style: chat.StyleDanger,
		Confirm: chat.Say("confirm.lift", chat.Word("freeze", id), chat.Nested("scope", scope.Text()))}); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("freeze.announced", chat.Nested("freeze", f.Text()))
	if f.State(t.Now) == freeze.Active {
		text.Code = "freeze.begun"
	}
	if err := freezeChanged(t, f, "declared", chat.Message{Title: text, Tone: chat.Warning}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"freeze": id}, t.Org.Channels.Releases), nil
}

// scopeOf reads what a freeze is to cover.
func scopeOf(org *organisation.Organisation, c command.Call) (calendar.Scope, *chat.Refusal) {
	var s calendar.Scope
	if said := c.Text("environment"); !strings.EqualFold(said, allEnvironments) {
		names := make([]string, 0, len(org.Environments)+1)
		for _, e := range org.Environments {
			names = append(names, e.Name)
		}
		name, ok := meant(said, names)
		if !ok {
			names = append(names, allEnvironments)
			return s, chat.Reject(command.CodeEnvironment, chat.Word("said", brief(said)), chat.List("suggest", near(said, names)),
				chat.List("known", names), chat.Word("example", c.Spec.Examples[0].Line))
		}
		s.Environments = []string{name}
	}
	if c.Has("service") {
		s.Services = []string{c.Text("service")}
	}
	if c.Has("line") {
		lines := linesOf(org)
		line, ok := meant(c.Text("line"), lines)
		if !ok {
			return s, chat.Reject("freeze.line_unknown", chat.Word("line", brief(c.Text("line"))), chat.List("suggest", near(c.Text("line"), lines)),
				chat.List("known", lines))
		}
		s.Lines = []string{line}
	}
	if c.Has("region") {
		regions := org.Regions()
		region, ok := meant(c.Text("region"), regions)
		if !ok {
			return s, chat.Reject("freeze.region_unknown", chat.Word("region", brief(c.Text("region"))), chat.List("suggest", near(c.Text("region"), regions)),
				chat.List("known", regions))
		}
		s.Regions = []string{region}
	}
	return s, nil
}

// linesOf lists every business line that a service belongs to.
func linesOf(org *organisation.Organisation) []string {
	var lines []string
	for _, s := range org.Services {
		for _, line := range s.Lines {
			if !slices.Contains(lines, line) {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// meant finds a name as it is typed, capitals aside.
func meant(said string, names []string) (string, bool) {
	i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, said) })
	if i < 0 {
		return "", false
	}
	return names[i], true
}

// brief keeps what is repeated to the speaker short.
func brief(said string) string {
	const most = 80 // characters, as in the failures to parse
	if r := []rune(said); len(r) > most {
		return string(r[:most]) + "…"
	}
	return said
}

// near lists the names that something typed is likely a slip for: within a third of its length in edits.
func near(said string, names []string) []string {
	var found []string
	for _, n := range names {
		if levenshtein.ComputeDistance(strings.ToLower(brief(said)), strings.ToLower(n)) <= max(1, len(said)/3) {
			found = append(found, n)
		}
	}
	return found
}

// authoriseScope asks for the right over everything that is covered, now and later: what is not narrowed needs a grant that
// does not narrow it either.
func authoriseScope(t *bot.Turn, s calendar.Scope) *chat.Refusal {
	environment := people.Everything
	if len(s.Environments) > 0 {
		environment = s.Environments[0]
	}
	service := people.Everything
	switch {
	case len(s.Services) > 0:
		service = s.Services[0]
	case len(s.Lines) > 0 && t.Org.Directory.May(t.Person, people.Freeze, people.Scope{Line: s.Lines[0], Environment: environment}):
		service = "" // the whole line was granted
	}
	return t.Authorise(people.Freeze, service, environment)
}

func coversAny(org *organisation.Organisation, s calendar.Scope) bool {
	return slices.ContainsFunc(org.Services, func(service organisation.Service) bool {
		return coversService(org, s, service.Name)
	})
}

// coversService reports whether a scope covers a service in any environment.
func coversService(org *organisation.Organisation, s calendar.Scope, service string) bool {
	return slices.ContainsFunc(org.Environments, func(e organisation.Environment) bool {
		return s.Covers(target(org, service, e.Name))
	})
}
