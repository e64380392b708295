package github

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Bounds of what is fine.
const (
	skewMost   = time.Minute         // between the clocks here and there
	expirySoon = 14 * 24 * time.Hour // a token that ends sooner is spoken of
)

// examination collects findings.
type examination struct {
	*host
	token    string // the reference
	findings []port.Finding
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// unreachable is the finding that something could not be found out.
func (e *examination) unreachable(what string, err error) {
	e.bad(chat.Say("github.check.unreachable", chat.Word("what", what), chat.Word("error", err.Error())), chat.Say("github.check.do_reach"))
}

// asked is the finding about a request that failed: unreachable, not allowed, or, if the answer was 404, what missing says. It reports
// whether the request was answered well.
func (e *examination) asked(what string, err error, missing, do, right chat.Text) bool {
	switch {
	case err == nil:
		return true
	case rest.Status(err) == http.StatusNotFound:
		e.bad(missing, do)
	case rest.Status(err) == http.StatusForbidden && !limitedBy(err):
		e.bad(chat.Say("github.check.no_right", chat.Word("what", what), chat.Word("error", err.Error())), right)
	default:
		e.unreachable(what, err)
	}
	return false
}

// connection examines the address, the token and the clock; false if there is no use in going on.
func (e *examination) connection(ctx context.Context) bool {
	limits, answer, err := e.api.RateLimit.Get(ctx)
	if err := e.class("GET /rate_limit", answer, err, true); err != nil {
		if rest.Status(err) == http.StatusUnauthorized {
			e.bad(chat.Say("github.check.no_token", chat.Word("url", e.url), chat.Word("error", err.Error())),
				chat.Say("github.check.do_token", chat.Word("reference", e.token)))
			return false
		}
		e.unreachable("rate_limit", err)
		return false
	}
	if limits.GetCore() == nil {
		e.bad(chat.Say("github.check.no_api", chat.Word("url", e.url)), chat.Say("github.check.do_url"))
		return false
	}
	e.fine(chat.Say("github.check.token", chat.Word("url", e.url)))
	now := e.clock()
	if ends := answer.TokenExpiration; !ends.IsZero() && ends.Sub(now) < expirySoon {
		e.bad(chat.Say("github.check.expires", chat.Time("at", ends.Time)), chat.Say("github.check.do_token", chat.Word("reference", e.token)))
	}
	e.scopes(answer)
	if there, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		if skew := now.Sub(there).Abs(); skew > skewMost {
			e.bad(chat.Say("github.check.clock", chat.Duration("skew", skew)), chat.Say("github.check.do_clock"))
		} else {
			e.fine(chat.Say("github.check.clocks"))
		}
	}
	return true
}

// scopes examines a classic token: GitHub lists its scopes with every answer.
func (e *examination) scopes(answer *gh.Response) {
	list, classic := answer.Header["X-Oauth-Scopes"]
	if !classic {
		return
	}
	granted := strings.FieldsFunc(strings.Join(list, ","), func(r rune) bool { return r == ',' || r == ' ' })
	if !slices.Contains(granted, "repo") && !slices.Contains(granted, "public_repo") {
		e.bad(chat.Say("github.check.no_scope", chat.Word("scope", "repo")), chat.Say("github.check.do_scope"))
	}
}

// repository examines whether a repository can be seen; nil if it can't.
func (e *examination) repository(ctx context.Context, repo repository) *gh.Repository {
	at := chat.Word("repository", repo.String())
	route := "GET /repos/" + repo.String()
	r, answer, err := e.api.Repositories.Get(ctx, repo.owner, repo.name)
	if !e.asked(repo.String(), e.class(route, answer, err, true), chat.Say("github.check.no_repository", at), chat.Say("github.check.do_repository"), chat.Say("github.check.do_metadata")) {
		return nil
	}
	if r.GetArchived() {
		e.bad(chat.Say("github.check.archived", at), chat.Say("github.check.do_archived"))
		return nil
	}
	e.fine(chat.Say("github.check.repository", at))
	return r
}

// limitedBy reports whether a refusal was GitHub's asking for fewer requests.
func limitedBy(err error) bool { return strings.Contains(strings.ToLower(err.Error()), "rate limit") }

// file reads a file as of a ref, and finds out what is wrong where it can't.
func (e *examination) file(ctx context.Context, repo repository, path, ref string) (string, bool) {
	at, name := chat.Word("repository", repo.String()), chat.Word("file", path)
	route := fmt.Sprintf("GET /repos/%s/contents/%s", repo, path)
	content, _, answer, err := e.api.Repositories.GetContents(ctx, repo.owner, repo.name, path, &gh.RepositoryContentGetOptions{Ref: ref})
	if !e.asked(path, e.class(route, answer, err, true), chat.Say("github.check.no_file", at, name, chat.Word("ref", ref)), chat.Say("github.check.do_file"), chat.Say("github.check.do_contents")) {
		return "", false
	}
	text, err := content.GetContent()
	if content == nil || err != nil {
		e.bad(chat.Say("github.check.no_file", at, name, chat.Word("ref", ref)), chat.Say("github.check.do_file"))
		return "", false
	}
	return text, true
}
