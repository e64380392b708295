package slack

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/adapters/slack/payload"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Limits of modals: https://docs.slack.dev/reference/views/modal-views
const (
	modalTitle    = 24   // characters
	modalMetadata = 3000 // characters
)

// openPatience bounds views.open: a trigger lives for 3 seconds. https://docs.slack.dev/interactivity/handling-user-interaction#triggers
const openPatience = 2500 * time.Millisecond

// formView is the callback id of a form.
const formView = "form"

// form is what a modal remembers of itself, in its private metadata.
type form struct {
	Command string            `json:"c"`           // its words: "release plan"
	Given   map[string]string `json:"g,omitempty"` // arguments that the form does not ask for
	Channel string            `json:"ch,omitempty"`
	Thread  string            `json:"th,omitempty"`
	Respond string            `json:"r,omitempty"` // response_url of what opened it
}

// metadata writes the form down; it is false if there is no room, which only a forged or absurdly long button brings about.
func (f form) metadata() (string, bool) {
	raw, err := json.Marshal(f)
	if err == nil && len(raw) > modalMetadata {
		f.Respond = "" // the answer is then posted for the person alone
		raw, err = json.Marshal(f)
	}
	return string(raw), err == nil && len(raw) <= modalMetadata
}

// handle is what the answer to a submission is sent with.
func (f form) handle() handle {
	return handle{ResponseURL: f.Respond, Channel: f.Channel, Thread: f.Thread}
}

// declared are the commands, which don't change while the bot runs; catalogue is nil if they can't be parsed.
type declared struct {
	specs     []command.Spec
	catalogue *command.Catalogue
}

func (s *Slack) declared() declared {
	d := declared{specs: s.outside.Commands()}
	var err error
	if d.catalogue, err = command.New(d.specs); err != nil {
		s.outside.Log.Error("the commands can't be parsed by themselves", "error", err)
		d.catalogue = nil
	}
	return d
}

// begun reads the beginning of a command, as a button's form has it: "/vote B-1".
func (s *Slack) begun(line string) (spec command.Spec, given map[string]string, ok bool) {
	said := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "/"))
	for _, c := range s.commands().specs {
		if len(c.Words) > len(spec.Words) && len(c.Words) <= len(said) && slices.Equal(c.Words, said[:len(c.Words)]) {
			spec, ok = c, true
		}
	}
	if !ok {
		return spec, nil, false
	}
	given = map[string]string{}
	rest := said[len(spec.Words):]
	for _, p := range spec.Params {
		if p.Flag || len(rest) == 0 {
			continue
		}
		n := 1
		if p.Rest {
			n = len(rest)
		}
		given[p.Name], rest = strings.Join(rest[:n], " "), rest[n:]
	}
	return spec, given, len(rest) == 0
}

// openForm opens the form of a command at once, still empty, and fills it beside. What fails is told to whoever pressed: a trigger
// can't be used again.
func (s *Slack) openForm(ctx context.Context, trigger, line string, o origin) {
	spec, given, ok := s.begun(line)
	f := form{Command: strings.Join(spec.Words, " "), Given: given, Channel: o.handle.Channel, Thread: o.handle.Thread, Respond: o.handle.ResponseURL}
	metadata, fits := f.metadata()
	if !ok || !fits {
		s.outside.Log.Error("a button opens no form", "line", line)
		s.inform(o, chat.Say("slack.no_form", chat.Word("line", line)))
		return
	}
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	view := modal(spec, metadata)
	view.Blocks.BlockSet = []api.Block{api.NewSectionBlock(plain(words.Label("slack.loading")), nil, nil)}
	opened, err := o.workspace.client.OpenViewContext(ctx, trigger, view)
	switch {
	case err == nil:
	case saysSlack(err, "exchanged_trigger_id"): // the same press came before, and opened it
		return
	default:
		s.outside.Log.Warn("a form could not be opened", "command", f.Command, "error", err)
		s.inform(o, chat.Say("slack.no_form", chat.Word("line", line)))
		return
	}
	s.errands.run(func(ctx context.Context) { s.fill(ctx, o, spec, f, opened.View.ID, opened.View.Hash) })
}

// modal is a form's frame.
func modal(spec command.Spec, metadata string) api.ModalViewRequest {
	title := "/" + strings.Join(spec.Words, " ")
	if len(title) > modalTitle {
		title = "/" + spec.Words[0]
	}
	return api.ModalViewRequest{
		Type: api.VTModal, CallbackID: formView, PrivateMetadata: metadata, Title: plain(title),
		Close: plain(words.Label("slack.cancel")),
	}
}

// fill puts the inputs into an opened form. If the form has changed since, or was closed, there is nothing to fill.
func (s *Slack) fill(ctx context.Context, o origin, spec command.Spec, f form, id, hash string) {
	metadata, _ := f.metadata()
	view := modal(spec, metadata)
	view.Submit = plain(words.Label("slack.submit"))
	view.Blocks.BlockSet = s.inputs(ctx, spec, f.Given, o.account)
	for {
		_, err := o.workspace.client.UpdateViewContext(ctx, view, "", hash, id)
		var limited *api.RateLimitedError
		switch {
		case err == nil, saysSlack(err, "hash_conflict"), saysSlack(err, "not_found"), saysSlack(err, "view_not_found"):
			return
		case errors.As(err, &limited):
			if pause(ctx, limited.RetryAfter) {
				continue
			}
		}
		s.outside.Log.Warn("a form stays empty", "command", f.Command, "error", err)
		s.inform(o, chat.Say("slack.no_form", chat.Word("line", "/"+f.Command)))
		return
	}
}

// submit takes a submitted form as the line that it makes. What can't be understood is said beside the input.
func (s *Slack) submit(ctx context.Context, i payload.Interaction, o origin) (answer any, err error) {
	if i.View.CallbackID != formView {
		return nil, nil
	}
	var f form
	if json.Unmarshal([]byte(i.View.PrivateMetadata), &f) != nil || i.View.ID == "" || i.View.Hash == "" {
		return nil, payload.ErrMalformed
	}
	spec, _, ok := s.begun(f.Command)
	if !ok {
		return nil, payload.ErrMalformed
	}
	o.handle = f.handle()
	line := command.Line(&spec, held(i.View.State, f.Given))
	if faults := s.faults(line, spec, f.Given); faults != nil {
		return map[string]any{"response_action": "errors", "errors": faults}, nil
	}
	if err := s.accept(ctx, "slack:view:"+i.View.ID+":"+i.View.Hash, o, port.Delivery{Text: line}); err != nil {
		return nil, err
	}
	return map[string]string{"response_action": "clear"}, nil
}

// held are the arguments of a form: those that the inputs hold, and those given before.
func held(state payload.State, given map[string]string) map[string]string {
	all := map[string]string{}
	for block, inputs := range state.Values {
		if name, ok := strings.CutPrefix(block, inputBlock); ok {
			all[name] = inputs[inputAction].Text()
		}
	}
	maps.Copy(all, given)
	return all
}

// faults says, by block, what is wrong with a submitted line as far as can be told without knowing the organisation: times that are
// none, numbers with letters. Whatever else is wrong is answered as if the line had been typed.
func (s *Slack) faults(line string, spec command.Spec, given map[string]string) map[string]string {
	catalogue := s.commands().catalogue
	if catalogue == nil {
		return nil
	}
	reader, now := s.outside.Reader(nil), s.outside.Clock()
	_, failure := catalogue.Parse(line, command.Moment{Now: now, Zone: reader.Zone()}, nil)
	if failure == nil {
		return nil
	}
	at, _ := failure.Text.Arg("param")
	name := strings.TrimPrefix(at.Word, "--")
	if _, fixed := given[name]; fixed || !slices.ContainsFunc(spec.Params, func(p command.Param) bool { return p.Name == name }) {
		return nil
	}
	return map[string]string{inputBlock + name: words.Text(failure.Text, reader, now)}
}

// shortcut opens the form of a command that its callback id names: "release_plan".
func (s *Slack) shortcut(ctx context.Context, i payload.Interaction, o origin) error {
	s.openForm(ctx, i.TriggerID, "/"+strings.ReplaceAll(i.CallbackID, "_", " "), o)
	return nil
}

// inform says something to whoever acted, beside the acknowledgement.
func (s *Slack) inform(o origin, what chat.Text) {
	o.handle.User, o.handle.At = o.account.ID, s.outside.Clock()
	raw, err := json.Marshal(o.handle)
	if err != nil {
		return
	}
	s.errands.run(func(ctx context.Context) {
		m := chat.Message{Title: what, Tone: chat.Warning, Private: true}
		now := s.outside.Clock()
		err := s.Answer(ctx, port.Answer{
			Delivery: port.Delivery{Key: "slack:inform:" + rand.Text(), Account: o.account, Place: o.place(), Handle: raw, At: now}, Reply: chat.Reply{Messages: []chat.Message{m}},
			Reader: s.outside.Reader(nil), At: now,
		})
		if err != nil {
			s.outside.Log.Warn("somebody could not be told", "error", err)
		}
	})
}

// saysSlack reports whether an error is one that Slack answered with.
func saysSlack(err error, code string) bool {
	var said api.SlackErrorResponse
	return errors.As(err, &said) && said.Err == code
}

func plain(text string) *api.TextBlockObject {
	return api.NewTextBlockObject(api.PlainTextType, text, false, false)
}
