package command_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/command"
)

// gathered are commands with words beside the names, and with several ids.
func gathered(t *testing.T) *command.Catalogue {
	t.Helper()
	c, err := command.New([]command.Spec{
		{Words: []string{"couple"}, Params: []command.Param{
			{Name: "releases", Kind: command.KindRelease, Many: true},
			{Name: "reason", Kind: command.KindText, Rest: true, Optional: true},
		}, Examples: []command.Example{{Line: "/couple R-1 R-2 together"}}},
		{Words: []string{"close"}, Params: []command.Param{
			{Name: "service", Kind: command.KindService, Also: []string{"all"}},
		}, Examples: []command.Example{{Line: "/close all"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestManyIdsAndFurtherWords(t *testing.T) {
	t.Parallel()
	c, at := gathered(t), moment(t)
	for line, want := range map[string]string{
		`/couple R-1`:                      "couple|releases=R-1",
		`/couple r-1 R-22 "they belong"`:   "couple|releases=R-1 R-22|reason=they belong",
		`/couple "R-1 R-2" they belong`:    "couple|releases=R-1 R-2|reason=they belong",
		`/couple R-1,R-2, R-3`:             "couple|releases=R-1 R-2 R-3",
		`/couple R-1 "R-2 is the culprit"`: "couple|releases=R-1|reason=R-2 is the culprit",
		`/close ALL`:                       "close|service=all",
		`/close payments`:                  "close|service=payments",
	} {
		call, failure := c.Parse(line, at, organisation{})
		if failure != nil {
			t.Errorf("%s: %v", line, failure)
			continue
		}
		if got := values(call); got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
		again, failure := c.Parse(command.Print(call), at, organisation{})
		if failure != nil || values(again) != want {
			t.Errorf("%s is printed as %s: %v", line, command.Print(call), failure)
		}
	}
	for line, want := range map[string]string{"/couple": "command.missing", "/couple payments": "command.id", "/close al": "command.service"} {
		_, failure := c.Parse(line, at, organisation{})
		if failure == nil || string(failure.Text.Code) != want {
			t.Errorf("%s: %v, want %s", line, failure, want)
		}
	}
	if got := command.Usage(c.Topics()[0].Commands[0]); got != "/couple <releases…> [<reason…>]" {
		t.Errorf("usage is %s", got)
	}
}
