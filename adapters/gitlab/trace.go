package gitlab

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// lineMost bounds a line of output that is shown, in bytes.
const lineMost = 400

// tail is the last lines of a job's output. A job that has none yet, or whose output was erased, has no lines.
func (p *Pipeline) tail(ctx context.Context, project string, job *api.Job) ([]string, error) {
	if job.StartedAt == nil {
		return nil, nil
	}
	trace, answer, err := p.host.Jobs.GetTraceFile(project, job.ID, in(ctx))
	if gone(answer) {
		return nil, nil
	}
	if err := p.host.class("GET /projects/:id/jobs/:id/trace", answer, err, true); err != nil {
		return nil, err
	}
	all, err := io.ReadAll(trace)
	return lines(all), err
}

var (
	colour  = regexp.MustCompile("\x1b\\[[0-9;?]*[A-Za-z]")
	section = regexp.MustCompile(`section_(start|end):[0-9]+:[^\r\n ]*`)
)

// lines are the last lines of a trace as a terminal would show them: without colours, without the runner's marks of sections, and of what
// overwrites itself the last. https://docs.gitlab.com/ci/jobs/job_logs/
func lines(trace []byte) (tail []string) {
	for len(trace) > 0 && len(tail) < port.TailLines {
		at := bytes.LastIndexByte(trace, '\n')
		raw := trace[at+1:]
		trace = trace[:max(at, 0)]
		if len(raw) > 64*lineMost {
			raw = raw[len(raw)-64*lineMost:]
		}
		text := section.ReplaceAllString(colour.ReplaceAllString(strings.ToValidUTF8(string(raw), "?"), ""), "")
		text = strings.TrimRight(text, "\r \t")
		text = text[strings.LastIndexByte(text, '\r')+1:]
		text = strings.Map(func(r rune) rune {
			if r < ' ' && r != '\t' || r == 0x7f {
				return -1
			}
			return r
		}, text)
		if text == "" {
			continue
		}
		if len(text) > lineMost {
			text = strings.ToValidUTF8(text[:lineMost], "") + "…"
		}
		tail = append(tail, text)
	}
	for i, j := 0, len(tail)-1; i < j; i, j = i+1, j-1 {
		tail[i], tail[j] = tail[j], tail[i]
	}
	return tail
}
