package slack

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/blockkit"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Name implements port.Platform.
func (s *Slack) Name() string { return PlatformName }

// Threads implements port.Threaded.
func (s *Slack) Threads() bool { return true }

// outgoing is one Slack message on its way.
type outgoing struct {
	workspace *workspace
	place     chat.Place
	key       string
	thread    string // the message's that it is under; empty for none
	broadcast bool   // shown in the channel too
}

func (o outgoing) posting() posting { return posting{o.place, o.key} }

// Post says something in a channel: a card by itself, other messages in the thread they belong to. What people must see is shown in the
// channel as well. What one Slack message does not hold goes on in the thread.
func (s *Slack) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	ref := chat.Ref{Place: to}
	err := s.in(to, func(w *workspace) error {
		r := rendered(m, to)
		out := outgoing{workspace: w, place: to, key: key}
		if m.Message.Card == "" && m.Under.Place == to {
			out.thread = s.instead(m.Under)
			out.broadcast = out.thread != "" && (m.Message.Tone == chat.Warning || m.Message.Tone == chat.Bad || len(m.Message.Mentions) > 0)
		}
		ts, before, err := s.say(ctx, out, r.Parts[0])
		if err != nil {
			return err
		}
		ref.ID = ts
		if before && m.Message.Card != "" { // of an earlier process, which may have shown less
			if err := s.change(ctx, w, ref, r.Parts[0]); err != nil {
				return err
			}
		}
		thread := out.thread
		if thread == "" {
			thread = ts
		}
		return s.goOn(ctx, outgoing{workspace: w, place: to, key: ts, thread: thread}, r)
	})
	return ref, err
}

// lost are the refusals of a message that can't be updated any more: deleted by somebody, or of another app that the bot was before.
var lost = map[string]bool{"message_not_found": true, "cant_update_message": true, "edit_window_closed": true}

// Update puts a new message in the place of one. One that is lost is posted anew, since people decide by it: the new one is found by
// the old one's id, after a restart too, and updated from then on.
func (s *Slack) Update(ctx context.Context, ref chat.Ref, m port.Worded) error {
	return s.in(ref.Place, func(w *workspace) error {
		r := rendered(m, ref.Place)
		now := chat.Ref{Place: ref.Place, ID: s.instead(ref)}
		err := s.change(ctx, w, now, r.Parts[0])
		if lost[refusal(err)] {
			before := false
			now.ID, before, err = s.say(ctx, outgoing{workspace: w, place: ref.Place, key: insteadKey(now.ID)}, r.Parts[0])
			if err == nil && before {
				err = s.change(ctx, w, now, r.Parts[0])
			}
		}
		if err != nil {
			return err
		}
		return s.goOn(ctx, outgoing{workspace: w, place: ref.Place, key: now.ID, thread: now.ID}, r)
	})
}

func rendered(m port.Worded, to chat.Place) blockkit.Rendered {
	return Render(m, to.Workspace)
}

// insteadKey is the key of a message posted in the place of a deleted one.
func insteadKey(ts string) string { return "instead:" + ts }

// instead is the id of a message, or of the one that took its place.
func (s *Slack) instead(ref chat.Ref) string {
	ts := ref.ID
	for range 8 { // deleted again and again
		next := s.posted.get(posting{ref.Place, insteadKey(ts)})
		if next == "" {
			break
		}
		ts = next
	}
	return ts
}

// say posts one message under its key, unless it is there already.
func (s *Slack) say(ctx context.Context, o outgoing, p blockkit.Part) (ts string, before bool, err error) {
	ts, err = s.known(ctx, o.workspace, o.posting(), o.thread)
	if ts != "" || err != nil {
		return ts, ts != "", err
	}
	t := track{o.workspace.Team, postMessage, o.place.Channel}
	now := s.outside.Clock()
	if err := s.pace.take(ctx, now, t); err != nil {
		return "", false, err
	}
	options := append(content(p), api.MsgOptionDisableLinkUnfurl(), api.MsgOptionDisableMediaUnfurl(), api.MsgOptionMetadata(api.SlackMetadata{
		EventType: metadataType, EventPayload: map[string]any{metadataKey: o.key},
	}))
	if o.thread != "" {
		options = append(options, api.MsgOptionTS(o.thread))
	}
	if o.broadcast {
		options = append(options, api.MsgOptionBroadcast())
	}
	_, ts, err = o.workspace.client.PostMessageContext(ctx, o.place.Channel, options...)
	switch refusal(err) {
	case "thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked":
		if o.thread != "" { // the thread is gone or locked: the message stands by itself
			o.thread, o.broadcast = "", false
			return s.say(ctx, o, p)
		}
	}
	if err = s.failed(err, t, false); err != nil {
		if inDoubt(err) {
			s.posted.doubtful(o.posting(), now)
		}
		return "", false, err
	}
	if o.thread == "" {
		s.posted.began(o.posting(), ts)
	} else {
		s.posted.put(o.posting(), ts)
	}
	return ts, false, nil
}

// change updates one message.
func (s *Slack) change(ctx context.Context, w *workspace, ref chat.Ref, p blockkit.Part) error {
	t := track{w.Team, updateMessage, ref.Place.Channel}
	if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
		return err
	}
	// Metadata that is not sent stays as it is; what marks the tone must be taken away.
	_, _, _, err := w.client.UpdateMessageContext(ctx, ref.Place.Channel, ref.ID, append([]api.MsgOption{api.MsgOptionAttachments([]api.Attachment{}...)}, content(p)...)...)
	return s.failed(err, t, true)
}

// content is what a message shows: its blocks, the text beside them, and a bar in the colour of its tone.
func content(p blockkit.Part) []api.MsgOption {
	options := []api.MsgOption{api.MsgOptionBlocks(p.Blocks...), api.MsgOptionText(p.Text, false), api.MsgOptionParse(false)}
	if p.Colour != "" {
		mark := api.NewContextBlock("", api.NewTextBlockObject(api.PlainTextType, p.Tone, false, false))
		options = append(options, api.MsgOptionAttachments(api.Attachment{Color: p.Colour, Fallback: p.Tone, Blocks: api.Blocks{BlockSet: []api.Block{mark}}}))
	}
	return options
}

// goOn posts or updates what did not fit into a message, and attaches its files, in its thread. o.key is that message's id.
func (s *Slack) goOn(ctx context.Context, o outgoing, r blockkit.Rendered) error {
	of := o.key
	for i := 1; ; i++ {
		o.key = "of:" + of + "#" + strconv.Itoa(i+1)
		var p blockkit.Part
		switch {
		case i < len(r.Parts):
			p = r.Parts[i]
		case s.posted.get(o.posting()) != "": // the message was longer
			p = blockkit.Text(words.Label("slack.nothing_more"))
		default:
			return s.attach(ctx, o, r.Files)
		}
		ts, before, err := s.say(ctx, o, p)
		if err == nil && before {
			err = s.change(ctx, o.workspace, chat.Ref{Place: o.place, ID: ts}, p)
		}
		if err != nil {
			return err
		}
	}
}

// in calls do with the installation that has a place. Several of one enterprise have a token each: the one that knows the channel is
// found by asking.
func (s *Slack) in(place chat.Place, do func(*workspace) error) error {
	var err error
	found := false
	for _, w := range s.workspaces {
		if place.Platform != PlatformName || w.id() != place.Workspace {
			continue
		}
		if known := s.posted.home(place); known != nil && known != w {
			continue
		}
		found = true
		if err = do(w); err == nil {
			s.posted.settle(place, w)
		}
		if refusal(err) != "channel_not_found" {
			return err
		}
	}
	if !found {
		return effect.Permanently(fmt.Errorf("slack: no workspace %q is configured", place.Workspace))
	}
	return err
}

// bearer sends the token where Slack wants it; the library puts some of its calls' into the form alone.
// https://docs.slack.dev/apis/web-api/#authentication
type bearer struct {
	client *http.Client
	token  string
}

// Do sends a request.
func (b bearer) Do(r *http.Request) (*http.Response, error) {
	if r.Header.Get("Authorization") == "" {
		r.Header.Set("Authorization", "Bearer "+b.token)
	}
	return b.client.Do(r)
}

// Render is a message as it is sent to a workspace, for looking at cards without one.
func Render(m port.Worded, workspace string) blockkit.Rendered {
	return blockkit.Render(word(m.Message, m.Reader, workspace, m.At))
}
