package jenkins_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/jenkins"
	"github.com/gonogo-chat/gonogo/adapters/jenkins/jenkinstest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// step is what is kept of a progress to compare.
func step(p port.Progress) string {
	return fmt.Sprintf("%s %s %d %s", p.State, p.Stage, p.Percent, strings.Join(p.Tail, "|"))
}

func TestFollowTellsHowFarItCame(t *testing.T) {
	within(t, jenkinstest.Options{Quiet: 5 * time.Second}, jenkins.Settings{}, func(s *stand) {
		began := time.Now()
		run := s.start(deployment("D-1"))
		var told []string
		var p port.Progress
		for !p.State.Ended() {
			p = s.follow(run, p)
			told = append(told, fmt.Sprintf("%d %s", int(time.Since(began).Seconds()), step(p)))
		}
		want := []string{"0 queued  0 ", "8 running check 14 ", "9 running check 19 ", "10 running deploy 24 one", "11 running deploy 29 one",
			"12 running deploy 34 one", "13 running deploy 39 one", "14 running deploy 44 one", "15 succeeded deploy 100 one|two|Finished: SUCCESS"}
		if strings.Join(told, "\n") != strings.Join(want, "\n") {
			t.Errorf("told\n%s\nwant\n%s", strings.Join(told, "\n"), strings.Join(want, "\n"))
		}
		if want := began.Add(15 * time.Second).UTC(); !p.At.Equal(want.Truncate(time.Millisecond)) {
			t.Errorf("ended at %v, want %v", p.At, want)
		}
	})
}

func TestResults(t *testing.T) {
	for result, want := range map[string]port.RunState{
		"SUCCESS": port.RunSucceeded, "FAILURE": port.RunFailed, "UNSTABLE": port.RunFailed, "NOT_BUILT": port.RunFailed, "ABORTED": port.RunCancelled, "NEW_ONE": port.RunFailed,
	} {
		t.Run(result, func(t *testing.T) {
			within(t, jenkinstest.Options{Plain: true}, jenkins.Settings{}, func(s *stand) {
				s.course["D-1"] = jenkinstest.Course{Takes: time.Second, Result: result}
				if p := s.end(s.start(deployment("D-1"))); p.State != want {
					t.Errorf("ended as %+v, want %s", p, want)
				}
			})
		})
	}
	t.Run("unstable that succeeded", func(t *testing.T) {
		set := settings()
		set.Unstable = jenkins.Succeeded
		within(t, jenkinstest.Options{}, set, func(s *stand) {
			s.course["D-1"] = jenkinstest.Course{Takes: time.Second, Result: "UNSTABLE"}
			if p := s.end(s.start(deployment("D-1"))); p.State != port.RunSucceeded {
				t.Errorf("ended as %+v", p)
			}
		})
	})
}

// The queue forgets a place five minutes after it was left: a bot that comes later finds the build by it all the same.
func TestAPlaceThatTheQueueForgot(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		time.Sleep(10 * time.Minute)
		s.a = s.adapter(settings())
		if p := s.follow(run, port.Progress{}); p.State != port.RunRunning {
			t.Fatalf("found as %+v", p)
		}
		s.ci.Restart()
		s.a = s.adapter(settings())
		if p := s.follow(run, port.Progress{}); p.State != port.RunRunning {
			t.Fatalf("found after a restart of Jenkins as %+v", p)
		}
		s.ci.Release(under("D-1"))
		if p := s.end(run); p.State != port.RunSucceeded {
			t.Errorf("ended as %+v", p)
		}
	})
}

// A Jenkins that lost its queue gives out the same numbers again: they are somebody else's then.
func TestNumbersThatBeginAnew(t *testing.T) {
	within(t, jenkinstest.Options{Quiet: time.Minute}, jenkins.Settings{}, func(s *stand) {
		run := s.start(deployment("D-1"))
		s.ci.LoseQueue()
		s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: "D-9"})
		if p := s.follow(run, port.Progress{}); p.State != port.RunLost {
			t.Errorf("in the queue it is %+v", p)
		}
		if _, err := s.a.Find(s.t.Context(), "D-1"); !errors.Is(err, effect.ErrNotFound) {
			t.Errorf("found: %v", err)
		}
		time.Sleep(time.Hour)
		if p := s.follow(run, port.Progress{}); p.State != port.RunLost {
			t.Errorf("as a build it is %+v", p)
		}
	})
}

func TestAJobMadeAnew(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		s.follow(run, port.Progress{})
		s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters})
		s.ci.Build("dana", job, jenkinstest.Value{Name: keyName, Value: "D-9"})
		if p := s.follow(run, port.Progress{State: port.RunRunning}); p.State != port.RunLost {
			t.Errorf("it is taken for %+v", p)
		}
	})
}

func TestWhatCanNotBeSeenIsNotLost(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		seen := s.follow(run, port.Progress{})
		s.ci.Revoke(jenkinstest.JobRead)
		for _, a := range []*jenkins.Adapter{s.a, s.adapter(settings())} {
			p, err := a.Follow(s.t.Context(), run, seen)
			if v, after := effect.Classify(err); v != effect.Retry || after < time.Minute || p.State.Ended() {
				t.Errorf("gave %+v, %v", p, err)
			}
			if err := a.Cancel(s.t.Context(), run); err == nil {
				t.Error("it was cancelled")
			}
		}
	})
}

// A look waits behind another build of the job: the card says so, and without the figure that changes all the time.
func TestWhatTheQueueWaitsFor(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		s.start(deployment("D-1"))
		s.ci.Pass()
		run := s.start(deployment("D-2"))
		if p := s.follow(run, port.Progress{}); p.State != port.RunQueued || p.Stage != "Build #1 is already in progress" {
			t.Errorf("it waits as %+v", p)
		}
		if err := s.a.Cancel(s.t.Context(), run); err != nil {
			t.Fatal(err)
		}
		if p := s.end(run); p.State != port.RunCancelled {
			t.Errorf("ended as %+v", p)
		}
		if err := s.a.Cancel(s.t.Context(), run); err != nil {
			t.Errorf("once more: %v", err)
		}
		s.wantBegun("D-2", 0)
		s.wantBegun("D-1", 1)
	})
}

func TestCancelNeedsTheRight(t *testing.T) {
	within(t, jenkinstest.Options{Quiet: time.Minute}, jenkins.Settings{}, func(s *stand) {
		run := s.start(deployment("D-1"))
		s.ci.Revoke(jenkinstest.JobCancel)
		for range 2 { // in the queue, and then as a build
			err := s.a.Cancel(s.t.Context(), run)
			if v, after := effect.Classify(err); v != effect.Retry || after < time.Minute {
				t.Errorf("gave %v", err)
			}
			time.Sleep(time.Minute + time.Second)
		}
		s.wantBegun("D-1", 1)
	})
}

func TestSomebodyElseStopsIt(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		time.AfterFunc(time.Minute, func() { s.ci.Abort(under("D-1")) })
		if p := s.end(run); p.State != port.RunCancelled {
			t.Errorf("ended as %+v", p)
		}
	})
}

// A webhook lets those look at once who follow; what it says is not even read.
func TestAWebhookIsANudge(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		defer s.net.Serve("bot.example", s.a.Handler())()
		s.ci.Webhooks(s.net.Client(), "https://bot.example/", hook)
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		seen := s.follow(run, port.Progress{})
		began := time.Now()
		time.AfterFunc(50*time.Second, func() { s.ci.Release(under("D-1")); s.ci.Pass() })
		for !seen.State.Ended() {
			seen = s.follow(run, seen)
		}
		if took := time.Since(began); took > 51*time.Second {
			t.Errorf("the end was told after %v", took)
		}
	})
}

func TestWebhooksNeedTheToken(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		h := s.a.Handler()
		for _, c := range []struct {
			header, value string
			status        int
		}{
			{"Authorization", "Bearer " + hook, 204}, {jenkins.TokenHeader, hook, 204}, {"", "", 401},
			{"Authorization", "Bearer wrong", 401}, {"Authorization", hook, 401}, {jenkins.TokenHeader, hook + "x", 401},
		} {
			if got := post(h, c.header, c.value); got != c.status {
				t.Errorf("%s: %s: %d, want %d", c.header, c.value, got, c.status)
			}
		}
		set := settings()
		set.WebhookToken = ""
		if s.adapter(set).Handler() != nil {
			t.Error("without a token there is a door")
		}
	})
}

func TestOutput(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		run := s.start(deployment("D-1"))
		s.ci.Pass()
		s.ci.Say(under("D-1"), "\x1b[32mgreen\x1b[0m\ttab", "", "10%\r50%\r100%", "a\x07b\u202ec", "\x1b[8mha:////4AAA=\x1b[0mnoted  ", strings.Repeat("x", 400))
		p := s.follow(run, port.Progress{})
		want := []string{"green tab", "100%", "abc", "noted", strings.Repeat("x", 300) + "…"}
		if strings.Join(p.Tail, "\n") != strings.Join(want, "\n") {
			t.Errorf("the tail is %q", p.Tail)
		}
		line := strings.Repeat("y", 99)
		for n := range 3 { // far more than is read at once
			lines := make([]string, 0, 4000)
			for i := range 4000 {
				lines = append(lines, fmt.Sprintf("%d.%d %s", n, i, line))
			}
			s.ci.Say(under("D-1"), lines...)
			p = s.follow(run, p)
			if len(p.Tail) != port.TailLines || !strings.HasPrefix(p.Tail[11], fmt.Sprintf("%d.3999 ", n)) || !strings.HasPrefix(p.Tail[0], fmt.Sprintf("%d.3988 ", n)) {
				t.Errorf("the tail is %q", p.Tail)
			}
		}
	})
}

func TestNoRunOfIts(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		for _, id := range []string{"", "x", "shop/deploy", "shop?queue=0", "shop?queue=-1", "shop?queue=1&build=2", "?queue=1", "shop?queue=01", "shop?key=%zz"} {
			_, err := s.a.Follow(s.t.Context(), port.Run{ID: id}, port.Progress{})
			if v, _ := effect.Classify(err); v != effect.Permanent {
				t.Errorf("%q: Follow gave %v", id, err)
			}
			if v, _ := effect.Classify(s.a.Cancel(s.t.Context(), port.Run{ID: id})); v != effect.Permanent {
				t.Errorf("%q: Cancel is not refused for good", id)
			}
		}
	})
}

func TestFollowAsksLessAndLess(t *testing.T) {
	within(t, jenkinstest.Options{}, jenkins.Settings{}, func(s *stand) {
		s.course["D-1"] = jenkinstest.Course{Holds: true}
		s.ci.AddJob(jenkinstest.Job{Path: job, Parameters: parameters}) // how long it takes is not known: nothing changes
		run := s.start(deployment("D-1"))
		seen := s.follow(run, port.Progress{})
		ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
		defer cancel()
		asked := s.ci.Asked()
		p, err := s.a.Follow(ctx, run, seen)
		if err != nil || step(p) != step(seen) || ctx.Err() == nil {
			t.Errorf("ended with %+v, %v", p, err)
		}
		if n := s.ci.Asked() - asked; n > 150 || n < 60 { // two pages, every 15 seconds
			t.Errorf("%d requests in ten minutes", n)
		}
	})
}
