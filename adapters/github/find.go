package github

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of looking through runs.
const (
	// lookBack is how old a run may be to be found by its key.
	lookBack = 7 * 24 * time.Hour
	// pagesMost: GitHub lists at most 1,000 runs that fit a search:
	// https://docs.github.com/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow
	pagesMost = 10
)

// Find returns the run of a key: it looks in every repository that the pipeline serves, among the runs of the last week. GitHub lists runs
// with a lag, so nothing is "not there" before that is over since the key was dispatched here, or since this process began: Find waits
// for that, up to 10 seconds, and then says that it does not know yet.
func (p *Pipeline) Find(ctx context.Context, key string) (port.Run, error) {
	known := p.recall(key, attempt{})
	if known.run.ID != "" {
		return known.run, nil
	}
	repos := []repository{known.repo}
	if known.at.IsZero() {
		repos = nil
		for _, s := range p.serves() {
			repos = append(repos, s.repo)
		}
	}
	if key == "" || len(repos) == 0 {
		return port.Run{}, fmt.Errorf("github: the pipeline serves nothing that the run of %q could be of", key)
	}
	settled := orElse(known.at, p.began).Add(p.settings.ListingLag)
	until := p.clock().Add(lookFor)
	for {
		run, err := p.lookAll(ctx, repos, key)
		now := p.clock()
		switch {
		case err == nil:
			p.remember(key, attempt{at: now, run: run})
			return run, nil
		case !notThere(err):
			return port.Run{}, err
		case !now.Before(settled):
			return port.Run{}, err
		case !now.Before(until) || ctx.Err() != nil:
			return port.Run{}, fmt.Errorf("github: no run of %s is listed, and one might be until %s", key, settled.UTC().Format(time.TimeOnly))
		}
		pause(ctx, min(p.every, settled.Sub(now)))
	}
}

func (p *Pipeline) lookAll(ctx context.Context, repos []repository, key string) (port.Run, error) {
	err := error(effect.ErrNotFound)
	for _, repo := range repos {
		var run port.Run
		if run, err = p.look(ctx, repo, key); err == nil || !notThere(err) {
			return run, err
		}
	}
	return port.Run{}, err
}

// look lists the dispatched runs of a repository and returns the one of a key, the oldest if there are several, that the token's own account
// started: whoever sees a key may start another run under it. effect.ErrNotFound: none is listed.
func (p *Pipeline) look(ctx context.Context, repo repository, key string) (port.Run, error) {
	me, err := p.me(ctx)
	if err != nil {
		return port.Run{}, err
	}
	var found, foreign *gh.WorkflowRun
	err = p.list(ctx, repo, "workflow_dispatch", p.clock().Add(-lookBack), pagesMost, func(r *gh.WorkflowRun) {
		switch {
		case !names(r, key):
		case !by(r.GetActor(), me):
			foreign = r
		case found == nil || r.GetID() < found.GetID():
			found = r
		}
	})
	switch {
	case found != nil:
		return runOf(repo, found.GetID(), found.GetHTMLURL()), nil
	case err != nil:
		return port.Run{}, err
	case foreign != nil:
		return port.Run{}, effect.Permanently(fmt.Errorf("github: the run %s carries the key %s, and %s started it, not the token's account: look at it before anything is started",
			foreign.GetHTMLURL(), key, orElse(foreign.GetActor().GetLogin(), "somebody")))
	}
	return port.Run{}, effect.Permanently(fmt.Errorf("github: no run of %s in %s: %w", key, repo, effect.ErrNotFound))
}

// list gives the workflow's runs since an instant, the newest first, of one event or of all.
func (p *Pipeline) list(ctx context.Context, repo repository, event string, since time.Time, pages int, each func(*gh.WorkflowRun)) error {
	route := fmt.Sprintf("GET /repos/%s/actions/workflows/%s/runs", repo, p.settings.Workflow)
	o := &gh.ListWorkflowRunsOptions{
		Event: event, Created: ">=" + since.UTC().Format(time.RFC3339), ExcludePullRequests: true, ListOptions: gh.ListOptions{PerPage: perPage},
	}
	for range pages {
		runs, answer, err := p.api.Actions.ListWorkflowRunsByFileName(ctx, repo.owner, repo.name, p.settings.Workflow, o)
		if err := p.class(route, answer, err, true); err != nil {
			return unseen(err)
		}
		if runs == nil || runs.TotalCount == nil {
			return malformed(route)
		}
		for _, r := range runs.WorkflowRuns {
			if r.GetID() <= 0 {
				return malformed(route)
			}
			each(r)
		}
		if answer.NextPage == 0 {
			return nil
		}
		o.Page = answer.NextPage
	}
	return effect.Retryable(errTooMany, 0)
}

var errTooMany = errors.New("github: there are more runs than it lists")

// title is what a run is called by its workflow's run-name.
func title(r *gh.WorkflowRun) string { return orElse(r.GetDisplayTitle(), r.GetName()) }

// names reports whether a run's title holds a key: by itself, not within a longer word.
func names(r *gh.WorkflowRun, key string) bool { return holds(title(r), key) }

func holds(text, word string) bool {
	for from := 0; word != ""; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		i += from
		before, after := text[:i], text[i+len(word):]
		if (before == "" || !wordly(before[len(before)-1])) && (after == "" || !wordly(after[0])) {
			return true
		}
		from = i + 1
	}
	return false
}

func wordly(c byte) bool {
	return c == '-' || c == '_' || c == '/' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

var (
	ownKey    = regexp.MustCompile(`\bgonogo-[A-Za-z0-9-]*[A-Za-z0-9]`)
	inBracket = regexp.MustCompile(`\(([^()\s]+)\)\s*$`)
)

// claimed is the key that a run's title claims: one of the bot's form, or the last word of it in parentheses.
func claimed(title string) string {
	if key := ownKey.FindString(title); key != "" {
		return key
	}
	if m := inBracket.FindStringSubmatch(title); m != nil {
		return m[1]
	}
	return ""
}
