package slack_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// inputs tells what a form asks for: label, kind, and a question mark for what may stay empty.
func inputs(v *slacktest.View) (out []string) {
	if v == nil {
		return nil
	}
	for _, in := range v.Inputs {
		line := in.Label + ": " + in.Type
		if in.Value != "" {
			line += " " + in.Value
		}
		if in.Optional {
			line += "?"
		}
		out = append(out, line)
	}
	return out
}

// openForm opens the Home tab and presses its button with a form.
func openForm(s *stage) slacktest.Seen {
	return s.Click("UANN", s.OpenHome("UANN").Ref(), "form:reason")
}

func TestVotingWithAReason(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		seen := openForm(s)
		if seen.View == nil || !seen.Acked || seen.Latency > 3*time.Second {
			t.Fatalf("%+v", seen)
		}
		v := s.Modal("UANN")
		if v.Title != "/vote" || v.Updates < 1 || !strings.Contains(v.Plain, "On: B-1") {
			t.Errorf("the form %q, drawn again %d times: %s", v.Title, v.Updates, v.Plain)
		}
		if got, want := inputs(v), []string{"Choice: static_select", "Reason: plain_text_input?"}; !slices.Equal(got, want) {
			t.Errorf("it asks for %q", got)
		}
		if seen := s.Submit("UANN", map[string]string{"Reason": "why not"}); len(seen.Errors) != 1 {
			t.Errorf("without a choice: %+v", seen.Errors)
		}
		seen = s.Submit("UANN", map[string]string{"Choice": "no-go", "Reason": `no "plan"` + "\n--dry-run"})
		if d := s.last(); d.Text != "/vote B-1 no-go \"no \\\"plan\\\"\n--dry-run\"" || !strings.HasPrefix(d.Key, "slack:view:V") {
			t.Errorf("submitted as %q, %s", d.Text, d.Key)
		}
		if s.Modal("UANN") != nil || len(seen.Messages) != 1 {
			t.Errorf("the form is still there, or nothing was answered: %+v", seen)
		}
	})
}

func TestPlanningARelease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{Door: slack.DoorHTTP}, slacktest.Options{})
		s.Shortcut("UANN", "release_plan")
		v := s.Modal("UANN")
		want := []string{"Service: static_select", "Version: external_select", "Summary: plain_text_input?", "Dry run: checkboxes?"}
		if got := inputs(v); !slices.Equal(got, want) {
			t.Fatalf("the form asks for %q", got)
		}
		if got := s.Suggest("UANN", "Version", ""); len(got) != 2 || got[0].Value != "1.1.0" {
			t.Errorf("versions are suggested as %v", got)
		}
		// A version that the bot does not know yet can be chosen all the same.
		if got := s.Suggest("UANN", "Version", "2.0.0-rc1"); len(got) != 3 || got[2].Value != "2.0.0-rc1" {
			t.Errorf("with something typed %v", got)
		}
		asked := s.suggest[len(s.suggest)-1]
		if asked.Command != "release plan" || asked.Param != "version" || asked.Typed != "2.0.0-rc1" || asked.Account.ID != "UANN" || asked.Limit > 100 {
			t.Errorf("the bot was asked %+v", asked)
		}
		s.Submit("UANN", map[string]string{"Service": "ledger", "Version": "1.0.0", "Dry run": "true"})
		if got := s.last().Text; got != "/release plan ledger 1.0.0 --dry-run" {
			t.Errorf("submitted as %q", got)
		}
	})
}

// Suggestions depend on what was chosen in the form before.
func TestSuggestionsKnowTheForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		s.Shortcut("UANN", "release_plan")
		v := s.Modal("UANN")
		s.Deliver("interactive", "UANN", map[string]any{
			"type": "block_suggestion", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "UANN"}, "block_id": "arg:version", "action_id": "value",
			"value": "1", "view": map[string]any{"id": v.ID, "private_metadata": v.Private, "state": map[string]any{"values": map[string]any{
				"arg:service": map[string]any{"value": map[string]any{"type": "static_select", "selected_option": map[string]any{"value": "ledger"}}},
				"arg:version": map[string]any{"value": map[string]any{"type": "external_select", "selected_option": nil}},
			}}},
		})
		if got := s.suggest[len(s.suggest)-1].Given; !maps.Equal(got, map[string]string{"service": "ledger"}) {
			t.Errorf("given is %v", got)
		}
		for name, change := range map[string]map[string]any{
			"of another form": {"block_id": "arg:nothing"}, "without form": {"view": map[string]any{}}, "of no argument": {"block_id": "other"},
		} {
			p := map[string]any{"type": "block_suggestion", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "UANN"}, "view": map[string]any{"private_metadata": v.Private}}
			maps.Copy(p, change)
			if d := s.Deliver("interactive", "UANN", p); string(d.Reply) != `{"options":[]}` {
				t.Errorf("a suggestion %s is %s", name, d.Reply)
			}
		}
	})
}

func TestProposingAFreeze(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		s.Shortcut("UANN", "freeze_add")
		want := []string{"Environment: static_select production", "From: plain_text_input", "Until: plain_text_input", "Hard: checkboxes?"}
		if got := inputs(s.Modal("UANN")); !slices.Equal(got, want) {
			t.Fatalf("the form asks for %q", got)
		}
		seen := s.Submit("UANN", map[string]string{"From": "whenever", "Until": "+2h"})
		if len(seen.Errors) != 1 || seen.Errors["From"] == "" || len(s.lines()) > 0 {
			t.Errorf("a time that is none: %v, accepted %q", seen.Errors, s.lines())
		}
		s.Submit("UANN", map[string]string{"From": "tomorrow 02:00", "Until": "+2h", "Hard": "true"})
		if got := s.last().Text; got != `/freeze add production "tomorrow 02:00" +2h --hard` {
			t.Errorf("submitted as %q", got)
		}
	})
}

// Whoever pressed is told when Slack opens no form, once.
func TestFormsThatDoNotOpen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault slacktest.Fault
		told  bool
	}{
		"trigger expired":       {slacktest.Fault{Method: "views.open", Error: "expired_trigger_id"}, true},
		"Slack down":            {slacktest.Fault{Method: "views.open", Status: 503}, true},
		"too slow":              {slacktest.Fault{Method: "views.open", Slow: 20 * time.Second}, true},
		"opened before":         {slacktest.Fault{Method: "views.open", Error: "exchanged_trigger_id"}, false},
		"not filled":            {slacktest.Fault{Method: "views.update", Error: "internal_error"}, true},
		"filled by another":     {slacktest.Fault{Method: "views.update", Error: "hash_conflict"}, false},
		"closed before filled":  {slacktest.Fault{Method: "views.update", Error: "not_found"}, false},
		"filled after a moment": {slacktest.Fault{Method: "views.update", Status: 429, After: 2 * time.Second}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := begin(t, slack.Settings{}, slacktest.Options{})
				home := s.OpenHome("UANN").Ref()
				s.Break(c.fault)
				seen := s.Click("UANN", home, "form:reason")
				time.Sleep(time.Minute)
				var told []string
				for _, m := range s.Whispers("UANN") {
					told = append(told, m.Plain)
				}
				if c.told != (len(told) == 1 && strings.Contains(told[0], "/vote")) || !c.told && len(told) > 0 {
					t.Errorf("told %q", told)
				}
				if !seen.Acked || seen.Latency > 3*time.Second {
					t.Errorf("acknowledged %v after %s", seen.Acked, seen.Latency)
				}
			})
		})
	}
}

func TestFormsThatAreNone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{})
		s.Shortcut("UANN", "self_destruct")
		if v := s.Modal("UANN"); v != nil || len(s.Whispers("UANN")) != 1 {
			t.Errorf("the form %v, told %d times", v, len(s.Whispers("UANN")))
		}
		submit := func(view map[string]any) *slacktest.Delivery {
			return s.Deliver("interactive", "UANN", map[string]any{
				"type": "view_submission", "team": map[string]any{"id": "T1"}, "user": map[string]any{"id": "UANN"}, "trigger_id": "1.2", "view": view,
			})
		}
		submit(map[string]any{"id": "V1", "hash": "h", "callback_id": "form", "private_metadata": "nonsense"})
		submit(map[string]any{"id": "V1", "hash": "h", "callback_id": "form", "private_metadata": `{"c":"self destruct"}`})
		submit(map[string]any{"id": "V1", "callback_id": "form", "private_metadata": `{"c":"release list"}`})
		submit(map[string]any{"id": "V1", "hash": "h", "callback_id": "another", "private_metadata": `{"c":"release list"}`})
		if got := s.lines(); len(got) > 0 || s.Unacknowledged() > 0 {
			t.Errorf("accepted %q, %d not acknowledged", got, s.Unacknowledged())
		}
	})
}
