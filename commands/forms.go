package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
)

// forms are buttons for those of the commands that the reader may use, and that fit: pressing one asks for the arguments.
func forms(r *bot.Reading, specs []*command.Spec, fits func(*command.Spec) bool) (buttons []chat.Button) {
	for _, s := range specs {
		if fits(s) && mayUse(r, s) && (r.Linked || s.Right == "") {
			buttons = append(buttons, form(s))
		}
	}
	return buttons
}

// form is the button of one command.
func form(s *command.Spec) chat.Button {
	words := strings.Join(s.Words, "_")
	return chat.Button{Name: "form_" + words, Label: chat.Code("button.form." + words), Form: "/" + strings.Join(s.Words, " ")}
}

// takes reports whether a command can't be said by its words alone.
func takes(s *command.Spec) bool {
	return slices.ContainsFunc(s.Params, func(p command.Param) bool { return !p.Optional })
}

// begins reports whether a command begins something: it takes arguments, and the first is no short id of what is under way, which
// has buttons of its own.
func begins(s *command.Spec) bool {
	if !takes(s) {
		return false
	}
	switch s.Params[0].Kind {
	case command.KindRelease, command.KindDeployment, command.KindFreeze, command.KindException, command.KindFollowUp,
		command.KindMilestone, command.KindTrain, command.KindWindow, command.KindSubject:
		return false
	}
	return true
}
