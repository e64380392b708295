package approval

import (
	"strconv"

	"github.com/gonogo-chat/gonogo/bot/jsonappend"
)

// AppendJSON writes the ballot as encoding/json does; it is stored anew with every vote.
func (b Ballot) AppendJSON(to []byte) ([]byte, error) {
	o := jsonappend.Open(to)
	o = o.String("id", b.ID)
	o = o.String("subject", b.Subject)
	o = o.String("for", string(b.Purpose))
	o = o.String("state", string(b.State))
	o = jsonappend.Value(o, "rule", b.Rule)
	o = jsonappend.Value(o, "prop", b.Proposal)
	o = o.String("digest", b.Digest)
	o = o.Time("opened", b.Opened)
	o = o.Time("closes", b.Closes)
	o = o.OptInt("stage", int64(b.Stage))
	o = o.OptTime("began", b.Began)
	o = jsonappend.OptList(o, "votes", b.Votes)
	o = o.OptTime("closed", b.Closed)
	o = jsonappend.OptPointer(o, "why", b.Why)
	o = jsonappend.OptList(o, "changes", b.Changes)
	o = jsonappend.OptPointer(o, "final", b.Final)
	return o.Close()
}

// AppendJSON writes the vote as encoding/json does.
func (v Vote) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("p", v.Person)
	o = o.String("c", string(v.Choice))
	o = o.Time("t", v.At)
	o = jsonappend.OptPointer(o, "r", v.Reason)
	o = o.OptString("b", v.Bound)
	o = o.OptTrue("h", v.Hasty)
	o = o.OptTrue("e", v.Unread)
	o = o.OptTrue("k", v.Confirmed)
	return o.Close()
}

// AppendJSON writes the rule as encoding/json does.
func (r Rule) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("name", r.Name)
	o = o.Strings("electorate", r.Electorate)
	o = o.Int("quorum", int64(r.Quorum))
	o = o.OptFloat("share", r.Share)
	o = o.Float("threshold", r.Threshold)
	o = o.OptStrings("veto", r.Veto)
	o = o.Int("open", int64(r.Open))
	o = o.OptInt("remind", int64(r.Remind))
	o = o.OptTrue("wait", r.Wait)
	o = o.OptTrue("confirm", r.Confirm)
	o = jsonappend.OptList(o, "reminders", r.Reminders)
	o = jsonappend.OptList(o, "seats", r.Seats)
	o = jsonappend.OptList(o, "stages", r.Stages)
	o = o.OptInt("hasty", int64(r.Hasty))
	o = o.OptTrue("evidence", r.Evidence)
	o = jsonappend.OptList(o, "unasked", r.Unasked)
	return o.Close()
}

// AppendJSON writes the proposal as encoding/json does.
func (p Proposal) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("s", p.Subject)
	o = jsonappend.List(o, "p", p.Parts)
	return o.Close()
}

// AppendJSON writes the part as encoding/json does.
func (p Part) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("n", p.Name)
	o = o.String("v", p.Value)
	return o.Close()
}

// AppendJSON writes the change as encoding/json does.
func (c Change) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("n", c.Name)
	o = o.OptString("b", c.Before)
	o = o.OptString("a", c.After)
	return o.Close()
}

// AppendJSON writes the tally as encoding/json does.
func (t Tally) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.OptInt("g", int64(t.Go))
	o = o.OptInt("n", int64(t.NoGo))
	o = o.OptInt("a", int64(t.Abstain))
	o = o.OptInt("s", int64(t.Seats))
	o = o.Int("q", int64(t.Quorum))
	o = o.OptInt("m", int64(t.Missing))
	o = o.OptFloat("sh", t.Share)
	o = o.Float("th", t.Threshold)
	o = o.OptString("v", t.Veto)
	o = o.OptStrings("w", t.Waiting)
	o = o.OptStrings("x", t.Barred)
	o = o.OptStrings("i", t.Ignored)
	o = o.OptStrings("u", t.Unconfirmed)
	o = o.OptTrue("imp", t.Impossible)
	o = o.OptStrings("aw", t.Away)
	o = jsonappend.OptList(o, "fs", t.Filled)
	o = jsonappend.OptList(o, "vs", t.Vacant)
	o = o.OptTrue("more", t.More)
	return o.Close()
}

// AppendJSON writes the filling as encoding/json does.
func (f Filling) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("s", f.Seat)
	o = o.String("p", f.Person)
	o = o.OptString("f", f.For)
	o = o.OptStrings("c", f.Circle)
	return o.Close()
}

// AppendJSON writes the vacancy as encoding/json does.
func (v Vacancy) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("s", v.Seat)
	o = o.Int("m", int64(v.Missing))
	o = o.OptStrings("p", v.May)
	o = o.OptStrings("a", v.Away)
	o = o.OptTrue("v", v.Void)
	o = o.OptInt("n", int64(v.Of))
	o = o.OptStrings("o", v.Open)
	return o.Close()
}

// AppendJSON writes the seat as encoding/json does.
func (s Seat) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("name", s.Name)
	o = o.OptStrings("from", s.From)
	o = jsonappend.OptList(o, "any_of", s.AnyOf)
	o = jsonappend.OptList(o, "of", s.Of)
	o = o.OptInt("count", int64(s.Count))
	o = o.OptString("when", s.When)
	o = o.OptTrue("unknown", s.Unknown)
	return o.Close()
}

// AppendJSON writes the circle as encoding/json does.
func (c Circle) AppendJSON(b []byte) ([]byte, error) {
	if c == nil {
		return append(b, "null"...), nil
	}
	b = append(b, '[')
	for i, group := range c {
		if i > 0 {
			b = append(b, ',')
		}
		b = jsonappend.String(b, group)
	}
	return append(b, ']'), nil
}

// AppendJSON writes the stage as encoding/json does.
func (s Stage) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("name", s.Name)
	o = jsonappend.List(o, "seats", s.Seats)
	o = o.Int("open", int64(s.Open))
	o = jsonappend.OptList(o, "remind", s.Reminders)
	return o.Close()
}

// AppendJSON writes the length as encoding/json does.
func (l Length) AppendJSON(b []byte) ([]byte, error) { return strconv.AppendInt(b, int64(l), 10), nil }
