package jira_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/ticketer"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/jira/jiratest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestContract(t *testing.T) {
	t.Parallel()
	for _, kind := range []jiratest.Kind{jiratest.Cloud, jiratest.DataCenter} {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			ticketer.Test(t, func(t *testing.T) ticketer.Side {
				s := loopback(t, jiratest.Options{Kind: kind, Writes: 1000})
				return ticketer.Side{
					New:        func(t *testing.T) port.Ticketer { return s.adapter(t) },
					LoseAnswer: func(*testing.T) { s.LoseAnswer() },
					Garble:     func(*testing.T) { s.Fail(trouble.Garbled) },
					Fail:       func(_ *testing.T, k trouble.Kind) { s.Fail(k) },
					Heal:       func(*testing.T) { s.Heal() },
					Opened:     func(_ *testing.T, key string) int { return s.Opened(key) },
				}
			})
		})
	}
}
