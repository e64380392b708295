package commands

import (
	"fmt"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/cadence"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/bot/window"
)

// timingParams say when a release is to go to its last environment, and what that takes.
func timingParams() []command.Param {
	return []command.Param{
		{Name: "at", Kind: command.KindTime, Flag: true, Optional: true, Help: "When it is to go to the last environment, in quotes: \"Sat 10:00\"."},
		{Name: "downtime", Kind: command.KindDuration, Flag: true, Optional: true, Help: "How long the service is down meanwhile: it then needs an agreed window."},
		{Name: "window", Kind: command.KindWindow, Flag: true, Optional: true, Help: "The agreed window that it is planned for; any of the service's if left out."},
		{Name: "off-cadence", Kind: command.KindText, Flag: true, Optional: true, Help: "Why it goes with none of the service's trains."},
	}
}

// longestDowntime is that of the longest window.
const longestDowntime = window.MaxLength

// timed gives a release the times that somebody says.
func timed(t *bot.Turn, r release.Release, c command.Call) (release.Release, error) {
	timing := r.Time()
	if c.Has("at") {
		timing.For, timing.Zone = c.Time("at").UTC(), ""
		if zone := c.Time("at").Location().String(); zone != "Local" {
			timing.Zone = zone
		}
		if !timing.For.After(t.Now) {
			return r, chat.Reject("timing.past", chat.Time("at", timing.For))
		}
	}
	if c.Has("downtime") {
		if timing.Downtime = c.Duration("downtime"); timing.Downtime > longestDowntime {
			return r, chat.Reject("timing.downtime", chat.Duration("downtime", timing.Downtime), chat.Duration("max", longestDowntime))
		}
	}
	bound := c.Text("window")
	if bound == "" && timing.Window != nil && (c.Has("at") || c.Has("downtime")) { // which the new time must fit as well
		bound = timing.Window.ID
	}
	if bound != "" {
		w, err := getWindow(t, bound)
		if err != nil {
			return r, err
		}
		if refusal := bindable(t, r, timing, w); refusal != nil {
			return r, refusal
		}
		timing.Window = &release.Window{ID: w.ID, From: w.From, To: w.To}
		t.About(w.ID)
	}
	if err := offCadence(t, r.Service, &timing, c); err != nil {
		return r, err
	}
	if timing != (release.Timing{}) {
		r.Timing = &timing
	}
	return r, nil
}

// offCadence asks for a reason where a release is planned for a time at which none of its service's trains goes.
func offCadence(t *bot.Turn, service string, timing *release.Timing, c command.Call) error {
	v := judgeCadence(t.Org, service, timing.For)
	at := inZone(chat.Time("at", timing.For), timing.Zone)
	switch {
	case c.Has("off-cadence") && !timing.For.IsZero() && v.In != nil:
		return chat.Reject("cadence.on", at, chat.Word("service", service), chat.Nested("slot", v.In.Text()))
	case c.Has("off-cadence") && !v.Trains:
		return chat.Reject("cadence.none", chat.Word("service", service))
	case c.Has("off-cadence"):
		why, err := t.Seal(c.Text("off-cadence"))
		timing.OffCadence, timing.By = &why, t.Person
		return err
	case c.Has("at") && v.On():
		timing.OffCadence, timing.By = nil, ""
	case c.Has("at"):
		args := []chat.Arg{at, chat.Word("service", service)}
		if v.Next != nil {
			args = append(args, chat.Nested("next", v.Next.Text()))
		}
		return chat.Refuse("cadence.off", args...)
	}
	return nil
}

// judgeCadence asks the trains of a service.
func judgeCadence(org *organisation.Organisation, service string, at time.Time) cadence.Verdict {
	s, _ := org.Service(service)
	return org.Cadence.Judge(service, s.Lines, at)
}

// bindable refuses to plan a release for a window that is not its own, or does not stand.
func bindable(t *bot.Turn, r release.Release, timing release.Timing, w window.Window) *chat.Refusal {
	named := chat.Word("window", w.ID)
	length := lengthOf(timing, last(t.Org))
	switch {
	case w.Service != r.Service:
		return chat.Refuse("window.other_service", named, chat.Word("service", w.Service), chat.Word("what", r.Subject()))
	case w.Kind != window.Downtime || w.State != window.Accepted || w.Over(t.Now):
		return chat.Refuse("timing.window_not", chat.Nested("window", w.Text()), chat.Nested("state", w.State.Text()))
	case w.To.Sub(w.From) < length:
		return chat.Refuse("timing.too_long", named, chat.Duration("length", length), chat.Duration("window_length", w.To.Sub(w.From)))
	case !timing.For.IsZero() && (timing.For.Before(w.From) || timing.For.Add(length).After(w.To)):
		return chat.Refuse("timing.elsewhere", chat.Time("at", timing.For), chat.Nested("window", w.Text()), chat.Duration("length", length))
	}
	return nil
}

// lengthOf is how long a deployment takes its service down: as long as was said, else as long as a deployment should take there.
func lengthOf(timing release.Timing, env organisation.Environment) time.Duration {
	if timing.Downtime > 0 {
		return timing.Downtime
	}
	return env.Lock
}

// needsDowntime reports whether a release takes its service down.
func needsDowntime(r release.Release, org *organisation.Organisation) bool {
	s, _ := org.Service(r.Service)
	return s.Downtime || r.Time().Downtime > 0
}

// windowPart is the window that a release is proposed for, as its vote covers it; empty where it takes nothing down.
func windowPart(r release.Release, org *organisation.Organisation) string {
	if !needsDowntime(r, org) {
		return ""
	}
	timing, length := r.Time(), "down"
	if timing.Downtime > 0 {
		length = "down for " + timing.Downtime.String()
	}
	if timing.Window == nil {
		return length + " in any agreed window"
	}
	return fmt.Sprintf("%s in %s, %s to %s", length, timing.Window.ID, timing.Window.From.UTC().Format(time.RFC3339), timing.Window.To.UTC().Format(time.RFC3339))
}

func releaseSchedule() bot.Command {
	return bot.Command{
		Spec: command.Spec{
			Words: []string{"release", "schedule"}, Right: people.Plan, DryRun: true,
			Summary: "Say when a release is to go to the last environment, and what that takes; another window or downtime voids its vote.",
			Params:  append([]command.Param{{Name: "release", Kind: command.KindRelease, Help: "The release."}}, timingParams()...),
			Examples: []command.Example{
				{Line: `/release schedule R-1 --at "Sat 10:00"`, Does: "plans R-1 for Saturday"},
				{Line: "/release schedule R-1 --downtime 20m --window W-1", Does: "says that it takes the service down, in W-1"},
			},
		},
		Decide: scheduleRelease,
	}
}

func scheduleRelease(t *bot.Turn, c command.Call, _ bot.Facts) (chat.Reply, error) {
	r, err := getRelease(t, c.Text("release"))
	if err != nil {
		return chat.Reply{}, err
	}
	t.About(r.ID)
	if refusal := t.Authorise(people.Plan, r.Service, ""); refusal != nil {
		return chat.Reply{}, refusal
	}
	if r.State.Settled() || r.State == release.Deploying {
		return chat.Reply{}, chat.Refuse("timing.not_now", chat.Word("release", r.ID), chat.Nested("state", r.State.Text()))
	}
	if !c.Has("at") && !c.Has("downtime") && !c.Has("window") && !c.Has("off-cadence") {
		return chat.Reply{}, chat.Reject("timing.nothing", chat.Word("release", r.ID))
	}
	if r, err = timed(t, r, c); err != nil {
		return chat.Reply{}, err
	}
	text := chat.Say("release.scheduled", chat.Person("by", t.Person), chat.Word("release", r.ID), chat.Word("what", r.Subject()),
		chat.Nested("timing", timingText(r, t.Org)))
	voided, err := retimed(t, r)
	if err != nil {
		return chat.Reply{}, err
	}
	reply := done(text, map[string]string{"release": r.ID})
	if voided {
		reply.Messages[0].Sections = lines(chat.Section{Lines: []chat.Line{{Mark: chat.MarkClosed, Text: chat.Say("timing.voids", chat.Word("release", r.ID))}}})
	}
	return reply, t.Card(r.ID)
}

// retimed keeps a release whose time changed, and voids its vote where that was about another window.
func retimed(t *bot.Turn, r release.Release) (voided bool, err error) {
	if err := putRelease(t, r); err != nil || r.Ballot() == "" {
		return false, err
	}
	b, ok, err := ballots.Get(t, r.Ballot())
	if err != nil || !ok {
		return false, err
	}
	_, voided, err = voidIfChanged(t, b, r, artifactFacts{Artifact: r.Artifact})
	return voided, err
}

// unbind tells the releases that were planned for a window that it does not stand any more.
func unbind(t *bot.Turn, w window.Window) error {
	open, err := releasesUnderWay(t, w.Service)
	if err != nil {
		return err
	}
	for _, r := range open {
		timing := r.Time()
		if timing.Window == nil || timing.Window.ID != w.ID {
			continue
		}
		timing.Window = nil
		r.Timing = &timing
		t.About(r.ID)
		if _, err := retimed(t, r); err != nil {
			return err
		}
	}
	return nil
}

// releasesUnderWay lists the releases of a service that are not settled.
func releasesUnderWay(t *bot.Turn, service string) ([]release.Release, error) {
	var list []release.Release
	err := openReleases.Under(t, place(service, ""), func(key string, _ struct{}) error {
		r, err := getRelease(t, key[len(service)+1:])
		list = append(list, r)
		return err
	})
	return list, err
}

// timingSection says when a release is to go where it goes last, where anybody said so.
func timingSection(r *bot.Reading, rel release.Release) (chat.Section, error) {
	if rel.Timing == nil && !needsDowntime(rel, r.Org) {
		return chat.Section{}, nil
	}
	s := chat.Section{Fields: []chat.Field{{Label: "label.timing", Value: timingText(rel, r.Org)}}}
	if timing := rel.Time(); timing.OffCadence != nil {
		s.Lines = []chat.Line{{Mark: chat.MarkWaiting, Text: chat.Say("timing.off_cadence", chat.Person("by", timing.By), chat.Quote("why", *timing.OffCadence))}}
	}
	return s, nil
}

// timingText says when a release is to go where it goes last, and what that takes.
func timingText(r release.Release, org *organisation.Organisation) chat.Text {
	timing := r.Time()
	var args []chat.Arg
	if !timing.For.IsZero() {
		args = append(args, inZone(chat.Time("at", timing.For), timing.Zone))
	}
	if needsDowntime(r, org) {
		args = append(args, chat.Duration("downtime", lengthOf(timing, last(org))))
	}
	if timing.Window != nil {
		args = append(args, chat.Word("window", timing.Window.ID))
	}
	return chat.Say("timing.text", append(args, chat.Word("environment", last(org).Name))...)
}
