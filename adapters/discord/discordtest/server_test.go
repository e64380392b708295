package discordtest_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
)

// rewrite sends what a client means for discord.com to the server, and compares the answers with Discord's description.
type rewrite struct {
	t    *testing.T
	host string
}

func (r rewrite) RoundTrip(q *http.Request) (*http.Response, error) {
	q = q.Clone(q.Context())
	q.URL = &url.URL{Scheme: "http", Host: r.host, Path: q.URL.Path, RawQuery: q.URL.RawQuery}
	q.Host = r.host
	res, err := http.DefaultTransport.RoundTrip(q)
	if err != nil || discordtest.Described() != nil {
		return res, err
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(body))
	path := strings.TrimPrefix(q.URL.Path, "/api/v9")
	if err := discordtest.CheckAnswer(q.Method, path, res.StatusCode, body); err != nil {
		r.t.Errorf("%s %s is answered otherwise than Discord does: %d %v in %s", q.Method, path, res.StatusCode, err, body)
	}
	return res, nil
}

// world is a server with a guild, a channel and a person, and the library that others use, to see that it understands the
// server. That library sleeps under its locks, so the clock is the real one.
func world(t *testing.T, o discordtest.Options) (s *discordtest.Server, b *discordgo.Session, guild, channel, alex string) {
	t.Helper()
	s = discordtest.New(o)
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	t.Cleanup(s.Close)
	b, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	b.Client = &http.Client{Transport: rewrite{t, strings.TrimPrefix(h.URL, "http://")}, Timeout: 10 * time.Second}
	b.Identify.Intents = discordgo.IntentsGuilds
	b.ShouldRetryOnRateLimit = false
	t.Cleanup(func() { _ = b.Close() })
	guild = s.Guild("Acme")
	return s, b, guild, s.Channel(guild, "releases"), s.Person(guild, "Alex")
}

func TestALibraryOfOthersConverses(t *testing.T) {
	t.Parallel()
	s, b, guild, channel, alex := world(t, discordtest.Options{})
	slow := make(chan struct{})
	b.AddHandler(func(b *discordgo.Session, i *discordgo.InteractionCreate) {
		switch i.Type {
		case discordgo.InteractionApplicationCommand:
			if err := b.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseDeferredChannelMessageWithSource, Data: &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral},
			}); err != nil {
				t.Error(err)
			}
			<-slow
			text := "planned **" + strings.ReplaceAll(i.ApplicationCommandData().Options[0].Options[0].StringValue(), "_", "\\_") + "** at <t:" + "1700000000:f>"
			if _, err := b.InteractionResponseEdit(i.Interaction, &discordgo.WebhookEdit{Content: &text}); err != nil {
				t.Error(err)
			}
		case discordgo.InteractionApplicationCommandAutocomplete:
			if err := b.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionApplicationCommandAutocompleteResult,
				Data: &discordgo.InteractionResponseData{Choices: []*discordgo.ApplicationCommandOptionChoice{{Name: "web", Value: "web"}}},
			}); err != nil {
				t.Error(err)
			}
		case discordgo.InteractionMessageComponent:
			if err := b.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: &discordgo.InteractionResponseData{
				CustomID: "form:1", Title: "Why?", Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
					discordgo.TextInput{CustomID: "why", Label: "Reason", Style: discordgo.TextInputShort, Required: true},
				}}},
			}}); err != nil {
				t.Error(err)
			}
		case discordgo.InteractionModalSubmit:
			why := i.ModalSubmitData().Components[0].(*discordgo.ActionsRow).Components[0].(*discordgo.TextInput).Value
			if err := b.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
				Type: discordgo.InteractionResponseChannelMessageWithSource, Data: &discordgo.InteractionResponseData{Content: "because " + why},
			}); err != nil {
				t.Error(err)
			}
		}
	})
	if err := b.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ApplicationCommandBulkOverwrite(s.Application(), guild, []*discordgo.ApplicationCommand{{
		Name: "release", Description: "Releases", Options: []*discordgo.ApplicationCommandOption{{
			Type: discordgo.ApplicationCommandOptionSubCommand, Name: "plan", Description: "Plan one", Options: []*discordgo.ApplicationCommandOption{
				{Type: discordgo.ApplicationCommandOptionString, Name: "service", Description: "What", Required: true, Autocomplete: true},
				{Type: discordgo.ApplicationCommandOptionInteger, Name: "share", Description: "Percent"},
			},
		}},
	}}); err != nil {
		t.Fatal(err)
	}

	if _, err := s.Slash(alex, channel, "/release plan"); err == nil || !strings.Contains(err.Error(), "service") {
		t.Errorf("a missing option: %v", err)
	}
	i, err := s.Slash(alex, channel, "/release plan web_1 share:5")
	if err != nil || !i.Deferred() || i.Wait(0) {
		t.Fatalf("%v, %q", err, i.Text())
	}
	close(slow)
	if i.Wait(time.Minute); i.Text() != "planned web_1 at Tue 14 Nov 2023 22:13 UTC" {
		t.Errorf("read %q", i.Text())
	}
	if c, err := s.Autocomplete(alex, channel, "release plan", nil, "service", "w"); err != nil || len(c) != 1 || c[0].Value != "web" {
		t.Errorf("choices %v: %v", c, err)
	}

	m, err := b.ChannelMessageSendComplex(channel, &discordgo.MessageSend{
		Embeds: []*discordgo.MessageEmbed{{Title: "R-1", Fields: []*discordgo.MessageEmbedField{{Name: "By", Value: "<@" + alex + ">"}}}},
		Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
			discordgo.Button{Label: "No", Style: discordgo.DangerButton, CustomID: "press:1"},
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Card(channel, "R-1").String(); got != "R-1\nBy: @Alex\n[No]" {
		t.Errorf("read %q", got)
	}
	if p, err := s.Press(alex, m.ID, "No"); err != nil || p.Modal() == nil || p.Modal().Fields[0].Label != "Reason" {
		t.Fatalf("pressed: %v", err)
	}
	if _, err := s.SubmitModal(alex, nil); err == nil {
		t.Error("an empty required field was sent")
	}
	if p, err := s.SubmitModal(alex, map[string]string{"Reason": "risk"}); err != nil || p.Text() != "because risk" {
		t.Errorf("submitted: %v", err)
	}
	thread, err := b.MessageThreadStart(channel, m.ID, "R-1", 1440)
	if err != nil || thread.ID != m.ID {
		t.Fatalf("thread: %v", err)
	}
	if _, err := b.MessageThreadStart(channel, m.ID, "R-1", 1440); err == nil || !strings.Contains(err.Error(), "160004") {
		t.Errorf("a second thread: %v", err)
	}
	s.Archive(m.ID, false)
	if _, err := b.ChannelMessageSend(m.ID, "below"); err != nil {
		t.Error(err)
	}
	if all := s.Thread(m.ID); len(all) != 1 || all[0].Text != "below" {
		t.Errorf("thread has %v", all)
	}
	for _, v := range s.Violations() {
		t.Error(v)
	}
}

func TestResumeBringsWhatWasMissed(t *testing.T) {
	t.Parallel()
	s, b, guild, channel, alex := world(t, discordtest.Options{Heartbeat: 50 * time.Millisecond})
	b.AddHandler(func(b *discordgo.Session, i *discordgo.InteractionCreate) {
		_ = b.InteractionRespond(i.Interaction, &discordgo.InteractionResponse{
			Type: discordgo.InteractionResponseChannelMessageWithSource, Data: &discordgo.InteractionResponseData{Content: "pong"},
		})
	})
	if err := b.Open(); err != nil {
		t.Fatal(err)
	}
	if _, err := b.ApplicationCommandCreate(s.Application(), guild, &discordgo.ApplicationCommand{Name: "ping", Description: "Ping"}); err != nil {
		t.Fatal(err)
	}
	for name, disturb := range map[string]func(){"cut": s.CutGateway, "reconnect": s.Reconnect, "zombie": s.Zombie, "invalid session": s.Invalidate} {
		disturb()
		if name == "invalid session" { // what is said before there is a new one is lost
			if err := s.WaitConnected(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
		}
		i, err := s.Slash(alex, channel, "/ping")
		if err != nil || i.Failed() != "" || i.Text() != "pong" {
			t.Errorf("%s: %v %s", name, err, i.Failed())
		}
		if err := s.WaitConnected(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
	}
}
