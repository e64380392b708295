package slack_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// official is where Slack's own packages are, once `npm ci` was run there: second opinions on the tests' Slack.
const official = "../../testdata/official/slack"

// needsOfficial skips a test where the packages are not installed; in CI they are.
func needsOfficial(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(official)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "node_modules", "@slack", "bolt"))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("needs Slack's own packages: ", err)
	}
	t.Skipf("needs Node and Slack's own packages (npm ci in testdata/official/slack): %v", err)
	return ""
}

// node starts a script that says where it listens, and stops it at the test's end.
func node(t *testing.T, dir string, environment []string, args ...string) (port int) {
	t.Helper()
	cmd := exec.Command("node", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environment...)
	var problems strings.Builder
	cmd.Stderr = &problems
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		kill := time.AfterFunc(10*time.Second, func() { _ = cmd.Process.Kill() })
		defer kill.Stop()
		if err := cmd.Wait(); err != nil || t.Failed() {
			t.Errorf("node %s: %v\n%s", args, err, problems.String())
		}
	})
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	var said struct{ Port int }
	if err != nil || json.Unmarshal([]byte(line), &said) != nil {
		t.Fatalf("node %s: %q %v", args, line, err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return said.Port
}

// TestBoltAndTheTestsSlackUnderstandEachOther plays a small app on Slack's own framework against the tests' Slack, through both doors.
func TestBoltAndTheTestsSlackUnderstandEachOther(t *testing.T) {
	dir := needsOfficial(t)
	for _, door := range []string{"socket", "http"} {
		t.Run(door, func(t *testing.T) {
			s := slacktest.New(slacktest.Options{})
			web := httptest.NewServer(s)
			defer web.Close()
			defer s.Close()
			s.SetURL(web.URL)
			w := s.AddWorkspace(slacktest.Workspace{Team: "T1", Name: "acme"})
			s.AddUser(slacktest.User{ID: "U1", Team: "T1", Name: "mira"})
			s.AddUser(slacktest.User{ID: "U2", Team: "T1", Name: "ben"})
			s.AddChannel(slacktest.Channel{ID: "C1", Team: "T1", Name: "releases"})
			s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Handle: "leads"})
			port := node(t, dir, []string{
				"SLACK_API_URL=" + s.APIURL(), "BOT_TOKEN=" + w.BotToken, "APP_TOKEN=" + slacktest.AppToken,
				"SIGNING_SECRET=" + slacktest.SigningSecret, "DOOR=" + door,
			}, "bolt.mjs")
			if door == "http" {
				at := fmt.Sprintf("http://127.0.0.1:%d/slack/events", port)
				s.Reach(at, at, at)
				if err := s.VerifyURL(); err != nil {
					t.Error(err)
				}
			} else if !s.Until(func() bool { return s.Links() == 1 }) {
				t.Fatal("no connection")
			}
			playBolt(t, s)
			for _, v := range s.Violations() {
				t.Error(v)
			}
		})
	}
}

func playBolt(t *testing.T, s *slacktest.Server) {
	t.Helper()
	if seen := s.Type("U1", "C1", "/release plan payments 1.1.0"); seen.Text() != "planned plan payments 1.1.0, 2 messages, key k1" {
		t.Errorf("%+v", seen)
	}
	card, _ := s.Card("C1", "R-1")
	if seen := s.Click("U2", card.Ref(), "go"); seen.Text() != "counted" {
		t.Errorf("%+v", seen)
	}
	if card, _ = s.Message(card.Ref()); card.Plain != "R-1: gone & done" || card.Edits != 1 {
		t.Errorf("%+v", card)
	}
	s.Type("U2", "C1", "/vote B-1")
	if !s.Until(func() bool { v := s.Modal("U2"); return v != nil && len(v.Inputs) == 2 }) {
		t.Fatalf("%+v", s.Modal("U2"))
	}
	if got := s.Suggest("U2", "Choice", "no"); len(got) != 1 || got[0].Text != "no-go" {
		t.Errorf("%+v", got)
	}
	if seen := s.Submit("U2", map[string]string{"Choice": "no-go", "Reason": "no"}); seen.Errors["Reason"] != "Say more." {
		t.Errorf("%+v", seen)
	}
	if seen := s.Submit("U2", map[string]string{"Choice": "no-go", "Reason": "untested"}); seen.Text() != "B-1 no-go: untested" || seen.View != nil {
		t.Errorf("%+v", seen)
	}
	if home := s.OpenHome("U1"); home == nil || home.Plain != "Good day, mira" {
		t.Errorf("%+v", home)
	}
	s.ChangeGroup("S1", "U1", "U2")
	var file slacktest.Message
	if !s.Until(func() bool { list := s.Channel("C1"); file = list[len(list)-1]; return len(file.Files) == 1 }) || string(file.Files[0].Content) != "U1\nU2" {
		t.Errorf("%+v", file)
	}
}

// TestCardsAreBlocksOfSlacksOwnTypes has Slack's type declarations checked by TypeScript over every golden.
func TestCardsAreBlocksOfSlacksOwnTypes(t *testing.T) {
	dir := needsOfficial(t)
	goldens, err := filepath.Glob("blockkit/testdata/*.json")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no goldens", err)
	}
	var b strings.Builder
	b.WriteString("import type { KnownBlock } from \"@slack/types\";\nexport const cards: Record<string, KnownBlock[]> = {\n")
	for _, name := range goldens {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, wrong := range slacktest.Check(raw, slacktest.OnMessage) {
			t.Errorf("%s: the tests' Slack refuses it: %s", name, wrong)
		}
		fmt.Fprintf(&b, "%q: %s,\n", filepath.Base(name), raw)
	}
	b.WriteString("};\n")
	if out, err := tsc(t, dir, b.String()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	wrong := strings.Replace(b.String(), `"type": "plain_text"`, `"type": "plain"`, 1)
	if out, err := tsc(t, dir, wrong); err == nil || !strings.Contains(out, "plain") {
		t.Errorf("a wrong card passes: %v\n%s", err, out)
	}
}

// declared are the types in which Slack's framework declares what Slack sends.
var declared = map[string]string{
	"slash_commands": "SlashCommand", "block_actions": "BlockAction", "view_submission": "ViewSubmitAction", "view_closed": "ViewClosedAction",
	"block_suggestion": "BlockSuggestion", "shortcut": "GlobalShortcut",
	"app_home_opened": "EnvelopedEvent<AppHomeOpenedEvent>", "user_change": "EnvelopedEvent<UserChangeEvent>", "team_join": "EnvelopedEvent<TeamJoinEvent>",
	"subteam_members_changed": "EnvelopedEvent<SubteamMembersChangedEvent>", "subteam_updated": "EnvelopedEvent<SubteamUpdatedEvent>",
	"app_mention": "EnvelopedEvent<AppMentionEvent>", "message": "EnvelopedEvent<Omit<GenericMessageEvent, \"subtype\">>",
}

// TestFormsAndPayloadsAreOfSlacksOwnTypes has TypeScript check the views that the adapter draws, and everything that the tests' Slack
// sends, against the types of Slack's own packages.
func TestFormsAndPayloadsAreOfSlacksOwnTypes(t *testing.T) {
	dir := needsOfficial(t)
	var b strings.Builder
	b.WriteString("import type { BlockAction, BlockSuggestion, EnvelopedEvent, GlobalShortcut, SlashCommand, ViewClosedAction, ViewSubmitAction } from \"@slack/bolt\";\n")
	b.WriteString("import type { AppHomeOpenedEvent, AppMentionEvent, GenericMessageEvent, HomeView, ModalView, SubteamMembersChangedEvent, SubteamUpdatedEvent, TeamJoinEvent, UserChangeEvent } from \"@slack/types\";\n")
	// What Slack says beyond a type is no fault, so literals are taken out of their own freshness.
	b.WriteString("type Plain<X> = X extends object ? { -readonly [K in keyof X]: Plain<X[K]> } : X;\nconst sent = <const X,>(x: X) => x as Plain<X>;\n")
	views, sent := 0, map[string]bool{}
	synctest.Test(t, func(t *testing.T) {
		s := begin(t, slack.Settings{}, slacktest.Options{Patience: time.Second})
		view := func(v *slacktest.View, kind string) {
			if v == nil {
				t.Error("no view")
				return
			}
			views++
			fmt.Fprintf(&b, "export const view%d: %s = %s;\n", views, kind, v.Source)
		}
		s.AddGroup(slacktest.Group{ID: "S1", Team: "T1", Handle: "board"})
		view(s.OpenHome("UANN"), "HomeView")
		s.Click("UANN", s.Home("UANN").Ref(), "form:reason")
		view(s.Modal("UANN"), "ModalView")
		s.Submit("UANN", map[string]string{"Choice": "go"})
		for _, callback := range []string{"release_plan", "freeze_add"} {
			s.Shortcut("UANN", callback)
			view(s.Modal("UANN"), "ModalView")
			if callback == "release_plan" {
				s.Suggest("UANN", "Version", "1")
			}
		}
		s.Type("UANN", "C1", "/release list")
		s.Say("UANN", "C1", "<@UBOTT1> release list")
		s.Say("UANN", "", "release list")
		s.ChangeUser("UBOB", func(u *slacktest.User) { u.Name = "robert" })
		s.Join(slacktest.User{ID: "UCY", Team: "T1", Name: "cy"})
		s.ChangeGroup("S1", "UANN")
		for i, d := range s.Deliveries() {
			kind := declared[d.Type]
			if d.Kind == "slash_commands" {
				kind = declared[d.Kind]
			}
			if d.Type == "block_actions" && !bytes.Contains(d.Payload, []byte(`"response_url"`)) {
				kind = "Omit<BlockAction, \"response_url\">" // a view has none, though the type says so
			}
			if kind == "" {
				t.Errorf("no type for %s %s", d.Kind, d.Type)
			}
			sent[kind] = true
			payload := d.Payload
			for _, name := range []string{"enterprise", "context_enterprise_id"} { // null outside an enterprise, which the types leave out
				payload = bytes.ReplaceAll(payload, []byte(`"`+name+`":null,`), nil)
			}
			fmt.Fprintf(&b, "export const sent%d: %s = sent(%s);\n", i, kind, payload)
		}
	})
	if out, err := tsc(t, dir, b.String()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if views != 4 || len(sent) < len(declared)-1 { // no form of the adapter tells when it is closed
		t.Errorf("%d views, %v", views, sent)
	}
}

func tsc(t *testing.T, dir, source string) (string, error) {
	t.Helper()
	at := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "node_modules"), filepath.Join(at, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "cards.ts"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(dir, "node_modules", "typescript", "bin", "tsc"),
		"--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022", "--types", "", "cards.ts")
	cmd.Dir = at
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestCardsOnASlackByOthers posts, updates and threads on a Slack that this project did not write: npm's emulate.
func TestCardsOnASlackByOthers(t *testing.T) {
	dir := needsOfficial(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	const token = "xoxb-emulated"
	node(t, dir, []string{fmt.Sprintf("PORT=%d", at), "BOT_TOKEN=" + token}, "--require", "./loopback.cjs", "emulated.mjs")
	api := fmt.Sprintf("http://127.0.0.1:%d/api/", at)
	secret := func(r string) (string, error) { return strings.TrimPrefix(r, "env:"), nil }
	start := func() *slack.Slack {
		adapter, err := slack.New(slack.Settings{
			APIURL: api, Door: slack.DoorHTTP, SigningSecret: "env:secret", Workspaces: []slack.Workspace{{Team: "T000000001", BotToken: "env:" + token}},
		}, slack.Outside{Secret: secret, Clock: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		return adapter
	}
	ctx, adapter := t.Context(), start()
	place := chat.Place{Platform: slack.PlatformName, Workspace: "T000000001", Channel: "C000000001"}
	ref, err := adapter.Post(ctx, place, "card R-1", card("R-1 is planned", chat.Neutral))
	if err != nil {
		t.Fatal(err)
	}
	if err := adapter.Update(ctx, ref, card("R-1 is approved", chat.Good)); err != nil {
		t.Error(err)
	}
	// The next process finds what this one posted.
	adapter = start()
	if again, err := adapter.Post(ctx, place, "card R-1", card("R-1 is approved", chat.Good)); err != nil || again != ref {
		t.Errorf("%v %v, want %v", again, err, ref)
	}
	under := worded(saying("deployed"))
	under.Under = ref
	loud := worded(saying("failed"))
	loud.Message.Tone, loud.Under = chat.Bad, ref
	for key, m := range map[string]port.Worded{"quiet": under, "loud": loud} {
		if _, err := adapter.Post(ctx, place, key, m); err != nil {
			t.Error(err)
		}
	}
	said := ask(t, api+"conversations.replies", token, url.Values{"channel": {place.Channel}, "ts": {ref.ID}})
	if len(said) != 3 || !strings.Contains(plainOf(said[0]), "R-1 is approved") || strings.Contains(plainOf(said[0]), "planned") {
		t.Errorf("%d messages: %s", len(said), said)
	}
	top := ask(t, api+"conversations.history", token, url.Values{"channel": {place.Channel}})
	if n := slices.IndexFunc(top, func(raw json.RawMessage) bool { return strings.Contains(plainOf(raw), "R-1 is approved") }); n < 0 {
		t.Errorf("no card in %s", top)
	}
}

// ask reads messages as any client does.
func ask(t *testing.T, method, token string, args url.Values) []json.RawMessage {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, method, strings.NewReader(args.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var said struct {
		OK       bool
		Messages []json.RawMessage
	}
	if err := json.NewDecoder(res.Body).Decode(&said); err != nil || !said.OK {
		t.Fatalf("%s: %v %+v", method, err, said)
	}
	return said.Messages
}

func plainOf(message json.RawMessage) string {
	var m struct {
		Blocks      json.RawMessage
		Attachments []struct{ Blocks json.RawMessage }
	}
	_ = json.Unmarshal(message, &m)
	all := slacktest.Plain(m.Blocks, nil)
	for _, a := range m.Attachments {
		all += "\n" + slacktest.Plain(a.Blocks, nil)
	}
	return all
}
