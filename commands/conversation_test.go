package commands_test

import (
	"bufio"
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// TestConversations plays every script below testdata/conversations through the whole bot: parser, turns, outbox, timers
// and cards, with systems outside that behave. testdata/conversations/README.md says how scripts are written.
func TestConversations(t *testing.T) {
	for _, path := range scripts(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) { playScript(t, path, nil) })
		})
	}
}

func scripts(t *testing.T) []string {
	found, err := filepath.Glob("../testdata/conversations/*.txtar")
	if err != nil || len(found) == 0 {
		t.Fatalf("no conversations found: %v", err)
	}
	return found
}

// playScript plays a conversation from its beginning to its end, on a stage or, without one, in the local chat.
func playScript(t *testing.T, path string, on *staged, prepare ...func(*world)) *play {
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	archive := txtar.Parse(raw)
	p := &play{T: t, path: path, files: map[string][]byte{}}
	configuration := readConfig(t)
	for _, f := range archive.Files {
		p.files[f.Name] = f.Data
		switch f.Name {
		case "organisation.yaml":
			configuration = f.Data
		case "organisation.edits":
			configuration = edited(t, configuration, f.Data)
		case "organisation.more":
			configuration = slices.Concat(configuration, []byte("\n"), f.Data)
		}
	}
	if on != nil {
		configuration = on.configured(configuration)
	}
	p.world = newWorld(t, configuration, func(w *world) {
		w.staged = on
		if p.files["repository"] != nil {
			w.host = newHost()
		}
		w.traffic = trafficOf(t, p.files["traffic.csv"])
		for _, f := range prepare {
			f(w)
		}
	})
	p.hosts()
	p.world.artifacts.put("payments", "1.1.0", func(*port.Artifact) {})
	defer func() { p.world.end() }()
	p.run(archive.Comment)
	if err := p.world.verify(); err != nil {
		t.Errorf("audit: %v", err)
	}
	p.recall()
	return p
}

// edited is a text with every line |old|new| of a list applied; \n in what is new begins a line.
func edited(t *testing.T, text, edits []byte) []byte {
	for line := range strings.Lines(string(edits)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		if len(parts) != 4 || !bytes.Contains(text, []byte(parts[1])) {
			t.Fatalf("organisation.edits: %q changes nothing", line)
		}
		text = bytes.Replace(text, []byte(parts[1]), []byte(strings.ReplaceAll(parts[2], `\n`, "\n")), 1)
	}
	return text
}

// play is one conversation under way.
type play struct {
	*testing.T
	path  string
	line  int
	files map[string][]byte
	world *world
	reply words.Reply // to what was said last
	said  chat.Reply  // the same, not worded
	heard []string    // what came of everything that was said
	end   memory      // once it is over
}

func (p *play) run(script []byte) {
	lines := bufio.NewScanner(bytes.NewReader(script))
	for lines.Scan() {
		p.line++
		line := lines.Text()
		switch trimmed := strings.TrimSpace(line); {
		case trimmed == "" || strings.HasPrefix(trimmed, "# ") || trimmed == "#":
		case strings.HasPrefix(line, "  "):
			p.expect(trimmed)
		default:
			p.step(trimmed)
		}
	}
}

func (p *play) fail(format string, args ...any) {
	p.Helper()
	p.Errorf("%s:%d: %s", p.path, p.line, fmt.Sprintf(format, args...))
}

// expect checks the reply to what was said last.
func (p *play) expect(want string) {
	p.Helper()
	text := p.reply.Text
	switch verb, rest, _ := strings.Cut(want, " "); verb {
	case "~":
		if !strings.Contains(text, rest) {
			p.fail("the reply does not say %q:\n%s", rest, text)
		}
	case "!~":
		if strings.Contains(text, rest) {
			p.fail("the reply says %q:\n%s", rest, text)
		}
	default:
		fields := strings.Fields(want)
		got := string(p.reply.Outcome)
		if fields[0] != got || len(fields) > 1 && fields[1] != string(p.reply.Code) {
			p.fail("got %s %s, want %s:\n%s", got, p.reply.Code, want, text)
		}
		for _, id := range fields[min(2, len(fields)):] {
			found := false
			for _, v := range p.reply.IDs {
				found = found || v == id
			}
			if !found {
				p.fail("ids %v, want %s", p.reply.IDs, id)
			}
		}
	}
}

// step plays one line: something said, or something that happens.
func (p *play) step(line string) {
	p.Helper()
	if who, said, ok := strings.Cut(line, ": "); ok && strings.Count(who, " ") == 1 && strings.Contains(who, " #") {
		person, channel, _ := strings.Cut(who, " ")
		p.hears(p.world.say("", person, channel, said))
		p.hear(line)
		return
	}
	fields := strings.Fields(line)
	verb, ok := steps[fields[0]]
	if !ok {
		p.Fatalf("%s:%d: no step %q", p.path, p.line, fields[0])
	}
	verb(p, fields[1:], line)
	synctest.Wait()
	if fields[0] == "press" || fields[0] == "again" {
		p.hear(line)
	}
}

// hears takes a reply.
func (p *play) hears(r chat.Reply) {
	p.said, p.reply = r, p.world.words(r)
	if s := p.world.staged; s != nil && s.answer != nil {
		p.reply, s.answer = *s.answer, nil
	}
	ids := maps.Clone(r.IDs)
	delete(ids, "statement") // it holds the very moment, and digests of what is configured
	p.heard = append(p.heard, fmt.Sprintf("%d: %s %s %v", p.line, r.Outcome, r.Code, ids))
}

// hear lets whoever runs the tests with -v read the conversation.
func (p *play) hear(line string) {
	if testing.Verbose() {
		p.Logf("%d: %s\n%s %s %v\n%s", p.line, line, p.reply.Outcome, p.reply.Code, p.reply.IDs, p.reply.Text)
	}
}

// steps are what can happen in a conversation besides somebody saying something.
var steps = map[string]func(p *play, args []string, line string){
	"golden": golden,
	"press":  func(p *play, a []string, _ string) { p.hears(p.world.press(a[0], a[1], a[2])) },
	"again": func(p *play, a []string, line string) { // again KEY who #channel: text, or again KEY press who subject button
		if a[1] == "press" {
			p.hears(p.world.pressAgain(a[0], a[2], a[3], a[4]))
			return
		}
		_, rest, _ := strings.Cut(line, a[0]+" ")
		who, said, _ := strings.Cut(rest, ": ")
		person, channel, _ := strings.Cut(who, " ")
		p.hears(p.world.say(a[0], person, channel, said))
	},
	"notice": (*play).notice, "oncall": (*play).oncall,
	"remember": (*play).remember, "enter": (*play).enter, "roll": (*play).roll,
	"commit": (*play).commit, "request": (*play).request,
	"sign": (*play).sign, "confirm": (*play).confirm, "token": (*play).token,
	"wait": func(p *play, a []string, _ string) {
		d, err := time.ParseDuration(a[0])
		if err != nil {
			p.Fatal(err)
		}
		time.Sleep(d)
	},
	"crash":   func(p *play, _ []string, _ string) { p.world.crash() },
	"restart": func(p *play, _ []string, _ string) { p.world.end(); p.world.reopen() },
	"off": func(p *play, a []string, _ string) { // off 4h: the bot is not there for that long
		d, err := time.ParseDuration(a[0])
		if err != nil {
			p.Fatal(err)
		}
		p.world.end()
		time.Sleep(d)
		p.world.reopen()
	},
	"card": func(p *play, a []string, line string) {
		p.shows(line, a, func() string { return p.world.chat.card(a[0]) })
	},
	"channel": func(p *play, a []string, line string) {
		p.shows(line, a, func() string { return p.world.chat.channel(string(p.world.native([]byte(a[0])))) })
	},
	"ticket": func(p *play, a []string, line string) {
		p.shows(line, a, func() string { return p.world.ticket(a[0]) })
	},
	"pages": func(p *play, a []string, line string) {
		p.shows("pages x "+strings.TrimPrefix(line, "pages "), append([]string{"x"}, a...), p.world.paged)
	},
	"changes": func(p *play, a []string, line string) { // what the pager was told of changes
		p.shows("changes x "+strings.TrimPrefix(line, "changes "), append([]string{"x"}, a...), func() (text string) {
			for _, c := range p.world.rota.changes {
				text += c.Summary + "\n"
			}
			return text
		})
	},
	"taken": func(p *play, a []string, line string) { // taken Q17 as PSVEN: what was acknowledged in the pager, and as whom, last
		if got := strings.Join(p.world.rota.taken, ", "); got != strings.Join(a, " ") {
			p.fail("taken are %q", got)
		}
	},
	"runs": func(p *play, a []string, _ string) {
		if got := p.world.started(); strconv.Itoa(got) != a[0] {
			p.fail("%d runs were started, want %s", got, a[0])
		}
	},
	"tickets": func(p *play, a []string, _ string) { // tickets 2: how many were opened
		if got := strconv.Itoa(p.world.opened()); got != a[0] {
			p.fail("%s tickets were opened, want %s", got, a[0])
		}
	},
	"stranger": func(p *play, a []string, _ string) { // stranger R-1 done: another bot's ticket for a release that it calls so
		ticket, err := p.world.tickets.Open(p.Context(), port.Change{Key: "gonogo-" + a[0], Release: a[0], Service: "web", Digest: digestOf("0")})
		if err == nil {
			err = p.world.tickets.Move(p.Context(), ticket.ID, port.TicketStatus(a[1]))
		}
		if err != nil {
			p.Fatal(err)
		}
	},
	"register": func(p *play, a []string, _ string) { // register CHG-1 cancelled: somebody moves a ticket behind the bot's back
		if err := p.world.tickets.Move(p.Context(), a[0], port.TicketStatus(a[1])); err != nil {
			p.Fatal(err)
		}
	},
	"live": func(p *play, a []string, _ string) { // live prod/payments 1.1.0
		p.world.pipeline.mu.Lock()
		defer p.world.pipeline.mu.Unlock()
		if got := p.world.pipeline.live[a[0]]; got != a[1] {
			p.fail("%s runs %q, want %s", a[0], got, a[1])
		}
	},
	"artifact": func(p *play, a []string, _ string) { p.artifact(a[0], a[1], a[2:]) },
	"pipeline": func(p *play, a []string, line string) { // pipeline payments 1.2.0 fails
		p.world.pipeline.behave(a[0]+" "+a[1], strings.Join(a[2:], " "))
	},
	"running": func(p *play, a []string, _ string) { // running payments 1.2.0 errors=0.4 after=3s
		p.world.metrics.misbehave(a[0]+" "+a[1], parseFault(p, a[2:]))
	},
	"down": func(p *play, a []string, _ string) { p.world.power(a[0], true) },
	"up":   func(p *play, a []string, _ string) { p.world.power(a[0], false) },
	"slow": func(p *play, a []string, _ string) { // slow 1500ms: the register and the pager take that long to answer
		d, err := time.ParseDuration(a[0])
		if err != nil {
			p.Fatal(err)
		}
		p.world.tickets.mu.Lock()
		p.world.tickets.slow, p.world.rota.slow = d, d
		p.world.tickets.mu.Unlock()
	},
	"full": func(p *play, _ []string, _ string) { p.world.full() },
	"file": func(p *play, a []string, _ string) { // file organisation-2.yaml: the configuration file is now this
		p.world.proposed = p.world.native(p.files[a[0]])
	},
	"edit": func(p *play, _ []string, line string) { // edit /old/new/: the configuration file with this changed
		parts := strings.Split(strings.TrimPrefix(line, "edit "), "/")
		p.world.proposed = bytes.Replace(p.world.proposed, p.world.native([]byte(parts[1])), p.world.native([]byte(parts[2])), 1)
	},
}

// shows checks what a card, channel or ticket says: "card R-1 ~ text", "!~", or "gone".
func (p *play) shows(line string, a []string, read func() string) {
	p.Helper()
	if len(a) < 3 {
		p.Fatalf("%s:%d: %q says nothing to look for", p.path, p.line, line)
	}
	_, want, _ := strings.Cut(line, " "+a[1]+" ")
	text := p.world.ours(read())
	patience := 2 // a card that was shown a moment ago is shown again half a second later
	if p.world.staged != nil {
		patience = 20 // a platform is shown things at its own pace
	}
	for n := 0; n < patience && strings.Contains(text, want) != (a[1] == "~"); n++ {
		time.Sleep(time.Second)
		synctest.Wait()
		text = p.world.ours(read())
	}
	if has := strings.Contains(text, want); has != (a[1] == "~") {
		p.fail("%s %s %q:\n%s", a[0], a[1], want, text)
	}
}

func (p *play) artifact(service, version string, settings []string) {
	p.world.artifacts.put(service, version, func(v *port.Artifact) {
		for _, s := range settings {
			name, value, _ := strings.Cut(s, "=")
			switch name {
			case "digest":
				v.Digest, v.Declared = digestOf(value), digestOf(value)
			case "declared":
				v.Declared = digestOf(value)
			case "authors":
				v.Build.Authors = strings.FieldsFunc(value, func(r rune) bool { return r == ',' })
			case "built":
				v.Build.At = time.Time{}
				if value != "" {
					v.Build.At = monday.Add(parseOffset(p, value))
				}
			case "commit":
				v.Build.Commit = value
			case "run":
				v.Build.RunID = value
			case "lines":
				n, err := strconv.Atoi(value)
				if v.Build.LinesChanged = &n; err != nil {
					v.Build.LinesChanged = nil
				}
			default:
				p.Fatalf("%s:%d: artifacts have no %q", p.path, p.line, name)
			}
		}
	})
}

// digestOf is a checksum made of one digit, none of none.
func digestOf(digit string) string {
	if digit == "" {
		return ""
	}
	return strings.Repeat(digit, 64)[:64]
}

func parseOffset(p *play, said string) time.Duration {
	d, err := time.ParseDuration(said)
	if err != nil {
		p.Fatal(err)
	}
	return d
}

func parseFault(p *play, settings []string) (f fault) {
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		var err error
		switch name {
		case "errors":
			f.errors, err = strconv.ParseFloat(value, 64)
		case "after":
			f.after, err = time.ParseDuration(value)
		case "unhealthy":
			f.unhealthy = true
		case "silent":
			f.silent = true
		case "smoke":
			f.smoke = true
		default:
			p.Fatalf("%s:%d: services have no %q", p.path, p.line, name)
		}
		if err != nil {
			p.Fatal(err)
		}
	}
	return f
}

// card is the plain reading of a subject's card, wherever it is; every copy must be equal.
func (s *platform) card(subject string) string {
	return s.read(func(m chat.Message, _ chat.Ref) bool { return m.Card == subject })
}

func (s *platform) channel(name string) string {
	return s.read(func(_ chat.Message, r chat.Ref) bool { return r.Place.Channel == name })
}

func (s *platform) read(match func(chat.Message, chat.Ref) bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b strings.Builder
	for _, m := range s.messages {
		if match(m.message.Message, m.ref) {
			b.WriteString(words.Plain(words.WordMessage(m.message.Message, m.message.Reader, time.Now())))
			for _, button := range m.message.Message.Buttons {
				b.WriteString("\n[" + button.Name + "]")
			}
			b.WriteString("\n")
		}
	}
	return b.String()
}
