package payload

import "encoding/json"

// The kinds of Socket Mode frame: https://docs.slack.dev/apis/events-api/using-socket-mode
const (
	FrameHello       = "hello"
	FrameDisconnect  = "disconnect"
	FrameCommand     = "slash_commands"
	FrameInteractive = "interactive"
	FrameEvents      = "events_api"
)

// The reasons of a disconnect frame.
const (
	ReasonWarning  = "warning"           // the connection will be closed in some seconds
	ReasonRefresh  = "refresh_requested" // it is being closed: routine
	ReasonDisabled = "link_disabled"     // Socket Mode was turned off for the app
)

// Frame is one message of a Socket Mode connection.
type Frame struct {
	Type       string          `json:"type"`
	EnvelopeID string          `json:"envelope_id"`
	Payload    json.RawMessage `json:"payload"`
	// AcceptsResponse says that the acknowledgement may carry an answer.
	AcceptsResponse bool   `json:"accepts_response_payload"`
	Reason          string `json:"reason"`
	RetryAttempt    int    `json:"retry_attempt"`
}

// Acknowledgement answers a frame.
type Acknowledgement struct {
	EnvelopeID string `json:"envelope_id"`
	Payload    any    `json:"payload,omitempty"`
}

// FrameJSON reads a frame. One of an unknown kind has its Type and EnvelopeID, so that it can be acknowledged.
func FrameJSON(raw []byte) (Frame, error) {
	var f Frame
	if err := decode(raw, &f); err != nil {
		return Frame{}, err
	}
	if f.Type == "" {
		return Frame{}, malformed("a frame without type")
	}
	return f, short(f.EnvelopeID)
}
