package pagerduty_test

import (
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/pager"
	"github.com/gonogo-chat/gonogo/adapters/contract/trouble"
	"github.com/gonogo-chat/gonogo/adapters/pagerduty/pagerdutytest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func side(s *stage) pager.Side {
	return pager.Side{
		New: func(t *testing.T) port.Pager { return s.start(t) },
		State: func(_ *testing.T, key string) (pager.State, string) {
			all := s.Keyed(key)
			if len(all) == 0 {
				return pager.None, ""
			}
			last := all[len(all)-1]
			return pager.State(last.Status), last.Title
		},
		Woken:      func(_ *testing.T, key string) int { return len(s.Keyed(key)) },
		LoseAnswer: func(*testing.T) { s.LoseEvent() },
		Garble:     func(*testing.T) { s.GarbleEvent() },
		Fail:       func(_ *testing.T, k trouble.Kind) { s.Fail(k) },
		Heal:       func(*testing.T) { s.Heal() },
		Changes: func(_ *testing.T, key string) (n int) {
			for _, c := range s.Changes() {
				if strings.Contains(string(c.Details), `"key":"`+key+`"`) {
					n++
				}
			}
			return n
		},
	}
}

func TestContract(t *testing.T) {
	t.Parallel()
	pager.Test(t, func(t *testing.T) pager.Side { return side(begin(t, pagerdutytest.Options{})) })
}

// The same where PagerDuty shows the keys of incidents with their alerts alone.
func TestContractWithKeysOfAlerts(t *testing.T) {
	t.Parallel()
	pager.Test(t, func(t *testing.T) pager.Side {
		s := begin(t, pagerdutytest.Options{})
		s.AddService(pagerdutytest.Service{
			ID: "PCHECK1", Name: "Checkout", Policy: "PPOL001", Keyless: true, Integrations: []pagerdutytest.Integration{{ID: "PINT001", Key: secrets["env:CHECKOUT"]}},
		})
		return side(s)
	})
}
