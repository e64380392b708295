package discord

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// shortPause is how long a request waits itself for its rate limit; for a longer one it is tried again later.
const shortPause = time.Second

// pausesMost bounds the pauses remembered; those that are over are forgotten first.
const pausesMost = 1024

// route is where a request goes: its name in errors, without tokens, and the bucket of Discord's rate limits that it counts to.
type route struct{ name, bucket string }

// routeOf knows buckets by method and path, with the ids that Discord counts apart: the channel, server or webhook.
func routeOf(verb, path string) route {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	name, bucket := verb, verb
	for i, p := range parts {
		major, secret := i == 1, i == 2 && (parts[0] == "webhooks" || parts[0] == "interactions")
		shown, counted := p, p
		if strings.Trim(p, "0123456789") == "" && !major {
			counted = "id"
		}
		if secret {
			shown = "token"
		}
		name, bucket = name+"/"+shown, bucket+"/"+counted
	}
	return route{name, bucket}
}

// rateLimits are the pauses that Discord asked for.
type rateLimits struct {
	mu     sync.Mutex
	until  map[string]time.Time
	global time.Time
}

var errPaused = errors.New("discord: a rate limit is reached")

// wait waits for a short pause; a longer one is a retryable error.
func (l *rateLimits) wait(ctx context.Context, bucket string, now func() time.Time) error {
	for {
		l.mu.Lock()
		until := l.until[bucket]
		if l.global.After(until) && !strings.Contains(bucket, "/interactions/") { // answers to interactions have no global limit
			until = l.global
		}
		l.mu.Unlock()
		left := until.Sub(now())
		switch {
		case left <= 0:
			return nil
		case left > shortPause:
			return effect.Retryable(errPaused, left)
		}
		alarm := time.NewTimer(left)
		select {
		case <-alarm.C:
		case <-ctx.Done():
			alarm.Stop()
			return effect.Retryable(ctx.Err(), 0)
		}
	}
}

func (l *rateLimits) pause(bucket string, global bool, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if global {
		l.global = until
		return
	}
	if l.until == nil {
		l.until = map[string]time.Time{}
	}
	if len(l.until) >= pausesMost {
		maps.DeleteFunc(l.until, func(_ string, t time.Time) bool { return t.Before(until.Add(-time.Minute)) })
	}
	l.until[bucket] = until
}

// note reads from an answer that the next request would be one too many.
func (l *rateLimits) note(bucket string, h http.Header, now time.Time) {
	if h.Get("X-RateLimit-Remaining") != "0" {
		return
	}
	after, err := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if err == nil && after > 0 {
		l.pause(bucket, false, now.Add(seconds(after)))
	}
}
