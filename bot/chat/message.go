package chat

// Tone colours a message: a hint that a platform may show, never the only carrier of meaning.
type Tone string

// The tones of a message.
const (
	Neutral Tone = ""
	Good    Tone = "good"
	Warning Tone = "warning"
	Bad     Tone = "bad"
)

// Mark stands before a line: an icon on platforms that have them, a word elsewhere.
type Mark string

// The marks of a line.
const (
	MarkNone    Mark = ""
	MarkOpen    Mark = "open"    // satisfied, passed, healthy
	MarkClosed  Mark = "closed"  // refused, failed
	MarkUnknown Mark = "unknown" // not known: never counts as satisfied
	MarkWaiting Mark = "waiting" // under way, or asked and not answered yet
)

// Message is what the bot says once: a reply, an announcement, or a card that is kept up to date in place.
type Message struct {
	// Card names the subject ("R-42") of a card kept up to date in place; empty for a message said once.
	Card string `json:"card,omitempty"`
	// Thread is the short id of the subject under whose card the message belongs, where a platform has threads.
	Thread   string    `json:"thread,omitempty"`
	Title    Text      `json:"title"`
	Tone     Tone      `json:"tone,omitempty"`
	Sections []Section `json:"sections,omitempty"`
	Buttons  []Button  `json:"buttons,omitempty"`
	// Private messages are for the person who asked, nobody else.
	Private bool `json:"private,omitempty"`
	// Mentions are the opaque ids of the people whose attention this message needs.
	Mentions []string `json:"mentions,omitempty"`
}

// Section is a part of a message under an optional heading.
type Section struct {
	Heading Text    `json:"heading,omitzero"`
	Fields  []Field `json:"fields,omitempty"`
	Lines   []Line  `json:"lines,omitempty"`
	// Pre is program output shown as it is, in a fixed-width face.
	Pre string `json:"pre,omitempty"`
	// Buttons belong to this section alone.
	Buttons []Button `json:"buttons,omitempty"`
}

// Field is a labelled value: short, shown side by side where there is room.
type Field struct {
	Label Code `json:"label"`
	Value Text `json:"value"`
}

// Line is one sentence with a mark, and the reasons beneath it.
type Line struct {
	Mark Mark   `json:"mark,omitempty"`
	Text Text   `json:"text"`
	Sub  []Text `json:"sub,omitempty"`
}

// Style of a button.
type Style string

// The styles of a button.
const (
	StylePlain   Style = ""
	StylePrimary Style = "primary"
	StyleDanger  Style = "danger"
)

// Button runs a stored invocation for whoever presses it, authorised anew. Name is stable ("approve"); Token is opaque
// and dies when the button no longer applies. A button with URL is a link and carries no token. One with Form is the
// beginning of a command ("/vote B-1"): a platform that has forms asks for the arguments that are missing, another shows it.
type Button struct {
	Name    string `json:"name"`
	Label   Code   `json:"label"`
	Token   string `json:"token,omitempty"`
	URL     string `json:"url,omitempty"`
	Form    string `json:"form,omitempty"`
	Style   Style  `json:"style,omitempty"`
	Confirm Text   `json:"confirm,omitzero"`
}

// Plain is a message of one sentence.
func Plain(t Text) Message { return Message{Title: t} }
