package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Submit fills in the modal on top and submits it. Values are given by label, action id or block id; several choices are parted by
// commas. What was filled in to begin with stays. A needed input that is empty, or a choice that is not offered, is an error that
// Slack itself shows: nothing is delivered then.
func (s *Server) Submit(user string, values map[string]string) Seen {
	s.mu.Lock()
	stack := s.stacks[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		panic("slacktest: " + user + " has no modal to submit")
	}
	v := stack[len(stack)-1]
	shown := s.shown(v)
	s.mu.Unlock()

	state, failures := map[string]any{}, map[string]string{}
	used := map[string]bool{}
	for _, in := range shown.Inputs {
		value := in.Value
		for _, name := range []string{in.Label, in.ActionID, in.BlockID} {
			if given, ok := values[name]; ok {
				value, used[name] = given, true
			}
		}
		if value == "" && !in.Optional && in.Type != "checkboxes" {
			failures[in.Label] = "Please complete this required field."
			continue
		}
		filled, problem := s.fillIn(user, v, in, value)
		if problem != "" {
			failures[in.Label] = problem
		}
		state[in.BlockID] = answer{in.ActionID: filled}
	}
	for name := range values {
		if !used[name] {
			panic(fmt.Sprintf("slacktest: no input %q in the modal %q: %s", name, shown.Title, shown.Plain))
		}
	}
	if len(failures) > 0 {
		return Seen{Acked: true, Errors: failures, View: shown}
	}
	var wrong map[string]string
	out := s.act(user, func() *Delivery {
		s.mu.Lock()
		payload := s.interaction("view_submission", v.w, user)
		drawn := v.json()
		drawn["state"] = answer{"values": state}
		payload["view"], payload["trigger_id"], payload["response_urls"] = drawn, s.trigger(user), []any{}
		s.mu.Unlock()
		d := s.Deliver("interactive", user, payload)
		if d.Acked {
			wrong = s.submitted(v, shown, d.Reply)
		}
		return d
	})
	out.Errors = wrong
	return out
}

// fillIn makes the state of one input.
func (s *Server) fillIn(user string, v *view, in Input, value string) (answer, string) {
	out := answer{"type": in.Type}
	options := in.Options
	if strings.HasSuffix(in.Type, "external_select") && value != "" && value != in.Value {
		options = s.offered(user, v, in, value)
	} else if o := in.element.obj("initial_option"); value == in.Value && o != nil {
		options = append(options, Option{o.obj("text").str("text"), o.str("value")})
	}
	choose := func(name string) any {
		i := slices.IndexFunc(options, func(o Option) bool { return o.Text == name || o.Value == name })
		if i < 0 {
			return nil
		}
		return answer{"text": answer{"type": "plain_text", "text": options[i].Text, "emoji": true}, "value": options[i].Value}
	}
	switch {
	case strings.HasPrefix(in.Type, "multi_"), in.Type == "checkboxes":
		list := []any{}
		for name := range strings.SplitSeq(value, ",") {
			if name = strings.TrimSpace(name); name == "" {
				continue
			}
			chosen := choose(name)
			if chosen == nil {
				return nil, "There is no option " + name
			}
			list = append(list, chosen)
		}
		out["selected_options"] = list
	case strings.HasSuffix(in.Type, "_select"), in.Type == "radio_buttons":
		out["selected_option"] = nil
		if value != "" {
			if out["selected_option"] = choose(value); out["selected_option"] == nil {
				return nil, "There is no option " + value
			}
		}
	case in.Type == "datepicker":
		out["selected_date"] = nullable(value)
	case in.Type == "timepicker":
		out["selected_time"] = nullable(value)
	default:
		if most, ok := in.element["max_length"].(float64); ok && len([]rune(value)) > int(most) {
			return nil, fmt.Sprintf("Please use at most %d characters.", int(most))
		}
		out["value"] = nullable(value)
	}
	return out, ""
}

// submitted does what the acknowledgement of a submission asks for; it returns the errors by label.
func (s *Server) submitted(v *view, shown *View, reply json.RawMessage) map[string]string {
	var r struct {
		Action string            `json:"response_action"`
		View   json.RawMessage   `json:"view"`
		Errors map[string]string `json:"errors"`
	}
	_ = json.Unmarshal(reply, &r)
	s.mu.Lock()
	defer s.mu.Unlock()
	var err error
	switch r.Action {
	case "errors":
		out := map[string]string{}
		for _, in := range shown.Inputs {
			if text, ok := r.Errors[in.BlockID]; ok {
				out[in.Label] = text
				delete(r.Errors, in.BlockID)
			}
		}
		for block := range r.Errors {
			s.wrong = append(s.wrong, "errors for a block that the view does not have: "+block)
		}
		s.touch(v.user)
		return out
	case "clear":
		s.stacks[v.user] = nil
	case "update":
		err = s.draw(v, string(r.View), "modal")
	case "push":
		_, err = s.open(v.w, v.user, string(r.View), true)
	default:
		s.stacks[v.user] = slices.DeleteFunc(s.stacks[v.user], func(other *view) bool { return other == v })
		delete(s.views, v.id)
	}
	if err != nil {
		s.wrong = append(s.wrong, fmt.Sprintf("answer to a submission: %v %v", err, err.(*refusal).more))
	}
	return nil
}

// Suggest types into an external select of the modal on top, found by label, action id or block id, and returns what is offered.
func (s *Server) Suggest(user, input, typed string) []Option {
	s.mu.Lock()
	stack := s.stacks[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		panic("slacktest: " + user + " has no modal")
	}
	v := stack[len(stack)-1]
	shown := s.shown(v)
	s.mu.Unlock()
	i := slices.IndexFunc(shown.Inputs, func(in Input) bool { return in.Label == input || in.ActionID == input || in.BlockID == input })
	if i < 0 {
		panic(fmt.Sprintf("slacktest: no input %q in the modal %q", input, shown.Title))
	}
	return s.offered(user, v, shown.Inputs[i], typed)
}

func (s *Server) offered(user string, v *view, in Input, typed string) (out []Option) {
	s.mu.Lock()
	payload := s.interaction("block_suggestion", v.w, user)
	payload["container"], payload["view"] = answer{"type": "view", "view_id": v.id}, v.json()
	payload["action_id"], payload["block_id"], payload["value"] = in.ActionID, in.BlockID, typed
	s.mu.Unlock()
	d := s.Deliver("interactive", user, payload)
	var r struct {
		Options []node `json:"options"`
		Groups  []node `json:"option_groups"`
	}
	_ = json.Unmarshal(d.Reply, &r)
	for _, g := range r.Groups {
		r.Options = append(r.Options, g.list("options")...)
	}
	c := &checker{}
	c.atMost(r.Options, "/options", maxOptions)
	for i, o := range r.Options {
		c.option(o, fmt.Sprintf("/options/%d", i))
		out = append(out, Option{o.obj("text").str("text"), o.str("value")})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrong = append(s.wrong, c.errors...)
	return out
}

// CloseModal closes the modal on top without submitting it.
func (s *Server) CloseModal(user string) {
	s.mu.Lock()
	stack := s.stacks[user]
	if len(stack) == 0 {
		s.mu.Unlock()
		return
	}
	v := stack[len(stack)-1]
	s.stacks[user] = stack[:len(stack)-1]
	delete(s.views, v.id)
	payload := s.interaction("view_closed", v.w, user)
	payload["view"], payload["is_cleared"] = v.json(), false
	s.mu.Unlock()
	if v.notify {
		s.Deliver("interactive", user, payload)
	}
}
