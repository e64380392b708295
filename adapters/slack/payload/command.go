package payload

import (
	"net/url"
)

// Command is a slash command: https://docs.slack.dev/interactivity/implementing-slash-commands
type Command struct {
	TeamID       string `json:"team_id"`
	EnterpriseID string `json:"enterprise_id"`
	ChannelID    string `json:"channel_id"`
	UserID       string `json:"user_id"`
	Command      string `json:"command"` // with its slash
	Text         string `json:"text"`
	ResponseURL  string `json:"response_url"`
	TriggerID    string `json:"trigger_id"`
}

// Origin is the workspace that the command was typed in.
func (c Command) Origin() Origin { return Origin{c.TeamID, c.EnterpriseID} }

// CommandForm reads a slash command as it is posted: a form. A request that checks the endpoint's certificate (ssl_check) is an
// empty command.
func CommandForm(body []byte) (Command, error) {
	form, err := parseForm(body)
	if err != nil || form.Get("ssl_check") == "1" {
		return Command{}, err
	}
	c := Command{
		TeamID: form.Get("team_id"), EnterpriseID: form.Get("enterprise_id"), ChannelID: form.Get("channel_id"), UserID: form.Get("user_id"),
		Command: form.Get("command"), Text: form.Get("text"), ResponseURL: form.Get("response_url"), TriggerID: form.Get("trigger_id"),
	}
	return c, c.check()
}

// CommandJSON reads a slash command as Socket Mode carries it.
func CommandJSON(raw []byte) (Command, error) {
	var c Command
	if err := decode(raw, &c); err != nil {
		return Command{}, err
	}
	return c, c.check()
}

// IsZero says that there is no command: see CommandForm.
func (c Command) IsZero() bool { return c == Command{} }

func (c Command) check() error {
	if c.Command == "" || c.UserID == "" || c.TriggerID == "" {
		return malformed("a slash command without command, user or trigger")
	}
	return short(c.TeamID, c.EnterpriseID, c.ChannelID, c.UserID, c.Command, c.TriggerID)
}

func parseForm(body []byte) (url.Values, error) {
	if len(body) > MaxBody {
		return nil, ErrTooLarge
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, malformed("no form")
	}
	return form, nil
}
