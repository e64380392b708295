package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/freeze"
)

// exceptionCard has no places: an exception shows on the card of its ballot and on that of its release.
func exceptionCard(*bot.Reading, string) (chat.Message, []chat.Place, error) {
	return chat.Message{}, nil, nil
}

func exceptionText(x freeze.Exception) chat.Text {
	text := chat.Say("exception.stands", chat.Word("exception", x.ID), chat.List("freezes", x.Freezes), chat.Word("environment", x.Environment),
		chat.Nested("state", x.State.Text()))
	if x.State == freeze.Granted {
		text.Args = append(text.Args, chat.Time("until", x.Expires))
	}
	if x.Uses > 1 || x.Used > 0 || x.For > 0 {
		text.Code = "exception.stands_bounded"
		if x.For > 0 && x.State == freeze.Requested {
			text.Args = append(text.Args, chat.Duration("for", x.For))
		}
		text.Args = append(text.Args, chat.Count("used", x.Used), chat.Count("uses", x.Uses), chat.List("deployments", x.UsedBy))
	}
	return text
}

// askedSections say what a ballot that is not on a release asks for: the board must not have to look it up.
func askedSections(r *bot.Reading, b approval.Ballot) ([]chat.Section, error) {
	switch b.Purpose {
	case approval.Exception:
		return exceptionAsked(r, b)
	case approval.Architecture:
		return boardAsked(r, b)
	case approval.Tier:
		return tierAsked(b), nil
	case approval.Emergency:
		return []chat.Section{{Heading: chat.Say("heading.asked"), Lines: []chat.Line{{Text: chat.Say("emergency.opens", chat.List("gates", gatesOpened(b)),
			chat.Duration("lifetime", r.Org.Emergency.Lifetime))}}}}, nil
	}
	return nil, nil
}

func exceptionAsked(r *bot.Reading, b approval.Ballot) ([]chat.Section, error) {
	x, ok, err := exceptions.Get(r, b.Subject)
	if err != nil || !ok {
		return nil, err
	}
	s := chat.Section{Heading: chat.Say("heading.asked"), Lines: []chat.Line{{Text: exceptionText(x)}}}
	for _, id := range x.Freezes {
		f, ok, err := freezes.Get(r, id)
		if err != nil {
			return nil, err
		}
		if ok {
			s.Lines = append(s.Lines, freezeLine(f, r.Now))
		}
	}
	return []chat.Section{s}, nil
}
