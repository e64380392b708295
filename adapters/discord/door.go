package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/adapters/discord/embed"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/command"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// Times within which an interaction is answered: Discord gives 3 seconds from when it sent it (discordgo.InteractionDeadline).
const (
	acceptPatience   = 2 * time.Second
	callbackPatience = discordgo.InteractionDeadline - 200*time.Millisecond
)

// keyPrefix begins the key of a request; the rest is the interaction's id, which a repeated delivery has too.
const keyPrefix = "discord:interaction:"

// never is for words that hold no time.
var never time.Time

// response is the answer to an interaction.
type response struct {
	Type int `json:"type"`
	Data any `json:"data,omitempty"`
}

// private is a message as a response, for whoever asked alone.
type private struct {
	embed.Message
	Flags int `json:"flags"`
}

// respond gives Discord the answer to an interaction.
type respond func(context.Context, response) error

// callback answers an interaction that came over the gateway.
func (d *Discord) callback(i interaction) respond {
	return func(ctx context.Context, r response) error {
		for {
			err := d.call(ctx, request{
				verb: http.MethodPost, path: "/interactions/" + i.ID + "/" + i.Token + "/callback", body: r, repeatable: true,
			})
			verdict, after := effect.Classify(err)
			switch {
			case err == nil, has(err, codeAcknowledged): // a repeated delivery, or the answer to the first try was lost
				return nil
			case verdict != effect.Retry || !sleep(ctx, max(after, 50*time.Millisecond)):
				return err
			}
		}
	}
}

func sleep(ctx context.Context, d time.Duration) bool {
	alarm := time.NewTimer(d)
	defer alarm.Stop()
	select {
	case <-alarm.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// take accepts what an interaction asks for, and only then acknowledges it.
func (d *Discord) take(ctx context.Context, i interaction, received time.Time, answer respond) {
	ctx, cancel := context.WithDeadline(ctx, received.Add(callbackPatience))
	defer cancel()
	acknowledged := d.pending.begin(i.ID)
	defer acknowledged()
	if err := answer(ctx, d.guarded(ctx, i)); err != nil {
		d.outside.Log.Warn("an interaction could not be acknowledged", "interaction", i.ID, "error", err)
	}
}

// guarded is the response to an interaction, though the bot itself fails at it: one request must not stop the bot.
func (d *Discord) guarded(ctx context.Context, i interaction) (r response) {
	defer func() {
		if p := recover(); p != nil {
			d.outside.Log.Error("the bot failed at an interaction", "interaction", i.ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			r = d.no(chat.Say("discord.not_known"))
		}
	}()
	return d.decide(ctx, i)
}

// decide is the response to an interaction: what is asked for is accepted by then.
func (d *Discord) decide(ctx context.Context, i interaction) response {
	switch {
	case i.ApplicationID != d.settings.Application && i.ApplicationID != "":
		return d.no(chat.Say("discord.unknown_command"))
	case !d.server(i.GuildID) || !snowflake(i.who()):
		if i.Type == kindAutocomplete {
			return response{answerChoices, choices{[]choice{}}}
		}
		return d.no(chat.Say("discord.elsewhere"))
	}
	switch i.Type {
	case kindCommand:
		return d.said(ctx, i)
	case kindAutocomplete:
		return d.suggest(ctx, i)
	case kindComponent:
		return d.pressed(ctx, i)
	case kindModal:
		return d.filled(ctx, i)
	}
	return d.no(chat.Say("discord.unknown_command"))
}

func (d *Discord) said(ctx context.Context, i interaction) response {
	name, args, _ := i.command()
	m := d.menu()
	line := ""
	if topic := m.topics[name]; topic != "" {
		line = "/help " + topic
	} else if spec := m.lines[name]; spec != nil {
		line = command.Line(spec, args)
	} else {
		return d.no(chat.Say("discord.unknown_command"))
	}
	return d.accept(ctx, i, port.Delivery{Text: line}, answerLater)
}

type choices struct {
	Choices []choice `json:"choices"`
}

func (d *Discord) suggest(ctx context.Context, i interaction) response {
	name, args, typing := i.command()
	out := []choice{}
	if spec := d.menu().lines[name]; spec != nil && typing != "" {
		typed := args[typing]
		delete(args, typing)
		for _, w := range d.outside.Door.Suggest(ctx, port.Suggestion{
			Account: d.account(i), Command: strings.Join(spec.Words, " "), Param: typing, Given: args, Typed: typed, Limit: choicesMost,
		}) {
			if c := (choice{w, w}); len(out) < choicesMost && len(w) <= choiceMost { // a longer one can only be typed
				out = append(out, c)
			}
		}
	}
	return response{answerChoices, choices{out}}
}

func (d *Discord) pressed(ctx context.Context, i interaction) response {
	p, value, ok := embed.ReadCustomID(i.Data.CustomID)
	if !ok {
		return d.no(chat.Say("discord.unknown_button"))
	}
	switch p {
	case embed.PressNow:
		return d.accept(ctx, i, port.Delivery{Token: value}, answerLater)
	case embed.PressSure: // the question is replaced by what came of it
		return d.accept(ctx, i, port.Delivery{Token: value}, answerUpdateLater)
	case embed.PressAsk:
		return d.question(i, value)
	case embed.PressForm:
		spec, args, ok := begun(d.outside.Commands(), value)
		if !ok {
			return d.no(chat.Say("discord.unknown_button"))
		}
		switch list, required := missing(spec, args); {
		case len(list) == 0:
			return d.accept(ctx, i, port.Delivery{Text: command.Line(spec, args)}, answerLater)
		case required > embed.ModalInputsMost:
			return d.no(chat.Say("discord.type_it", chat.Word("usage", command.Usage(spec))))
		default:
			return response{answerModal, ask(spec, list, value)}
		}
	}
	return d.no(chat.Say("discord.unknown_button"))
}

func (d *Discord) filled(ctx context.Context, i interaction) response {
	p, line, ok := embed.ReadCustomID(i.Data.CustomID)
	spec, args, known := begun(d.outside.Commands(), line)
	values, err := i.fields()
	if !ok || p != embed.PressGiven || !known || err != nil {
		return d.no(chat.Say("discord.unknown_button"))
	}
	for name, value := range values {
		args[name] = value
	}
	return d.accept(ctx, i, port.Delivery{Text: command.Line(spec, args)}, answerLater)
}

// handle is what the answer to an accepted interaction is sent with.
type handle struct {
	Token string `json:"token"`
}

// accept takes a request durably; the response then says that the answer follows, or why the request was not taken.
func (d *Discord) accept(ctx context.Context, i interaction, y port.Delivery, later int) response {
	raw, err := json.Marshal(handle{i.Token})
	if err != nil {
		return d.no(chat.Say("discord.not_accepting"))
	}
	y.Key, y.Account, y.Handle, y.At = keyPrefix+i.ID, d.account(i), raw, d.outside.Clock()
	y.Place = chat.Place{Platform: PlatformName, Workspace: i.GuildID, Channel: i.where()}
	switch err := d.acceptInTime(ctx, y); {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errBroken):
		d.outside.Log.Warn("an interaction was not accepted in time", "interaction", i.ID)
		return d.no(chat.Say("discord.not_known"))
	case err != nil:
		d.outside.Log.Warn("an interaction was not accepted", "interaction", i.ID, "error", err)
		return d.no(chat.Say("discord.not_accepting"))
	}
	if later == answerUpdateLater {
		return response{Type: later}
	}
	return response{later, seenBy{flagEphemeral}}
}

// acceptInTime hands a request over. The door may take longer than whoever asked is kept waiting: what it took by then is told in the
// place of the answer.
func (d *Discord) acceptInTime(ctx context.Context, y port.Delivery) error {
	ctx, cancel := context.WithTimeout(ctx, acceptPatience)
	accepted := make(chan error, 1)
	go func() {
		defer cancel()
		err := errBroken
		defer func() {
			if p := recover(); p != nil {
				d.outside.Log.Error("the bot failed at an interaction", "key", y.Key, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			}
			accepted <- err
		}()
		err = d.outside.Door.Accept(ctx, y)
	}()
	select {
	case err := <-accepted:
		return err
	case <-ctx.Done():
		select {
		case err := <-accepted:
			return err
		default:
			return ctx.Err()
		}
	}
}

// errBroken says that the bot itself failed: what came of a request is not known.
var errBroken = errors.New("discord: the bot failed")

// seenBy is an answer that follows: it says only who will see it.
type seenBy struct {
	Flags int `json:"flags"`
}

func (d *Discord) account(i interaction) chat.Account {
	return chat.Account{Platform: PlatformName, Workspace: i.GuildID, ID: i.who()}
}

// no answers at once, for whoever asked alone.
func (d *Discord) no(t chat.Text) response {
	m := embed.Render(port.Worded{Message: chat.Message{Title: t, Tone: chat.Bad, Private: true}, Reader: d.reader(), At: d.outside.Clock()}, "")
	return response{answerMessage, private{m[0], flagEphemeral}}
}

func (d *Discord) reader() port.Reader {
	if d.outside.Reader == nil {
		return nil
	}
	return d.outside.Reader(nil)
}

// question asks before a button is pressed. What it asks is known as long as the process that showed the button runs; later the
// button's own label is asked about.
func (d *Discord) question(i interaction, token string) response {
	text, ok := d.questions.find(token)
	if !ok {
		text = words.Text(chat.Say("discord.sure", chat.Word("label", i.label())), nil, never)
	}
	label := i.label()
	if label == "" {
		label = words.Label("discord.yes")
	}
	m := embed.Question(text, label, token)
	return response{answerMessage, private{m, flagEphemeral}}
}
