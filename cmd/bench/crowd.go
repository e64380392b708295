package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// A crowd is a house whose people are on Slack.
const (
	crowdPeople = 100
	crowdVotes  = 100 // ballots open
	crowdTeam   = "T0BENCH"
	crowdSecret = "bench"
)

// slowGate is what one in ten votes waits for the artifact repository.
const slowGate = 200 * time.Millisecond

// crowded is the organisation of the bench with a board of a hundred, on Slack.
func crowded() []byte {
	var people, board []string
	for n := range crowdPeople {
		people = append(people, fmt.Sprintf("  - {handle: member%d, accounts: [\"slack:%s:UM%d\"]}", n, crowdTeam, n))
		board = append(board, fmt.Sprintf("member%d", n))
	}
	return []byte(strings.NewReplacer(
		"groups:\n", strings.Join(people, "\n")+"\ngroups:\n",
		"  cab: [seat0,", "  cab: ["+strings.Join(board, ", ")+", seat0,",
		"quorum: 9", fmt.Sprintf("quorum: %d", crowdPeople+9),
		"  workspace: bench\n", "  platform: slack\n  workspace: "+crowdTeam+"\n",
	).Replace(string(organisationFile)))
}

// sluggish is a repository that now and then takes its time.
type sluggish struct {
	memory
	slow atomic.Bool
}

func (s *sluggish) Artifact(ctx context.Context, service, version string) (port.Artifact, error) {
	if s.slow.Load() && rand.IntN(10) == 0 {
		select {
		case <-time.After(slowGate):
		case <-ctx.Done():
			return port.Artifact{}, ctx.Err()
		}
	}
	return s.memory.Artifact(ctx, service, version)
}

// prompt is a Slack that takes everything at once.
type prompt struct{ messages atomic.Int64 }

func (p *prompt) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		_ = r.Body.Close()
	}
	body := `{"ok":true,"messages":[],"members":[],"users":[]}`
	if strings.HasSuffix(r.URL.Path, "chat.postMessage") {
		body = fmt.Sprintf(`{"ok":true,"channel":"C","ts":"1700000000.%06d"}`, p.messages.Add(1))
	}
	return &http.Response{
		StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
	}, nil
}

// lateDoor is the door of a bot that comes after its platform.
type lateDoor struct{ port.Door }

// openCrowd opens a crowd's house with votes to cast, and Slack's HTTP door to it.
func openCrowd(dir string) (*house, http.Handler, error) {
	badger, err := badgerkv.Open(filepath.Join(dir, "chat"), badgerkv.Options{Reserve: -1})
	if err != nil {
		return nil, nil, err
	}
	var handler http.Handler
	late, repository := &lateDoor{}, &sluggish{}
	h, err := furnish(badger, crowded(), repository, func(h *house) (port.Platform, error) {
		s, err := slack.New(slack.Settings{
			APIURL: "https://slack.com/api/", Door: slack.DoorHTTP, SigningSecret: "env:SECRET", Workspaces: []slack.Workspace{{Team: crowdTeam, BotToken: "env:TOKEN"}},
		}, slack.Outside{
			Door: late, Commands: func() []command.Spec { return nil }, Reader: func(z *time.Location) port.Reader { return h.bot.Reader(z) },
			Places: func() []chat.Place { return nil }, Secret: func(string) (string, error) { return crowdSecret, nil }, Clock: time.Now,
			Log: slog.New(slog.DiscardHandler), Client: &http.Client{Transport: &prompt{}},
		})
		if err == nil {
			handler = s.Handler()
		}
		return s, err
	})
	if err != nil {
		return nil, nil, err
	}
	late.Door = h.bot
	for n := range crowdVotes {
		key := fmt.Sprintf("plan-%d", n)
		reply, err := h.bot.Say(context.Background(), port.Said{Key: key, Account: account("planner"), Text: fmt.Sprintf("/release plan checkout 1.0.%d", n)})
		if err != nil {
			return nil, nil, err
		}
		if reply.Outcome != chat.Done {
			return nil, nil, fmt.Errorf("plan: %s", reply.Code)
		}
	}
	repository.slow.Store(true)
	return h, handler, nil
}
