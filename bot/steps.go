package bot

// Step is a named moment on the way of a request, an effect or a timer: where a process can end and what it then leaves is
// different from a moment before. docs/crash-safety.md says for each what a restart makes of it.
type Step string

// The steps, in order. What of them concerns a request is said by its command's words ("release plan"), what concerns an
// effect or a timer by its kind ("deploy.start").
const (
	StepAccepted  Step = "accepted"  // a request is durable; the platform was acknowledged nothing, and nothing is decided
	StepReceived  Step = "received"  // a request was handed over; nothing is written
	StepGathered  Step = "gathered"  // facts from outside are there; nothing is written
	StepDecided   Step = "decided"   // its turn is decided, and not yet written: once for every time that it is decided
	StepCommitted Step = "committed" // the decision is durable; nobody was answered
	StepNoticed   Step = "noticed"   // what was heard of another system is said, if it says anything; its own turn is not decided
	StepTold      Step = "told"      // the platform took the answer to an accepted request; that is written nowhere
	StepTaken     Step = "taken"     // an effect's place in its lane came; nothing is written
	StepSought    Step = "sought"    // an effect that was under way when a process ended was looked for on the other side
	StepAsked     Step = "asked"     // an effect's lease is decided, its gates asked again; nothing is written
	StepLeased    Step = "leased"    // its lease is durable; the other system was told nothing
	StepPerformed Step = "performed" // the other system answered; its answer is written nowhere
	StepReacted   Step = "reacted"   // what follows from the answer is decided; nothing is written
	StepSettled   Step = "settled"   // what follows is durable; the next effect of the lane was not begun
	StepWoken     Step = "woken"     // a timer is due; nothing is written
	StepTimed     Step = "timed"     // a timer's turn is decided; nothing is written
	StepSlept     Step = "slept"     // a timer's turn is durable
)

// Steps lists every step.
func Steps() []Step {
	return []Step{StepAccepted, StepReceived, StepGathered, StepDecided, StepCommitted, StepNoticed, StepTold, StepTaken, StepSought, StepAsked, StepLeased,
		StepPerformed, StepReacted, StepSettled, StepWoken, StepTimed, StepSlept}
}

// at tells whoever watches steps.
func (b *Bot) at(s Step, what string) {
	if b.step != nil {
		b.step(s, what)
	}
}
