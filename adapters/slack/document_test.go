package slack_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/adapters/slack"
)

func document(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// The newcomer's page lists every setting and every permission.
func TestDocumentIsWhole(t *testing.T) {
	t.Parallel()
	text := document(t)
	for _, s := range slack.Scopes(slack.Settings{LinkByEmail: true, Groups: map[string]string{"board": "S1"}}) {
		if !strings.Contains(text, "| `"+s.Name+"` | "+s.Why) {
			t.Errorf("docs/slack.md does not say that %s is for %s", s.Name, s.Why)
		}
	}
	for _, c := range []struct {
		prefix string
		of     reflect.Type
	}{{"", reflect.TypeFor[slack.Settings]()}, {"workspaces[].", reflect.TypeFor[slack.Workspace]()}} {
		for i := range c.of.NumField() {
			key := c.prefix + c.of.Field(i).Tag.Get("yaml")
			said := c.of.Field(i).Tag.Get("default")
			if said != "" {
				said = "`" + said + "`"
			}
			if row := regexp.MustCompile("(?m)^\\| `" + regexp.QuoteMeta(key) + "` \\| *" + regexp.QuoteMeta(said)); !row.MatchString(text) {
				t.Errorf("docs/slack.md has no row for %s with the default %s", key, said)
			}
		}
	}
	for _, path := range []string{slack.PathCommands, slack.PathInteractions, slack.PathEvents} {
		if !strings.Contains(text, "`"+path+"`") {
			t.Errorf("docs/slack.md does not name %s", path)
		}
	}
}

// The settings that the page begins with are good as they stand, but for defaults.
func TestDocumentedSettings(t *testing.T) {
	t.Parallel()
	block := regexp.MustCompile("(?s)```yaml\n(chat:.*?)```").FindStringSubmatch(document(t))
	if block == nil {
		t.Fatal("docs/slack.md shows no settings")
	}
	var shown struct {
		Chat struct {
			Platforms []struct {
				Adapter  string
				Settings slack.Settings
			}
		}
	}
	if err := yaml.Unmarshal([]byte(block[1]), &shown); err != nil || len(shown.Chat.Platforms) != 1 {
		t.Fatalf("%+v, %v", shown, err)
	}
	s := shown.Chat.Platforms[0].Settings
	s.APIURL, s.Door, s.Connections = "https://slack.com/api/", slack.DoorSocket, 2
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}
