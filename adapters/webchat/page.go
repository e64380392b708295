package webchat

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/words"
)

//go:embed pages/*.html
var pageFiles embed.FS

// pages are the templates; whatever they show is escaped for where it stands.
var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"mark": func(m chat.Mark) sign { return marks[m] },
	"tone": func(t chat.Tone) sign { return tones[t] },
	"path": channelPath,
	"link": link,
	"many": func(l []string) bool { return len(l) > 5 },
}).ParseFS(pageFiles, "pages/*.html"))

// sign is a picture with the word for those who can't see it.
type sign struct{ Icon, Word, Class string }

var marks = map[chat.Mark]sign{
	chat.MarkOpen:    {"✓", "satisfied", "open"},
	chat.MarkClosed:  {"✗", "not satisfied", "closed"},
	chat.MarkUnknown: {"?", "not known", "unknown"},
	chat.MarkWaiting: {"…", "under way", "waiting"},
}

var tones = map[chat.Tone]sign{
	chat.Good:    {"✓", "good", "good"},
	chat.Warning: {"!", "warning", "warning"},
	chat.Bad:     {"✗", "bad", "bad"},
}

// link keeps to addresses that a browser loads pages from; others lead nowhere.
func link(address string) string {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains([]string{"", "http", "https"}, u.Scheme) {
		return ""
	}
	return address
}

func channelPath(name string) string { return "/c/" + url.PathEscape(strings.TrimPrefix(name, "#")) }

// shownEntry is an entry for the template.
type shownEntry struct {
	wireEntry
	At, Edited shownTime
}

// shownTime is an instant in the reader's zone: short, in full, and for programs.
type shownTime struct{ Short, Full, Machine string }

func (s *Server) showTime(t time.Time, reader port.Reader) shownTime {
	if t.IsZero() {
		return shownTime{}
	}
	zone := reader.Zone()
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	now := s.o.Now().In(zone)
	out := shownTime{Short: t.Format("15:04"), Full: t.Format("Mon 2 Jan 2006 15:04:05 MST"), Machine: t.Format("2006-01-02T15:04:05.000Z07:00")}
	if t.YearDay() != now.YearDay() || t.Year() != now.Year() {
		out.Short = t.Format("2 Jan 15:04")
	}
	return out
}

func (s *Server) entryHTML(e wireEntry, reader port.Reader) string {
	return s.fragment(shownEntry{wireEntry: e, At: s.showTime(e.At, reader), Edited: s.showTime(e.Edited, reader)})
}

// replyHTML shows a message of a reply, which is no entry of a channel.
func (s *Server) replyHTML(m *words.Message, reader port.Reader) string {
	return s.fragment(shownEntry{wireEntry: wireEntry{Message: m}, At: s.showTime(s.o.Now(), reader)})
}

func (s *Server) fragment(e shownEntry) string {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "entry", e); err != nil {
		s.o.Log.Error("an entry could not be shown", "error", err)
		return ""
	}
	return b.String()
}

// speakerCookie remembers in the demo whom the browser spoke as last; it opens nothing.
const speakerCookie = "gonogo-as"

type chatPage struct {
	Static       string
	Organisation string
	Demo         bool
	Me           Account
	Accounts     []Account
	Channels     []Channel
	Here         Channel
	Entries      []template.HTML
	Position     string
	Most         int // entries that the page shows of a channel
}

func (s *Server) home(w http.ResponseWriter, r *http.Request) {
	channels := s.o.Channels()
	if len(channels) == 0 {
		http.NotFound(w, r)
		return
	}
	s.showChannel(w, r, channels[0])
}

func (s *Server) channelPage(w http.ResponseWriter, r *http.Request) {
	name := "#" + r.PathValue("channel")
	for _, c := range s.o.Channels() {
		if c.Name == name {
			s.showChannel(w, r, c)
			return
		}
	}
	noChannel(name).write(w)
}

func (s *Server) showChannel(w http.ResponseWriter, r *http.Request, here Channel) {
	me, p := s.visitor(w, r)
	if p != nil {
		s.askToLogin(w, r, p)
		return
	}
	page := chatPage{
		Static: staticPath, Organisation: s.organisation(), Demo: s.o.Demo, Me: me, Channels: s.o.Channels(), Here: here, Most: pageEntries,
		Position: s.hub.position(), // before reading: what comes meanwhile is seen twice rather than never
	}
	if s.o.Demo {
		page.Accounts = s.o.Accounts()
	}
	entries, err := s.o.Timeline.Entries(r.Context(), here.Name, pageEntries)
	if err != nil {
		s.failed(w, err)
		return
	}
	reader := s.o.Reader(me.Zone)
	for _, e := range entries {
		// The fragment's own template has escaped what it holds.
		page.Entries = append(page.Entries, template.HTML(s.wordEntry(e, reader, true).HTML)) //nolint:gosec
	}
	s.show(w, http.StatusOK, "chat", page)
}

// visitor is who looks at the page. In the demo that is whom they chose, now or last time, or else the first account.
func (s *Server) visitor(w http.ResponseWriter, r *http.Request) (Account, *problem) {
	if !s.o.Demo {
		return s.speaker(r, "")
	}
	if as := r.URL.Query().Get("as"); as != "" {
		a, p := s.speaker(r, as)
		if p == nil {
			http.SetCookie(w, &http.Cookie{Name: speakerCookie, Value: url.QueryEscape(as), Path: "/", SameSite: http.SameSiteStrictMode})
		}
		return a, p
	}
	if c, err := r.Cookie(speakerCookie); err == nil {
		if as, err := url.QueryUnescape(c.Value); err == nil {
			if a, ok := s.account(as); ok {
				return a, nil
			}
		}
	}
	if accounts := s.o.Accounts(); len(accounts) > 0 {
		return accounts[0], nil
	}
	return Account{}, nil
}

type loginForm struct{ Static, Organisation, Problem string }

func (s *Server) showLogin(w http.ResponseWriter, status int, problem string) {
	s.show(w, status, "login", loginForm{staticPath, s.organisation(), problem})
}

func (s *Server) show(w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, data); err != nil {
		s.o.Log.Error("a page could not be shown", "page", name, "error", err)
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

func number(n int) string { return strconv.Itoa(n) }
