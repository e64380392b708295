package promtext_test

import (
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/promtext"
)

var good = []string{
	`rate(x)`, ` rate ( x ) `, `increase(a:b_c1{d="e"})`, `value(x{a="\"}",b!~"[0-9]+",})`, `quantile(0.99, x_seconds)`,
	`ratio(http_requests_total{code=~"5.."}, http_requests_total)`,
}

var bad = map[string]string{
	``:                     "character 1: the name of a function",
	`sum(x)`:               "character 1: \"sum\" is none of",
	`rate`:                 "character 5",
	`rate(`:                "character 6: the name of a metric",
	`rate(x) y`:            "character 9: the expression should end",
	`rate(x, y)`:           "character 7",
	`ratio(x)`:             "character 8",
	`quantile(x)`:          "between 0 and 1",
	`quantile(1, x)`:       "between 0 and 1",
	`quantile(0.5.5, x)`:   "between 0 and 1",
	`quantile(0.5 x)`:      "character 14",
	`rate(x{)`:             "the name of a label",
	`rate(x{a})`:           "=, !=, =~ or !~",
	`rate(x{a=b})`:         "double quotes",
	`rate(x{a='b'})`:       "double quotes",
	`rate(x{a="b})`:        "double quotes",
	`rate(x{a="b" c="d"})`: "',' or '}'",
	`rate(x{a=~"("})`:      "no regular expression",
	`rate(x{a=~"a)|(b"})`:  "no regular expression",
	`rate(1x)`:             "the name of a metric",
	`rate(x{` + strings.Repeat(`a="b",`, 17) + `})`: "more than 16 matchers",
	strings.Repeat(" ", 3000) + `rate(x)`:           "over the limit",
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, e := range good {
		if err := promtext.Check(e); err != nil {
			t.Errorf("%s: %v", e, err)
		}
	}
	for e, want := range bad {
		if err := promtext.Check(e); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want an error that holds %q", e, err, want)
		}
	}
}

func FuzzCheck(f *testing.F) {
	for _, e := range good {
		f.Add(e)
	}
	for e := range bad {
		f.Add(e)
	}
	f.Fuzz(func(t *testing.T, e string) {
		if promtext.Check(e) == nil && promtext.Check(" "+e+"\n") != nil && len(e) < 2000 {
			t.Errorf("white space around %q makes it wrong", e)
		}
	})
}
