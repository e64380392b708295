package payload_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
)

func TestMalformed(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", payload.MaxID+1)
	command := func(raw string) error { _, err := payload.CommandJSON([]byte(raw)); return err }
	posted := func(raw string) error { _, err := payload.CommandForm([]byte(raw)); return err }
	interaction := func(raw string) error { _, err := payload.InteractionJSON([]byte(raw)); return err }
	envelope := func(raw string) error { _, err := payload.EnvelopeJSON([]byte(raw)); return err }
	frame := func(raw string) error { _, err := payload.FrameJSON([]byte(raw)); return err }
	for name, err := range map[string]error{
		"a command of nobody":             command(`{"command":"/release","trigger_id":"1"}`),
		"a command without trigger":       command(`{"command":"/release","user_id":"U1"}`),
		"a command that is a list":        command(`[]`),
		"a command with a long trigger":   command(`{"command":"/release","user_id":"U1","trigger_id":"` + long + `"}`),
		"a form that is none":             posted(`%zz`),
		"an empty form":                   posted(``),
		"no payload":                      interaction(``),
		"an interaction with a long user": interaction(`{"type":"block_actions","user":{"id":"` + long + `"}}`),
		"a button that is a number":       interaction(`{"type":"block_actions","actions":[{"value":7}]}`),
		"no UTF-8":                        interaction("{\"type\":\"block_actions\",\"value\":\"\xff\"}"),
		"two documents":                   envelope(`{} {}`),
		"an event that is a word":         envelope(`{"event":"message"}`),
		"an event with a long id":         envelope(`{"event_id":"` + long + `"}`),
		"a frame without type":            frame(`{"envelope_id":"1"}`),
		"a frame that ends early":         frame(`{"type":"hello"`),
	} {
		if !errors.Is(err, payload.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := payload.FrameJSON(bytes.Repeat([]byte(" "), payload.MaxBody+1)); !errors.Is(err, payload.ErrTooLarge) {
		t.Errorf("a frame over the bound: %v", err)
	}
	if _, err := payload.CommandForm(make([]byte, payload.MaxBody+1)); !errors.Is(err, payload.ErrTooLarge) {
		t.Errorf("a body over the bound: %v", err)
	}
}

// What Slack adds in time must not stop the bot from acknowledging.
func TestUnknownKinds(t *testing.T) {
	t.Parallel()
	i, err := payload.InteractionJSON([]byte(`{"type":"function_scoped","user":["U1"],"actions":{"a":1}}`))
	if err != nil || i.Type != "function_scoped" {
		t.Errorf("an interaction: %+v, %v", i, err)
	}
	e, err := payload.EnvelopeJSON([]byte(`{"type":"event_callback","event":{"type":"star_fell","user":{"id":"U1"},"view":7}}`))
	if err != nil || e.Event.Type != "star_fell" {
		t.Errorf("an event: %+v, %v", e, err)
	}
	e, err = payload.EnvelopeJSON([]byte(`{"event":{"type":"message","subtype":"message_changed","user":{"id":"U1"},"text":{}}}`))
	if err != nil || e.Event.Subtype != "message_changed" {
		t.Errorf("a message of another kind: %+v, %v", e, err)
	}
	f, err := payload.FrameJSON([]byte(`{"type":"weather","envelope_id":"e1","payload":[1]}`))
	if err != nil || f.EnvelopeID != "e1" {
		t.Errorf("a frame: %+v, %v", f, err)
	}
	if c, err := payload.CommandForm([]byte(`ssl_check=1&token=x`)); err != nil || !c.IsZero() {
		t.Errorf("a check of the certificate: %+v, %v", c, err)
	}
}

func TestNullTeamOfAnEnterprise(t *testing.T) {
	t.Parallel()
	i, err := payload.InteractionJSON([]byte(`{"type":"shortcut","team":null,"enterprise":{"id":"E1"},"user":{"id":"W1","team_id":"T9"},"is_enterprise_install":"true"}`))
	if o := i.Origin(); err != nil || o.Team != "" || o.Enterprise != "E1" {
		t.Errorf("%+v, %v", o, err)
	}
	i, err = payload.InteractionJSON([]byte(`{"type":"shortcut","team":{"id":"T1","enterprise_id":"E1"},"enterprise":null}`))
	if o := i.Origin(); err != nil || o.Team != "T1" || o.Enterprise != "E1" {
		t.Errorf("%+v, %v", o, err)
	}
}

// Where somebody is at home is said in one of several ways.
func TestHomeOfWhoeverSpoke(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`"user_team":"T2","source_team":"T3","team":"T4"`: "T2", `"source_team":"T3","team":"T4"`: "T3", `"team":"T4"`: "T4", `"text":"hello"`: "",
	} {
		e, err := payload.EnvelopeJSON([]byte(`{"team_id":"T1","event":{"type":"app_mention","user":"U1",` + raw + `}}`))
		if err != nil || e.Event.UserTeam != want {
			t.Errorf("%s: at home in %q, %v", raw, e.Event.UserTeam, err)
		}
	}
}

func TestInputText(t *testing.T) {
	t.Parallel()
	raw := `{"type":"view_submission","view":{"state":{"values":{
		"text":{"value":{"type":"plain_text_input","value":"faster refunds"}},
		"empty":{"value":{"type":"plain_text_input","value":null}},
		"choice":{"value":{"type":"external_select","selected_option":{"text":{"type":"plain_text","text":"1.1"},"value":"1.1"}}},
		"unchosen":{"value":{"type":"static_select","selected_option":null}},
		"ticked":{"value":{"type":"checkboxes","selected_options":[{"value":"true"}]}},
		"unticked":{"value":{"type":"checkboxes","selected_options":[]}}}}}}`
	i, err := payload.InteractionJSON([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	for block, want := range map[string]string{"text": "faster refunds", "empty": "", "choice": "1.1", "unchosen": "", "ticked": "true", "unticked": ""} {
		if got := i.View.State.Values[block]["value"].Text(); got != want {
			t.Errorf("%s holds %q, not %q", block, got, want)
		}
	}
}

// seed adds the published samples, where they are.
func seed(f *testing.F, add func(raw []byte), folders ...string) {
	add([]byte(`{}`))
	if _, err := os.Stat(samples); err != nil {
		return
	}
	for _, folder := range folders {
		for _, file := range files(f, folder) {
			raw, err := os.ReadFile(file)
			if err != nil {
				f.Fatal(err)
			}
			var small bytes.Buffer
			if json.Compact(&small, raw) == nil {
				add(small.Bytes())
			}
		}
	}
}

// sound fails if ids are longer than a delivery key has room for.
func sound(t *testing.T, ids ...string) {
	for _, id := range ids {
		if len(id) > payload.MaxID {
			t.Errorf("an id of %d bytes", len(id))
		}
	}
}

func FuzzCommand(f *testing.F) {
	seed(f, func(raw []byte) { f.Add(raw) }, "app-backend/slash-commands")
	f.Add([]byte(documentedBody))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, read := range []func([]byte) (payload.Command, error){payload.CommandJSON, payload.CommandForm} {
			c, err := read(raw)
			if err == nil && !c.IsZero() && (c.UserID == "" || c.TriggerID == "") {
				t.Error("a command of nobody")
			}
			if err == nil {
				sound(t, c.UserID, c.TriggerID, c.TeamID, c.ChannelID)
			}
		}
	})
}

func FuzzInteraction(f *testing.F) {
	seed(f, func(raw []byte) { f.Add(raw) }, "app-backend/views", "app-backend/interactive-components", "app-backend/dialogs")
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := payload.InteractionJSON(raw)
		posted, postedErr := payload.InteractionForm([]byte(url.Values{"payload": {string(raw)}}.Encode()))
		if (err == nil) != (postedErr == nil) || i.TriggerID != posted.TriggerID {
			t.Errorf("%v, posted %v", err, postedErr)
		}
		if err == nil {
			sound(t, i.TriggerID, i.User.ID, i.View.ID, i.View.Hash)
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	seed(f, func(raw []byte) { f.Add(raw) }, "events")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if e, err := payload.EnvelopeJSON(raw); err == nil {
			sound(t, e.EventID, e.TeamID, e.Event.UserID, e.Event.Group)
		}
	})
}

func FuzzFrame(f *testing.F) {
	f.Add([]byte(`{"type":"hello","num_connections":1,"debug_info":{},"connection_info":{"app_id":"A1"}}`))
	f.Add([]byte(`{"type":"disconnect","reason":"refresh_requested","debug_info":{"host":"x"}}`))
	f.Add([]byte(`{"envelope_id":"e","payload":{"command":"/release"},"type":"slash_commands","accepts_response_payload":true}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if got, err := payload.FrameJSON(raw); err == nil {
			sound(t, got.EnvelopeID)
			if got.Type == "" {
				t.Error("a frame without type")
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add(documentedTimestamp, documentedSignature, []byte(documentedBody))
	f.Add(documentedTimestamp, "v0=", []byte{})
	f.Fuzz(func(t *testing.T, timestamp, signature string, body []byte) {
		v := verifier(documentedAt)
		if v.Verify(timestamp, signature, body) == nil && payload.Sign(documentedSecret, timestamp, body) != strings.ToLower(signature) {
			t.Errorf("%q %q is taken", timestamp, signature)
		}
		v.Forget(timestamp, signature)
	})
}
