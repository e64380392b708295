package slack_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

func TestHome(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		v := s.OpenHome("UANN")
		if v == nil || !strings.Contains(v.Plain, "UANN") || len(v.Buttons) != 2 {
			t.Fatalf("%+v", v)
		}
		if s.Home("UBOB") != nil {
			t.Error("bob, who did not open it, has a Home tab")
		}
		// What ann does shows in it, wherever she does it; what bob does shows in his own alone, once he opens it.
		before := v.Updates
		s.Type("UBOB", "C1", "/release list")
		time.Sleep(time.Second)
		if got := s.Home("UANN").Updates; got != before {
			t.Errorf("what bob did drew ann's Home tab %d times", got-before)
		}
		s.Click("UANN", v.Ref(), "press:go")
		time.Sleep(time.Second)
		if got := s.last(); got.Token != "token-of-home" || got.Place.Channel != "" {
			t.Errorf("pressed %+v", got)
		}
		if got := s.Home("UANN").Updates; got != before+1 {
			t.Errorf("what ann did drew her Home tab %d times", got-before)
		}
		s.Type("UANN", "C1", "/release list")
		time.Sleep(time.Second)
		if got := s.Home("UANN").Updates; got != before+2 {
			t.Errorf("it was drawn %d times", got-before)
		}
	})
}

func TestHomeIsShownInTheEnd(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]slacktest.Fault{
		"changed meanwhile": {Method: "views.publish", Error: "hash_conflict"},
		"rate limited":      {Method: "views.publish", Status: 429, After: 3 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{}, slacktest.Options{})
				before := s.OpenHome("UANN").Updates
				s.Break(fault)
				s.Type("UANN", "C1", "/release list")
				time.Sleep(time.Minute)
				if got := s.Home("UANN").Updates; got != before+1 {
					t.Errorf("it was drawn %d times", got-before)
				}
			})
		})
	}
}

// Many things done at once are few drawings, and the last shows them all.
func TestHomeIsDrawnSeldom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		s.OpenHome("UANN")
		s.Break(slacktest.Fault{Method: "views.publish", Slow: 20 * time.Second})
		before := len(s.Calls("views.publish"))
		for range 10 {
			s.Type("UANN", "C1", "/release list")
		}
		time.Sleep(time.Minute)
		if drawn := len(s.Calls("views.publish")) - before; drawn != 2 {
			t.Errorf("it was drawn %d times", drawn)
		}
	})
}
