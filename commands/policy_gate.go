package commands

import (
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/gate"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/policy"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// openings are the conditions that somebody opened for a release: by release/environment/condition.
var openings = state.Governed[gate.Opening]("opening")

func openingKey(rel, environment, condition string) string {
	return rel + "/" + environment + "/" + condition
}

// closures are the configured conditions that an environment names as gates.
func closures(org *organisation.Organisation, env organisation.Environment) []policy.Closure {
	var list []policy.Closure
	for _, name := range env.Gates {
		of, _ := gate.ConditionOf(name)
		if c, ok := org.Conditions[of]; ok {
			list = append(list, c)
		}
	}
	return list
}

// conditionNames are the conditions that an environment names.
func conditionNames(org *organisation.Organisation, env organisation.Environment) (names []string) {
	for _, c := range closures(org, env) {
		names = append(names, c.Name)
	}
	return names
}

// fillConditions gives the conditions of the environment what they look at, and no more.
func fillConditions(r state.Reader, org *organisation.Organisation, store *state.Store, q question, f outside, facts *gate.Facts) error {
	named := closures(org, q.environment)
	if len(named) == 0 {
		return nil
	}
	if f.IncidentFault != nil {
		facts.Faults["incidents"] = f.IncidentFault.Error()
	}
	var err error
	facts.Conditions = org.Conditions
	facts.Policy, err = policyContext(r, org, viewpoint{release: q.release, environment: q.environment, artifact: f.Artifact, seen: f.Seen, now: q.now,
		reads: func(group string) bool { return asksThere(org, q.environment, group) }})
	if err != nil {
		return err
	}
	facts.Openings, err = openingsOf(r, org, store, q.source.add(withAuthors(q.release, f.Artifact), store), q.environment)
	return err
}

// openingsOf are the conditions that somebody opened for a release there, whether that still holds or not. One whose giver turned out
// to have had a part in the work opens nothing.
func openingsOf(r state.Reader, org *organisation.Organisation, store *state.Store, rel release.Release, env organisation.Environment) (map[string]gate.Opening, error) {
	found := map[string]gate.Opening{}
	for _, c := range closures(org, env) {
		o, ok, err := openings.Get(r, openingKey(rel.ID, env.Name, c.Name))
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		for _, conflict := range duty.Approve(o.By, work(r, rel, org, store, nil), org.Duty).Conflicts {
			o.Fallen = append(o.Fallen, conflict.Text)
		}
		found[c.Name] = o
	}
	return found, nil
}

// conditionOpeners adds who may open each condition of the environment.
func conditionOpeners(org *organisation.Organisation, env organisation.Environment, openers map[string][]string) {
	for _, c := range closures(org, env) {
		openers[gate.ConditionGate(c.Name)] = openersOf(org, c)
	}
}

// openersOf is everybody who may open a condition, each once.
func openersOf(org *organisation.Organisation, c policy.Closure) []string {
	var ids []string
	for _, group := range c.OpensBy {
		ids = append(ids, org.Directory.Members(group)...)
	}
	return except(ids, "")
}

func (p Ports) policyOpen() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"policy", "open"}, DryRun: true,
			Summary: "Open a condition's gate for one release, as whoever the configuration names for it.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "condition", Kind: command.KindText, Help: "The condition, as the configuration calls it."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where the release is to go."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why, for the record."},
			},
			Examples: []command.Example{{Line: `/policy open R-1 friday {environment} "the vendor ends support tonight"`, Does: "opens the condition friday for R-1"}},
		},
		Gather: p.gatherForBallot,
		Decide: openCondition,
	}
}

func openCondition(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	env, _ := t.Org.Environment(c.Text("environment"))
	name := strings.TrimPrefix(c.Text("condition"), gate.ConditionGate(""))
	named := closures(t.Org, env)
	i := slices.IndexFunc(named, func(c policy.Closure) bool { return c.Name == name })
	if i < 0 {
		return chat.Reply{}, chat.Reject("condition.unknown", chat.Word("condition", name), chat.Word("environment", env.Name), chat.List("known", conditionNames(t.Org, env)))
	}
	condition := named[i]
	may := openersOf(t.Org, condition)
	if t.Person == "" || !slices.Contains(may, t.Person) {
		return chat.Reply{}, chat.Refuse("condition.may_not", chat.Word("condition", name), chat.People("openers", may))
	}
	// To open is to let through: whoever had a part in the work does not do that either.
	if finding := duty.Approve(t.Person, work(t, r, t.Org, t.Store(), nil), t.Org.Duty); !finding.OK() {
		return chat.Reply{}, chat.Refuse("condition.duty", chat.Word("condition", name), chat.Word("what", r.Subject())).Because(finding.Reasons()...)
	}
	f, _ := facts.(artifactFacts)
	if f.Artifact == nil || f.Artifact.Digest == "" {
		return chat.Reply{}, chat.Refuse("artifact.unseen", chat.Word("release", r.ID), chat.Word("what", r.Subject()))
	}
	if !deployable(t.Org, r, env.Name) {
		return chat.Reply{}, chat.Refuse("deploy.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	reason, err := sealOptional(t, c.Text("reason"))
	if err != nil {
		return chat.Reply{}, err
	}
	in, err := policyContext(t, t.Org, viewpoint{release: r, environment: env, artifact: f.Artifact, now: t.Now})
	if err != nil {
		return chat.Reply{}, err
	}
	if answer := condition.When.Holds(in); !answer.True && !answer.Unknown {
		return chat.Reply{}, chat.Refuse("condition.open_already", chat.Word("condition", name), chat.Word("release", r.ID), chat.Word("environment", env.Name))
	}
	o := gate.Opening{V: gate.OpeningVersion, Release: r.ID, Environment: env.Name, Condition: name, Digest: f.Artifact.Digest, By: t.Person,
		At: t.Now.UTC(), Until: t.Now.Add(condition.Lasting).UTC(), Reason: reason}
	if err := openings.Put(t.Tx, openingKey(r.ID, env.Name, name), o); err != nil {
		return chat.Reply{}, err
	}
	for _, in := range condition.When.Inputs(in) {
		t.Evidence(in.Source, in.Text())
	}
	text := chat.Say("condition.opened", chat.Word("condition", name), chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Word("environment", env.Name),
		chat.Person("by", t.Person), chat.Time("until", o.Until))
	if reason != nil {
		text.Args = append(text.Args, chat.Quote("reason", *reason))
	}
	if !t.Hears(t.Org.Channels.Releases) {
		if err := t.Announce("opened:"+t.Key, t.Org.Channels.Releases, chat.Plain(text)); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(text, map[string]string{"release": r.ID}), t.Card(r.ID)
}
