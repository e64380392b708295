package slack

import (
	"context"
	"strconv"
	"sync"
	"time"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/effect"
)

// A message carries its key in its metadata, which people don't see: https://docs.slack.dev/messaging/message-metadata
const (
	metadataType = "gonogo_message"
	metadataKey  = "key"
)

// Bounds of what is remembered and read.
const (
	postedMost  = 8192 // keys of a generation; two are kept
	readAtOnce  = 200  // messages a page: https://docs.slack.dev/reference/methods/conversations.history
	threadPages = 5    // pages of a thread that are read
)

// spot is a channel, or a thread in it.
type spot struct {
	place  chat.Place
	thread string
}

// posting is a key in a place.
type posting struct {
	place chat.Place
	key   string
}

// posted remembers which message was posted under which key. Ready as it is.
//
// A message of an earlier process, or one whose posting had no known outcome, is found by reading: before this process first posts
// in a channel or thread, the newest messages there are read once, and their keys kept. From then on only a key in doubt is read
// for again. So a restart costs one call per channel and thread, and a message is posted twice only if more than 200 others came
// after it in the channel, 1,000 in a thread, or if the bot may not read there.
type posted struct {
	mu            sync.Mutex
	young, old    map[posting]string // to the message's timestamp, which is its id
	read          map[spot]bool
	doubt         map[posting]time.Time // since when it is not known whether it was posted
	roots         map[spot]bool         // threads that began with a message of this process
	homes         map[chat.Place]*workspace
	unreadableSay sync.Once
}

// home is the installation that knows a channel; nil if that was not found yet.
func (p *posted) home(at chat.Place) *workspace {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.homes[at]
}

func (p *posted) settle(at chat.Place, w *workspace) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.homes == nil || len(p.homes) > postedMost {
		p.homes = map[chat.Place]*workspace{}
	}
	p.homes[at] = w
}

func (p *posted) get(at posting) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ts, ok := p.young[at]; ok {
		return ts
	}
	return p.old[at]
}

func (p *posted) put(at posting, ts string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prepare()
	if len(p.young) >= postedMost {
		p.old, p.young = p.young, map[posting]string{}
	}
	p.young[at] = ts
	delete(p.doubt, at)
}

// began notes a message of this process: what is in its thread is known.
func (p *posted) began(at posting, ts string) {
	p.put(at, ts)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.roots[spot{at.place, ts}] = true
}

// prepare makes the maps, and empties those that grew too large: what they held is read again.
func (p *posted) prepare() {
	if p.young == nil {
		p.young = map[posting]string{}
	}
	if p.doubt == nil {
		p.doubt = map[posting]time.Time{}
	}
	if p.read == nil || len(p.read) > postedMost {
		p.read = map[spot]bool{}
	}
	if p.roots == nil || len(p.roots) > postedMost {
		p.roots = map[spot]bool{}
	}
}

func (p *posted) doubtful(at posting, since time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.prepare()
	if p.doubt[at].IsZero() {
		p.doubt[at] = since
	}
}

// missing reports whether a key that is not known must be looked for, and in messages since when.
func (p *posted) missing(at posting, in spot) (since time.Time, look bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.read[in] && !p.roots[in] {
		return time.Time{}, true
	}
	since, look = p.doubt[at]
	return since, look
}

// known is the message posted under a key; empty if there is none.
func (s *Slack) known(ctx context.Context, w *workspace, at posting, thread string) (ts string, err error) {
	if ts := s.posted.get(at); ts != "" {
		return ts, nil
	}
	in := spot{at.place, thread}
	since, look := s.posted.missing(at, in)
	if !look {
		return "", nil
	}
	if err := s.read(ctx, w, in, since); err != nil {
		return "", err
	}
	s.posted.mu.Lock()
	s.posted.prepare()
	s.posted.read[in] = true
	delete(s.posted.doubt, at)
	s.posted.mu.Unlock()
	return s.posted.get(at), nil
}

// doubtMargin is how far Slack's clock may be behind the bot's.
const doubtMargin = 2 * time.Minute

// read takes in the keys of a channel's newest messages, or of a thread's; since is zero for as far back as is read.
func (s *Slack) read(ctx context.Context, w *workspace, in spot, since time.Time) error {
	oldest := ""
	if !since.IsZero() {
		oldest = strconv.FormatInt(since.Add(-doubtMargin).Unix(), 10)
	}
	method := readChannel
	if in.thread != "" {
		method = readThread
	}
	t := track{w.Team, method, in.place.Channel}
	cursor := ""
	for range threadPages {
		if err := s.pace.take(ctx, s.outside.Clock(), t); err != nil {
			return err
		}
		messages, next, err := w.page(ctx, in, oldest, cursor)
		switch refusal(err) {
		case "missing_scope", "not_in_channel", "thread_not_found", "method_not_supported_for_channel_type":
			s.posted.unreadableSay.Do(func() {
				s.outside.Log.Warn("what was posted before can't be read: after a crash a message may be there twice", "channel", in.place.Channel, "error", refusal(err))
			})
			return nil
		}
		if err != nil {
			return s.failed(err, t, true)
		}
		for _, m := range messages {
			if key, ok := m.Metadata.EventPayload[metadataKey].(string); ok && m.Metadata.EventType == metadataType {
				s.posted.put(posting{in.place, key}, m.Timestamp)
			}
			for _, f := range m.Files {
				s.posted.put(posting{in.place, fileKey(in.thread, f.Name)}, m.Timestamp)
			}
		}
		if cursor = next; cursor == "" || in.thread == "" {
			return nil
		}
	}
	return nil
}

func (w *workspace) page(ctx context.Context, in spot, oldest, cursor string) (messages []api.Message, next string, err error) {
	if in.thread != "" {
		messages, _, next, err = w.client.GetConversationRepliesContext(ctx, &api.GetConversationRepliesParameters{
			ChannelID: in.place.Channel, Timestamp: in.thread, Oldest: oldest, Cursor: cursor, Limit: readAtOnce, IncludeAllMetadata: true,
		})
		return messages, next, err
	}
	h, err := w.client.GetConversationHistoryContext(ctx, &api.GetConversationHistoryParameters{
		ChannelID: in.place.Channel, Oldest: oldest, Cursor: cursor, Limit: readAtOnce, IncludeAllMetadata: true,
	})
	if err != nil {
		return nil, "", err
	}
	return h.Messages, h.ResponseMetaData.NextCursor, nil
}

// inDoubt reports whether an error leaves open what became of the call.
func inDoubt(err error) bool {
	verdict, _ := effect.Classify(err)
	return err != nil && verdict == effect.Unknown
}
