package chat

import "github.com/gonogo-chat/gonogo/bot/jsonappend"

// AppendJSON writes the sentence as encoding/json does.
func (t Text) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("code", string(t.Code))
	o = jsonappend.OptList(o, "args", t.Args)
	return o.Close()
}

// AppendJSON writes the argument as encoding/json does.
func (a Arg) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("n", a.Name)
	o = o.String("k", string(a.Kind))
	o = o.OptString("w", a.Word)
	o = o.OptStrings("ws", a.Words)
	o = o.OptFloat("f", a.Number)
	if a.Time != nil {
		o = o.Time("t", *a.Time)
	}
	o = o.OptString("z", a.Zone)
	o = jsonappend.OptPointer(o, "q", a.Quote)
	o = jsonappend.OptPointer(o, "s", a.Text)
	return o.Close()
}

// AppendJSON writes the sealed text as encoding/json does.
func (s Sealed) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("p", s.Person)
	o = o.Bytes("b", s.Box)
	return o.Close()
}

// AppendJSON writes the message as encoding/json does.
func (m Message) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.OptString("card", m.Card)
	o = o.OptString("thread", m.Thread)
	o = jsonappend.Value(o, "title", m.Title)
	o = o.OptString("tone", string(m.Tone))
	o = jsonappend.OptList(o, "sections", m.Sections)
	o = jsonappend.OptList(o, "buttons", m.Buttons)
	o = o.OptTrue("private", m.Private)
	o = o.OptStrings("mentions", m.Mentions)
	return o.Close()
}

// AppendJSON writes the section as encoding/json does.
func (s Section) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	if !s.Heading.IsZero() {
		o = jsonappend.Value(o, "heading", s.Heading)
	}
	o = jsonappend.OptList(o, "fields", s.Fields)
	o = jsonappend.OptList(o, "lines", s.Lines)
	o = o.OptString("pre", s.Pre)
	o = jsonappend.OptList(o, "buttons", s.Buttons)
	return o.Close()
}

// AppendJSON writes the field as encoding/json does.
func (f Field) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("label", string(f.Label))
	o = jsonappend.Value(o, "value", f.Value)
	return o.Close()
}

// AppendJSON writes the line as encoding/json does.
func (l Line) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.OptString("mark", string(l.Mark))
	o = jsonappend.Value(o, "text", l.Text)
	o = jsonappend.OptList(o, "sub", l.Sub)
	return o.Close()
}

// AppendJSON writes the button as encoding/json does.
func (u Button) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("name", u.Name)
	o = o.String("label", string(u.Label))
	o = o.OptString("token", u.Token)
	o = o.OptString("url", u.URL)
	o = o.OptString("form", u.Form)
	o = o.OptString("style", string(u.Style))
	if !u.Confirm.IsZero() {
		o = jsonappend.Value(o, "confirm", u.Confirm)
	}
	return o.Close()
}

// AppendJSON writes the reply as encoding/json does.
func (r Reply) AppendJSON(b []byte) ([]byte, error) {
	o := jsonappend.Open(b)
	o = o.String("outcome", string(r.Outcome))
	o = o.String("code", string(r.Code))
	o = o.OptMap("ids", r.IDs)
	o = jsonappend.OptList(o, "messages", r.Messages)
	return o.Close()
}
