package command_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/command"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	text := func(name string) command.Param { return command.Param{Name: name, Kind: command.KindText} }
	spec := func(line string, params ...command.Param) command.Spec {
		return command.Spec{Words: []string{"say"}, Params: params, Examples: []command.Example{{Line: line}}}
	}
	optional, rest, flag := text("a"), text("a"), text("a")
	optional.Optional, rest.Rest, flag.Flag = true, true, true
	restFlag := flag
	restFlag.Rest = true
	for name, x := range map[string]struct {
		specs []command.Spec
		says  string
	}{
		"twice":               {[]command.Spec{spec("/say"), spec("/say")}, "declared twice"},
		"no words":            {[]command.Spec{{Examples: []command.Example{{Line: "/x"}}}}, "has no words"},
		"capitals":            {[]command.Spec{{Words: []string{"Say"}}}, `word "Say"`},
		"no example":          {[]command.Spec{{Words: []string{"say"}}, spec("/say")}, "has no example"},
		"neighbour's example": {[]command.Spec{{Words: []string{"sing", "loud"}}, spec("/sing")}, "command.incomplete"},
		"broken example":      {[]command.Spec{spec("/say", text("a"))}, "command.missing"},
		"other's example":     {[]command.Spec{spec("/sing"), {Words: []string{"sing"}, Examples: []command.Example{{Line: "/sing"}}}}, "another command"},
		"rest not last":       {[]command.Spec{spec("/say x y", rest, text("b"))}, "takes the rest"},
		"command not last":    {[]command.Spec{spec("/say x y", command.Param{Name: "a", Kind: command.KindCommand}, text("b"))}, "takes the rest"},
		"required after":      {[]command.Spec{spec("/say x y", optional, text("b"))}, "required after"},
		"same name":           {[]command.Spec{spec("/say x y", text("a"), text("a"))}, "taken"},
		"reserved name":       {[]command.Spec{spec("/say x", text("dry-run"))}, "taken"},
		"bad name":            {[]command.Spec{spec("/say x", text("a b"))}, "lower case"},
		"bad kind":            {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: "colour"})}, `no kind "colour"`},
		"positional bool":     {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: command.KindBool})}, "optional flag"},
		"rest flag":           {[]command.Spec{spec("/say", restFlag)}, "a flag can't"},
		"rest of a number":    {[]command.Spec{spec("/say 1", command.Param{Name: "a", Kind: command.KindNumber, Rest: true})}, "only text"},
		"no choices":          {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: command.KindChoice})}, "needs choices"},
		"choices of text":     {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: command.KindText, Choices: []string{"x"}})}, "only a choice"},
		"choice twice":        {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: command.KindChoice, Choices: []string{"x", "X"}})}, "there twice"},
		"choice of words":     {[]command.Spec{spec("/say x", command.Param{Name: "a", Kind: command.KindChoice, Choices: []string{"x y"}})}, "plain word"},
	} {
		c, err := command.New(x.specs)
		if err == nil || c != nil || !strings.Contains(err.Error(), x.says) {
			t.Errorf("%s: %v, want %q", name, err, x.says)
		}
	}
	_, err := command.New([]command.Spec{{Words: []string{"A"}}, {Words: []string{"B"}}})
	if err == nil || !strings.Contains(err.Error(), `"A"`) || !strings.Contains(err.Error(), `"B"`) {
		t.Errorf("not everything is told: %v", err)
	}
}

func TestTopicsAndLookup(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	var got []string
	for _, topic := range c.Topics() {
		for _, s := range topic.Commands {
			got = append(got, topic.Word+":"+strings.Join(s.Words, " "))
		}
	}
	want := []string{"release:release plan", "release:release show", "release:release list", "vote:vote", "freeze:freeze add", "do:do", "help:help"}
	if !slices.Equal(got, want) {
		t.Errorf("topics %v", got)
	}
	for words, want := range map[string]string{
		"release": "release plan,release show,release list", "/Release Plan": "release plan", " vote ": "vote",
		"": "", "/": "", "release plan now": "", "relaese": "",
	} {
		found, suggest := c.Lookup(words)
		var names []string
		for _, s := range found {
			names = append(names, strings.Join(s.Words, " "))
		}
		if strings.Join(names, ",") != want || len(found) > 0 && suggest != nil {
			t.Errorf("%q: %v, %v", words, names, suggest)
		}
	}
	if _, suggest := c.Lookup("vtoe"); !slices.Equal(suggest, []string{"/vote"}) {
		t.Errorf("suggested %v", suggest)
	}
	if _, suggest := c.Lookup("relaese paln"); !slices.Equal(suggest, []string{"/release plan"}) {
		t.Errorf("suggested %v", suggest)
	}
}

// A catalogue keeps its own declarations: what the caller does to the slice afterwards changes nothing.
func TestNewCopies(t *testing.T) {
	t.Parallel()
	mine := slices.Clone(specs)
	c, err := command.New(mine)
	if err != nil {
		t.Fatal(err)
	}
	mine[0] = command.Spec{}
	if found, _ := c.Lookup("release plan"); len(found) != 1 || found[0].Words[1] != "plan" {
		t.Errorf("found %v", found)
	}
}

func TestComplete(t *testing.T) {
	t.Parallel()
	c, at := catalogue(t), moment(t)
	for line, want := range map[string][]string{
		"":                                 {"/release plan ", "/release show ", "/release list", "/vote ", "/freeze add ", "/do ", "/help "},
		"/":                                {"/release plan ", "/release show ", "/release list", "/vote ", "/freeze add ", "/do ", "/help "},
		"rel":                              {"release plan ", "release show ", "release list"},
		"/release":                         {"/release plan ", "/release show ", "/release list"},
		"/release ":                        {"/release plan ", "/release show ", "/release list"},
		"/RELEASE p":                       {"/release plan "},
		"/vtoe":                            {"/vote "},
		"/xyzzy":                           nil,
		"/release plan ":                   {"/release plan payments ", "/release plan ledger ", "/release plan Web "},
		"/release plan w":                  {"/release plan Web "},
		"/release plan \"pay":              {"/release plan payments "},
		"/release plan ments":              {"/release plan payments "},
		"/release plan ledgre":             {"/release plan ledger "},
		"/release plan payments ":          {"/release plan payments 1.1.0", "/release plan payments 1.2.0"},
		"/release plan ledger ":            {"/release plan ledger 9.9.9"},
		"/release plan payments 1.1.0 ":    {"/release plan payments 1.1.0 --after", "/release plan payments 1.1.0 --urgent", "/release plan payments 1.1.0 --dry-run"},
		"/release plan payments 1.1.0 --u": {"/release plan payments 1.1.0 --urgent"},
		"/release plan --urgent payments 1.1.0 --": {"/release plan --urgent payments 1.1.0 --after", "/release plan --urgent payments 1.1.0 --dry-run"},
		"/release plan payments --after ":          {"/release plan payments --after R-12", "/release plan payments --after R-7"},
		"/release plan payments --after r-7":       {"/release plan payments --after R-7"},
		"/release plan payments --after=R-1":       {"/release plan payments --after=R-12", "/release plan payments --after=R-7"},
		"/release plan --urgent ":                  {"/release plan --urgent payments ", "/release plan --urgent ledger ", "/release plan --urgent Web "},
		"/release show ":                           {"/release show R-12", "/release show R-7"},
		"/vote R-1 ":                               {"/vote R-1 go", "/vote R-1 no-go", "/vote R-1 abstain"},
		"/vote R-1 n":                              {"/vote R-1 no-go", "/vote R-1 abstain"},
		"/vote R-1 go fine so":                     nil,
		"/freeze add prod tom":                     {`/freeze add prod "tomorrow 02:00"`},
		"/freeze add prod tomorrow 0":              {`/freeze add prod "tomorrow 02:00"`},
		`/freeze add prod "tomorrow 0`:             {`/freeze add prod "tomorrow 02:00"`},
		"/freeze add prod now +2":                  {"/freeze add prod now +2h"},
		"/help rel":                                {`/help "release plan"`, `/help "release show"`, `/help "release list"`},
		"/help release p":                          {`/help "release plan"`},
		"/vote R-1 go \x00":                        nil,
		strings.Repeat("/vote ", 1000):             nil,
	} {
		if got := c.Complete(line, at, organisation{}); !slices.Equal(got, want) {
			t.Errorf("%.60q: %q, want %q", line, got, want)
		}
	}
}

type many struct{}

func (many) Known(command.Kind, map[string]command.Value) ([]string, bool) {
	var words []string
	for i := range 1000 {
		words = append(words, "service-"+strings.Repeat("x", i))
	}
	return words, true
}

func TestCompleteIsBounded(t *testing.T) {
	t.Parallel()
	c, at := catalogue(t), moment(t)
	if got := c.Complete("/release plan s", at, many{}); len(got) != command.MaxCompletions {
		t.Errorf("%d completions", len(got))
	}
	if got := c.Complete("/release plan ", at, nil); len(got) != 0 {
		t.Errorf("completions out of nothing: %q", got)
	}
}
