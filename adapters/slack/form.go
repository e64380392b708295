package slack

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Limits of inputs. https://docs.slack.dev/reference/block-kit/block-elements and …/composition-objects/option-object
const (
	optionsMost    = 100 // of a select
	optionText     = 75  // characters, of an option's text; its value may have 150
	inputHint      = 2000
	inputMost      = 3000 // characters of a plain-text input
	suggestedAtAll = optionsMost + 1
)

// The ids of a form's inputs: the block's is followed by the argument's name.
const (
	inputBlock  = "arg:"
	inputAction = "value"
	dryRunName  = "dry-run"
)

// inputs are the blocks of a form: what the command does, what is given, and an input for each argument that is missing.
func (s *Slack) inputs(ctx context.Context, spec command.Spec, given map[string]string, who chat.Account) []api.Block {
	about := spec.Summary
	for _, p := range spec.Params {
		if v := given[p.Name]; v != "" {
			about += "\n" + named(p.Name) + ": " + v
		}
	}
	blocks := []api.Block{api.NewSectionBlock(plain(about), nil, nil)}
	for _, p := range spec.Params {
		if given[p.Name] == "" {
			blocks = append(blocks, input(p.Name, named(p.Name), p.Help, p.Optional || p.Kind == command.KindBool, s.element(ctx, spec, p, given, who)))
		}
	}
	if spec.DryRun {
		blocks = append(blocks, input(dryRunName, words.Label("slack.dry_run"), "", true, tick(words.Label("slack.dry_run_only"))))
	}
	return blocks
}

func input(name, label, hint string, optional bool, element api.BlockElement) api.Block {
	b := api.NewInputBlock(inputBlock+name, plain(label), nil, element)
	if hint != "" && len(hint) <= inputHint {
		b.Hint = plain(hint)
	}
	b.Optional = optional
	return b
}

// named is an argument's name as a label: "Follow up".
func named(name string) string {
	name = strings.ReplaceAll(name, "-", " ")
	return strings.ToUpper(name[:1]) + name[1:]
}

// element is the input that fits an argument's kind.
func (s *Slack) element(ctx context.Context, spec command.Spec, p command.Param, given map[string]string, who chat.Account) api.BlockElement {
	switch p.Kind {
	case command.KindBool:
		return tick(p.Help)
	case command.KindChoice:
		if options, all := optionsOf(p.Choices); all {
			return choose(options)
		}
	case command.KindService, command.KindEnvironment: // few and all known: shown at once, searched without asking
		known := s.outside.Door.Suggest(ctx, port.Suggestion{
			Account: who, Command: strings.Join(spec.Words, " "), Param: p.Name, Given: given, Limit: suggestedAtAll,
		})
		if options, all := optionsOf(known); all && len(options) > 0 {
			return choose(options)
		}
	case command.KindText, command.KindZone, command.KindTime, command.KindEnd, command.KindRange, command.KindDuration, command.KindNumber, command.KindCommand:
		e := api.NewPlainTextInputBlockElement(nil, inputAction)
		e.Multiline, e.MaxLength = p.Rest, inputMost
		if examples := s.outside.Door.Suggest(ctx, port.Suggestion{Account: who, Command: strings.Join(spec.Words, " "), Param: p.Name, Given: given, Limit: 4}); len(examples) > 0 {
			if line := strings.Join(examples, ", "); p.Kind != command.KindText && len(line) <= optionText {
				e.Placeholder = plain(line)
			}
		}
		return e
	}
	e := api.NewOptionsSelectBlockElement(api.OptTypeExternal, plain(words.Label("slack.choose")), inputAction)
	e.MinQueryLength = new(int)
	return e
}

// choose is a select of options; the only one is chosen already.
func choose(options []*api.OptionBlockObject) *api.SelectBlockElement {
	e := api.NewOptionsSelectBlockElement(api.OptTypeStatic, plain(words.Label("slack.choose")), inputAction, options...)
	if len(options) == 1 {
		e.InitialOption = options[0]
	}
	return e
}

func tick(label string) *api.CheckboxGroupsBlockElement {
	if label == "" || len(label) > optionText {
		label = words.Label("slack.yes")
	}
	return api.NewCheckboxGroupsBlockElement(inputAction, api.NewOptionBlockObject("true", plain(label), nil))
}

// optionsOf makes options of words. All is false if some could not be one: there are too many, or one is too long.
func optionsOf(list []string) (options []*api.OptionBlockObject, all bool) {
	all = len(list) <= optionsMost
	for _, w := range list {
		if w == "" || len(w) > optionText {
			all = false
			continue
		}
		if len(options) < optionsMost {
			options = append(options, api.NewOptionBlockObject(w, plain(w), nil))
		}
	}
	return options, all
}

// choices answers a block_suggestion.
type choices struct {
	Options []*api.OptionBlockObject `json:"options"`
}

// suggest lists what an input may hold while somebody types into it. What they typed is offered too where it need not be known
// to the bot: a version, or a short id.
func (s *Slack) suggest(ctx context.Context, i payload.Interaction, who chat.Account) choices {
	none := choices{Options: []*api.OptionBlockObject{}}
	var f form
	name, ok := strings.CutPrefix(i.BlockID, inputBlock)
	if json.Unmarshal([]byte(i.View.PrivateMetadata), &f) != nil || !ok {
		return none
	}
	spec, _, ok := s.begun(f.Command)
	at := slices.IndexFunc(spec.Params, func(p command.Param) bool { return p.Name == name })
	if !ok || at < 0 {
		return none
	}
	given := map[string]string{}
	for k, v := range held(i.View.State, f.Given) {
		if v != "" && k != name {
			given[k] = v
		}
	}
	typed := strings.TrimSpace(i.Value)
	list := s.outside.Door.Suggest(ctx, port.Suggestion{
		Account: who, Command: f.Command, Param: name, Given: maps.Clone(given), Typed: typed, Limit: optionsMost - 1,
	})
	free := spec.Params[at].Kind != command.KindService && spec.Params[at].Kind != command.KindEnvironment
	if free && typed != "" && !slices.Contains(list, typed) {
		list = append(list, typed)
	}
	if options, _ := optionsOf(list); len(options) > 0 {
		none.Options = options
	}
	return none
}
