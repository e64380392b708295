package commands

import "github.com/gonogo-chat/gonogo/bot"

// explainingPolicy is why a rule decided as it did, and what another would have decided.
func (p Ports) explainingPolicy() subject {
	return subject{commands: []bot.Command{p.policyExplain(), policyFields(), p.policyTest(), p.policyOpen(), p.riskRaise(), p.riskLower()}}
}
