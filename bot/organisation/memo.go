package organisation

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// An organisation never changes, so what follows from it alone is worked out once: decisions ask for it again and again.

type placesKey struct{}

// places says which of the services has a name: every gate asks about one of very many.
func (o *Organisation) places() map[string]int {
	if v, ok := o.memo.Load(placesKey{}); ok {
		return v.(map[string]int)
	}
	places := make(map[string]int, len(o.Services))
	for i, s := range o.Services {
		if _, twice := places[s.Name]; !twice {
			places[s.Name] = i
		}
	}
	o.memo.Store(placesKey{}, places)
	return places
}

type policyKey struct{ service, environment string }

// Policy is a digest over what the configuration says of how a service reaches an environment.
func (o *Organisation) Policy(service string, e Environment) string {
	key := policyKey{service, e.Name}
	if v, ok := o.memo.Load(key); ok {
		return v.(string)
	}
	s, _ := o.Service(service)
	parts := []any{s, e, o.Plans[e.Verify]}
	for _, name := range e.Gates {
		if of, condition := gate.ConditionOf(name); condition {
			if c, ok := o.Conditions[of]; ok {
				parts = append(parts, []any{c, c.When.Expression()})
			}
		}
	}
	digest := digestOf(parts)
	o.memo.Store(key, digest)
	return digest
}

type ruleKey struct{ approval string }

// DecidedBy is a digest over how an approval rule decides; empty where there is no such rule.
func (o *Organisation) DecidedBy(name string) string {
	rule, ok := o.Approvals[name]
	if !ok {
		return ""
	}
	if v, ok := o.memo.Load(ruleKey{name}); ok {
		return v.(string)
	}
	digest := digestOf(rule.Deciding())
	o.memo.Store(ruleKey{name}, digest)
	return digest
}

// digestOf is a short digest over what a value says.
func digestOf(v any) string {
	raw, err := canonical(v)
	if err != nil { // nothing in the types of a configuration can fail to encode
		return "unknown: " + err.Error()
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// canonical is the JSON of a value without what is empty in it, keys in order. A newer program, whose types say more, so gives the same bytes
// for what the configuration does not say: an upgrade voids no vote.
func canonical(v any) ([]byte, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	return json.Marshal(withoutEmpty(plain))
}

// withoutEmpty is a decoded value without the members that say nothing; nil if nothing is left. The places of a list stay.
func withoutEmpty(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, member := range v {
			if v[name] = withoutEmpty(member); v[name] == nil {
				delete(v, name)
			}
		}
		if len(v) == 0 {
			return nil
		}
	case []any:
		for i := range v {
			v[i] = withoutEmpty(v[i])
		}
		if len(v) == 0 {
			return nil
		}
	case string:
		if v == "" {
			return nil
		}
	case json.Number:
		if v == "0" {
			return nil
		}
	case bool:
		if !v {
			return nil
		}
	}
	return v
}

// Electorate is who a rule asks about a service.
type Electorate struct {
	Members []string // everybody in the rule's groups, each once
	Without []string // those of them who do not hold the right to vote there
}

// Electorate works out who a rule asks about a service, by the groups of the configuration.
func (o *Organisation) Electorate(rule approval.Rule, service string) Electorate {
	key := service + "|" + strings.Join(rule.Electorate, ",") + "|" + strings.Join(rule.Veto, ",")
	if v, ok := o.memo.Load(key); ok {
		return v.(Electorate)
	}
	e := o.ElectorateIn(&o.Directory, rule, service)
	o.memo.Store(key, e)
	return e
}

// ElectorateIn works out who a rule asks about a service where groups have these members.
func (o *Organisation) ElectorateIn(groups approval.Groups, rule approval.Rule, service string) Electorate {
	var e Electorate
	for _, group := range slices.Concat(rule.Electorate, rule.Veto) {
		for _, id := range groups.Members(group) {
			if slices.Contains(e.Members, id) {
				continue
			}
			e.Members = append(e.Members, id)
			if !o.May(id, people.Vote, service, "") {
				e.Without = append(e.Without, id)
			}
		}
	}
	return e
}
