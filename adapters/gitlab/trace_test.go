package gitlab_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestTraces(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 100 {
		many = append(many, fmt.Sprint("line ", i))
	}
	for _, c := range []struct {
		trace string
		want  []string
	}{
		{"", nil},
		{"\n\n \n", nil},
		{"one\ntwo", []string{"one", "two"}},
		{"one\r\ntwo\r\n", []string{"one", "two"}},
		{"10 %\r50 %\r100 %\n", []string{"100 %"}},
		{"\x1b[0Ksection_start:1560896352:my_first_section\r\x1b[0KHeader of it\nwithin\x1b[0Ksection_end:1560896353:my_first_section\r\x1b[0K\n", []string{"Header of it", "within"}},
		{"\x1b[32;1mgreen\x1b[0;m\a\n", []string{"green"}},
		{"\xff\xfe\n", []string{"?"}},
		{strings.Join(many, "\n"), many[100-port.TailLines:]},
		{strings.Repeat("x", 1<<20), []string{strings.Repeat("x", 400) + "…"}},
	} {
		if got := gitlab.Lines([]byte(c.trace)); !slices.Equal(got, c.want) {
			t.Errorf("%.60q gave %.300q, want %.300q", c.trace, got, c.want)
		}
	}
}

func FuzzTraces(f *testing.F) {
	f.Add([]byte("a\nb\r\x1b[0Kc\n"))
	f.Fuzz(func(t *testing.T, trace []byte) {
		tail := gitlab.Lines(trace)
		if len(tail) > port.TailLines {
			t.Errorf("%d lines", len(tail))
		}
		for _, l := range tail {
			if l == "" || strings.ContainsAny(l, "\n\r\x1b") || len(l) > 500 {
				t.Errorf("the line %q", l)
			}
		}
	})
}
