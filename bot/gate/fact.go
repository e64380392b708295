package gate

import "github.com/gonogo-chat/gonogo/bot/chat"

// factNames word the facts that gates look at, each as something of which there is one.
var factNames = map[string]chat.Code{
	"artifact": "gate.fact.artifact", "ticket": "gate.fact.ticket", "staging": "gate.fact.staging", "cadence": "gate.fact.cadence",
	"incidents": "gate.fact.incidents", "duty": "gate.fact.duty", "freezes": "gate.fact.freezes", "lock": "gate.fact.lock",
	"running version": "gate.fact.running", "architecture": "gate.fact.architecture", "deferral": "gate.fact.deferral",
	Provenance: "gate.fact.provenance", "rehearsal": "gate.fact.rehearsal", "windows": "gate.fact.windows",
}

// factArg names a fact in a sentence that it begins; a field of the rules' context stands for itself.
func factArg(fact string) chat.Arg {
	if code, ok := factNames[fact]; ok {
		return chat.Nested("fact", chat.Say(code))
	}
	return chat.Word("fact", fact)
}
