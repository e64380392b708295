package gitlab_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/gitlab"
	"github.com/gonogo-chat/gonogo/adapters/gitlab/gitlabtest"
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

// GitLab gives a job's output only as a whole, and by default takes up to 100 MB of it. None of that keeps from a run how it ended.
func TestAnOutputThatIsTooLongHidesNoEnd(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.takes(time.Second, time.Minute)
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Definition.Jobs[1].Says = 17 << 20 })
		p := w.pipeline(variables(), nil)
		all := w.followed(p, w.start(p, "D-1"), time.Hour)
		if n := len(all); n == 0 || all[n-1] != `succeeded "deploy" 100 %` {
			t.Errorf("followed: %q", all)
		}
	})
}

// A long output is read the less often.
func TestALongOutputIsReadSeldom(t *testing.T) {
	t.Parallel()
	bubble(t, gitlabtest.Options{}, func(t *testing.T, w *world) {
		w.takes(time.Second, time.Hour)
		w.side.Change(shop, func(p *gitlabtest.Project) { p.Definition.Jobs[1].Says = 1 << 20 })
		p := w.pipeline(variables(), nil)
		run := w.start(p, "D-1")
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		for ctx.Err() == nil { // as if something else of the run changed all the time
			if _, err := p.Follow(ctx, run, port.Progress{Percent: 1}); err != nil {
				t.Fatal(err)
			}
		}
		traces := 0
		for _, asked := range w.side.Asked() {
			if strings.HasSuffix(asked, "/trace") {
				traces++
			}
		}
		if traces > 50 || traces < 5 {
			t.Errorf("1 MB was read %d times in 10 minutes", traces)
		}
	})
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
