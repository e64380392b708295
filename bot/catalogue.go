package bot

import (
	"context"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// Command is one thing that people can say: its declaration and what it does. Exactly one of Read and Decide is set.
type Command struct {
	command.Spec
	// Read answers from what was committed; nothing is recorded.
	Read func(*Reading, command.Call) (chat.Reply, error)
	// Gather collects facts from outside before the decision, within FactsTimeout.
	Gather func(context.Context, *Reading, command.Call) (Facts, error)
	// Decide decides within a turn; a *chat.Refusal as error is the answer, and is recorded.
	Decide func(*Turn, command.Call, Facts) (chat.Reply, error)
	// Strangers may use the command too: accounts that are linked to nobody. What only reads, they may anyway, except somebody of
	// another organisation in a channel shared with it.
	Strangers bool
	// Lent says that somebody who does not hold the command's right may use it too, in the place of somebody who does: Decide asks.
	Lent bool
	// Fences says that the command closes gates: it is answered once every guarded effect whose gates were open before has
	// been handed over, so that nothing begins after the answer.
	Fences bool
}

// Facts are what was gathered for a decision, of a type that the command's own parts agree on.
type Facts any

// FactsTimeout bounds the gathering of facts: a chat command is answered within the platforms' 3 seconds.
const FactsTimeout = 2 * time.Second

// Performer does one kind of effect to another system.
type Performer struct {
	// Perform does it and returns what the other system said, JSON-encodable.
	Perform func(context.Context, effect.Effect) (any, error)
	// Find looks for a keyed effect on the other side: effect.ErrNotFound if it never arrived there.
	Find func(context.Context, effect.Effect) (any, error)
	// Timeout bounds one attempt; 0 for PerformTimeout.
	Timeout time.Duration
}

// PerformTimeout bounds one attempt at an effect that does not say otherwise.
const PerformTimeout = 30 * time.Second

// Guard asks the gates of a dangerous effect again when it is about to be performed.
type Guard struct {
	Gather func(context.Context, *Reading, effect.Effect) (Facts, error)
	// Decide returns a refusal to stop the effect; what the turn writes then says why.
	Decide func(*Turn, effect.Effect, Facts) (*chat.Refusal, error)
}

// Behaviour is everything that the bot can be told and does by itself, put together in one explicit catalogue.
type Behaviour struct {
	Commands []Command
	// Performers, Guards and Reactions are by effect kind. A reaction is the turn that takes an effect's outcome.
	Performers map[effect.Kind]Performer
	Guards     map[effect.Kind]Guard
	Reactions  map[effect.Kind]Reaction
	// Timers are the turns that timers of a kind wake.
	Timers map[string]func(*Turn, state.Timer) error
	// Cards render the card of a subject, by the letter of its short id.
	Cards map[string]CardRenderer
	// ShownOn is the subject on whose card it shows what the effects on a subject wait for; empty if none, nil if always its own.
	ShownOn func(state.Reader, string) (string, error)
	// Names lists the words of an argument kind for completion; nil where only configuration knows any.
	Names func(*Reading, command.Kind, map[string]command.Value) []string
	// Enrol is the turn that takes what a platform says of its people; nil where none does.
	Enrol func(*Turn, port.Roll) error
	// Noticed takes what adapters hear of other systems; its zero value takes nothing.
	Noticed Noticed
	// Overlay is what was learned of people since the configuration was written, which is the reading's organisation; nil for
	// nothing.
	Overlay func(*Reading) (people.Overlay, error)
	// Start is the turn of every start.
	Start func(*Turn) error
}

// Reaction is the turn that takes the outcome of an effect.
type Reaction func(*Turn, effect.Effect, effect.Outcome) error

// CardRenderer renders a card as things stand, and says where it belongs. No places: there is no such card.
type CardRenderer func(*Reading, string) (chat.Message, []chat.Place, error)
