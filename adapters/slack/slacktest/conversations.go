package slacktest

import (
	"maps"
	"slices"
	"strconv"
	"time"
)

func (s *Server) channelJSON(w *Workspace, c *Channel) answer {
	if c.IM != "" {
		return answer{"id": c.ID, "created": 1700000000, "is_archived": c.Archived, "is_im": true, "is_org_shared": false, "user": c.IM}
	}
	return answer{
		"id": c.ID, "name": c.Name, "name_normalized": c.Name, "is_channel": !c.Private, "is_group": c.Private, "is_im": false,
		"is_private": c.Private, "is_archived": c.Archived, "is_member": slices.Contains(c.Members, w.BotUser), "is_general": false,
		"is_shared": false, "is_ext_shared": false, "is_org_shared": false, "is_mpim": false, "created": 1700000000, "creator": "",
		"num_members": len(c.Members), "context_team_id": w.Team, "updated": 1700000000, "topic": answer{"value": ""}, "purpose": answer{"value": ""},
	}
}

// seen finds a channel that the app can see. The caller holds the lock.
func (s *Server) seen(q *request) (*Channel, error) {
	c := s.channels[q.args["channel"]]
	if c == nil || !s.same(c.Team, q.w.Team) || (c.Private || c.IM != "") && !slices.Contains(c.Members, q.w.BotUser) {
		return nil, refuse("channel_not_found")
	}
	return c, nil
}

func (s *Server) conversationInfo(q *request) (answer, error) {
	c, err := s.seen(q)
	if err != nil {
		return nil, err
	}
	return answer{"channel": s.channelJSON(q.w, c)}, nil
}

func (s *Server) conversationList(q *request) (answer, error) {
	list := []answer{}
	for _, id := range slices.Sorted(maps.Keys(s.channels)) {
		c := s.channels[id]
		if !s.same(c.Team, q.w.Team) || c.IM != "" || c.Archived && q.flag("exclude_archived") || c.Private && !slices.Contains(c.Members, q.w.BotUser) {
			continue
		}
		list = append(list, s.channelJSON(q.w, c))
	}
	list, next := page(q, list, 100)
	return answer{"channels": list, "response_metadata": next}, nil
}

func (s *Server) conversationMembers(q *request) (answer, error) {
	c, err := s.seen(q)
	if err != nil {
		return nil, err
	}
	list, next := page(q, append([]string{}, c.Members...), 100)
	return answer{"members": list, "response_metadata": next}, nil
}

func (s *Server) conversationOpen(q *request) (answer, error) {
	u := s.users[q.args["users"]]
	if u == nil || !s.same(u.Team, q.w.Team) {
		return nil, refuse("user_not_found")
	}
	if u.Deleted {
		return nil, refuse("user_disabled")
	}
	return answer{"channel": s.channelJSON(q.w, s.direct(q.w, u.ID))}, nil
}

func (s *Server) conversationJoin(q *request) (answer, error) {
	c, err := s.seen(q)
	switch {
	case err != nil:
		return nil, err
	case c.Private:
		return nil, refuse("method_not_supported_for_channel_type")
	case c.Archived:
		return nil, refuse("is_archived")
	case !slices.Contains(c.Members, q.w.BotUser):
		c.Members = append(c.Members, q.w.BotUser)
	}
	return answer{"channel": s.channelJSON(q.w, c)}, nil
}

// between reports whether a ts is within oldest and latest.
func (q *request) between(ts string) bool {
	at := func(s string, otherwise float64) float64 {
		if f, err := strconv.ParseFloat(s, 64); err == nil && f > 0 {
			return f
		}
		return otherwise
	}
	t, oldest, latest := at(ts, 0), at(q.args["oldest"], 0), at(q.args["latest"], 1e12)
	return t > oldest && t < latest || q.flag("inclusive") && (ts == q.args["oldest"] || ts == q.args["latest"])
}

// history lists what stands in the channel itself, newest first.
func (s *Server) history(q *request) (answer, error) {
	c, err := s.readable(q)
	if err != nil {
		return nil, err
	}
	list := []answer{}
	for _, m := range slices.Backward(s.messages) {
		if m.channel == c && m.only == "" && !m.deleted && (m.thread == "" || m.broadcast) && q.between(m.ts) {
			list = append(list, m.json(s, q.flag("include_all_metadata")))
		}
	}
	list, next := page(q, list, 100)
	return answer{"messages": list, "has_more": next["next_cursor"] != "", "response_metadata": next}, nil
}

// replies lists a thread with its first message, oldest first.
func (s *Server) replies(q *request) (answer, error) {
	c, err := s.readable(q)
	if err != nil {
		return nil, err
	}
	parent := s.find(c.ID, q.args["ts"])
	if parent == nil {
		return nil, refuse("thread_not_found")
	}
	list := []answer{parent.json(s, q.flag("include_all_metadata"))}
	for _, m := range s.thread(c.ID, parent.ts) {
		if q.between(m.ts) {
			list = append(list, m.json(s, q.flag("include_all_metadata")))
		}
	}
	list, next := page(q, list, 1000)
	return answer{"messages": list, "has_more": next["next_cursor"] != "", "response_metadata": next}, nil
}

// readable finds a channel whose messages the app may read.
func (s *Server) readable(q *request) (*Channel, error) {
	c, err := s.seen(q)
	if err == nil && !slices.Contains(c.Members, q.w.BotUser) {
		return nil, refuse("not_in_channel")
	}
	return c, err
}

func (s *Server) permalink(q *request) (answer, error) {
	m := s.find(q.args["channel"], q.args["message_ts"])
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return answer{"channel": m.channel.ID, "permalink": s.options.URL + "/archives/" + m.channel.ID + "/p" + m.ts}, nil
}

func (s *Server) react(q *request) (answer, error) {
	if s.find(q.args["channel"], q.args["timestamp"]) == nil {
		return nil, refuse("message_not_found")
	}
	return nil, nil
}

// schedule posts at a time to come, at least a second ahead and at most 120 days.
func (s *Server) schedule(q *request) (answer, error) {
	at, err := strconv.ParseInt(q.args["post_at"], 10, 64)
	wait := time.Until(time.Unix(at, 0))
	switch {
	case err != nil:
		return nil, refuse("invalid_time")
	case wait <= 0:
		return nil, refuse("time_in_past")
	case wait > 120*24*time.Hour:
		return nil, refuse("time_too_far")
	}
	c, err := s.place(q)
	if err != nil {
		return nil, err
	}
	go func() {
		select {
		case <-time.After(wait):
			s.mu.Lock()
			defer s.mu.Unlock()
			_, _ = s.postMessage(q)
		case <-s.done:
		}
	}()
	return answer{"channel": c.ID, "scheduled_message_id": s.id("Q"), "post_at": at}, nil
}
