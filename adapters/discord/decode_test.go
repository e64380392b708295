package discord

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/command"
)

// samples are the payloads that Discord published.
func samples(t testing.TB, folder string) map[string][]byte {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("../../../shared/vendor-apis/discord/samples", folder, "*.json"))
	if len(files) == 0 {
		t.Skip("the published samples are not beside the project: ../shared/vendor-apis")
	}
	all := map[string][]byte{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(f), ".json")] = raw
	}
	return all
}

// TestSamples reads every published interaction with all that is used of it.
func TestSamples(t *testing.T) {
	t.Parallel()
	read := 0
	for name, raw := range samples(t, "interactions-application-commands") {
		var plain struct {
			ID, Token string
			Type      int
			GuildID   string `json:"guild_id"`
			ChannelID string `json:"channel_id"`
			Member    struct{ User struct{ ID string } }
			Data      struct {
				Name    string
				Options []struct {
					Name, Value string
					Focused     bool
				}
			}
		}
		if json.Unmarshal(raw, &plain) != nil || plain.Data.Name == "" { // not an interaction
			continue
		}
		read++
		i, err := decode(raw)
		if complete := plain.ID != "" && plain.Token != ""; (err == nil) != complete { // the one of completion is printed in part
			t.Errorf("%s: %v", name, err)
		}
		if i.GuildID != plain.GuildID || i.where() != plain.ChannelID || i.who() != plain.Member.User.ID || i.Type != plain.Type {
			t.Errorf("%s: read %+v", name, i)
		}
		command, args, typing := i.command()
		if command != plain.Data.Name || len(args) != len(plain.Data.Options) {
			t.Errorf("%s: read %s %v", name, command, args)
		}
		for _, o := range plain.Data.Options {
			if args[o.Name] != o.Value || o.Focused != (typing == o.Name) {
				t.Errorf("%s: read %v, typing %q", name, args, typing)
			}
		}
	}
	if read < 4 {
		t.Errorf("%d interactions among the samples", read)
	}
}

// TestComponentSamples reads every published set of components, those of forms among them.
func TestComponentSamples(t *testing.T) {
	t.Parallel()
	for name, raw := range samples(t, "components-reference") {
		var m struct {
			Components []embed.Component `json:"components"`
		}
		var one embed.Component
		if err := json.Unmarshal(raw, &m); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := json.Unmarshal(raw, &one); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]map[string]string{
		`[{"type":1,"components":[{"type":4,"custom_id":"a","value":"x"}]},{"type":1,"components":[{"type":4,"custom_id":"b","value":""}]}]`: {"a": "x", "b": ""},
		`[{"type":18,"component":{"type":3,"custom_id":"c","values":["go"]}},{"type":10,"content":"words"}]`:                                 {"c": "go"},
	} {
		var i interaction
		i.Data.Components = json.RawMessage(raw)
		got, err := i.fields()
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %v, %v", raw, got, err)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s: %v", raw, got)
			}
		}
	}
}

// TestThreadIsItsChannel: what is said in the thread of a card is said in its channel.
func TestThreadIsItsChannel(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"channel_id":"1"}`: "1", `{"channel_id":"1","channel":{"type":0,"parent_id":"9"}}`: "1",
		`{"channel_id":"2","channel":{"type":11,"parent_id":"1"}}`: "1", `{"channel_id":"2","channel":{"type":12,"parent_id":"1"}}`: "1",
	} {
		var i interaction
		if err := json.Unmarshal([]byte(raw), &i); err != nil || i.where() != want {
			t.Errorf("%s: in %s, %v", raw, i.where(), err)
		}
	}
}

// FuzzDecode: whatever comes, what is read of it has what an answer needs, and can be handled.
func FuzzDecode(f *testing.F) {
	if _, err := os.Stat("../../../shared/vendor-apis"); err == nil {
		for _, raw := range samples(f, "interactions-application-commands") {
			f.Add(raw)
		}
	}
	f.Add([]byte(`{"type":1}`))
	f.Add([]byte(`{"id":"1","token":"t","type":5,"data":{"custom_id":"given:/vote B-1","components":[{"type":1,"components":[{"custom_id":"a","value":"b"}]}]}}`))
	f.Add([]byte(`{"id":"1","token":"t","type":3,"message":{"components":[{"components":[{"custom_id":"ask:T","label":"L"}]}]},"data":{"custom_id":"ask:T"}}`))
	f.Add([]byte(`{"id":"1","token":"t","type":2,"data":{"name":"vote","options":[{"type":1,"name":"cast","options":[{"name":"on","value":5},{"name":"x","value":true,"focused":true}]}]}}`))
	specs := []command.Spec{{Words: []string{"vote"}, Params: []command.Param{{Name: "on"}, {Name: "reason", Kind: command.KindText, Rest: true}}}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		i, err := decode(raw)
		if err != nil {
			if !errors.Is(err, errNoInteraction) {
				t.Errorf("%v", err)
			}
			return
		}
		if i.Type != kindPing && (!snowflake(i.ID) || i.Token == "") {
			t.Errorf("can't be answered: %+v", i)
		}
		i.command()
		i.label()
		i.where()
		_, _ = i.fields()
		if _, line, ok := embed.ReadCustomID(i.Data.CustomID); ok {
			if spec, args, ok := begun(specs, line); ok {
				list, _ := missing(spec, args)
				if form := ask(spec, list, line); len(form.Components) > embed.ModalInputsMost || len([]rune(form.Title)) > embed.ModalTitleMost {
					t.Errorf("a form of %d inputs called %q", len(form.Components), form.Title)
				}
			}
		}
	})
}

// FuzzRetryAfter: whatever an answer says of a rate limit, the wait is one that ends.
func FuzzRetryAfter(f *testing.F) {
	f.Add("1", []byte(`{"retry_after":0.5,"global":true}`))
	f.Add("NaN", []byte(`{}`))
	f.Add("-Inf", []byte(`{"retry_after":1e300}`))
	f.Add("+Inf", []byte(``))
	f.Fuzz(func(t *testing.T, header string, raw []byte) {
		if after, _ := retryAfter(http.Header{"Retry-After": {header}}, raw); after <= 0 || after > 24*time.Hour {
			t.Errorf("waits %v", after)
		}
	})
}
