package port

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Listener takes what adapters hear of other systems, by webhook or by asking.
type Listener interface {
	// Notice takes something that happened elsewhere. Once it returns nil, that is durable and takes effect exactly once; a key
	// that was taken before is no error. Only then is a webhook acknowledged.
	Notice(ctx context.Context, n Notice) error
}

// Notice is something that happened in another system. Exactly one of Ticket, Incident and Run is set. What a webhook says is only
// a reason to look: adapters fill a notice with what they read from the system itself wherever they can.
type Notice struct {
	// Key is unique to what happened, and the same however often and by whichever way it is heard.
	Key    string    `json:"key"`
	System string    `json:"system"` // the adapter's name: "jira"
	At     time.Time `json:"at"`     // when it happened, by that system's clock
	// Account is who did it, zero if not known or nobody. What the bot itself did there is no notice.
	Account  chat.Account    `json:"account,omitzero"`
	Ticket   *TicketNotice   `json:"ticket,omitempty"`
	Incident *IncidentNotice `json:"incident,omitempty"`
	Run      *RunNotice      `json:"run,omitempty"`
}

// TicketNotice is a change ticket that somebody touched.
type TicketNotice struct {
	Ticket Ticket `json:"ticket"` // as it is now
	// Was and Is are the register's own words for the status before and after, equal if it did not change.
	Was string `json:"was,omitempty"`
	Is  string `json:"is,omitempty"`
	// Decision is what somebody said of the change by that, in the register's configured words; empty for nothing.
	Decision Decision `json:"decision,omitempty"`
}

// Decision is what somebody says of a change in its register.
type Decision string

// The decisions.
const (
	DecisionGo   Decision = "go"
	DecisionNoGo Decision = "no-go"
)

// IncidentNotice is an incident that opened or changed. Notices of one incident may come in any order: the newest At counts.
type IncidentNotice struct {
	Incident Incident `json:"incident"`
}

// RunNotice is a pipeline run of something that the bot governs. Whether the bot started it is for the bot to say: anybody can start a
// run under a key that looks like one of the bot's.
type RunNotice struct {
	Key         string   `json:"key,omitempty"` // what the run says it was started under, empty for nothing
	Pipeline    string   `json:"pipeline"`      // as configured here
	Service     string   `json:"service"`
	Environment string   `json:"environment"`
	Version     string   `json:"version,omitempty"` // empty if the run does not say
	Run         Run      `json:"run"`
	State       RunState `json:"state"`
}
