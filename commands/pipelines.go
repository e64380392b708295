package commands

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

// auditTime bounds the reading of every orchestrator's own settings: they are read beside each other.
const auditTime = 10 * time.Second

func (p Ports) pipelineList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"pipeline", "list"}, Summary: "List the pipelines: what stands behind each, and which environments it serves.",
			Examples: []command.Example{{Line: "/pipeline list", Does: "lists the pipelines"}},
		},
		Read: func(r *bot.Reading, _ command.Call) (chat.Reply, error) {
			s := chat.Section{}
			for _, name := range r.Org.Pipelines {
				var serves []string
				for _, e := range r.Org.Environments {
					if e.Pipeline == name {
						serves = append(serves, e.Name)
					}
				}
				line := chat.Line{Mark: chat.MarkOpen, Text: chat.Say("pipeline.line", chat.Word("pipeline", name), chat.List("environments", serves))}
				if len(serves) == 0 {
					line = chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("pipeline.idle", chat.Word("pipeline", name))}
				}
				if o, ok := p.Deployers[name].(port.Orchestrator); ok {
					d := o.Described()
					line.Sub = append(line.Sub, chat.Say("pipeline.stands", chat.Word("system", d.System), chat.Word("address", d.Address), chat.Word("job", d.Job),
						chat.Nested("heard", chat.Say("pipeline.heard."+chat.Code(d.Heard)))))
				}
				s.Lines = append(s.Lines, line)
			}
			return privately(chat.Message{Title: chat.Say("pipeline.list", chat.Count("count", len(s.Lines))), Sections: []chat.Section{s}}, nil), nil
		},
	}
}

func pipelineShow() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"pipeline", "show"}, Summary: "Show the runs of a release in an environment, the newest first: stage, progress, output, link.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
			},
			Examples: []command.Example{{Line: "/pipeline show R-1 {environment}", Does: "shows the runs of R-1 in {environment}"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			rel, err := getRelease(r, c.Text("release"))
			if err != nil {
				return chat.Reply{}, err
			}
			env := c.Text("environment")
			m := chat.Message{Title: chat.Say("pipeline.shown", chat.Word("release", rel.ID), chat.Word("what", rel.Subject()), chat.Word("environment", env))}
			for _, id := range slices.Backward(rel.Deployments) {
				d, ok, err := deployments.Get(r, id)
				if err != nil {
					return chat.Reply{}, err
				}
				if ok && d.Environment == env {
					m.Sections = append(m.Sections, runSection(r, d))
				}
			}
			if len(m.Sections) == 0 {
				return chat.Reply{}, chat.Refuse("pipeline.no_run", chat.Word("release", rel.ID), chat.Word("environment", env))
			}
			waiting, err := waitingFor(r, rel.Deployments...)
			if err == nil && len(waiting.Lines) > 0 {
				m.Sections = append(m.Sections, waiting)
			}
			return privately(m, map[string]string{"release": rel.ID}), err
		},
	}
}

// runSection is one run of a pipeline.
func runSection(r *bot.Reading, d rollout.Deployment) chat.Section {
	s := chat.Section{Heading: chat.Say("pipeline.run", chat.Word("deployment", d.ID), chat.Word("what", d.Subject()), chat.Nested("state", d.State.Text()))}
	s.Fields = append(s.Fields, chat.Field{Label: "label.pipeline", Value: chat.Say("value.word", chat.Word("word", d.Pipeline))})
	if d.Run.ID == "" {
		s.Lines = []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("pipeline.not_started", chat.Word("key", d.Key))}}
		return s
	}
	s.Fields = append(s.Fields,
		chat.Field{Label: "label.run", Value: chat.Say("value.word", chat.Word("word", d.Run.ID))},
		chat.Field{Label: "label.started", Value: chat.Say("value.time", chat.Time("at", d.StartedAt))},
		chat.Field{Label: "label.progress", Value: chat.Say("run.progress", chat.Word("deployment", d.ID), chat.Word("state", string(d.Progress.State)),
			chat.Word("stage", d.Progress.Stage), chat.Percent("percent", float64(d.Progress.Percent)/100))})
	for _, line := range d.Progress.Tail {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("pipeline.output", chat.Word("line", r.Bot.Redact(line)))})
	}
	if d.Run.Link != "" {
		s.Buttons = []chat.Button{{Name: "pipeline", Label: "button.pipeline", URL: d.Run.Link}}
	}
	return s
}

func (p Ports) pipelineAudit() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"pipeline", "audit"}, Summary: "Read of each pipeline's system whether it logs what is done there, and who may do it.",
			Params: []command.Param{
				{Name: "pipeline", Kind: command.KindText, Optional: true, Help: "Only this pipeline."},
			},
			Examples: []command.Example{{Line: "/pipeline audit", Does: "reads audit logging and access control of every pipeline's system"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			names := r.Org.Pipelines
			if only := c.Text("pipeline"); only != "" {
				if !slices.Contains(names, only) {
					return chat.Reply{}, chat.Reject("pipeline.unknown", chat.Word("pipeline", only), chat.List("known", names))
				}
				names = []string{only}
			}
			readings := p.audit(names)
			m := chat.Message{Title: chat.Say("pipeline.audit", chat.Count("count", len(names)))}
			for _, name := range names {
				m.Sections = append(m.Sections, auditSection(name, readings[name]))
			}
			return privately(m, nil), nil
		},
	}
}

// audit asks every pipeline's system at once.
func (p Ports) audit(names []string) map[string][]port.Reading {
	ctx, cancel := context.WithTimeout(context.Background(), auditTime)
	defer cancel()
	readings := make([][]port.Reading, len(names))
	var group sync.WaitGroup
	for i, name := range names {
		o, ok := p.Deployers[name].(port.Orchestrator)
		if !ok {
			continue
		}
		group.Go(func() { readings[i] = o.Audit(ctx) })
	}
	group.Wait()
	all := map[string][]port.Reading{}
	for i, name := range names {
		all[name] = readings[i]
	}
	return all
}

func auditSection(pipeline string, readings []port.Reading) chat.Section {
	s := chat.Section{Heading: chat.Say("pipeline.audited", chat.Word("pipeline", pipeline))}
	for _, guard := range []port.Guard{port.AuditLog, port.AccessControl} {
		found := false
		for _, reading := range readings {
			if reading.Of != guard {
				continue
			}
			found = true
			line := chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("pipeline.guard", chat.Nested("guard", chat.Say("pipeline.guard."+chat.Code(guard))), chat.Nested("what", reading.What))}
			if reading.On != nil {
				line.Mark = map[bool]chat.Mark{true: chat.MarkOpen, false: chat.MarkClosed}[*reading.On]
			}
			if !reading.Do.IsZero() {
				line.Sub = []chat.Text{reading.Do}
			}
			s.Lines = append(s.Lines, line)
		}
		if !found {
			s.Lines = append(s.Lines, chat.Line{Mark: chat.MarkUnknown, Text: chat.Say("pipeline.guard", chat.Nested("guard", chat.Say("pipeline.guard."+chat.Code(guard))),
				chat.Nested("what", chat.Say("pipeline.unread")))})
		}
	}
	return s
}
