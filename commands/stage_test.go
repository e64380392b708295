package commands_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// stage is a chat platform that conversations are played on through its own adapter: people type, press and read there.
type stage interface {
	// calls are pairs of what conversations call accounts and channels, and what they are called here.
	calls() []string
	// adapter is a new adapter that reaches the platform.
	adapter(w *world) (realPlatform, error)
	// say and press return why the platform's own client refuses to, which is nothing that the bot hears of.
	say(user, channel, line string) error
	press(user string, at chat.Ref, b chat.Button) error
	// reads is a message as somebody reads it there at some time.
	reads(at chat.Ref, when time.Time) string
	// wrong are requests that the platform's own description does not allow.
	wrong() []string
}

// realPlatform is an adapter.
type realPlatform interface {
	port.Platform
	Run(context.Context) error
}

// relay is an adapter under observation: what goes through it is kept as well.
type relay struct {
	*platform
	real    realPlatform
	mu      *sync.Mutex
	answers map[chat.Account][]port.Answer
	faults  *[]string
}

func (r relay) Name() string { return r.real.Name() }

func (r relay) Threads() bool { return r.real.(port.Threaded).Threads() }

// breathless is a relay of a platform that answers in the same breath and has no threads.
type breathless struct{ r relay }

func (b breathless) Name() string { return b.r.Name() }

func (b breathless) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	return b.r.Post(ctx, to, key, m)
}

func (b breathless) Update(ctx context.Context, ref chat.Ref, m port.Worded) error {
	return b.r.Update(ctx, ref, m)
}

func (r relay) Post(ctx context.Context, to chat.Place, key string, m port.Worded) (chat.Ref, error) {
	ref, err := r.real.Post(ctx, to, key, m)
	if err != nil {
		return ref, err
	}
	r.platform.mu.Lock()
	defer r.platform.mu.Unlock()
	for i, was := range r.platform.messages {
		if was.key == key && was.ref == ref { // posted by a process that ended before it knew
			r.platform.messages[i].message = m
			return ref, nil
		}
	}
	r.platform.messages = append(r.platform.messages, posted{ref: ref, key: key, message: m})
	return ref, nil
}

func (r relay) Update(ctx context.Context, ref chat.Ref, m port.Worded) error {
	if err := r.real.Update(ctx, ref, m); err != nil {
		return err
	}
	return r.platform.Update(ctx, ref, m)
}

func (r relay) Answer(ctx context.Context, a port.Answer) error {
	err := r.real.(port.Answerer).Answer(ctx, a)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		*r.faults = append(*r.faults, err.Error())
	}
	r.answers[a.Delivery.Account] = append(r.answers[a.Delivery.Account], a)
	return err
}

// direct is a stage that answers in the same breath.
type direct interface {
	ask(w *world, who, channel, line string) (words.Reply, error)
	push(w *world, who, on, button string) (words.Reply, error)
}

// directly takes an answer; an account of another platform is none of the stage's.
func (s *staged) directly(w *world, what string, ask func() (words.Reply, error)) (chat.Reply, bool) {
	reply, err := ask()
	synctest.Wait()
	if errors.Is(err, errElsewhere) {
		return chat.Reply{}, false
	}
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
	s.answer = &reply
	return chat.Reply{Outcome: reply.Outcome, Code: reply.Code, IDs: reply.IDs}, true
}

var errElsewhere = errors.New("an account of another platform")

// staged is a world's chat platform with what was seen of it.
type staged struct {
	stage
	relay  relay
	stop   context.CancelFunc
	done   chan struct{}
	native *strings.Replacer // to what the platform calls things
	ours   *strings.Replacer // and back
	faults []string
	seen   *platform // what went through the adapter; nil is the world's own
	// answer is the last one of a platform that answers in the same breath.
	answer *words.Reply
	// with is a second platform on which some speak; has says who.
	with *staged
	has  func(who string) bool
}

func newStaged(s stage) *staged {
	pairs := s.calls()
	back := make([]string, len(pairs))
	for i := 0; i < len(pairs); i += 2 {
		back[i], back[i+1] = pairs[i+1], pairs[i]
	}
	return &staged{stage: s, native: strings.NewReplacer(pairs...), ours: strings.NewReplacer(back...)}
}

// configured is a configuration whose people and channels are those of the platform.
func (s *staged) configured(raw []byte) []byte {
	if s.with != nil {
		raw = s.bilingual(raw)
	}
	return []byte(s.native.Replace(string(raw)))
}

// bilingual gives everybody an account on the second platform too, which hears the same.
func (s *staged) bilingual(raw []byte) []byte {
	pairs := s.with.calls()
	var more []string
	for i := 0; i < len(pairs); i += 2 {
		switch {
		case strings.HasPrefix(pairs[i], "local:"):
			more = append(more, `"`+pairs[i]+`"`, `"`+pairs[i]+`", "`+pairs[i+1]+`"`)
		case strings.HasPrefix(pairs[i], "\n"):
			room := s.with.native.Replace
			more = append(more, pairs[i], pairs[i]+fmt.Sprintf("  also:\n    - {platform: %s, workspace: %q, channels: {releases: %q, cab: %q, oncall: %q}}\n",
				strings.Fields(pairs[i+1])[1], strings.Trim(strings.Fields(pairs[i+1])[3], `"`), room("#releases"), room("#cab"), room("#oncall")))
		}
	}
	return []byte(strings.NewReplacer(more...).Replace(string(raw)))
}

// open makes the adapter of a bot that begins; it is connected once there is a bot.
func (s *staged) open(w *world) port.Platform {
	real, err := s.adapter(w)
	if err != nil {
		w.t.Fatal(err)
	}
	seen := w.chat
	if s.seen != nil {
		seen = s.seen
	}
	s.relay = relay{platform: seen, real: real, mu: &sync.Mutex{}, answers: map[chat.Account][]port.Answer{}, faults: &s.faults}
	if _, later := real.(port.Answerer); !later {
		return breathless{s.relay}
	}
	return s.relay
}

func (s *staged) connect() {
	ctx, stop := context.WithCancel(context.Background())
	if r, ok := s.relay.real.(interface{ Register(context.Context) error }); ok {
		if err := r.Register(ctx); err != nil {
			s.faults = append(s.faults, err.Error())
		}
	}
	s.stop, s.done = stop, make(chan struct{})
	go func() { _ = s.relay.real.Run(ctx); close(s.done) }()
	synctest.Wait()
	if s.with != nil {
		s.with.connect()
	}
}

func (s *staged) disconnect() {
	if s.with != nil {
		s.with.disconnect()
	}
	s.stop()
	<-s.done
}

// answered waits for the next answer to an account.
func (s *staged) answered(a chat.Account, before int) (chat.Reply, bool) {
	for range 600 {
		synctest.Wait()
		s.relay.mu.Lock()
		all := s.relay.answers[a]
		s.relay.mu.Unlock()
		if len(all) > before {
			return all[before].Reply, true
		}
		time.Sleep(100 * time.Millisecond)
	}
	return chat.Reply{}, false
}

func (s *staged) count(a chat.Account) int {
	s.relay.mu.Lock()
	defer s.relay.mu.Unlock()
	return len(s.relay.answers[a])
}

// account is somebody's account on the platform; ok is false for accounts of other platforms.
func (s *staged) account(who string) (chat.Account, bool) {
	if !strings.Contains(who, ":") {
		who = "local:shop:" + who
	}
	native := s.native.Replace(who)
	parts := strings.Split(native, ":")
	return chat.Account{Platform: parts[0], Workspace: parts[1], ID: parts[2]}, native != who
}

// say has somebody type a line; the second result is false where the platform has no such account.
func (s *staged) say(w *world, who, channel, line string) (chat.Reply, bool) {
	if s.with != nil && s.has(who) {
		return s.with.say(w, who, channel, line)
	}
	if d, ok := s.stage.(direct); ok {
		return s.directly(w, line, func() (words.Reply, error) { return d.ask(w, who, channel, line) })
	}
	a, here := s.account(who)
	if !here {
		return chat.Reply{}, false
	}
	before := s.count(a)
	if err := s.stage.say(a.ID, s.native.Replace(channel), s.native.Replace(line)); err != nil {
		return s.handOver(w, a, channel, line, before)
	}
	reply, ok := s.answered(a, before)
	if !ok {
		w.t.Fatalf("%s: %s: never answered; %v", who, line, s.faults)
	}
	return reply, true
}

// handOver gives the bot a line that the platform's client does not let through, such as a command that does not exist.
func (s *staged) handOver(w *world, a chat.Account, channel, line string, before int) (chat.Reply, bool) {
	key := fmt.Sprintf("%s:over:%d:%s:%s", a.Platform, before, time.Now(), line)
	place := chat.Place{Platform: a.Platform, Workspace: a.Workspace, Channel: s.native.Replace(channel)}
	reply, err := w.bot.Say(context.Background(), port.Said{Key: key, Account: a, Place: place, Text: s.native.Replace(line)})
	if err != nil {
		w.t.Fatal(err)
	}
	synctest.Wait()
	return reply, true
}

// press has somebody press a button of a card where they see it; false if there is none to be seen.
func (s *staged) press(w *world, who, on, button string) (chat.Reply, bool) {
	if s.with != nil && s.has(who) {
		return s.with.press(w, who, on, button)
	}
	if d, ok := s.stage.(direct); ok {
		return s.directly(w, button, func() (words.Reply, error) { return d.push(w, who, on, button) })
	}
	a, here := s.account(who)
	if !here {
		return chat.Reply{}, false
	}
	s.relay.platform.mu.Lock()
	var at chat.Ref
	var seen chat.Button
	for _, m := range s.relay.platform.messages {
		for _, b := range m.message.Message.Buttons {
			if m.message.Message.Card == on && b.Name == button && m.ref.Place.Platform == a.Platform {
				at, seen = m.ref, b
			}
		}
	}
	s.relay.platform.mu.Unlock()
	before := s.count(a)
	if seen.Token == "" || s.stage.press(a.ID, at, seen) != nil {
		return chat.Reply{}, false
	}
	reply, ok := s.answered(a, before)
	if !ok {
		w.t.Fatalf("%s presses %s on %s: never answered; %v", who, button, on, s.faults)
	}
	return reply, true
}

// shows checks that every card reads on the platform as it is worded: each line of it, in order.
func (s *staged) shows(w *world) {
	w.t.Helper()
	if s.with != nil {
		s.with.shows(w)
	}
	for _, f := range s.faults {
		w.t.Errorf("an answer failed: %s", f)
	}
	for _, f := range s.wrong() {
		w.t.Errorf("a wrong request: %s", f)
	}
	s.relay.platform.mu.Lock()
	defer s.relay.platform.mu.Unlock()
	for _, m := range s.relay.platform.messages {
		if m.message.Message.Card == "" {
			continue
		}
		when := m.message.At
		if _, ok := s.stage.(direct); ok {
			when = time.Now() // worded as it is read
		}
		text := bare(s.reads(m.ref, when))
		for line := range strings.Lines(words.Plain(words.WordMessage(m.message.Message, m.message.Reader, when))) {
			if want := bare(line); !strings.Contains(text, want) {
				w.t.Errorf("the card of %s in %s does not say %q:\n%s", m.message.Message.Card, m.ref.Place.Channel, line, s.reads(m.ref, when))
			}
		}
	}
}

// where is the place of a card, where somebody sees its buttons.
func (s *platform) where(card string) chat.Place {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.message.Message.Card == card {
			return m.ref.Place
		}
	}
	return chat.Place{}
}

// bare is a text without what platforms lay out in their own way.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\n\u00a0:@·-–✓✗?…*_~`\\", r) || r > 0x2000 {
			return -1
		}
		return r
	}, s)
}

// specs are the bot's declared commands.
func specs(w *world) []command.Spec {
	var out []command.Spec
	for _, t := range w.bot.Catalogue().Topics() {
		for _, s := range t.Commands {
			out = append(out, *s)
		}
	}
	return out
}
