package discord_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
	"github.com/gonogo-chat/gonogo/bot/chat"
)

// official is where packages that Discord and its community publish are, once `npm ci` was run there: second opinions.
const official = "../../testdata/official/discord"

// needsOfficial skips a test where the packages are not installed; in CI they are.
func needsOfficial(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs(official)
	if err == nil {
		_, err = os.Stat(filepath.Join(dir, "node_modules", "discord-interactions"))
	}
	if err == nil {
		_, err = exec.LookPath("node")
	}
	if err == nil {
		return dir
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("needs Discord's own packages: ", err)
	}
	t.Skipf("needs Node and Discord's own packages (npm ci in testdata/official/discord): %v", err)
	return ""
}

// signed is a request with its signature, and whether it is to be taken.
type signed struct {
	name      string
	Body      []byte `json:"body"`
	Timestamp []byte `json:"timestamp"`
	Signature string `json:"signature"` // hex
	Key       string `json:"key"`       // hex
	good      bool
}

// mutants are what must be refused: anything changed in any part.
func (s signed) mutants() (out []signed) {
	flip := func(text string) string {
		raw, _ := hex.DecodeString(text)
		raw[len(raw)/2] ^= 1
		return hex.EncodeToString(raw)
	}
	add := func(what string, change func(*signed)) {
		m := s
		m.name, m.good = s.name+", "+what, false
		change(&m)
		out = append(out, m)
	}
	add("another body", func(m *signed) { m.Body = append(slices.Clone(m.Body), ' ') })
	add("another time", func(m *signed) { m.Timestamp = append(slices.Clone(m.Timestamp), '0') })
	add("another signature", func(m *signed) { m.Signature = flip(m.Signature) })
	add("half a signature", func(m *signed) { m.Signature = m.Signature[:64] })
	add("no signature", func(m *signed) { m.Signature = "" })
	add("another key", func(m *signed) { m.Key = flip(m.Key) })
	return out
}

// minisigned is a published vector: a file with an Ed25519 signature over all of it (minisign's legacy form).
func minisigned(t *testing.T) (signed, bool) {
	t.Helper()
	const dir = "../../../shared/reference/signatures/minisign/"
	body, err := os.ReadFile(dir + "artifact.txt")
	if err != nil {
		return signed{}, false
	}
	second := func(name string) []byte {
		text, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(strings.Split(string(text), "\n")[1])
		if err != nil {
			t.Fatal(err)
		}
		return raw[10:] // behind the algorithm and the key's id
	}
	return signed{
		name: "minisign", Body: body[10:], Timestamp: body[:10], good: true,
		Signature: hex.EncodeToString(second("good-legacy.minisig")), Key: hex.EncodeToString(second("key.pub")),
	}, true
}

// rfc8032 are the vectors of the standard itself.
func rfc8032(t *testing.T) (out []signed) {
	t.Helper()
	var vectors []struct{ Key, Message, Signature string }
	text, err := os.ReadFile("testdata/rfc8032.json")
	if err == nil {
		err = json.Unmarshal(text, &vectors)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		body, err := hex.DecodeString(v.Message)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, signed{name: fmt.Sprintf("RFC 8032 %d", i), Body: body, Timestamp: []byte{}, Signature: v.Signature, Key: v.Key, good: true})
	}
	return out
}

// TestSignaturesBeforeDiscordsOwnCheck has the function that Discord publishes judge what the tests' Discord signs, and published
// vectors, each beside everything that must be refused.
func TestSignaturesBeforeDiscordsOwnCheck(t *testing.T) {
	t.Parallel()
	dir := needsOfficial(t)
	s := discordtest.New(discordtest.Options{})
	body := []byte(`{"type":1}`)
	h := s.Sign(body, time.Unix(1795426200, 0))
	all := []signed{{
		name: "signed here", Body: body, Timestamp: []byte(h.Get("X-Signature-Timestamp")), Signature: h.Get("X-Signature-Ed25519"), Key: s.PublicKey(), good: true,
	}}
	if v, ok := minisigned(t); ok {
		all = append(all, v)
	}
	all = append(all, rfc8032(t)...)
	for _, v := range slices.Clone(all) {
		all = append(all, v.mutants()...)
	}
	var in, problems bytes.Buffer
	for _, v := range all {
		line, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		in.Write(append(line, '\n'))
	}
	cmd := exec.Command("node", "verify.mjs")
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, &in, &problems
	out, err := cmd.Output()
	verdicts := strings.Fields(string(out))
	if err != nil || len(verdicts) != len(all) {
		t.Fatalf("%v: %d verdicts of %d\n%s", err, len(verdicts), len(all), problems.String())
	}
	for i, v := range all {
		if verdicts[i] != fmt.Sprint(v.good) {
			t.Errorf("%s: %s, want %v", v.name, verdicts[i], v.good)
		}
	}
}

// prelude holds what the checks of types need: enumerations are written as their values in JSON, sets of flags as sums, and what Discord says beyond a
// type is no fault of what was received, so literals are taken out of their own freshness.
const prelude = `import type * as D from "discord-api-types/v10";
type Loose<T> = T extends string ? ` + "`${T}`" + ` : T extends number | boolean | null | undefined ? T
  : T extends readonly (infer U)[] ? Loose<U>[] : { [K in keyof T]: K extends "flags" | "public_flags" | "system_channel_flags" ? number : Loose<T[K]> };
type Plain<X> = X extends object ? { -readonly [K in keyof X]: Plain<X[K]> } : X;
const received = <const X,>(x: X) => x as Plain<X>;
`

func tsc(t *testing.T, dir, source string) (string, error) {
	t.Helper()
	at := t.TempDir()
	if err := os.Symlink(filepath.Join(dir, "node_modules"), filepath.Join(at, "node_modules")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(at, "all.ts"), []byte(prelude+source), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("node", filepath.Join(dir, "node_modules", "typescript", "bin", "tsc"),
		"--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "--moduleResolution", "nodenext", "--target", "es2022", "--types", "", "all.ts")
	cmd.Dir = at
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestCardsAreOfDiscordsTypes has TypeScript check every golden against the types of discord-api-types.
func TestCardsAreOfDiscordsTypes(t *testing.T) {
	t.Parallel()
	dir := needsOfficial(t)
	goldens, err := filepath.Glob("embed/testdata/*.json")
	if err != nil || len(goldens) == 0 {
		t.Fatal("no goldens", err)
	}
	var b strings.Builder
	for i, name := range goldens {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "// %s\nexport const golden%d: Loose<D.RESTPostAPIChannelMessageJSONBody>[] = %s;\n", filepath.Base(name), i, raw)
	}
	if out, err := tsc(t, dir, b.String()); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	wrong := strings.Replace(b.String(), `"custom_id"`, `"customid"`, 1)
	if out, err := tsc(t, dir, wrong); err == nil {
		t.Errorf("a wrong card passes\n%s", out)
	}
}

// declared are the types of what the tests' Discord sends.
var declared = map[string]string{
	"READY": "GatewayReadyDispatchData", "RESUMED": "{}", "GUILD_CREATE": "GatewayGuildCreateDispatchData",
	"GUILD_MEMBER_UPDATE": "GatewayGuildMemberUpdateDispatchData", "GUILD_MEMBER_REMOVE": "GatewayGuildMemberRemoveDispatchData",
	"THREAD_CREATE": "GatewayThreadCreateDispatchData", "INTERACTION_CREATE 2": "APIChatInputApplicationCommandInteraction",
	"INTERACTION_CREATE 3": "APIMessageComponentInteraction", "INTERACTION_CREATE 4": "APIApplicationCommandAutocompleteInteraction",
	"INTERACTION_CREATE 5": "APIModalSubmitInteraction",
}

// asked are the types of what the adapter asks for, by the method and the path without ids.
var asked = map[string]string{
	"POST /channels/messages": "RESTPostAPIChannelMessageJSONBody", "PATCH /channels/messages": "RESTPatchAPIChannelMessageJSONBody",
	"POST /channels/messages/threads": "RESTPostAPIChannelMessagesThreadsJSONBody", "POST /interactions/callback": "APIInteractionResponse",
	"PATCH /webhooks/messages/@original":  "RESTPatchAPIInteractionOriginalResponseJSONBody",
	"POST /webhooks":                      "RESTPostAPIInteractionFollowupJSONBody",
	"PUT /applications/guilds/commands":   "RESTPutAPIApplicationGuildCommandsJSONBody",
	"PATCH /channels":                     "RESTPatchAPIChannelJSONBody",
	"POST /applications/guilds/commands":  "RESTPostAPIApplicationGuildCommandsJSONBody",
	"PATCH /webhooks/messages":            "RESTPatchAPIInteractionFollowupJSONBody",
	"PUT /channels/thread-members/@me":    "{}",
	"DELETE /webhooks/messages/@original": "{}",
}

// ids are the parts of a path that name one thing: snowflakes, and tokens of interactions.
var ids = regexp.MustCompile(`/([\w-]{100,}|\d+)`)

// TestTrafficIsOfDiscordsTypes plays through the adapter and has TypeScript check everything that went either way.
func TestTrafficIsOfDiscordsTypes(t *testing.T) {
	dir := needsOfficial(t)
	var b strings.Builder
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, discordtest.Options{MembersIntent: true}, func(w *world) {
			w.settings.Groups = map[string]string{"board": w.Role(w.guild, "Board")}
		})
		w.run(t)
		must := func(i *discordtest.Interaction, err error) {
			t.Helper()
			if err != nil || !i.Wait(time.Minute) || i.Failed() != "" {
				t.Fatalf("%v, %+v", err, i)
			}
		}
		must(w.Slash(w.alex, w.channel, "/release plan web 1.1.0"))
		if _, err := w.Autocomplete(w.alex, w.channel, "release plan", nil, "service", "w"); err != nil {
			t.Error(err)
		}
		card := chat.Message{Card: "R-1", Title: said("R-1"), Buttons: []chat.Button{
			{Name: "go", Label: "button.go", Token: "T1"}, {Name: "why", Label: "button.why", Form: "/vote B-1"},
		}}
		ref := w.post(t, "card", card, chat.Ref{})
		w.post(t, "below", chat.Message{Title: said("below"), Thread: "R-1"}, ref)
		posted := w.Card(w.channel, "R-1")
		must(w.Press(w.alex, posted.ID, posted.Buttons[0]))
		must(w.Press(w.alex, posted.ID, posted.Buttons[1]))
		must(w.SubmitModal(w.alex, map[string]string{"choice": "go"}))
		w.SetRoles(w.guild, w.alex)
		w.Leave(w.alex)
		synctest.Wait()
		seen := 0
		sent := w.Sent()
		for i, name := range slices.Sorted(maps.Keys(sent)) {
			if declared[name] != "" {
				seen++
				fmt.Fprintf(&b, "// %s\nexport const sent%d: Loose<D.%s> = received(%s);\n", name, i, declared[name], sent[name])
			}
		}
		if seen < 9 {
			t.Errorf("only %d kinds of event", seen)
		}
		for i, q := range w.Requests() {
			if q.Body == "" {
				continue
			}
			kind := q.Method + " " + ids.ReplaceAllString(q.Path, "")
			if asked[kind] == "" {
				t.Errorf("%s: of no known type", kind)
				continue
			}
			fmt.Fprintf(&b, "// %s\nexport const asked%d: Loose<D.%s> = %s;\n", kind, i, asked[kind], q.Body)
		}
	})
	source := strings.ReplaceAll(b.String(), "Loose<D.{}>", "object")
	out, err := tsc(t, dir, source)
	if err == nil {
		return
	}
	lines := strings.Split(prelude+source, "\n")
	for _, m := range regexp.MustCompile(`all\.ts\((\d+),`).FindAllStringSubmatch(out, -1) {
		var n int
		_, _ = fmt.Sscan(m[1], &n)
		t.Log(lines[n-2])
	}
	t.Errorf("%v\n%s", err, out)
}
