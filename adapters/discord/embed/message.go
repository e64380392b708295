// Package embed shows messages as Discord does: embeds with buttons beneath, files for what is long, mentions and times in each
// reader's own zone. Nothing is cut: what does not fit goes on in a further message or a file, and says so.
package embed

import "github.com/bwmarrin/discordgo"

// Message is one message as it is sent; what is not set keeps its meaning of "none" in an edit too.
type Message struct {
	Content    string                            `json:"content"`
	Embeds     []*discordgo.MessageEmbed         `json:"embeds"`
	Components []Component                       `json:"components"`
	Mentions   *discordgo.MessageAllowedMentions `json:"allowed_mentions"`
	// Attachments names the files, which are sent beside the message.
	Attachments []Attachment `json:"attachments"`
	Files       []File       `json:"-"`
	// Questions are what the buttons ask before they are pressed, by token.
	Questions map[string]string `json:"-"`
}

// Attachment is a file of a message.
type Attachment struct {
	ID       int    `json:"id"` // its place among the files
	Filename string `json:"filename"`
}

// File is what a file holds.
type File struct {
	Name string
	Text string
}

// Component is a row, a button, a text input, a menu, or a label around one of these. discordgo's own types do not read those that Discord added
// since, and fail on a message or form that has one.
type Component struct {
	Type        discordgo.ComponentType `json:"type"`
	Components  []Component             `json:"components,omitempty"` // of a row
	Component   *Component              `json:"component,omitempty"`  // of a label
	CustomID    string                  `json:"custom_id,omitempty"`
	Style       int                     `json:"style,omitempty"`
	Label       string                  `json:"label,omitempty"`
	URL         string                  `json:"url,omitempty"`
	Placeholder string                  `json:"placeholder,omitempty"`
	Value       string                  `json:"value,omitempty"`
	Values      []string                `json:"values,omitempty"`
	Required    *bool                   `json:"required,omitempty"`
	MaxLength   int                     `json:"max_length,omitempty"`
	Description string                  `json:"description,omitempty"` // of a label
	Options     []Option                `json:"options,omitempty"`     // of a menu
	MinValues   *int                    `json:"min_values,omitempty"`
}

// Option is one of a menu.
type Option struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// LabelComponent is a text with an input of a form beneath; discordgo does not know it.
const LabelComponent discordgo.ComponentType = 18

// newMessage is an empty message that mentions nobody.
func newMessage() *Message {
	return &Message{
		Embeds: []*discordgo.MessageEmbed{}, Components: []Component{}, Attachments: []Attachment{},
		Mentions: &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}},
	}
}

func (m *Message) attach(name, text string) {
	m.Attachments = append(m.Attachments, Attachment{ID: len(m.Files), Filename: name})
	m.Files = append(m.Files, File{Name: name, Text: text})
}
