package payload_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
)

const samples = "../../../../shared/vendor-apis/slack/samples"

// files are the published samples under a folder; the test is skipped where they are not.
func files(t testing.TB, folder string) []string {
	t.Helper()
	if _, err := os.Stat(samples); err != nil {
		t.Skip("Slack's published samples are not here: " + samples)
	}
	found, err := filepath.Glob(filepath.Join(samples, folder, "*.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no samples in %s: %v", folder, err)
	}
	return found
}

// filled is a sample whose empty strings are distinct words, so that a field read from the wrong place shows.
func filled(t testing.TB, file string) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var sample map[string]any
	if err := json.Unmarshal(raw, &sample); err != nil {
		t.Fatal(err)
	}
	n := 0
	var fill func(v any) any
	fill = func(v any) any {
		switch v := v.(type) {
		case string:
			if n++; v == "" {
				return fmt.Sprintf("w%d", n)
			}
		case bool:
			return true
		case map[string]any:
			for _, k := range keys(v) {
				v[k] = fill(v[k])
			}
		case []any:
			for i := range v {
				v[i] = fill(v[i])
			}
		}
		return v
	}
	return fill(sample).(map[string]any)
}

func keys(m map[string]any) (out []string) {
	for k := range m {
		out = append(out, k)
	}
	return out
}

func encode(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// kept fails for every field of what was read that the sample does not hold with the same value; not are paths that it lacks.
func kept(t *testing.T, read any, sample map[string]any, not ...string) {
	t.Helper()
	var decoded any
	if err := json.Unmarshal(encode(t, read), &decoded); err != nil {
		t.Fatal(err)
	}
	missing := map[string]bool{}
	for _, p := range not {
		missing[p] = true
	}
	var compare func(path string, got, want any)
	compare = func(path string, got, want any) {
		if missing[path] {
			return
		}
		switch got := got.(type) {
		case map[string]any:
			in, ok := want.(map[string]any)
			if !ok {
				t.Errorf("%s: the sample has %v", path, want)
			}
			for k, v := range got {
				compare(strings.TrimPrefix(path+"."+k, "."), v, in[k])
			}
		case []any:
			in, ok := want.([]any)
			if !ok || len(in) != len(got) {
				t.Fatalf("%s: %d values, the sample has %v", path, len(got), want)
			}
			for i := range got {
				compare(path+"[]", got[i], in[i])
			}
		default:
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s: read %v, the sample has %v", path, got, want)
			}
		}
	}
	compare("", decoded, sample)
}

func TestCommandSample(t *testing.T) {
	t.Parallel()
	for _, file := range files(t, "app-backend/slash-commands") {
		sample := filled(t, file)
		asJSON, err := payload.CommandJSON(encode(t, sample))
		if err != nil {
			t.Fatal(err)
		}
		kept(t, asJSON, sample)
		form := url.Values{}
		for k, v := range sample {
			form.Set(k, fmt.Sprint(v))
		}
		posted, err := payload.CommandForm([]byte(form.Encode()))
		if err != nil || posted != asJSON {
			t.Errorf("posted it reads %+v, %v", posted, err)
		}
	}
}

func TestInteractionSamples(t *testing.T) {
	t.Parallel()
	// What a kind lacks, and what an action never has in the sample, though Slack sends it.
	lacks := map[string][]string{
		payload.BlockActions:   {"callback_id", "block_id", "action_id", "value", "view.state.values"},
		payload.ViewSubmission: {"channel", "container", "response_url", "callback_id", "actions", "block_id", "action_id", "value", "view.state.values"},
		payload.ViewClosed:     {"channel", "container", "trigger_id", "response_url", "callback_id", "actions", "block_id", "action_id", "value", "view.state.values"},
		payload.MessageAction:  {"container", "view", "actions", "block_id", "action_id", "value"},
	}
	ours := 0
	for _, folder := range []string{"app-backend/views", "app-backend/interactive-components", "app-backend/dialogs"} {
		for _, file := range files(t, folder) {
			sample := filled(t, file)
			kind := sample["type"].(string)
			posted := url.Values{"payload": {string(encode(t, sample))}}
			i, err := payload.InteractionForm([]byte(posted.Encode()))
			if err != nil || i.Type != kind {
				t.Errorf("%s reads as %q, %v", filepath.Base(file), i.Type, err)
			}
			if not, ok := lacks[kind]; ok {
				ours++
				kept(t, i, sample, not...)
			}
		}
	}
	if ours != len(lacks) {
		t.Errorf("%d of %d kinds have a sample", ours, len(lacks))
	}
}

func TestEventSamples(t *testing.T) {
	t.Parallel()
	ours := map[string]func(t *testing.T, e payload.Event, s map[string]any){
		payload.AppHomeOpened: func(t *testing.T, e payload.Event, s map[string]any) {
			kept(t, map[string]any{"user": e.UserID, "channel": e.Channel, "tab": e.Tab, "view": e.View}, s, "view.state.values")
		},
		payload.AppMention: func(t *testing.T, e payload.Event, s map[string]any) {
			kept(t, map[string]any{
				"user": e.UserID, "channel": e.Channel, "text": e.Text, "ts": e.TS, "thread_ts": e.ThreadTS, "bot_id": e.BotID, "subtype": e.Subtype,
			}, s)
		},
		payload.UserChange: func(t *testing.T, e payload.Event, s map[string]any) { kept(t, map[string]any{"user": e.Member}, s) },
		payload.TeamJoin:   func(t *testing.T, e payload.Event, s map[string]any) { kept(t, map[string]any{"user": e.Member}, s) },
		payload.SubteamUpdated: func(t *testing.T, e payload.Event, s map[string]any) {
			kept(t, map[string]any{"subteam": payload.ID{ID: e.Group}}, s)
		},
		payload.SubteamMembersChanged: group, payload.SubteamSelfAdded: group, payload.SubteamSelfRemoved: group,
	}
	seen, typed := 0, 0
	for _, file := range files(t, "events") {
		sample := filled(t, file)
		e, err := payload.EnvelopeJSON(encode(t, sample))
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
			continue
		}
		event, ok := sample["event"].(map[string]any)
		if !ok {
			continue
		}
		if e.Event.Type != event["type"] {
			t.Errorf("%s: the event reads as %q", filepath.Base(file), e.Event.Type)
		}
		if filepath.Base(file) == "MessagePayload.json" {
			typed++
			kept(t, map[string]any{
				"user": e.Event.UserID, "channel": e.Event.Channel, "channel_type": e.Event.ChannelType, "text": e.Event.Text, "ts": e.Event.TS,
				"thread_ts": e.Event.ThreadTS, "bot_id": e.Event.BotID,
			}, event)
		}
		if e.Event.Type == payload.Message && event["subtype"] != nil && e.Event.Subtype != event["subtype"] {
			t.Errorf("%s: the subtype reads as %q", filepath.Base(file), e.Event.Subtype)
		}
		check, ok := ours[e.Event.Type]
		if !ok {
			continue
		}
		seen++
		check(t, e.Event, event)
		envelope := map[string]any{
			"type": e.Type, "team_id": e.TeamID, "enterprise_id": e.EnterpriseID, "event_id": e.EventID, "authorizations": e.Authorizations,
		}
		kept(t, envelope, sample)
		if o := e.Origin(); o.Team != e.Authorizations[0].TeamID || o.Enterprise != e.Authorizations[0].EnterpriseID {
			t.Errorf("%s: the origin reads as %+v", filepath.Base(file), o)
		}
	}
	if seen != len(ours) || typed != 1 {
		t.Errorf("%d of %d kinds have a sample", seen, len(ours))
	}
}

func group(t *testing.T, e payload.Event, s map[string]any) {
	kept(t, map[string]any{"subteam_id": e.Group}, s)
}
