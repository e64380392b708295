package commands

import (
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/followup"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv"
)

func followUpList() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"followup", "list"}, Summary: "List what stays to be done, the newest first.",
			Params: []command.Param{
				{Name: "all", Kind: command.KindBool, Flag: true, Optional: true, Help: "Also what is closed."},
			},
			Examples: []command.Example{{Line: "/followup list", Does: "lists the open follow-ups"}},
		},
		Read: func(r *bot.Reading, c command.Call) (chat.Reply, error) {
			s := chat.Section{}
			more := false
			err := followUps.Latest(r, func(_ string, f followup.FollowUp) error {
				if f.State == followup.Closed && !c.Has("all") {
					return nil
				}
				if more = len(s.Lines) == listed; more {
					return kv.ErrStop
				}
				s.Lines = append(s.Lines, followUpLine(f, r))
				return nil
			})
			m := chat.Message{Title: chat.Say("followup.list", chat.Count("count", len(s.Lines)))}
			if len(s.Lines) > 0 {
				m.Sections = []chat.Section{s}
			}
			if more {
				m.Sections = append(m.Sections, chat.Section{Lines: []chat.Line{{Text: chat.Say("list.more", chat.Count("shown", listed))}}})
			}
			return privately(m, nil), err
		},
	}
}

func followUpLine(f followup.FollowUp, r *bot.Reading) chat.Line {
	line := chat.Line{Mark: chat.MarkWaiting, Text: chat.Say("followup.line", chat.Word("follow_up", f.ID), chat.Nested("kind", f.Kind.Text()),
		chat.Nested("state", f.State.Text()), chat.Word("release", f.Release), chat.Person("taken", f.TakenBy), chat.Time("due", f.Due))}
	line.Sub = []chat.Text{f.Text}
	switch {
	case f.State == followup.Closed:
		line.Mark = chat.MarkOpen
	case f.Overdue(r.Now):
		line.Mark = chat.MarkClosed
	}
	return line
}

func followUpTake() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"followup", "take"}, Summary: "Say that you see to a follow-up.",
			Params:   []command.Param{{Name: "follow-up", Kind: command.KindFollowUp, Help: "The follow-up."}},
			Examples: []command.Example{{Line: "/followup take A-1", Does: "makes A-1 yours"}},
			DryRun:   true,
		},
		Decide: func(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
			f, r, err := followUpOf(t, c.Text("follow-up"))
			if err != nil {
				return chat.Reply{}, err
			}
			t.About(f.ID)
			if refusal := maySee(t, f, r); refusal != nil {
				return chat.Reply{}, refusal
			}
			next, refusal := f.Acknowledge(t.Person)
			if refusal != nil {
				return chat.Reply{}, refusal
			}
			if err := putFollowUp(t, next); err != nil {
				return chat.Reply{}, err
			}
			text := chat.Say("followup.taken", chat.Word("follow_up", f.ID), chat.Nested("kind", f.Kind.Text()), chat.Person("by", t.Person))
			return done(text, followUpIDs(f)), nil
		},
	}
}

func followUpClose() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"followup", "close"}, Summary: "Close a follow-up with a note; its pages end too.",
			Params: []command.Param{
				{Name: "follow-up", Kind: command.KindFollowUp, Help: "The follow-up."},
				{Name: "note", Kind: command.KindText, Rest: true, Help: "What was found and done, for the record."},
			},
			Examples: []command.Example{{Line: `/followup close A-1 "a missing index; added in the next version"`, Does: "closes A-1 with what was found"}},
			DryRun:   true,
		},
		Decide: followUpClosed,
	}
}

func followUpClosed(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	f, r, err := followUpOf(t, c.Text("follow-up"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(f.ID)
	if refusal := maySee(t, f, r); refusal != nil {
		return chat.Reply{}, refusal
	}
	if f.Kind == followup.EmergencyReview {
		if refusal, err := ownEmergency(t, f, r); refusal != nil || err != nil {
			return chat.Reply{}, firstError(err, refusal)
		}
	}
	note, err := sealOptional(t, c.Text("note"))
	if err != nil {
		return chat.Reply{}, err
	}
	if err := closeFollowUp(t, f, note); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("followup.closed_now", chat.Word("follow_up", f.ID), chat.Nested("kind", f.Kind.Text()), chat.Person("by", t.Person), chat.Quote("note", *note))
	if r.ID != "" {
		if err := t.Card(r.ID); err != nil {
			return chat.Reply{}, err
		}
	}
	return done(text, followUpIDs(f)), nil
}

// closeFollowUp closes a follow-up in the speaker's name, with the pages that it was about.
func closeFollowUp(t *bot.Turn, f followup.FollowUp, note *chat.Sealed) error {
	next, refusal := f.Close(t.Person, note, t.Now)
	if refusal != nil {
		return refusal
	}
	if err := putFollowUp(t, next); err != nil {
		return err
	}
	return resolvePagesOf(t, f.ID)
}

// followUpOf reads a follow-up that was named, and the release that it is about, if any.
func followUpOf(r state.Reader, id string) (followup.FollowUp, release.Release, error) {
	f, ok, err := followUps.Get(r, id)
	if err != nil || !ok {
		return f, release.Release{}, orUnknown(err, "followup.unknown", "follow_up", id)
	}
	if f.Release == "" {
		return f, release.Release{}, nil
	}
	rel, err := getRelease(r, f.Release)
	return f, rel, err
}

// maySee asks for the right that a follow-up needs: judging an emergency is the reviewers', anything else the responders'.
func maySee(t *bot.Turn, f followup.FollowUp, r release.Release) *chat.Refusal {
	right := people.Respond
	if f.Kind == followup.EmergencyReview {
		right = people.Review
	}
	return t.Authorise(right, r.Service, "")
}

func followUpIDs(f followup.FollowUp) map[string]string {
	ids := map[string]string{"follow_up": f.ID}
	if f.Release != "" {
		ids["release"] = f.Release
	}
	return ids
}
