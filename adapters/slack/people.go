package slack

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const (
	// rollEvery is how often everybody is read again: events tell of changes sooner, but one may be lost.
	rollEvery = time.Hour
	// rollAgain is the wait after a reading that failed.
	rollAgain = 2 * time.Minute
	// usersPage is Slack's recommendation for users.list, which it serves some 20 times a minute (tier 2).
	// https://docs.slack.dev/reference/methods/users.list
	usersPage = 200
)

// keepRoll reads everybody at the start and every hour, until ctx ends.
func (s *Slack) keepRoll(ctx context.Context) {
	for {
		wait := rollEvery
		for _, id := range s.workspaceIDs() {
			if err := s.readRoll(ctx, id); err != nil && ctx.Err() == nil {
				s.outside.Log.Error("the people of a workspace could not be read; it is tried again", "workspace", id, "error", err)
				wait = rollAgain
			}
		}
		if !pause(ctx, wait) {
			return
		}
	}
}

// workspaceIDs are those of accounts: several teams of one enterprise are one.
func (s *Slack) workspaceIDs() (ids []string) {
	for _, w := range s.workspaces {
		if !slices.Contains(ids, w.id()) {
			ids = append(ids, w.id())
		}
	}
	return ids
}

// Maps reports whether a user group of a workspace, or of an enterprise, is mapped to a configured group.
func (s *Slack) Maps(workspace, group string) bool {
	_, mapped := s.settings.Groups[group]
	return mapped && slices.Contains(s.workspaceIDs(), workspace)
}

// readRoll reads who there is and who is in the groups. Nothing is told unless all of it could be read: a person missing from half
// a list would lose their vote.
func (s *Slack) readRoll(ctx context.Context, id string) error {
	roll := port.Roll{Platform: PlatformName, Workspace: id, Complete: true}
	known := map[string]bool{}
	for _, w := range s.workspaces {
		if w.id() != id {
			continue
		}
		users, err := w.users(ctx)
		if err != nil {
			return fmt.Errorf("users.list: %w", err)
		}
		for _, u := range users {
			if m := fromUser(u); w.knows(m) && !known[u.ID] {
				known[u.ID] = true
				roll.Members = append(roll.Members, s.member(w, m))
			}
		}
	}
	groups, err := s.groups(ctx, id, slices.Sorted(maps.Keys(s.settings.Groups)))
	if err != nil {
		return err
	}
	roll.Groups = groups
	return s.outside.Door.Enrol(ctx, roll)
}

// users reads everybody, page by page, no faster than Slack lets.
func (w *workspace) users(ctx context.Context) (all []api.User, err error) {
	options := []api.GetUsersOption{api.GetUsersOptionLimit(usersPage)}
	if w.Enterprise != "" { // a token of the whole enterprise must say which workspace
		options = append(options, api.GetUsersOptionTeamID(w.Team))
	}
	page := w.client.GetUsersPaginated(options...)
	for {
		var next api.UserPagination
		next, err = page.Next(ctx)
		if page.Done(err) {
			return all, nil
		}
		if err != nil {
			if !patient(ctx, err) {
				return nil, err
			}
			continue
		}
		page = next
		all = append(all, page.Users...)
	}
}

// patient waits where Slack asks to, and reports whether to try again.
func patient(ctx context.Context, err error) bool {
	var limited *api.RateLimitedError
	return errors.As(err, &limited) && pause(ctx, limited.RetryAfter)
}

// groups reads the members of configured groups, those named. A group that Slack does not know, or that is disabled, has nobody in it.
func (s *Slack) groups(ctx context.Context, id string, names []string) (map[string][]chat.Account, error) {
	groups := map[string][]chat.Account{}
	for _, name := range names {
		members := []chat.Account{}
		for _, w := range s.workspaces {
			if w.id() != id {
				continue
			}
			ids, _, err := w.groupMembers(ctx, s.settings.Groups[name])
			if err != nil {
				return nil, fmt.Errorf("usergroups.users.list: %w", err)
			}
			for _, user := range ids {
				if a := w.account("", user); !slices.Contains(members, a) {
					members = append(members, a)
				}
			}
		}
		groups[name] = members
	}
	return groups, nil
}

// groupMembers are the people in a user group; it is not known if there is none, or it is disabled.
func (w *workspace) groupMembers(ctx context.Context, group string) (ids []string, known bool, err error) {
	var options []api.GetUserGroupMembersOption
	if w.Enterprise != "" {
		options = append(options, api.GetUserGroupMembersOptionTeamID(w.Team))
	}
	for {
		ids, err = w.client.GetUserGroupMembersContext(ctx, group, options...)
		switch {
		case err == nil:
			slices.Sort(ids)
			return ids, true, nil
		case saysSlack(err, "no_such_subteam"), saysSlack(err, "subteam_not_found"):
			return nil, false, nil
		case !patient(ctx, err):
			return nil, false, err
		}
	}
}

// knows reports whether somebody belongs to the workspace; people of other organisations are seen in shared channels.
func (w *workspace) knows(m payload.Member) bool {
	return m.ID != "" && !m.IsStranger && w.account(m.TeamID, m.ID).Workspace == w.id()
}

// member says what the bot needs to know of somebody. An e-mail address counts only if Slack confirmed it and the person belongs to
// the organisation: guests and people of other organisations choose their own.
func (s *Slack) member(w *workspace, m payload.Member) port.Member {
	out := port.Member{Account: w.account("", m.ID), Closed: m.Deleted}
	outsider := m.IsBot || m.IsRestricted || m.IsUltraRestricted || m.IsStranger
	if s.settings.LinkByEmail && m.IsEmailConfirmed && !outsider && !m.Deleted {
		out.Email = strings.TrimSpace(m.Profile.Email)
	}
	return out
}

func fromUser(u api.User) payload.Member {
	return payload.Member{
		ID: u.ID, TeamID: u.TeamID, Deleted: u.Deleted, IsBot: u.IsBot, IsRestricted: u.IsRestricted, IsUltraRestricted: u.IsUltraRestricted,
		IsStranger: u.IsStranger, IsEmailConfirmed: u.IsEmailConfirmed, Profile: payload.Profile{Email: u.Profile.Email},
	}
}

// memberChanged tells of somebody new, gone or changed.
func (s *Slack) memberChanged(w *workspace, m payload.Member) {
	if !w.knows(m) {
		return
	}
	s.enrol(port.Roll{Platform: PlatformName, Workspace: w.id(), Members: []port.Member{s.member(w, m)}})
}

// groupChanged reads a group again that is configured; events carry changes only, and may be lost or come out of order.
func (s *Slack) groupChanged(w *workspace, group string) {
	var names []string
	for name, id := range s.settings.Groups {
		if id == group {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	s.errands.run(func(ctx context.Context) {
		groups, err := s.groups(ctx, w.id(), names)
		if err == nil {
			err = s.outside.Door.Enrol(ctx, port.Roll{Platform: PlatformName, Workspace: w.id(), Groups: groups})
		}
		if err != nil {
			s.outside.Log.Error("a user group could not be read again", "group", group, "error", err)
		}
	})
}

func (s *Slack) enrol(r port.Roll) {
	s.errands.run(func(ctx context.Context) {
		if err := s.outside.Door.Enrol(ctx, r); err != nil {
			s.outside.Log.Error("a change of people could not be recorded; it is read again within the hour", "error", err)
		}
	})
}
