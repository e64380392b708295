package discordtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Kinds of option.
const (
	optionSub     = 1
	optionGroup   = 2
	optionString  = 3
	optionInteger = 4
	optionBool    = 5
	optionNumber  = 10
)

type applicationCommand struct {
	ID          string   `json:"id"`
	Application string   `json:"application_id"`
	Guild       string   `json:"guild_id,omitempty"`
	Version     string   `json:"version"`
	Type        int      `json:"type"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Options     []option `json:"options,omitempty"`
	Permissions *string  `json:"default_member_permissions"`
	DM          *bool    `json:"dm_permission,omitempty"`
	Contexts    []int    `json:"contexts"`
	Integration []int    `json:"integration_types"`
	NSFW        bool     `json:"nsfw"`
}

type option struct {
	Type         int      `json:"type"`
	Name         string   `json:"name"`
	Description  string   `json:"description"`
	Required     bool     `json:"required,omitempty"`
	Choices      []Choice `json:"choices,omitempty"`
	Options      []option `json:"options,omitempty"`
	MinValue     *float64 `json:"min_value,omitempty"`
	MaxValue     *float64 `json:"max_value,omitempty"`
	MinLength    *int     `json:"min_length,omitempty"`
	MaxLength    *int     `json:"max_length,omitempty"`
	Autocomplete bool     `json:"autocomplete,omitempty"`
}

// Choice is one value that an option can have.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Limits of application commands: discord.com/developers/docs/interactions/application-commands.
const (
	mostCommands       = 100
	mostCommandOptions = 25
	mostCommandName    = 32
	mostCommandText    = 100
	mostChoices        = 25
	mostCommandSize    = 8000 // names, descriptions and values of a command together
)

var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

func (f *form) name(at, name string) {
	if !commandName.MatchString(name) || strings.ToLower(name) != name {
		f.wrong(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
}

func checkCommands(list []*applicationCommand) *apiError {
	f := &form{}
	if len(list) > mostCommands {
		return refuse(400, 30032, "Maximum number of application commands reached (100).")
	}
	seen := map[string]bool{}
	for i, c := range list {
		at := fmt.Sprint(i)
		f.name(at+".name", c.Name)
		f.needed(at+".description", c.Description, mostCommandText)
		if seen[c.Name] {
			f.wrong(at+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		seen[c.Name] = true
		size := utf8.RuneCountInString(c.Name + c.Description)
		f.options(at, c.Options, 0, &size)
		if size > mostCommandSize {
			f.wrong(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d)", mostCommandSize)
		}
	}
	return f.problem()
}

// options checks a command's options, or those of a sub-command or group, whose kind parent is.
func (f *form) options(at string, list []option, parent int, size *int) {
	if len(list) > mostCommandOptions {
		f.wrong(at+".options", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", mostCommandOptions)
	}
	seen := map[string]bool{}
	optional, subs := false, 0
	for i, o := range list {
		at := fmt.Sprintf("%s.options.%d", at, i)
		f.name(at+".name", o.Name)
		f.needed(at+".description", o.Description, mostCommandText)
		*size += utf8.RuneCountInString(o.Name + o.Description)
		if seen[o.Name] {
			f.wrong(at+".name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		}
		seen[o.Name] = true
		if o.Type == optionSub || o.Type == optionGroup {
			subs++
			if parent == optionSub || parent == optionGroup && o.Type == optionGroup {
				f.wrong(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command option types may not be nested here")
			}
			f.options(at, o.Options, o.Type, size)
			continue
		}
		if !slices.Contains([]int{optionString, optionInteger, optionBool, 6, 7, 8, 9, optionNumber, 11}, o.Type) {
			f.wrong(at+".type", "BASE_TYPE_CHOICES", "This value must be one of the option types.")
		}
		if o.Required && optional {
			f.wrong(at+".required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		optional = optional || !o.Required
		f.choices(at+".choices", o, size)
	}
	if subs > 0 && subs < len(list) {
		f.wrong(at+".options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

func (f *form) choices(at string, o option, size *int) {
	if len(o.Choices) > mostChoices {
		f.wrong(at, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", mostChoices)
	}
	if o.Autocomplete && (len(o.Choices) > 0 || o.Type != optionString && o.Type != optionInteger && o.Type != optionNumber) {
		f.wrong(at, "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", "Autocomplete and choices exclude each other, and a boolean has neither")
	}
	seen := map[string]bool{}
	for i, c := range o.Choices {
		at := fmt.Sprintf("%s.%d", at, i)
		f.needed(at+".name", c.Name, mostCommandText)
		value := fmt.Sprint(c.Value)
		f.needed(at+".value", value, mostCommandText)
		if _, text := c.Value.(string); text != (o.Type == optionString) {
			f.wrong(at+".value", "BASE_TYPE_INVALID", "The value is not of the option's type")
		}
		if seen[c.Name] {
			f.wrong(at+".name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_ALREADY_EXISTS", "Option choice name already exists")
		}
		seen[c.Name] = true
		*size += utf8.RuneCountInString(c.Name + value)
	}
}

// scope is where a path's commands live: a guild, or everywhere.
func (s *Server) scope(c *call) (string, *apiError) {
	if c.PathValue("app") != s.app {
		return "", refuse(403, 20012, "You are not authorized to perform this action on this application")
	}
	if id := c.PathValue("guild"); id != "" {
		_, problem := s.guildFor(c)
		return id, problem
	}
	return "", nil
}

func (s *Server) listCommands(c *call) (any, *apiError) {
	scope, problem := s.scope(c)
	if problem != nil {
		return nil, problem
	}
	return list(s.commands[scope]), nil
}

func (s *Server) overwriteCommands(c *call) (any, *apiError) {
	scope, problem := s.scope(c)
	if problem != nil {
		return nil, problem
	}
	var all []*applicationCommand
	if problem := c.into(&all); problem != nil {
		return nil, problem
	}
	if problem := checkCommands(all); problem != nil {
		return nil, problem
	}
	before := s.commands[scope]
	for _, command := range all {
		s.register(command, scope, before)
	}
	s.commands[scope] = all
	return list(all), nil
}

// register fills in what Discord adds; a command of the same name keeps its id, and its version while it is the same.
func (s *Server) register(c *applicationCommand, scope string, before []*applicationCommand) {
	c.ID, c.Application, c.Guild, c.Version = s.id(), s.app, scope, s.id()
	if c.Type == 0 {
		c.Type = 1
	}
	if c.Integration == nil {
		c.Integration = []int{0}
	}
	for _, old := range before {
		if old.Name != c.Name {
			continue
		}
		version := c.Version
		c.ID, c.Version = old.ID, old.Version
		a, _ := json.Marshal(old)
		if b, _ := json.Marshal(c); string(a) != string(b) {
			c.Version = version
		}
	}
}

func (s *Server) createCommand(c *call) (any, *apiError) {
	scope, problem := s.scope(c)
	if problem != nil {
		return nil, problem
	}
	command := &applicationCommand{}
	if problem := c.into(command); problem != nil {
		return nil, problem
	}
	if problem := checkCommands([]*applicationCommand{command}); problem != nil {
		return nil, problem
	}
	s.register(command, scope, s.commands[scope])
	s.commands[scope] = append(slices.DeleteFunc(s.commands[scope], func(old *applicationCommand) bool { return old.Name == command.Name }), command)
	return created{command}, nil
}

func (s *Server) deleteCommand(c *call) (any, *apiError) {
	scope, problem := s.scope(c)
	if problem != nil {
		return nil, problem
	}
	s.commands[scope] = slices.DeleteFunc(s.commands[scope], func(old *applicationCommand) bool { return old.ID == c.PathValue("command") })
	return nil, nil
}
