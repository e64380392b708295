package slack

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Examine asks Slack whether the app is set up right: tokens, permissions, channels, groups.
func (s *Slack) Examine(ctx context.Context) []port.Finding {
	e := &examination{slack: s, user: map[*workspace]string{}}
	e.fine(chat.Say("slack.check.api", chat.Word("url", s.settings.APIURL)))
	for _, w := range s.workspaces {
		e.token(ctx, w)
	}
	e.door(ctx)
	for _, p := range s.outside.Places() {
		if p.Platform == PlatformName {
			e.channel(ctx, p)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.settings.Groups)) {
		e.group(ctx, name, s.settings.Groups[name])
	}
	return e.findings
}

type examination struct {
	slack    *Slack
	user     map[*workspace]string // the bot's name, where the token works
	findings []port.Finding
}

func (e *examination) fine(what chat.Text) {
	e.findings = append(e.findings, port.Finding{OK: true, What: what})
}

func (e *examination) bad(what, do chat.Text) {
	e.findings = append(e.findings, port.Finding{What: what, Do: do})
}

// unreachable is the finding that nothing could be found out.
func (e *examination) unreachable(what string, err error) {
	e.bad(chat.Say("slack.check.unreachable", chat.Word("what", what), chat.Word("error", err.Error())), chat.Say("slack.check.do_reach"))
}

func (e *examination) token(ctx context.Context, w *workspace) {
	team := chat.Word("team", w.Team)
	test, err := asked(ctx, func() (*api.AuthTestResponse, error) { return w.client.AuthTestContext(ctx) })
	switch {
	case answered(err) != "":
		e.bad(chat.Say("slack.check.no_token", team, chat.Word("error", answered(err))),
			chat.Say("slack.check.do_token", chat.Word("reference", w.BotToken)))
		return
	case err != nil:
		e.unreachable("auth.test", err)
		return
	}
	e.user[w] = test.User
	enterprise := test.EnterpriseID
	switch {
	case test.TeamID != w.Team && (w.Enterprise == "" || test.EnterpriseID != w.Enterprise):
		e.bad(chat.Say("slack.check.other_team", team, chat.Word("other", test.TeamID)), chat.Say("slack.check.do_team", team))
	case enterprise != w.Enterprise:
		e.bad(chat.Say("slack.check.other_enterprise", team, chat.Word("other", orNone(enterprise)), chat.Word("enterprise", orNone(w.Enterprise))),
			chat.Say("slack.check.do_enterprise", team, chat.Word("other", orNone(enterprise))))
	default:
		e.fine(chat.Say("slack.check.token", team, chat.Word("user", test.User), chat.Word("name", test.Team)))
	}
	e.scopes(w, test.Header.Get("X-OAuth-Scopes"))
}

func orNone(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (e *examination) scopes(w *workspace, header string) {
	granted := map[string]bool{}
	for s := range strings.SplitSeq(header, ",") {
		granted[strings.TrimSpace(s)] = true
	}
	team, all := chat.Word("team", w.Team), true
	for _, scope := range Scopes(e.slack.settings) {
		if !granted[scope.Name] {
			all = false
			e.bad(chat.Say("slack.check.no_scope", chat.Word("scope", scope.Name), team, chat.Word("why", scope.Why)), chat.Say("slack.check.do_scope"))
		}
	}
	if all {
		e.fine(chat.Say("slack.check.scopes", team))
	}
}

// door opens a Socket Mode connection's address, which needs no connection; a signing secret can't be tried.
func (e *examination) door(ctx context.Context) {
	if e.slack.app == nil {
		e.fine(chat.Say("slack.check.signing"))
		return
	}
	_, err := asked(ctx, func() (string, error) {
		_, _, err := e.slack.app.StartSocketModeContext(ctx)
		return "", err
	})
	switch {
	case answered(err) != "":
		e.bad(chat.Say("slack.check.no_app_token", chat.Word("error", answered(err))),
			chat.Say("slack.check.do_app_token", chat.Word("reference", e.slack.settings.AppToken)))
	case err != nil:
		e.unreachable("apps.connections.open", err)
	default:
		e.fine(chat.Say("slack.check.app_token"))
	}
}

func (e *examination) channel(ctx context.Context, p chat.Place) {
	channel, team := chat.Word("channel", p.Channel), chat.Word("team", p.Workspace)
	var found *api.Channel
	var in *workspace
	for _, w := range e.slack.workspaces {
		if w.id() != p.Workspace {
			continue
		}
		if in == nil {
			in = w
		}
		if _, works := e.user[w]; !works {
			continue
		}
		info, err := asked(ctx, func() (*api.Channel, error) {
			return w.client.GetConversationInfoContext(ctx, &api.GetConversationInfoInput{ChannelID: p.Channel})
		})
		if err == nil && (found == nil || info.IsMember) {
			found, in = info, w
		} else if err != nil && answered(err) == "" {
			e.unreachable("conversations.info", err)
			return
		}
	}
	switch {
	case in == nil:
		e.bad(chat.Say("slack.check.no_workspace", chat.Word("workspace", p.Workspace)), chat.Say("slack.check.do_workspace"))
	case found == nil:
		if _, works := e.user[in]; works { // otherwise the token is what is wrong, and was found
			e.bad(chat.Say("slack.check.no_channel", channel, team), chat.Say("slack.check.do_channel"))
		}
	case found.IsArchived:
		e.bad(chat.Say("slack.check.archived", channel, team), chat.Say("slack.check.do_archived"))
	case !found.IsMember:
		e.bad(chat.Say("slack.check.not_in_channel", channel, team), chat.Say("slack.check.do_invite", chat.Word("user", e.user[in])))
	default:
		e.fine(chat.Say("slack.check.channel", channel, team))
	}
}

func (e *examination) group(ctx context.Context, name, id string) {
	group := chat.Word("group", name)
	for _, w := range e.slack.workspaces {
		if _, works := e.user[w]; !works {
			continue
		}
		members, known, err := w.groupMembers(ctx, id)
		switch {
		case known:
			e.fine(chat.Say("slack.check.group", group, chat.Count("n", len(members))))
			return
		case err != nil && answered(err) == "":
			e.unreachable("usergroups.users.list", err)
			return
		}
	}
	e.bad(chat.Say("slack.check.no_group", chat.Word("id", id), group), chat.Say("slack.check.do_group"))
}

// asked asks Slack, again where it wants to be asked later.
func asked[T any](ctx context.Context, ask func() (T, error)) (T, error) {
	for {
		answer, err := ask()
		if err == nil || !patient(ctx, err) {
			return answer, err
		}
	}
}

// answered is the error that Slack answered with; empty if there was none, or no answer.
func answered(err error) string {
	var said api.SlackErrorResponse
	if errors.As(err, &said) {
		return said.Err
	}
	return ""
}
