package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/rollout"
)

func exceptionBallotEnded(t *bot.Turn, b approval.Ballot) error { return nil }
func emergencyBallotEnded(t *bot.Turn, b approval.Ballot) error { return nil }
func useException(t *bot.Turn, id string, d rollout.Deployment) error { return nil }
