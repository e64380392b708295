package commands

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	// versionsPatience is how long the first completion of a service's versions waits for the artifact repository.
	versionsPatience = 300 * time.Millisecond
	// versionsFresh is how old the versions at hand may be before the repository is asked again, beside the completion.
	versionsFresh = 30 * time.Second
	// versionsTimeout bounds that question, and versionsRetry is how soon one that failed is asked again.
	versionsTimeout = 10 * time.Second
	versionsRetry   = 3 * time.Second
)

// versions keep what the artifact repository has of each service, so that what people type is completed from what is at hand:
// platforms wait for a suggestion for a moment only.
type versions struct {
	artifacts port.Artifacts
	mu        sync.Mutex
	of        map[string]*versionList // by service
}

type versionList struct {
	newest []string // nil before the first answer
	next   time.Time
	asking chan struct{} // closed once the answer is there; nil while nobody asks
}

func newVersions(a port.Artifacts) *versions {
	return &versions{artifacts: a, of: map[string]*versionList{}}
}

// list are the versions of a configured service, the newest first: those at hand, or those that come soon enough.
func (v *versions) list(service string, now time.Time) []string {
	v.mu.Lock()
	l := v.of[service]
	if l == nil {
		l = &versionList{}
		v.of[service] = l
	}
	if l.asking == nil && !now.Before(l.next) {
		l.asking = make(chan struct{})
		go v.ask(service, l, now)
	}
	newest, asking := l.newest, l.asking
	v.mu.Unlock()
	if newest != nil || asking == nil {
		return newest
	}
	alarm := time.NewTimer(versionsPatience)
	defer alarm.Stop()
	select {
	case <-asking:
	case <-alarm.C:
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return l.newest
}

func (v *versions) ask(service string, l *versionList, now time.Time) {
	ctx, done := context.WithTimeout(context.Background(), versionsTimeout)
	defer done()
	all, err := v.artifacts.Versions(ctx, service)
	slices.Reverse(all)
	v.mu.Lock()
	defer v.mu.Unlock()
	l.next = now.Add(versionsRetry)
	if err == nil {
		l.newest, l.next = slices.Clip(all[:min(len(all), command.MaxCompletions)]), now.Add(versionsFresh)
	}
	close(l.asking)
	l.asking = nil
}
