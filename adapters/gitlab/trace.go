package gitlab

import (
	"bytes"
	"context"
	"io"
	"regexp"
	"strings"
	"time"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of what is read of a job's output.
const (
	lineMost = 400 // bytes of a line that is shown
	// traceRate is how much of outputs is read in a second of following, in bytes. GitLab gives an output as a whole and no part of it
	// (its API knows no range), 100 MB by default at most: a long one is read the less often, and one over rest.AnswerMost not at all.
	traceRate = 64 << 10
)

// traced is what was last read of a job's output.
type traced struct {
	status string
	next   time.Time // when it is worth another look, while the job's status is the same
	tail   []string
	err    error
}

// tail is the last lines of a job's output. A job that has none yet, or whose output was erased, has no lines.
func (p *Pipeline) tail(ctx context.Context, project string, job *api.Job) ([]string, error) {
	if job.StartedAt == nil {
		return nil, nil
	}
	now, key := p.outside.clock(), runID(project, job.ID)
	last, known := p.traces.Get(key)
	if known && last.status == job.Status && (states[job.Status].Ended() && last.err == nil || now.Before(last.next)) {
		return last.tail, last.err
	}
	all, err := p.trace(ctx, project, job.ID)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	read := traced{status: job.Status, tail: lines(all), err: err, next: now.Add(time.Duration(len(all)) * time.Second / traceRate)}
	if err != nil { // as if it were the longest: that may be why
		read.next = now.Add(rest.AnswerMost / traceRate * time.Second)
	}
	p.traces.Put(key, read)
	return read.tail, err
}

func (p *Pipeline) trace(ctx context.Context, project string, job int64) ([]byte, error) {
	trace, answer, err := p.host.Jobs.GetTraceFile(project, job, in(ctx))
	if gone(answer) {
		return nil, nil
	}
	if err := p.host.class("GET /projects/:id/jobs/:id/trace", answer, err, true); err != nil {
		return nil, err
	}
	return io.ReadAll(trace)
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
