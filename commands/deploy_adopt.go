package commands

import (
	"context"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/lock"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/rollout"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func (p Ports) deployAdopt() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"deploy", "adopt"}, Right: people.Administer, DryRun: true,
			Summary: "Note what runs somewhere already: what a first rollback would restore.",
			Params: []command.Param{
				{Name: "service", Kind: command.KindService, Help: "What runs."},
				{Name: "environment", Kind: command.KindEnvironment, Help: "Where."},
				{Name: "version", Kind: command.KindVersion, Help: "Which version, as its artifact is named."},
				{Name: "reason", Kind: command.KindText, Optional: true, Rest: true, Help: "How it is known, for the record."},
				{Name: "replace", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also where something is noted already."},
			},
			Examples: []command.Example{
				{Line: "/deploy adopt {service} {environment} {version}", Does: "notes that {service} {version} runs in {environment}"},
				{Line: `/deploy adopt {service} {environment} {version} "put there by hand" --replace`, Does: "corrects what is noted"},
			},
		},
		Gather: func(ctx context.Context, r *bot.Reading, c command.Call) (bot.Facts, error) {
			return p.artifact(ctx, r, c.Text("service"), c.Text("version")), nil
		},
		Decide: adopt,
	}
}

func adopt(t *bot.Turn, c command.Call, facts bot.Facts) (chat.Reply, error) {
	service, env, version := c.Text("service"), c.Text("environment"), c.Text("version")
	at := place(service, env)
	if refusal := t.Authorise(people.Administer, service, env); refusal != nil {
		return chat.Reply{}, refusal
	}
	f := facts.(artifactFacts)
	what := service + " " + version
	switch {
	case f.Missing:
		return chat.Reply{}, chat.Reject("artifact.unknown", chat.Word("service", service), chat.Word("version", version))
	case f.Artifact == nil:
		return chat.Reply{}, chat.Refuse("adopt.unseen", chat.Word("what", what))
	case f.Artifact.Declared != "" && f.Artifact.Declared != f.Artifact.Digest:
		// What a rollback restores must be what was built.
		return chat.Reply{}, chat.Refuse("adopt.checksum", chat.Word("what", what), chat.Word("digest", short(f.Artifact.Digest)), chat.Word("declared", short(f.Artifact.Declared)))
	}
	was, known, err := noted(t, at)
	if err != nil {
		return chat.Reply{}, err
	}
	if refusal, err := notAdoptable(t, service, env, was, known, c.Has("replace")); err != nil || refusal != nil {
		return chat.Reply{}, firstError(err, refusal)
	}
	t.Evidence(f.Artifact.Source, chat.Say("evidence.artifact", chat.Word("what", what), chat.Word("digest", f.Artifact.Digest)))
	t.About(at)
	// What it replaces was never right, so a rollback must not lead back there.
	if err := running.Put(t.Tx, at, Running{Build: buildOf(*f.Artifact)}); err != nil {
		return chat.Reply{}, err
	}
	if err := edgesAdopted(t, service, env); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("adopt.noted", chat.Word("what", what), chat.Word("environment", env), chat.Word("digest", short(f.Artifact.Digest)),
		chat.Person("by", t.Person), chat.Word("was", was.Version))
	if reason := c.Text("reason"); reason != "" {
		sealed, err := t.Seal(reason)
		if err != nil {
			return chat.Reply{}, err
		}
		text.Args = append(text.Args, chat.Quote("reason", sealed))
	}
	return done(text, nil), cardsOf(t, service)
}

// notAdoptable refuses to note something where the bot knows better, or is about to.
func notAdoptable(t *bot.Turn, service, env string, was Running, known, replace bool) (*chat.Refusal, error) {
	l, err := lockOf(t, service, env)
	if err != nil {
		return nil, err
	}
	if l.Held(t.Now) && l.Kind == lock.Deployment {
		return chat.Refuse("adopt.under_way", chat.Word("service", service), chat.Word("environment", env), chat.Word("deployment", l.Owner)), nil
	}
	if replace {
		return nil, nil
	}
	if known {
		return chat.Refuse("adopt.noted_already", chat.Word("service", service), chat.Word("environment", env), chat.Word("version", was.Version),
			chat.Word("deployment", was.Deployment)), nil
	}
	id, err := deployedBefore(t, service, env)
	if err != nil || id == "" {
		return nil, err
	}
	return chat.Refuse("adopt.deployed_already", chat.Word("service", service), chat.Word("environment", env), chat.Word("deployment", id)), nil
}

// deployedBefore is a deployment of the bot's to a place, empty if there was none.
func deployedBefore(r state.Reader, service, env string) (id string, err error) {
	err = deployments.Latest(r, func(found string, d rollout.Deployment) error {
		if d.Service == service && d.Environment == env && d.State != rollout.Refused {
			id = found
			return kv.ErrStop
		}
		return nil
	})
	return id, err
}
