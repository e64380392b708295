package bot

import (
	"crypto/rand"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state"
)

// Offer is a button of a subject's card with the line that it says for whoever presses it. One with a Form has neither line
// nor token: pressing it asks for what the command still needs.
type Offer struct {
	Name    string     `json:"name"`
	Label   chat.Code  `json:"label"`
	Line    string     `json:"line,omitempty"`
	Token   string     `json:"token,omitempty"`
	Form    string     `json:"form,omitempty"`
	Style   chat.Style `json:"style,omitempty"`
	Confirm chat.Text  `json:"confirm,omitzero"`
	Order   int        `json:"order"`
}

// offers by subject and name; tokens lead to them. Losing one only makes a button do nothing: whoever presses is authorised
// anew, so neither is governed.
var (
	offers = state.Ungoverned[Offer]("offer")
	tokens = state.Ungoverned[tokenOf]("token")
)

type tokenOf struct {
	Subject string `json:"subject"`
	Name    string `json:"name"`
}

// Offer puts a button on a subject's card. A name offered before keeps its token.
func (t *Turn) Offer(subject string, o Offer) error {
	id := subject + "/" + o.Name
	if o.Form != "" {
		return offers.Put(t.Tx, id, o)
	}
	was, ok, err := offers.Get(t, id)
	if err != nil {
		return err
	}
	if o.Token = was.Token; !ok {
		o.Token = rand.Text()
		if err := tokens.Put(t.Tx, o.Token, tokenOf{subject, o.Name}); err != nil {
			return err
		}
	}
	return offers.Put(t.Tx, id, o)
}

// Retract takes buttons off a subject's card: pressing one that somebody still sees is answered so.
func (t *Turn) Retract(subject string, names ...string) error {
	for _, name := range names {
		id := subject + "/" + name
		was, ok, err := offers.Get(t, id)
		if err != nil {
			return err
		}
		if !ok {
			continue
		}
		offers.Delete(t.Tx, id)
		if was.Token != "" {
			tokens.Delete(t.Tx, was.Token)
		}
	}
	return nil
}

// Offers lists a subject's buttons in their order.
func Offers(r state.Reader, subject string) ([]chat.Button, error) {
	var buttons []chat.Button
	var order []int
	err := offers.Under(r, subject+"/", func(_ string, o Offer) error {
		at := len(order)
		for at > 0 && order[at-1] > o.Order {
			at--
		}
		order = append(order, 0)
		copy(order[at+1:], order[at:])
		order[at] = o.Order
		buttons = append(buttons, chat.Button{})
		copy(buttons[at+1:], buttons[at:])
		buttons[at] = chat.Button{Name: o.Name, Label: o.Label, Token: o.Token, Form: o.Form, Style: o.Style, Confirm: o.Confirm}
		return nil
	})
	return buttons, err
}

func findOffer(r state.Reader, p port.Pressed) (Offer, bool, error) {
	subject, name := p.On, p.Button
	if p.Token != "" {
		at, ok, err := tokens.Get(r, p.Token)
		if err != nil || !ok {
			return Offer{}, false, err
		}
		subject, name = at.Subject, at.Name
	}
	o, ok, err := offers.Get(r, subject+"/"+name)
	return o, ok && o.Form == "", err
}
