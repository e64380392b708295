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
			Summary: "Stop deployments for a time, once or again and again; rollbacks stay possible.",
			Params: append(append(freezeTimes("until"),
				command.Param{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: everybody who is stopped reads it."}), freezeFlags()...),
			Examples: []command.Example{
				{Line: `/freeze add {environment} "now" "+2h" "financial closing"`, Does: "freezes {environment} for two hours"},
				{Line: `/freeze add all "2026-12-24 18:00" "2026-12-27 06:00" "holidays" --line {line}`, Does: "freezes the business line {line} everywhere"},
				{Line: `/freeze add {environment} "Fri 16:00" "Mon 08:00" "weekends" --every weekly`, Does: "freezes {environment} from every Friday to the Monday after"},
				{Line: `/freeze add {environment} "2026-12-24" "2026-12-26" "Christmas" --all-day --zone Europe/Berlin`, Does: "freezes {environment} for three whole days in Berlin"},
			},
		},
		Decide: addFreeze, Fences: true,
	}
}

func addFreeze(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	f, refusal := freezeSaid(t.Org, c, "until", t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := authoriseScope(t, f.Scope); refusal != nil {
		return chat.Reply{}, refusal
	}
	if refusal := senseless(t.Org, f, t.Now); refusal != nil {
		return chat.Reply{}, refusal
	}
	id, err := t.Next(letterFreeze)
	if err != nil {
		return chat.Reply{}, err
	}
	f.V, f.ID, f.By, f.At = freeze.Version, id, t.Person, t.Now.UTC()
	if f.Reason, err = sealOptional(t, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	t.About(id)
	if err := putFreeze(t, f); err != nil {
		return chat.Reply{}, err
	}
	if err := offerLift(t, f); err != nil {
		return chat.Reply{}, err
	}
	text, err := declared(t, f)
	if err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"freeze": id}, freezePlaces(t.Org, f)), nil
}

// offerLift offers what can be done with a freeze that somebody declared.
func offerLift(t *bot.Turn, f freeze.Freeze) error {
	if err := t.Offer(f.ID, bot.Offer{Name: "lift", Label: "button.lift", Line: "/freeze lift " + f.ID, Style: chat.StyleDanger,
		Confirm: chat.Say("confirm.lift", chat.Word("freeze", f.ID), chat.Nested("scope", f.Scope.Text()))}); err != nil || f.Schedule == nil {
		return err
	}
	return t.Offer(f.ID, bot.Offer{Name: "once", Label: "button.lift_once", Line: "/freeze lift " + f.ID + " --once", Order: 1,
		Confirm: chat.Say("confirm.lift_once", chat.Word("freeze", f.ID), chat.Nested("scope", f.Scope.Text()))})
}

// declared tells of a freeze that was just declared, and does with what is under way what is configured, if it holds already.
func declared(t *bot.Turn, f freeze.Freeze) (chat.Text, error) {
	text := chat.Say("freeze.announced", chat.Nested("freeze", f.Text(t.Now)))
	active := f.State(t.Now) == freeze.Active
	if active {
		text.Code = "freeze.begun"
	}
	if err := freezeChanged(t, f, "declared", chat.Message{Title: text, Tone: chat.Warning}); err != nil || !active {
		return text, err
	}
	caught, err := catch(t, []freeze.Freeze{f})
	if len(caught) > 0 {
		t.Record("freeze", text, caught...)
	}
	return text, err
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
