package webchat

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/when"
	"github.com/gonogo-chat/gonogo/bot/words"
)

// monthForm is how a month is written in an address.
const monthForm = "2006-01"

// The years that the calendar shows.
const firstYear, lastYear = 2000, 2100

type calendarPage struct {
	Static       string
	Organisation string
	Title        string // "December 2026"
	Zone         string
	Service      string
	Before, Next string // addresses of the months around it; empty at the ends
	Today        string // address of the present month
	Channel      Channel
	Weekdays     []string
	Weeks        [][]calendarDay
	Count        int
}

// calendarDay is one day of the table; days of the months around it are empty.
type calendarDay struct {
	Number  int
	Machine string // 2026-12-05
	Full    string // Saturday, 5 December
	Today   bool
	Entries []calendarEntry
}

type calendarEntry struct {
	Kind      string
	When      string
	Title     string
	Details   []string
	Conflicts []string
	State     string // cancelled, tentative, or nothing
}

// calendar shows a month, in the zone of whoever looks.
func (s *Server) calendar(w http.ResponseWriter, r *http.Request) {
	me, p := s.visitor(w, r)
	if p != nil {
		s.askToLogin(w, r, p)
		return
	}
	if s.o.Calendar == nil {
		http.NotFound(w, r)
		return
	}
	reader := s.o.Reader(me.Zone)
	zone := reader.Zone()
	if zone == nil {
		zone = time.UTC
	}
	now := s.o.Now().In(zone)
	first := midnight(now.Year(), now.Month(), 1, zone)
	query := r.URL.Query()
	if said := query.Get("month"); said != "" {
		month, err := time.Parse(monthForm, said)
		if err != nil || month.Year() < firstYear || month.Year() > lastYear {
			wrong(http.StatusBadRequest, "request.month", chat.Word("said", clipped(said)), chat.Word("example", now.Format(monthForm))).write(w)
			return
		}
		first = midnight(month.Year(), month.Month(), 1, zone)
	}
	end := midnight(first.Year(), first.Month()+1, 1, zone)
	list, err := s.o.Calendar.Occasions(r.Context(), port.CalendarQuery{From: first, To: end, Service: query.Get("service")})
	if err != nil {
		s.failed(w, err)
		return
	}
	page := calendarPage{
		Static: staticPath, Organisation: s.organisation(), Title: first.Format("January 2006"), Zone: zone.String(), Service: query.Get("service"),
		Today: calendarPath(now, query), Count: len(list), Weekdays: []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"},
	}
	if before := first.AddDate(0, -1, 0); before.Year() >= firstYear {
		page.Before = calendarPath(before, query)
	}
	if end.Year() <= lastYear {
		page.Next = calendarPath(end, query)
	}
	if channels := s.o.Channels(); len(channels) > 0 {
		page.Channel = channels[0]
	}
	page.Weeks = weeks(first, now, func(from, to time.Time) []calendarEntry { return s.entriesOn(list, from, to, reader) })
	s.show(w, http.StatusOK, "calendar", page)
}

func calendarPath(month time.Time, was url.Values) string {
	q := url.Values{"month": {month.Format(monthForm)}}
	for _, keep := range []string{"service", "as"} {
		if v := was.Get(keep); v != "" {
			q.Set(keep, v)
		}
	}
	return "/calendar?" + q.Encode()
}

// weeks divides a month into rows from Monday to Sunday.
func weeks(first, now time.Time, on func(from, to time.Time) []calendarEntry) [][]calendarDay {
	var rows [][]calendarDay
	row := make([]calendarDay, (int(first.Weekday())+6)%7, 7)
	year, month, _ := first.Date()
	for day := 1; ; day++ {
		name := time.Date(year, month, day, 0, 0, 0, 0, time.UTC) // the day itself, whatever clocks do on it
		if name.Month() != month {
			break
		}
		from, to := midnight(year, month, day, first.Location()), midnight(year, month, day+1, first.Location())
		row = append(row, calendarDay{
			Number: day, Machine: name.Format(time.DateOnly), Full: name.Format("Monday, 2 January"), Today: !now.Before(from) && now.Before(to), Entries: on(from, to),
		})
		if len(row) == 7 {
			rows, row = append(rows, row), make([]calendarDay, 0, 7)
		}
	}
	if len(row) > 0 {
		rows = append(rows, append(row, make([]calendarDay, 7-len(row))...))
	}
	return rows
}

// midnight is the first instant of a day. Where the clock skips it, the day begins later; time.Date may then be on the day before.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	at := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if at.Hour() > 12 {
		_, at = when.Bounds(at)
	}
	return at
}

// entriesOn are the occasions that have an instant on a day.
func (s *Server) entriesOn(list []port.Occasion, from, to time.Time, reader port.Reader) []calendarEntry {
	var entries []calendarEntry
	say := func(t chat.Text) string { return words.Text(t, reader, s.o.Now()) }
	for _, o := range list {
		ends := o.To
		if !o.From.Before(to) || !ends.IsZero() && !ends.After(from) {
			continue
		}
		e := calendarEntry{Kind: o.Kind, Title: say(o.Title), When: hours(o, from, to)}
		if !o.From.Before(from) || from.Day() == 1 { // what goes on for days says it once a month
			for _, d := range o.Details {
				e.Details = append(e.Details, say(d))
			}
			for _, c := range o.Conflicts {
				e.Conflicts = append(e.Conflicts, say(c))
			}
		}
		switch {
		case o.Cancelled:
			e.State = "cancelled"
		case o.Tentative:
			e.State = "tentative"
		}
		entries = append(entries, e)
	}
	return entries
}

// hours says which part of a day an occasion takes.
func hours(o port.Occasion, from, to time.Time) string {
	begins, ends := o.From.In(from.Location()), o.To.In(from.Location())
	starts, stops := !begins.Before(from), !o.To.IsZero() && !ends.After(to)
	switch {
	case (!starts || begins.Equal(from)) && (!stops || ends.Equal(to)): // whole days of another zone are no whole days here
		return "all day"
	case starts && stops && ends.Equal(to):
		return begins.Format("15:04") + "–24:00"
	case starts && stops:
		return begins.Format("15:04") + "–" + ends.Format("15:04")
	case starts:
		return "from " + begins.Format("15:04")
	}
	return "until " + ends.Format("15:04")
}

// clipped keeps what is repeated short.
func clipped(said string) string {
	if r := []rune(said); len(r) > 20 {
		return string(r[:20]) + "…"
	}
	return said
}
