package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/deferral"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
)

func releaseDefer() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "defer"}, Right: people.Plan, DryRun: true, Summary: "Hold a release back: it is deployed nowhere until it is resumed.",
			Params: []command.Param{
				{Name: "release", Kind: command.KindRelease, Help: "The release."},
				{Name: "reason", Kind: command.KindText, Rest: true, Help: "Why: whoever answers for the service reads it."},
				{Name: "until", Kind: command.KindTime, Flag: true, Optional: true, Help: "Until when; until somebody resumes it if left out."},
			},
			Examples: []command.Example{
				{Line: `/release defer R-1 "the partner's test system is down"`, Does: "holds R-1 back"},
				{Line: `/release defer R-1 "not over the weekend" --until "Mon 09:00"`, Does: "holds R-1 back until Monday morning"},
			},
		},
		Decide: deferRelease, Fences: true,
	}
}

func deferRelease(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, d, err := deferrable(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	if !r.State.Deployable() {
		return chat.Reply{}, chat.Refuse("deferral.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	cause := deferral.Cause{By: t.Person}
	if until := c.Time("until"); !until.IsZero() {
		if !until.After(t.Now) {
			return chat.Reply{}, chat.Reject("deferral.past", chat.Time("until", until))
		}
		cause.Until = until.UTC()
	}
	if cause.Reason, err = sealOptional(t, c.Text("reason")); err != nil {
		return chat.Reply{}, err
	}
	d, refusal := d.Defer(cause, t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := putDeferral(t, r, d); err != nil {
		return chat.Reply{}, err
	}
	args := []chat.Arg{chat.Word("release", r.ID), chat.Word("what", r.Subject()), chat.Person("by", t.Person), chat.Quote("reason", *cause.Reason)}
	if !cause.Until.IsZero() {
		args = append(args, chat.Time("until", c.Time("until")))
	}
	text := chat.Say("deferral.deferred", args...)
	if err := t.Announce("deferral:"+r.ID+":"+t.Key, t.Org.Channels.Releases, chat.Message{Title: text, Tone: chat.Warning, Mentions: except(concerned(t.Org, r), t.Person)}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"release": r.ID}, t.Org.Channels.Releases), nil
}

func releaseResume() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "resume"}, Right: people.Plan, DryRun: true, Summary: "Let a release go on that somebody deferred.",
			Params:   []command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}},
			Examples: []command.Example{{Line: "/release resume R-1", Does: "lets R-1 go on"}},
		},
		Decide: resumeRelease,
	}
}

func resumeRelease(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, d, err := deferrable(t, c)
	if err != nil {
		return chat.Reply{}, err
	}
	d, refusal := d.Resume(t.Now)
	if refusal != nil {
		return chat.Reply{}, refusal
	}
	if err := putDeferral(t, r, d); err != nil {
		return chat.Reply{}, err
	}
	text := resumedText(r, d, t.Now, chat.Say("deferral.resumed_by", chat.Person("by", t.Person)))
	if err := t.Announce("deferral:"+r.ID+":"+t.Key, t.Org.Channels.Releases, chat.Message{Title: text, Tone: chat.Good, Mentions: except(concerned(t.Org, r), t.Person)}); err != nil {
		return chat.Reply{}, err
	}
	return aloud(t, text, map[string]string{"release": r.ID}, t.Org.Channels.Releases), nil
}

// deferrable is the release that was named, and what holds it back, for somebody who may plan it.
func deferrable(t *bot.Turn, c command.Call) (release.Release, deferral.Deferral, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return r, deferral.Deferral{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
		return r, deferral.Deferral{}, refusal
	}
	d, err := deferralOf(t, r.ID)
	return r, d, err
}
