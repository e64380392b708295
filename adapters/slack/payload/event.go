package payload

import (
	"cmp"
	"encoding/json"
)

// The kinds of envelope that the Events API sends: https://docs.slack.dev/apis/events-api
const (
	URLVerification = "url_verification"
	EventCallback   = "event_callback"
	AppRateLimited  = "app_rate_limited"
)

// The events that the bot takes: https://docs.slack.dev/reference/events
const (
	AppHomeOpened         = "app_home_opened"
	AppMention            = "app_mention"
	Message               = "message"
	UserChange            = "user_change"
	TeamJoin              = "team_join"
	SubteamUpdated        = "subteam_updated"
	SubteamMembersChanged = "subteam_members_changed"
	SubteamSelfAdded      = "subteam_self_added"
	SubteamSelfRemoved    = "subteam_self_removed"
)

// Envelope is what the Events API posts, and what a Socket Mode frame of kind events_api carries.
type Envelope struct {
	Type           string          `json:"type"`
	Challenge      string          `json:"challenge"`
	TeamID         string          `json:"team_id"`
	EnterpriseID   string          `json:"enterprise_id"`
	Authorizations []Authorization `json:"authorizations"`
	EventID        string          `json:"event_id"`
	Event          Event           `json:"event"`
}

// Authorization is the installation that an event is seen through: in a channel shared with another organisation, TeamID of the
// envelope may be theirs.
type Authorization struct {
	EnterpriseID string `json:"enterprise_id"`
	TeamID       string `json:"team_id"`
	UserID       string `json:"user_id"` // the bot's own user, where IsBot is set
	IsBot        bool   `json:"is_bot"`
}

// Event is what happened; which fields are set depends on the kind.
type Event struct {
	Type        string
	UserID      string // who acted, or changed
	UserTeam    string // where they are at home, if it is said
	Member      Member // of user_change and team_join
	Channel     string
	ChannelType string // of a message: "im"
	Subtype     string // of a message: empty for what somebody typed
	BotID       string // of a message: set if an app wrote it
	Text        string
	TS          string
	ThreadTS    string
	Tab         string // of app_home_opened: "home" or "messages"
	View        View   // of app_home_opened: the published one, if there is one
	Group       string // of subteam events: the user group's id
}

// Member is somebody as user_change and team_join describe them.
type Member struct {
	ID                string  `json:"id"`
	TeamID            string  `json:"team_id"`
	Deleted           bool    `json:"deleted"`
	IsBot             bool    `json:"is_bot"`
	IsRestricted      bool    `json:"is_restricted"`
	IsUltraRestricted bool    `json:"is_ultra_restricted"`
	IsStranger        bool    `json:"is_stranger"`
	IsEmailConfirmed  bool    `json:"is_email_confirmed"`
	Profile           Profile `json:"profile"`
}

// Profile is what the bot reads of a profile.
type Profile struct {
	Email string `json:"email"`
}

// Origin is the workspace that the event is seen through.
func (e Envelope) Origin() Origin {
	if len(e.Authorizations) > 0 && (e.Authorizations[0].TeamID != "" || e.Authorizations[0].EnterpriseID != "") {
		return Origin{e.Authorizations[0].TeamID, e.Authorizations[0].EnterpriseID}
	}
	return Origin{e.TeamID, e.EnterpriseID}
}

// Bot is the bot's own user in the workspace; empty if the event does not say.
func (e Envelope) Bot() string {
	if len(e.Authorizations) > 0 && e.Authorizations[0].IsBot {
		return e.Authorizations[0].UserID
	}
	return ""
}

// EnvelopeJSON reads an envelope. An event of a kind that the bot does not take has its Type alone.
func EnvelopeJSON(raw []byte) (Envelope, error) {
	var e Envelope
	if err := decode(raw, &e); err != nil {
		return Envelope{}, err
	}
	authorized := e.Authorizations
	if len(authorized) > 1 { // Slack sends one
		authorized = authorized[:1]
	}
	for _, a := range authorized {
		if err := short(a.EnterpriseID, a.TeamID, a.UserID); err != nil {
			return Envelope{}, err
		}
	}
	return e, short(e.TeamID, e.EnterpriseID, e.EventID, e.Challenge, e.Event.UserID, e.Event.UserTeam, e.Event.Channel, e.Event.TS, e.Event.ThreadTS, e.Event.Group)
}

// UnmarshalJSON reads an event by its kind: the same field has different types in different kinds.
func (e *Event) UnmarshalJSON(raw []byte) error {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	*e = Event{Type: head.Type}
	switch head.Type {
	case AppHomeOpened, AppMention:
		return e.typed(raw)
	case Message:
		return e.message(raw)
	case UserChange, TeamJoin:
		var changed struct {
			User Member `json:"user"`
		}
		err := json.Unmarshal(raw, &changed)
		e.Member, e.UserID = changed.User, changed.User.ID
		return err
	case SubteamUpdated, SubteamMembersChanged, SubteamSelfAdded, SubteamSelfRemoved:
		var changed struct {
			SubteamID string `json:"subteam_id"`
			Subteam   ID     `json:"subteam"`
		}
		err := json.Unmarshal(raw, &changed)
		if e.Group = changed.SubteamID; e.Group == "" {
			e.Group = changed.Subteam.ID
		}
		return err
	}
	return nil
}

// message reads a message; of those that are no typed line (edits, joins, files) the kind is enough, their fields differ.
func (e *Event) message(raw []byte) error {
	var head struct {
		Subtype string `json:"subtype"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return err
	}
	if e.Subtype = head.Subtype; e.Subtype != "" {
		return nil
	}
	return e.typed(raw)
}

func (e *Event) typed(raw []byte) error {
	var t struct {
		User        string `json:"user"`
		UserTeam    string `json:"user_team"`
		SourceTeam  string `json:"source_team"`
		Team        string `json:"team"`
		Channel     string `json:"channel"`
		ChannelType string `json:"channel_type"`
		Subtype     string `json:"subtype"`
		BotID       string `json:"bot_id"`
		Text        string `json:"text"`
		TS          string `json:"ts"`
		ThreadTS    string `json:"thread_ts"`
		Tab         string `json:"tab"`
		View        View   `json:"view"`
	}
	err := json.Unmarshal(raw, &t)
	e.UserID, e.UserTeam, e.Channel, e.ChannelType, e.Subtype, e.BotID = t.User, cmp.Or(t.UserTeam, t.SourceTeam, t.Team), t.Channel, t.ChannelType, t.Subtype, t.BotID
	e.Text, e.TS, e.ThreadTS, e.Tab, e.View = t.Text, t.TS, t.ThreadTS, t.Tab, t.View
	return err
}
