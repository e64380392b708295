package slack

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// acceptPatience is how long a request may take until it is durable: Slack waits 3 seconds for the acknowledgement, the way back
// included. https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response
const acceptPatience = 2500 * time.Millisecond

// errForeign says that a request is from somewhere that the bot is not set up for: it is never taken.
var errForeign = errors.New("slack: a request from a workspace that is not configured")

// origin is where a request came from, and where its answer goes.
type origin struct {
	workspace *workspace
	account   chat.Account
	handle    handle
}

// place is the channel that a request is said in.
func (o origin) place() chat.Place {
	return chat.Place{Platform: PlatformName, Workspace: o.workspace.id(), Channel: o.handle.Channel}
}

// accept hands a request over; once it returns nil, the request is durable.
func (s *Slack) accept(ctx context.Context, key string, o origin, d port.Delivery) error {
	o.handle.User, o.handle.At = o.account.ID, s.outside.Clock()
	raw, err := json.Marshal(o.handle)
	if err != nil {
		return err
	}
	d.Key, d.Account, d.Place, d.Handle, d.At = key, o.account, o.place(), raw, o.handle.At
	ctx, cancel := context.WithTimeout(ctx, acceptPatience)
	defer cancel()
	return s.outside.Door.Accept(ctx, d)
}

// takeCommand takes a slash command.
func (s *Slack) takeCommand(ctx context.Context, c payload.Command) error {
	w := s.workspaceOf(c.Origin())
	if w == nil {
		return errForeign
	}
	o := origin{w, w.account("", c.UserID), handle{ResponseURL: c.ResponseURL, Channel: c.ChannelID}}
	line := s.wholeLine("/" + strings.TrimPrefix(c.Command, "/") + " " + c.Text)
	if strings.EqualFold(strings.TrimPrefix(c.Command, "/"), anyCommand) {
		line = s.wholeLine("/" + cmp.Or(strings.TrimPrefix(strings.TrimSpace(c.Text), "/"), "help"))
	}
	return s.accept(ctx, "slack:command:"+c.TriggerID, o, port.Delivery{Text: line})
}

// wholeLine turns a topic said alone ("/release", whose commands all have a second word) into the question for its help.
func (s *Slack) wholeLine(line string) string {
	line = strings.TrimSpace(line)
	word := strings.ToLower(strings.TrimPrefix(line, "/"))
	of := func(spec command.Spec) bool { return spec.Words[0] == word }
	alone := func(spec command.Spec) bool { return of(spec) && len(spec.Words) == 1 }
	if specs := s.commands().specs; slices.ContainsFunc(specs, of) && !slices.ContainsFunc(specs, alone) {
		return "/help " + word
	}
	return line
}

// interact takes what somebody pressed, typed into or submitted. The answer goes with the acknowledgement; nil is none.
func (s *Slack) interact(ctx context.Context, i payload.Interaction) (answer any, err error) {
	switch i.Type {
	case payload.BlockActions, payload.BlockSuggestion, payload.ViewSubmission, payload.Shortcut:
	default:
		return nil, nil
	}
	w := s.workspaceOf(i.Origin())
	if w == nil {
		return nil, errForeign
	}
	o := origin{w, w.account(i.User.TeamID, i.User.ID), handle{ResponseURL: i.ResponseURL, Channel: i.Channel.ID, Thread: i.Container.ThreadTS}}
	if o.handle.Channel == "" {
		o.handle.Channel = i.Container.ChannelID
	}
	switch i.Type {
	case payload.BlockActions:
		return nil, s.press(ctx, i, o)
	case payload.BlockSuggestion:
		return s.suggest(ctx, i, o.account), nil
	case payload.ViewSubmission:
		return s.submit(ctx, i, o)
	}
	return nil, s.shortcut(ctx, i, o)
}

// press takes a pressed button: its token, or the form that it opens. Links and other elements need nothing.
func (s *Slack) press(ctx context.Context, i payload.Interaction, o origin) error {
	for _, a := range i.Actions {
		switch {
		case strings.HasPrefix(a.ActionID, blockkit.Press) && a.Value != "":
			if i.TriggerID == "" || a.ActionTS == "" {
				return payload.ErrMalformed
			}
			return s.accept(ctx, "slack:action:"+i.TriggerID+":"+a.ActionTS, o, port.Delivery{Token: a.Value})
		case strings.HasPrefix(a.ActionID, blockkit.Form):
			s.openForm(ctx, i.TriggerID, a.Value, o)
			return nil
		}
	}
	return nil
}

// event takes what happened in a workspace. Only what somebody typed must be durable: the rest is read again at the next start.
func (s *Slack) event(ctx context.Context, e payload.Envelope) error {
	if e.Type == payload.AppRateLimited {
		s.outside.Log.Warn("Slack holds events back: more than 30,000 came within an hour", "team", e.TeamID)
		return nil
	}
	switch e.Event.Type {
	case payload.AppHomeOpened, payload.AppMention, payload.Message, payload.UserChange, payload.TeamJoin,
		payload.SubteamUpdated, payload.SubteamMembersChanged, payload.SubteamSelfAdded, payload.SubteamSelfRemoved:
	default:
		return nil
	}
	w := s.workspaceOf(e.Origin())
	if w == nil {
		return errForeign
	}
	switch e.Event.Type {
	case payload.AppMention, payload.Message:
		return s.typed(ctx, w, e)
	case payload.AppHomeOpened:
		if e.Event.Tab == "home" && e.Event.UserID != "" {
			s.openedHome(w, w.account("", e.Event.UserID), e.Event.View.Hash)
		}
	case payload.UserChange, payload.TeamJoin:
		s.memberChanged(w, e.Event.Member)
	default:
		s.groupChanged(w, e.Event.Group)
	}
	return nil
}

// mention is one at the beginning of a line.
var mention = regexp.MustCompile(`^\s*<@([A-Z0-9]+)(\|[^>]*)?>[\s,:]*`)

// addressed is what was said to the bot in a line that begins with a mention of it. A line that begins with somebody else's is said
// to them. Which mention is the bot's is not known where Slack does not say.
func addressed(text, bot string) (said string, ok bool) {
	m := mention.FindStringSubmatch(text)
	if m == nil || bot != "" && m[1] != bot {
		return text, false
	}
	return text[len(m[0]):], true
}

// typed takes a line said to the bot: one that begins with a mention of it, or any in its direct messages. What apps write,
// edits and the like are none.
func (s *Slack) typed(ctx context.Context, w *workspace, e payload.Envelope) error {
	m := e.Event
	direct := m.Type == payload.Message && m.ChannelType == "im"
	said, called := addressed(m.Text, e.Bot())
	if m.Subtype != "" || m.BotID != "" || m.UserID == "" || e.EventID == "" || !direct && (m.Type == payload.Message || !called) {
		return nil
	}
	line := strings.TrimSpace(unescape(said))
	if line == "" {
		line = "/help"
	}
	o := origin{w, w.account(m.UserTeam, m.UserID), handle{Channel: m.Channel, Thread: m.ThreadTS}}
	return s.accept(ctx, "slack:event:"+e.EventID, o, port.Delivery{Text: s.wholeLine(line)})
}

// reference to a person, channel, link or date in Slack's markup: https://docs.slack.dev/messaging/formatting-message-text
var markup = regexp.MustCompile(`<([^<>|]*)(?:\|([^<>]*))?>`)

var entities = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")

// unescape turns the text of a message into what was typed.
func unescape(text string) string {
	return entities.Replace(markup.ReplaceAllStringFunc(text, func(m string) string {
		parts := markup.FindStringSubmatch(m)
		target, label := parts[1], parts[2]
		if target == "" {
			return m
		}
		sigil := ""
		switch target[0] {
		case '@', '#':
			sigil, target = target[:1], target[1:]
		case '!':
			target = target[1:]
		}
		if label != "" {
			return sigil + strings.TrimPrefix(label, sigil)
		}
		return sigil + target
	}))
}
