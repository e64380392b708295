package slacktest_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// samples are answers of Slack's own, as its Java client recorded their shape.
const samples = "../../../../shared/vendor-apis/slack/samples/api/"

// TestAnswersAreShapedAsSlacks compares every answer with Slack's own: nothing is there that Slack does not say, and what must be there
// is. Blocks, metadata and such are the app's own.
func TestAnswersAreShapedAsSlacks(t *testing.T) {
	if _, err := os.Stat(samples); err != nil {
		t.Skip("needs Slack's published samples:", err)
	}
	var n memnet.Net
	s := slacktest.New(slacktest.Options{})
	defer s.Serve(&n)()
	defer s.Close()
	s.AddWorkspace(slacktest.Workspace{Team: "T1", Enterprise: "E1"})
	s.AddUser(slacktest.User{ID: "U1", Team: "T1", Name: "mira", Email: "mira@acme.test"})
	s.AddChannel(slacktest.Channel{ID: "C1", Team: "T1", Name: "releases"})
	s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Handle: "leads", Users: []string{"U1"}})
	a := &app{t: t, net: &n, server: s}
	var ts, view, file string
	trigger := func() string { return s.Typed("U1", "C1", "/x")["trigger_id"].(string) }
	text := map[string]any{"type": "plain_text", "text": "x"}
	modal := map[string]any{"type": "modal", "title": text, "blocks": section("x")}
	for _, c := range []struct {
		method, must string
		args         func() map[string]any
		after        func(answer map[string]any)
	}{
		{"auth.test", "url team team_id user user_id bot_id enterprise_id", nil, nil},
		{"apps.connections.open", "url", nil, nil},
		{"bots.info", "bot.id bot.user_id bot.app_id", func() map[string]any { return map[string]any{"bot": "BBOTT1"} }, nil},
		{"team.info", "team.id team.domain team.enterprise_id", nil, nil},
		{"chat.postMessage", "channel ts message.text message.blocks", func() map[string]any {
			return map[string]any{"channel": "C1", "text": "x", "blocks": section("x"), "metadata": map[string]any{"event_type": "e", "event_payload": map[string]any{}}}
		}, func(x map[string]any) { ts = x["ts"].(string) }},
		{"chat.update", "channel ts text message.edited", func() map[string]any { return map[string]any{"channel": "C1", "ts": ts, "text": "y"} }, nil},
		{"chat.postEphemeral", "message_ts", func() map[string]any { return map[string]any{"channel": "C1", "user": "U1", "text": "x"} }, nil},
		{"chat.getPermalink", "channel permalink", func() map[string]any { return map[string]any{"channel": "C1", "message_ts": ts} }, nil},
		{"reactions.add", "", func() map[string]any { return map[string]any{"channel": "C1", "timestamp": ts, "name": "eyes"} }, nil},
		{"conversations.info", "channel.id channel.is_member channel.is_archived channel.is_private", func() map[string]any { return map[string]any{"channel": "C1"} }, nil},
		{"conversations.list", "channels.id channels.name channels.is_member response_metadata.next_cursor", nil, nil},
		{"conversations.members", "members", func() map[string]any { return map[string]any{"channel": "C1"} }, nil},
		{"conversations.open", "channel.id", func() map[string]any { return map[string]any{"users": "U1"} }, nil},
		{"conversations.history", "messages.ts messages.text messages.user messages.bot_id messages.metadata has_more", func() map[string]any {
			return map[string]any{"channel": "C1", "include_all_metadata": true}
		}, nil},
		{"conversations.replies", "messages.ts has_more", func() map[string]any { return map[string]any{"channel": "C1", "ts": ts} }, nil},
		{"users.info", "user.id user.team_id user.deleted user.is_bot user.is_email_confirmed user.profile.email user.enterprise_user.id", func() map[string]any { return map[string]any{"user": "U1"} }, nil},
		{"users.list", "members.id members.deleted response_metadata.next_cursor", nil, nil},
		{"users.lookupByEmail", "user.id", func() map[string]any { return map[string]any{"email": "MIRA@acme.test"} }, nil},
		{"usergroups.list", "usergroups.id usergroups.handle usergroups.users usergroups.date_delete", func() map[string]any { return map[string]any{"include_users": true} }, nil},
		{"usergroups.users.list", "users", func() map[string]any { return map[string]any{"usergroup": "S1"} }, nil},
		{"views.open", "view.id view.hash view.state view.private_metadata", func() map[string]any { return map[string]any{"trigger_id": trigger(), "view": modal} },
			func(x map[string]any) { view = x["view"].(map[string]any)["id"].(string) }},
		{"views.push", "view.root_view_id view.previous_view_id", func() map[string]any { return map[string]any{"trigger_id": trigger(), "view": modal} }, nil},
		{"views.update", "view.hash", func() map[string]any { return map[string]any{"view_id": view, "view": modal} }, nil},
		{"views.publish", "view.id view.hash", func() map[string]any {
			return map[string]any{"user_id": "U1", "view": map[string]any{"type": "home", "blocks": section("x")}}
		}, nil},
		{"files.getUploadURLExternal", "upload_url file_id", func() map[string]any { return map[string]any{"filename": "x.txt", "length": 3} }, func(x map[string]any) {
			file = x["file_id"].(string)
			res, err := n.Client().Post(x["upload_url"].(string), "text/plain", strings.NewReader("abc"))
			if err != nil || res.StatusCode != 200 {
				t.Error(res, err)
			}
		}},
		{"files.completeUploadExternal", "files.id files.title", func() map[string]any {
			return map[string]any{"files": []any{map[string]any{"id": file, "title": "x"}}, "channel_id": "C1", "thread_ts": ts}
		}, nil},
		{"chat.delete", "channel ts", func() map[string]any { return map[string]any{"channel": "C1", "ts": ts} }, nil},
	} {
		args := map[string]any{}
		if c.args != nil {
			args = c.args()
		}
		answer := a.call(c.method, args)
		delete(answer, "status")
		delete(answer, "retry")
		if answer["ok"] != true {
			t.Errorf("%s: %v", c.method, answer)
			continue
		}
		for _, extra := range beyond(answer, sample(t, c.method), "") {
			t.Errorf("%s: Slack does not say %s", c.method, extra)
		}
		for _, path := range strings.Fields(c.must) {
			if !has(answer, strings.Split(path, ".")) {
				t.Errorf("%s: no %s in %v", c.method, path, answer)
			}
		}
		if c.after != nil {
			c.after(answer)
		}
	}
	if wrong := s.Violations(); len(wrong) > 0 {
		t.Error(wrong)
	}
}

func sample(t *testing.T, method string) (out map[string]any) {
	t.Helper()
	f, err := os.Open(samples + method + ".json")
	if err != nil {
		f, err = os.Open(samples + method + ".json.gz")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var in io.Reader = f
	if strings.HasSuffix(f.Name(), ".gz") {
		if in, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := json.NewDecoder(in).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// beyond lists what an answer says and the sample does not.
func beyond(answer, sample any, path string) (out []string) {
	switch a := answer.(type) {
	case map[string]any:
		known, ok := sample.(map[string]any)
		if !ok || len(known) == 0 {
			return nil
		}
		for name, v := range a {
			here := strings.TrimPrefix(path+"."+name, ".")
			inside, there := known[name]
			switch {
			case !there && name == "enterprise_user": // recorded where there is no enterprise
			case !there:
				out = append(out, here)
			case slices.Contains([]string{"blocks", "attachments", "metadata", "state"}, name):
			default:
				out = append(out, beyond(v, inside, here)...)
			}
		}
	case []any:
		if list, ok := sample.([]any); ok && len(list) > 0 && len(a) > 0 {
			return beyond(a[0], list[0], path+"[]")
		}
	default:
		if sample != nil && answer != nil && fmt.Sprintf("%T", answer) != fmt.Sprintf("%T", sample) {
			out = append(out, fmt.Sprintf("%s as %T", path, answer))
		}
	}
	return out
}

func has(v any, path []string) bool {
	if list, ok := v.([]any); ok && len(list) > 0 {
		v = list[0]
	}
	if len(path) == 0 {
		return v != nil
	}
	m, _ := v.(map[string]any)
	inside, ok := m[path[0]]
	return ok && has(inside, path[1:])
}
