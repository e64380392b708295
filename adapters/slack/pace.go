package slack

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// rate is how often a method may be called: by one token, and in one channel where channel is set.
type rate struct {
	every   time.Duration
	burst   int
	channel bool
}

// Slack's tiers of methods, per method and token; what is stated is the rate, bursts are Slack's to allow.
// https://docs.slack.dev/apis/web-api/rate-limits
var (
	tier2 = rate{every: time.Minute / 20, burst: 5}
	tier3 = rate{every: time.Minute / 50, burst: 10}
	tier4 = rate{every: time.Minute / 100, burst: 20}
	// perChannel is the special tier of chat.postMessage: one message a second in a channel, and short bursts.
	perChannel = rate{every: time.Second, burst: 3, channel: true}
	// perWorkspace is its limit over all channels: "several hundred messages per minute".
	perWorkspace = rate{every: time.Minute / 300, burst: 10}
)

// Slack's methods that the adapter calls for what it says, each page of https://docs.slack.dev/reference/methods states its tier.
const (
	postMessage   = "chat.postMessage"
	updateMessage = "chat.update"
	postEphemeral = "chat.postEphemeral"
	readChannel   = "conversations.history"
	readThread    = "conversations.replies"
	openDirect    = "conversations.open"
	uploadFile    = "files.getUploadURLExternal"
)

var rates = map[string]rate{
	postMessage: perChannel, updateMessage: tier3, postEphemeral: tier4, readChannel: tier3, readThread: tier3, openDirect: tier3, uploadFile: tier4,
	"users.list": tier2, "usergroups.users.list": tier2,
}

// pacePatience is how long a call waits for its turn; a longer wait is left to the caller, so that none piles up here.
const pacePatience = time.Second

// pacedMost bounds what is remembered of methods and channels.
const pacedMost = 4096

// track is one method of one workspace, and one channel where that matters.
type track struct{ team, method, channel string }

// pace keeps calls within Slack's limits, and as long away as Slack asks. Calls that wait go in the order they came. Ready as it is.
type pace struct {
	mu   sync.Mutex
	due  map[track]time.Time // when the next call would be due if there were no bursts
	held map[track]time.Time // until when Slack asked for a pause
}

var errPaced = errors.New("slack: too many calls of one kind: later")

// take waits for the turn of a call, for a moment; a longer wait is a retryable error that says how long.
func (p *pace) take(ctx context.Context, now time.Time, t track) error {
	wait := p.reserve(now, t)
	if wait > pacePatience {
		return effect.Retryable(errPaced, wait)
	}
	if wait > 0 && !pause(ctx, wait) {
		return effect.Retryable(ctx.Err(), 0) // nothing was sent
	}
	return nil
}

// reserve takes the next turn if it comes soon enough, and says how far it is.
func (p *pace) reserve(now time.Time, t track) (wait time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.due == nil || len(p.due) > pacedMost {
		p.forget(now)
	}
	limits := limitsOf(t)
	for of, r := range limits {
		wait = max(wait, p.next(now, of).Sub(now)-time.Duration(r.burst-1)*r.every, p.held[of].Sub(now))
	}
	if wait <= pacePatience {
		for of, r := range limits {
			p.due[of] = p.next(now, of).Add(r.every)
		}
	}
	return wait
}

func (p *pace) next(now time.Time, of track) time.Time {
	if due := p.due[of]; due.After(now) {
		return due
	}
	return now
}

// limitsOf are the limits that a call is under.
func limitsOf(t track) map[track]rate {
	r, ok := rates[t.method]
	if !ok {
		r = tier3
	}
	if r.channel {
		return map[track]rate{t: r, {t.team, t.method, ""}: perWorkspace}
	}
	return map[track]rate{{t.team, t.method, ""}: r}
}

// hold keeps calls away for as long as Slack asked.
func (p *pace) hold(now time.Time, t track, after time.Duration) {
	if !rates[t.method].channel {
		t.channel = ""
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.forget(now)
	}
	if until := now.Add(after); until.After(p.held[t]) {
		p.held[t] = until
	}
}

// forget drops what is over.
func (p *pace) forget(now time.Time) {
	over := func(_ track, at time.Time) bool { return !at.After(now) }
	if p.due == nil {
		p.due, p.held = map[track]time.Time{}, map[track]time.Time{}
	}
	maps.DeleteFunc(p.due, over)
	maps.DeleteFunc(p.held, over)
}
