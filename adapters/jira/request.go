package jira

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	api "github.com/andygrunwald/go-jira"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// repairPause is the least wait after Jira refused what it was told: a field that is required, a way that the workflow bars. Nothing
// happened there, and a person may mend it meanwhile.
const repairPause = 5 * time.Minute

// tellMost bounds what is repeated of a refusal, in bytes.
const tellMost = 300

// call is one request. Path is escaped, without a slash at the beginning.
type call struct {
	method, path string
	query        url.Values
	body         any // sent as JSON
	out          any // takes the JSON of a successful answer
	safe         bool
	// issue says that the path names an issue: a 404 then means that it is not there.
	issue bool
}

// do sends a request. Its errors are classed.
func (a *Adapter) do(ctx context.Context, c call) error {
	path := c.path
	if len(c.query) > 0 {
		path += "?" + c.query.Encode()
	}
	r, err := a.client.NewRequestWithContext(ctx, c.method, path, c.body)
	if err != nil {
		return effect.Permanently(fmt.Errorf("jira: %w", err))
	}
	r.Header.Set("Accept", "application/json")
	return a.send(ctx, r, c)
}

func (a *Adapter) send(ctx context.Context, r *http.Request, c call) error {
	answer, err := a.client.Do(r, c.out)
	if answer != nil {
		defer answer.Body.Close()
	}
	if err == nil {
		return nil
	}
	route := c.method + " /" + c.path
	if answer == nil {
		return rest.Class(PlatformName, route, nil, err, c.safe)
	}
	if answer.StatusCode/100 == 2 {
		return rest.Class(PlatformName, route, answer.Response, fmt.Errorf("the answer is malformed: %w", err), c.safe)
	}
	err = rest.Class(PlatformName, route, answer.Response, errors.New(reason(answer)), c.safe)
	switch status := answer.StatusCode; {
	case status == http.StatusNotFound && !c.issue:
		// No project, or none that the bot may see: that says nothing of tickets.
		return effect.Retryable(&rest.Refusal{System: PlatformName, Route: route, Status: status, Says: reason(answer)}, repairPause)
	case status == http.StatusNotFound:
		return a.absent(ctx, err)
	case status == http.StatusBadRequest:
		return effect.Retryable(err, repairPause)
	}
	return err
}

// reason is what a refusal says, on one line.
func reason(answer *api.Response) string {
	raw, _ := io.ReadAll(io.LimitReader(answer.Body, rest.AnswerMost))
	answer.Body = io.NopCloser(bytes.NewReader(raw))
	var said struct {
		ErrorMessages []string          `json:"errorMessages"`
		Errors        map[string]string `json:"errors"`
	}
	text := ""
	if json.Unmarshal(raw, &said) == nil {
		all := said.ErrorMessages
		for _, field := range slices.Sorted(maps.Keys(said.Errors)) {
			all = append(all, field+": "+said.Errors[field])
		}
		text = strings.Join(strings.Fields(strings.Join(all, "; ")), " ")
	}
	if why := answer.Header.Get("RateLimit-Reason"); why != "" {
		text = strings.TrimPrefix(text+"; "+why, "; ")
	}
	if text == "" {
		return "no word of why"
	}
	if len(text) > tellMost {
		text = strings.ToValidUTF8(text[:tellMost], "") + "…"
	}
	return text
}

// absent decides what a missing issue means. Jira says the same of one that the bot may not see: only while the bot may see the project is
// a missing issue not there.
func (a *Adapter) absent(ctx context.Context, err error) error {
	if seen := a.browses(ctx); seen != nil {
		return seen
	}
	return err
}

// browses returns nil if the bot may see the project's issues. Nothing that was not found is believed to be missing otherwise.
func (a *Adapter) browses(ctx context.Context) error {
	held, err := a.permissions(ctx)
	if err != nil {
		return err
	}
	if !held["BROWSE_PROJECTS"] {
		return effect.Retryable(fmt.Errorf("jira: the bot may not see the issues of %s: give its account the permission “Browse projects”", a.settings.Project), rest.RightsPause)
	}
	return nil
}

// permissions are those that the bot has in the project.
func (a *Adapter) permissions(ctx context.Context) (map[string]bool, error) {
	query := url.Values{"projectKey": {a.settings.Project}}
	if a.cloud() { // Data Center answers all of them
		query.Set("permissions", strings.Join(needed, ","))
	}
	var out struct {
		Permissions map[string]struct {
			Have bool `json:"havePermission"`
		} `json:"permissions"`
	}
	if err := a.do(ctx, call{method: "GET", path: "rest/api/2/mypermissions", query: query, out: &out, safe: true}); err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for name, p := range out.Permissions {
		held[name] = p.Have
	}
	return held, nil
}

// needed are the permissions that the bot needs in its project.
var needed = []string{
	"BROWSE_PROJECTS", "CREATE_ISSUES", "EDIT_ISSUES", "TRANSITION_ISSUES", "ADD_COMMENTS", "CREATE_ATTACHMENTS", "LINK_ISSUES",
}

// issuePath is the path of an issue, by key or id, and of what belongs to it.
func issuePath(key string, parts ...string) string {
	return strings.Join(append([]string{"rest/api/2/issue", url.PathEscape(key)}, parts...), "/")
}

// upload adds a file to an issue.
func (a *Adapter) upload(ctx context.Context, key string, f port.Evidence, out any) error {
	c := call{method: "POST", path: issuePath(key, "attachments"), out: out, issue: true}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", multipart.FileContentDisposition("file", f.Name))
	header.Set("Content-Type", cmp.Or(f.Type, "application/octet-stream"))
	part, err := form.CreatePart(header)
	if err == nil {
		_, err = part.Write(f.Body)
	}
	if err = errors.Join(err, form.Close()); err != nil {
		return effect.Permanently(fmt.Errorf("jira: %w", err))
	}
	r, err := a.client.NewMultiPartRequestWithContext(ctx, c.method, c.path, &body)
	if err != nil {
		return effect.Permanently(fmt.Errorf("jira: %w", err))
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", "application/json")
	r.Header.Set("X-Atlassian-Token", "no-check") // the library's own value is an older one
	return a.send(ctx, r, c)
}

// searchMost bounds what a search returns.
const searchMost = 200

// pageSize is the most that a page is asked to hold.
const pageSize = 50

// search returns the ids of the issues that JQL finds, at most searchMost. Cloud's search is on version 3 alone since its older one was removed.
func (a *Adapter) search(ctx context.Context, jql string, most int) ([]found, error) {
	body := map[string]any{"jql": jql, "fields": []string{"updated"}, "maxResults": min(pageSize, most)}
	path := "rest/api/2/search"
	if a.cloud() {
		path = "rest/api/3/search/jql"
	}
	var all []found
	for len(all) < most {
		var page struct {
			Issues *[]found `json:"issues"`
			Next   string   `json:"nextPageToken"`
			Total  int      `json:"total"`
		}
		if err := a.do(ctx, call{method: "POST", path: path, body: body, out: &page, safe: true}); err != nil {
			return nil, err
		}
		if page.Issues == nil {
			return nil, effect.Retryable(errors.New("jira: the answer to a search has no issues"), 0)
		}
		all = append(all, *page.Issues...)
		if a.cloud() {
			body["nextPageToken"] = page.Next
		} else {
			body["startAt"] = len(all)
		}
		if len(*page.Issues) == 0 || a.cloud() && page.Next == "" || !a.cloud() && len(all) >= page.Total {
			break
		}
	}
	return all[:min(len(all), most)], nil
}

// found is an issue as search knows it.
type found struct {
	ID     string `json:"id"`
	Key    string `json:"key"`
	Fields struct {
		Updated string `json:"updated"`
	} `json:"fields"`
}

// quote is a text in JQL.
func quote(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ", "\r", " ").Replace(text) + `"`
}
