package gitlab

import (
	"cmp"
	"context"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	api "gitlab.com/gitlab-org/api/client-go/v2"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// lint is what GitLab makes of a project's pipeline definition. The library leaves out the jobs.
type lint struct {
	Valid  *bool    `json:"valid"`
	Errors []string `json:"errors"`
	Merged string   `json:"merged_yaml"`
	Jobs   []linted `json:"jobs"`
}

type linted struct {
	Name string `json:"name"`
}

// branch is what the pipeline runs on in a project where that is the same for every deployment, else empty.
func (p *Pipeline) branch(ctx context.Context, project string) (string, error) {
	if strings.Contains(p.settings.Ref, "{") {
		return "", nil
	}
	if p.settings.Ref != "" {
		return p.settings.Ref, nil
	}
	of, err := p.host.project(ctx, project)
	if err != nil {
		return "", err
	}
	return of.DefaultBranch, nil
}

func (h *host) lint(ctx context.Context, project, ref string) (*lint, *api.Response, error) {
	type options struct {
		Ref  string `url:"content_ref,omitempty"`
		Jobs bool   `url:"include_jobs"`
	}
	r, err := h.NewRequest(http.MethodGet, "projects/"+api.PathEscape(project)+"/ci/lint", options{ref, true}, []api.RequestOptionFunc{in(ctx)})
	if err != nil {
		return nil, nil, err
	}
	var l lint
	answer, err := h.Do(r, &l)
	if err == nil && l.Valid == nil {
		err = errMalformed
	}
	return &l, answer, err
}

// definition examines what the pipeline does with what the bot gives it.
func (e *examination) definition(ctx context.Context, p *Pipeline, path string, of *api.Project) {
	name := chat.Word("project", path)
	ref, err := p.branch(ctx, path)
	if err != nil {
		return
	}
	l, answer, err := e.host.lint(ctx, path, ref)
	if err != nil {
		e.unknown("the pipeline definition of "+path, answer, err)
		return
	}
	if len(p.settings.Inputs) > 0 {
		e.inputs(ctx, p, path, cmp.Or(ref, of.DefaultBranch), cmp.Or(of.CIConfigPath, ".gitlab-ci.yml"))
	} else if !*l.Valid {
		e.bad(chat.Say("gitlab.check.invalid", name, chat.List("errors", bounded(l.Errors))), chat.Say("gitlab.check.do_invalid"))
		return
	}
	if job := p.settings.Job; job != "" && !strings.Contains(job, "{") && *l.Valid {
		known := slices.Contains(l.Jobs, linted{job})
		if !known {
			e.bad(chat.Say("gitlab.check.no_job", name, chat.Word("job", job)), chat.Say("gitlab.check.do_job"))
		} else {
			e.fine(chat.Say("gitlab.check.job", name, chat.Word("job", job)))
		}
	}
	if p.settings.Name != "" && len(p.settings.Inputs) == 0 {
		if namesItself(l.Merged, p.settings.Key) {
			e.fine(chat.Say("gitlab.check.name", name))
		} else {
			e.bad(chat.Say("gitlab.check.no_name", name), chat.Say("gitlab.check.do_name", chat.Word("name", p.settings.spelled(p.settings.Variables, "$", ""))))
		}
	}
}

// spelled is the pipeline's name as its definition has to write it: for each placeholder, the variable or input that takes nothing else.
func (s PipelineSettings) spelled(passed map[string]string, before, after string) string {
	name := strings.ReplaceAll(s.Name, "{key}", before+s.Key+after)
	for _, of := range slices.Sorted(maps.Keys(passed)) {
		if whole := passed[of]; strings.HasPrefix(whole, "{") && strings.Count(whole, "}") == 1 {
			name = strings.ReplaceAll(name, whole, before+of+after)
		}
	}
	return name
}

// inputs examines the file itself: what GitLab merges has its inputs filled in already.
func (e *examination) inputs(ctx context.Context, p *Pipeline, path, ref, file string) {
	name := chat.Word("project", path)
	if strings.ContainsAny(file, ":@") { // in another project, or elsewhere altogether
		e.fine(chat.Say("gitlab.check.elsewhere", name, chat.Word("file", file)))
		return
	}
	raw, answer, err := e.host.RepositoryFiles.GetRawFile(path, file, &api.GetRawFileOptions{Ref: &ref}, in(ctx))
	if gone(answer) {
		e.bad(chat.Say("gitlab.check.no_file", name, chat.Word("file", file)), chat.Say("gitlab.check.do_invalid"))
		return
	}
	if err != nil {
		e.unknown(file+" of "+path, answer, err)
		return
	}
	missing := []string{}
	for input := range p.settings.Inputs {
		if !declares(string(raw), input) {
			missing = append(missing, input)
		}
	}
	if !declares(string(raw), p.settings.Key) {
		missing = append(missing, p.settings.Key)
	}
	slices.Sort(missing)
	switch {
	case len(missing) > 0:
		e.bad(chat.Say("gitlab.check.no_inputs", name, chat.Word("file", file), chat.List("inputs", missing)), chat.Say("gitlab.check.do_inputs"))
	case !namesItself(string(raw), p.settings.Key):
		e.bad(chat.Say("gitlab.check.no_name", name),
			chat.Say("gitlab.check.do_name", chat.Word("name", p.settings.spelled(p.settings.Inputs, "$[[ inputs.", " ]]"))))
	default:
		e.fine(chat.Say("gitlab.check.inputs", name))
	}
}

// header is the first part of a definition, which declares its inputs: https://docs.gitlab.com/ci/inputs/
var header = regexp.MustCompile(`(?ms)\A.*?^spec:.*?^---`)

// declares reports whether a definition declares an input.
func declares(text, input string) bool {
	return regexp.MustCompile(`(?m)^\s+["']?` + regexp.QuoteMeta(input) + `["']?:`).MatchString(header.FindString(text))
}

// namesItself reports whether a definition's workflow takes its name from the key: in the name itself, or in a variable that a rule sets.
func namesItself(text, key string) bool {
	workflow := regexp.MustCompile(`(?ms)^workflow:\s*\n(.*?)(^\S|\z)`).FindString(text)
	of := regexp.MustCompile(`(\$\{?|inputs\.)` + regexp.QuoteMeta(key) + `($|[^A-Za-z0-9_-])`)
	named, told := false, false
	for line := range strings.Lines(workflow) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "- ")
		named = named || strings.HasPrefix(line, "name:")
		told = told || !strings.HasPrefix(line, "if:") && of.MatchString(line)
	}
	return named && told
}

// bounded are the first few lines of many.
func bounded(lines []string) []string {
	out := slices.Clone(lines[:min(len(lines), 3)])
	for i, l := range out {
		if len(l) > tellMost {
			out[i] = strings.ToValidUTF8(l[:tellMost], "") + "…"
		}
	}
	if len(out) == 0 {
		out = []string{"?"}
	}
	return out
}
