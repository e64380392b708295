package slack

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// handle is what a request is answered with; it is stored with the delivery, sealed.
type handle struct {
	ResponseURL string    `json:"response_url,omitempty"`
	Channel     string    `json:"channel,omitempty"` // empty: where the person reads the bot's direct messages
	User        string    `json:"user"`
	Thread      string    `json:"thread,omitempty"`
	At          time.Time `json:"at"`
}

// Limits of a response_url. https://docs.slack.dev/interactivity/handling-user-interaction#message_responses
const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// answering is an answer on its way to one person.
type answering struct {
	workspace *workspace
	handle    handle
	key       string
}

// Answer tells whoever asked: what is private in full, and of what the bot says in its channels the title. It uses the request's
// response_url, then a message that one person sees, then a direct message. What five messages don't hold, and files, go to the
// person's direct messages.
func (s *Slack) Answer(ctx context.Context, a port.Answer) error {
	to := answering{key: a.Delivery.Key}
	if err := json.Unmarshal(a.Delivery.Handle, &to.handle); err != nil || !userID.MatchString(to.handle.User) {
		return effect.Permanently(errors.New("slack: the request can't be answered: it does not say who asked"))
	}
	place := a.Delivery.Place
	err := s.in(place, func(w *workspace) error {
		to.workspace = w
		parts, files := s.told(a, place.Workspace)
		for i := s.tellings.told(to.key); i < len(parts); i++ {
			if err := s.showOne(ctx, to, i, parts[i]); err != nil {
				return err
			}
			s.tellings.tell(to.key, i+1)
		}
		if len(files) == 0 {
			return nil
		}
		direct, err := s.direct(ctx, w, to.handle.User)
		if err != nil {
			return err
		}
		return s.attach(ctx, outgoing{workspace: w, place: chat.Place{Platform: PlatformName, Workspace: place.Workspace, Channel: direct}}, files)
	})
	if err == nil {
		s.acted(a.Delivery)
	}
	return err
}

// told is what an answer says, in at most as many messages as a response_url takes; the rest is a file.
func (s *Slack) told(a port.Answer, workspace string) ([]blockkit.Part, []blockkit.File) {
	w := newWording(a.Reader, workspace)
	var messages []words.Message
	for _, m := range a.Reply.Messages {
		if !m.Private {
			m = chat.Message{Card: m.Card, Title: m.Title, Tone: m.Tone}
		}
		m.Mentions = nil // whoever asked is the only one to see it
		worded, _ := w.word(m, a.At)
		messages = append(messages, worded)
	}
	if len(messages) == 0 {
		worded, _ := w.word(chat.Plain(chat.Say(a.Reply.Code)), a.At)
		messages = append(messages, worded)
	}
	r := blockkit.Together(messages, w)
	if len(r.Parts) > responseUses {
		whole := blockkit.FileOf(w.Plain(words.Plain(messages...)))
		r.Files = append(r.Files, whole)
		r.Parts = append(r.Parts[:responseUses-1], blockkit.Text(words.Text(chat.Say("slack.rest_attached", chat.Word("file", whole.Name)), nil, a.At)))
	}
	return r.Parts, r.Files
}

// showOne shows one person one message, by the first way that is open.
func (s *Slack) showOne(ctx context.Context, to answering, used int, p blockkit.Part) error {
	h := to.handle
	if h.ResponseURL != "" && used < responseUses && s.outside.Clock().Before(h.At.Add(responseLife)) {
		if err := s.respond(ctx, h, p); !errors.Is(err, errUsedUp) {
			return err
		}
	}
	err := error(api.SlackErrorResponse{Err: "channel_not_found"})
	if strings.HasPrefix(h.Channel, "C") || strings.HasPrefix(h.Channel, "G") {
		t := track{to.workspace.Team, postEphemeral, h.Channel}
		if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
			return err
		}
		options := content(p)
		if h.Thread != "" {
			options = append(options, api.MsgOptionTS(h.Thread))
		}
		_, err = to.workspace.client.PostEphemeralContext(ctx, h.Channel, h.User, options...)
		err = s.failed(err, t, true)
	}
	switch refusal(err) {
	case "channel_not_found", "not_in_channel", "user_not_in_channel", "is_archived", "restricted_action", "restricted_action_read_only_channel":
		return s.showDirectly(ctx, to, p)
	}
	return err
}

// showDirectly says it in the person's direct messages with the bot.
func (s *Slack) showDirectly(ctx context.Context, to answering, p blockkit.Part) error {
	direct, err := s.direct(ctx, to.workspace, to.handle.User)
	if err != nil {
		return err
	}
	t := track{to.workspace.Team, postMessage, direct}
	if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
		return err
	}
	_, _, err = to.workspace.client.PostMessageContext(ctx, direct, append(content(p), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl())...)
	return s.failed(err, t, true)
}

// direct is the channel of a person's direct messages with the bot.
func (s *Slack) direct(ctx context.Context, w *workspace, user string) (string, error) {
	t := track{w.Team, openDirect, user}
	if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
		return "", err
	}
	c, _, _, err := w.client.OpenConversationContext(ctx, &api.OpenConversationParameters{Users: []string{user}, ReturnIM: true})
	if err != nil {
		return "", s.failed(err, t, true)
	}
	if c == nil || c.ID == "" {
		return "", effect.Permanently(fmt.Errorf("slack: %s named no channel", openDirect))
	}
	return c.ID, nil
}

// response is what a response_url takes.
type response struct {
	Type    string          `json:"response_type"`
	Replace bool            `json:"replace_original"`
	Text    string          `json:"text"`
	Blocks  json.RawMessage `json:"blocks"`
	Thread  string          `json:"thread_ts,omitempty"`
}

func responseOf(h handle, p blockkit.Part) ([]byte, error) {
	var blocks, all bytes.Buffer
	e := json.NewEncoder(&blocks)
	e.SetEscapeHTML(false)
	if err := e.Encode(p.Blocks); err != nil {
		return nil, err
	}
	e = json.NewEncoder(&all)
	e.SetEscapeHTML(false)
	err := e.Encode(response{Type: api.ResponseTypeEphemeral, Text: p.Text, Blocks: blocks.Bytes(), Thread: h.Thread})
	return all.Bytes(), err
}
