package payload

// The kinds of interaction that the bot takes: https://docs.slack.dev/reference/interaction-payloads
const (
	BlockActions    = "block_actions"
	BlockSuggestion = "block_suggestion"
	ViewSubmission  = "view_submission"
	ViewClosed      = "view_closed"
	Shortcut        = "shortcut"
	MessageAction   = "message_action"
)

// Interaction is something that a person pressed, chose, typed into or submitted.
type Interaction struct {
	Type        string     `json:"type"`
	Team        Team       `json:"team"`
	Enterprise  Enterprise `json:"enterprise"`
	User        User       `json:"user"`
	Channel     ID         `json:"channel"`
	Container   Container  `json:"container"`
	TriggerID   string     `json:"trigger_id"`
	ResponseURL string     `json:"response_url"`
	CallbackID  string     `json:"callback_id"` // of a shortcut
	View        View       `json:"view"`
	Actions     []Action   `json:"actions"`
	// Of a block_suggestion: the select that is asked about, and what is typed into it.
	BlockID  string `json:"block_id"`
	ActionID string `json:"action_id"`
	Value    string `json:"value"`
}

// ID is something known by its id alone.
type ID struct {
	ID string `json:"id"`
}

// Team is the workspace of an interaction; it is null for one in an app installed for a whole enterprise.
type Team struct {
	ID           string `json:"id"`
	EnterpriseID string `json:"enterprise_id"`
}

// Enterprise is the Enterprise Grid organisation of an interaction, or null.
type Enterprise struct {
	ID string `json:"id"`
}

// User is who acted; TeamID is where they are at home.
type User struct {
	ID     string `json:"id"`
	TeamID string `json:"team_id"`
}

// Container is what a pressed button stands in.
type Container struct {
	Type        string `json:"type"` // "message" or "view"
	MessageTS   string `json:"message_ts"`
	ChannelID   string `json:"channel_id"`
	ThreadTS    string `json:"thread_ts"`
	ViewID      string `json:"view_id"`
	IsEphemeral bool   `json:"is_ephemeral"`
}

// Action is one use of an interactive element.
type Action struct {
	ActionID string `json:"action_id"`
	BlockID  string `json:"block_id"`
	Type     string `json:"type"`
	Value    string `json:"value"`
	ActionTS string `json:"action_ts"`
}

// View is a modal or a Home tab.
type View struct {
	ID              string `json:"id"`
	Type            string `json:"type"` // "modal" or "home"
	Hash            string `json:"hash"`
	CallbackID      string `json:"callback_id"`
	PrivateMetadata string `json:"private_metadata"`
	State           State  `json:"state"`
}

// State is what a view's inputs hold: by block id, then by action id.
type State struct {
	Values map[string]map[string]Input `json:"values"`
}

// Input is what one input holds.
type Input struct {
	Type            string   `json:"type"`
	Value           string   `json:"value"`
	SelectedOption  Option   `json:"selected_option"`
	SelectedOptions []Option `json:"selected_options"`
}

// Option is what was chosen.
type Option struct {
	Value string `json:"value"`
}

// Text is what an input holds, as one word; empty for nothing.
func (i Input) Text() string {
	switch {
	case i.Value != "":
		return i.Value
	case i.SelectedOption.Value != "":
		return i.SelectedOption.Value
	case len(i.SelectedOptions) > 0:
		return i.SelectedOptions[0].Value
	}
	return ""
}

// Origin is the workspace that the interaction happened in.
func (i Interaction) Origin() Origin {
	o := Origin{i.Team.ID, i.Enterprise.ID}
	if o.Enterprise == "" {
		o.Enterprise = i.Team.EnterpriseID
	}
	return o
}

// InteractionForm reads an interaction as it is posted: JSON in a form's field "payload".
func InteractionForm(body []byte) (Interaction, error) {
	form, err := parseForm(body)
	if err != nil {
		return Interaction{}, err
	}
	return InteractionJSON([]byte(form.Get("payload")))
}

// InteractionJSON reads an interaction. One of a kind that the bot does not take has its Type and may have nothing else.
func InteractionJSON(raw []byte) (Interaction, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := decode(raw, &head); err != nil {
		return Interaction{}, err
	}
	switch head.Type {
	case BlockActions, BlockSuggestion, ViewSubmission, ViewClosed, Shortcut, MessageAction:
	default:
		return Interaction{Type: head.Type}, nil
	}
	var i Interaction
	if err := decode(raw, &i); err != nil {
		return Interaction{}, err
	}
	return i, i.check()
}

func (i Interaction) check() error {
	if len(i.Actions) > 0 {
		if err := short(i.Actions[0].ActionTS); err != nil {
			return err
		}
	}
	return short(
		i.Team.ID, i.Team.EnterpriseID, i.Enterprise.ID, i.User.ID, i.User.TeamID, i.Channel.ID, i.Container.ChannelID, i.Container.ThreadTS,
		i.TriggerID, i.View.ID, i.View.Hash,
	)
}
