package jira

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// A note is a comment that ends in a line with its key and time. Both kinds of Jira have properties of comments as well, but neither
// describes that listing comments says them: they would take a request each.

// noteMost bounds a comment, in characters: Jira takes 32,767.
const noteMost = 30_000

var markForm = regexp.MustCompile(`\{\{gonogo ([^\s{}]+) ([^\s{}]+)\}\}`)

// comment is a note as a comment.
func comment(n port.Note) string {
	return wiki(clip(n.Text, noteMost)) + "\n\n{{gonogo " + url.QueryEscape(n.Key) + " " + n.At.UTC().Format(time.RFC3339Nano) + "}}"
}

// uncomment reads a comment as a note; false if it is none.
func uncomment(body string) (port.Note, bool) {
	all := markForm.FindAllStringSubmatchIndex(body, -1)
	if len(all) == 0 {
		return port.Note{}, false
	}
	m := all[len(all)-1]
	clean := func(from, to int) string { return strings.ReplaceAll(body[from:to], `\`, "") } // Jira may escape what it gives back
	key, err := url.QueryUnescape(clean(m[2], m[3]))
	at, wrong := time.Parse(time.RFC3339Nano, clean(m[4], m[5]))
	if err != nil || wrong != nil || key == "" {
		return port.Note{}, false
	}
	text := strings.ReplaceAll(body[:m[0]], "\r\n", "\n")
	return port.Note{Key: key, Text: unescaper.Replace(strings.TrimRight(text, "\n ")), At: at}, true
}

// Note adds a comment unless the bot left one with its key.
func (a *Adapter) Note(ctx context.Context, ticket string, n port.Note) error {
	if n.Key == "" {
		return effect.Permanently(errors.New("the note has no key"))
	}
	there, err := a.notes(ctx, ticket)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(there, func(o port.Note) bool { return o.Key == n.Key }) {
		return nil
	}
	var made struct {
		ID string `json:"id"`
	}
	err = a.do(ctx, call{
		method: "POST", path: issuePath(ticket, "comment"), body: map[string]string{"body": comment(n)}, out: &made, issue: true,
	})
	if err == nil && made.ID == "" {
		err = errors.New("jira: the answer to a comment does not say which")
	}
	return err
}

// notes are those that the bot's own account left on an issue: what others copy counts for nothing.
func (a *Adapter) notes(ctx context.Context, ticket string) ([]port.Note, error) {
	me, err := a.me(ctx)
	if err != nil {
		return nil, err
	}
	var all []port.Note
	for from := 0; from < pagesMost*pageSize; {
		var page struct {
			Comments *[]struct {
				Author user   `json:"author"`
				Body   string `json:"body"`
			} `json:"comments"`
			Total int `json:"total"`
		}
		query := url.Values{"startAt": {strconv.Itoa(from)}, "maxResults": {strconv.Itoa(pageSize)}}
		if err := a.do(ctx, call{method: "GET", path: issuePath(ticket, "comment"), query: query, out: &page, safe: true, issue: true}); err != nil {
			return nil, err
		}
		if page.Comments == nil {
			return nil, effect.Retryable(fmt.Errorf("jira: the comments of %s are malformed", ticket), 0)
		}
		for _, c := range *page.Comments {
			if n, ok := uncomment(c.Body); ok && c.Author.id() == me {
				all = append(all, n)
			}
		}
		from += len(*page.Comments)
		if len(*page.Comments) == 0 || from >= page.Total {
			break
		}
	}
	return all, nil
}

// user is somebody as the API says them.
type user struct {
	AccountID   string `json:"accountId"`
	AccountType string `json:"accountType"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	Display     string `json:"displayName"`
}

// id is that of the user's account: the account id on Cloud, the key on Data Center, which a renamed user keeps.
func (u user) id() string {
	if u.AccountID != "" {
		return u.AccountID
	}
	return u.Key
}

// selfLife is how long the bot's own account is believed.
const selfLife = time.Hour

// me is the id of the bot's own account.
func (a *Adapter) me(ctx context.Context) (string, error) {
	return a.self.get(ctx, a.outside.Clock(), selfLife, func(ctx context.Context) (string, error) {
		var u user
		if err := a.do(ctx, call{method: "GET", path: "rest/api/2/myself", out: &u, safe: true}); err != nil {
			return "", err
		}
		if u.id() == "" {
			return "", effect.Retryable(errors.New("jira: the answer does not say who the bot is"), 0)
		}
		return u.id(), nil
	})
}
