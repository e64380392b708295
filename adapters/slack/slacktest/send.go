package slacktest

import "encoding/json"

// Send sends a slash command as Type does, and waits for its acknowledgement alone, not for what is seen then.
func (s *Server) Send(user, channel, line string) Delivery {
	return *s.Deliver("slash_commands", user, s.Typed(user, channel, line))
}

// Trigger is the trigger id that the delivery carried.
func (d Delivery) Trigger() string {
	var payload struct {
		TriggerID string `json:"trigger_id"`
	}
	_ = json.Unmarshal(d.Payload, &payload)
	return payload.TriggerID
}
