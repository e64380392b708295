package discordtest

import (
	"encoding/json"
	"time"
)

// stamp is a time as Discord writes it.
type stamp time.Time

// MarshalJSON implements json.Marshaler.
func (t stamp) MarshalJSON() ([]byte, error) {
	if time.Time(t).IsZero() {
		return []byte("null"), nil
	}
	return json.Marshal(time.Time(t).UTC().Format("2006-01-02T15:04:05.000000+00:00"))
}

type user struct {
	ID            string  `json:"id"`
	Username      string  `json:"username"`
	GlobalName    *string `json:"global_name"`
	Discriminator string  `json:"discriminator"`
	Avatar        *string `json:"avatar"`
	Bot           bool    `json:"bot,omitempty"`
	Flags         int     `json:"flags"`
	PublicFlags   int     `json:"public_flags"`
	PrimaryGuild  *string `json:"primary_guild"`
}

func (u *user) name() string {
	if u.GlobalName != nil {
		return *u.GlobalName
	}
	return u.Username
}

type member struct {
	User     *user    `json:"user"`
	Nick     *string  `json:"nick"`
	Avatar   *string  `json:"avatar"`
	Banner   *string  `json:"banner"`
	Roles    []string `json:"roles"`
	JoinedAt stamp    `json:"joined_at"`
	Premium  *string  `json:"premium_since"`
	Deaf     bool     `json:"deaf"`
	Mute     bool     `json:"mute"`
	Flags    int      `json:"flags"`
	Pending  bool     `json:"pending"`
	Muted    *string  `json:"communication_disabled_until"`
	// Permissions are set in interactions alone.
	Permissions string `json:"permissions,omitempty"`
	// GuildID is set in events alone.
	GuildID string `json:"guild_id,omitempty"`
}

type role struct {
	ID          string  `json:"id"`
	Name        string  `json:"name"`
	Color       int     `json:"color"`
	Colors      colors  `json:"colors"`
	Hoist       bool    `json:"hoist"`
	Icon        *string `json:"icon"`
	Emoji       *string `json:"unicode_emoji"`
	Position    int     `json:"position"`
	Permissions string  `json:"permissions"`
	Managed     bool    `json:"managed"`
	Mentionable bool    `json:"mentionable"`
	Flags       int     `json:"flags"`
}

type colors struct {
	Primary   int  `json:"primary_color"`
	Secondary *int `json:"secondary_color"`
	Tertiary  *int `json:"tertiary_color"`
}

type guild struct {
	ID       string
	Name     string
	Owner    string
	roles    []*role
	members  map[string]*member
	channels []string
}

// Kinds of channel.
const (
	channelText   = 0
	channelDM     = 1
	channelThread = 11 // public thread
)

type overwrite struct {
	ID    string `json:"id"`
	Type  int    `json:"type"` // 0 role, 1 member
	Allow string `json:"allow"`
	Deny  string `json:"deny"`
}

type channel struct {
	ID          string       `json:"id"`
	Type        int          `json:"type"`
	GuildID     string       `json:"guild_id,omitempty"`
	Name        string       `json:"name"`
	Position    int          `json:"position"`
	Overwrites  []overwrite  `json:"permission_overwrites"`
	Parent      *string      `json:"parent_id"`
	Topic       *string      `json:"topic"`
	NSFW        bool         `json:"nsfw"`
	Flags       int          `json:"flags"`
	LastMessage *string      `json:"last_message_id"`
	Owner       string       `json:"owner_id,omitempty"`
	Thread      *threadState `json:"thread_metadata,omitempty"`
	Count       *int         `json:"message_count,omitempty"`
	Members     *int         `json:"member_count,omitempty"`
	Total       *int         `json:"total_message_sent,omitempty"`
	Recipients  []*user      `json:"recipients,omitempty"`

	messages []*message
}

type threadState struct {
	Archived    bool  `json:"archived"`
	ArchivedAt  stamp `json:"archive_timestamp"`
	AutoArchive int   `json:"auto_archive_duration"`
	Locked      bool  `json:"locked"`
	Created     stamp `json:"create_timestamp"`
}

// Flags of a message.
const (
	flagSuppressEmbeds = 1 << 2
	flagHasThread      = 1 << 5
	flagEphemeral      = 1 << 6
	flagLoading        = 1 << 7
	flagSilent         = 1 << 12
	flagComponentsV2   = 1 << 15
)

// Kinds of message.
const (
	messageDefault = 0
	messageReply   = 19
	messageCommand = 20 // the answer to a slash command
	messageStarter = 21 // the first message of a thread, which points to the one it was started from
)

type message struct {
	ID          string         `json:"id"`
	Type        int            `json:"type"`
	ChannelID   string         `json:"channel_id"`
	Author      *user          `json:"author"`
	Content     string         `json:"content"`
	Timestamp   stamp          `json:"timestamp"`
	Edited      stamp          `json:"edited_timestamp"`
	TTS         bool           `json:"tts"`
	Everyone    bool           `json:"mention_everyone"`
	Mentions    []*user        `json:"mentions"`
	Roles       []string       `json:"mention_roles"`
	Attachments []attachment   `json:"attachments"`
	Embeds      []embed        `json:"embeds"`
	Components  []component    `json:"components"`
	Pinned      bool           `json:"pinned"`
	Flags       int            `json:"flags"`
	Nonce       any            `json:"nonce,omitempty"` // in the answer to the sender alone
	Application string         `json:"application_id,omitempty"`
	Webhook     string         `json:"webhook_id,omitempty"`
	Reference   *reference     `json:"message_reference,omitempty"`
	Referenced  *message       `json:"referenced_message,omitempty"`
	Thread      *channel       `json:"thread,omitempty"`
	Asked       map[string]any `json:"interaction_metadata,omitempty"`

	nonce   string
	reader  string // the one person who sees it; empty for all
	guild   string
	files   map[string][]byte
	allowed []string // ids of the users that were notified
}

type reference struct {
	Type    int    `json:"type"`
	Message string `json:"message_id"`
	Channel string `json:"channel_id,omitempty"`
	Guild   string `json:"guild_id,omitempty"`
	Must    *bool  `json:"fail_if_not_exists,omitempty"`
}

type attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Description string `json:"description,omitempty"`
	ContentType string `json:"content_type,omitempty"`
	Size        int    `json:"size"`
	URL         string `json:"url"`
	Proxy       string `json:"proxy_url"`
}

type embed struct {
	Type        string       `json:"type,omitempty"`
	Title       string       `json:"title,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Timestamp   string       `json:"timestamp,omitempty"`
	Color       *int         `json:"color,omitempty"`
	Footer      *embedFooter `json:"footer,omitempty"`
	Author      *embedAuthor `json:"author,omitempty"`
	Fields      []embedField `json:"fields,omitempty"`
}

type embedFooter struct {
	Text string `json:"text"`
}

type embedAuthor struct {
	Name string `json:"name"`
	URL  string `json:"url,omitempty"`
}

type embedField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Inline bool   `json:"inline"`
}

// Kinds of component.
const (
	kindRow       = 1
	kindButton    = 2
	kindSelect    = 3
	kindInput     = 4
	kindText      = 10
	kindContainer = 17
	kindLabel     = 18
)

// styleLink is the style of a button that opens an address and sends nothing.
const styleLink = 5

type component struct {
	ID          *int         `json:"id,omitempty"`
	Type        int          `json:"type"`
	CustomID    string       `json:"custom_id,omitempty"`
	Style       int          `json:"style,omitempty"`
	Label       string       `json:"label,omitempty"`
	Description string       `json:"description,omitempty"`
	URL         string       `json:"url,omitempty"`
	Disabled    bool         `json:"disabled,omitempty"`
	Content     string       `json:"content,omitempty"`
	Placeholder string       `json:"placeholder,omitempty"`
	Value       string       `json:"value,omitempty"`
	MinLength   *int         `json:"min_length,omitempty"`
	MaxLength   *int         `json:"max_length,omitempty"`
	MinValues   *int         `json:"min_values,omitempty"`
	MaxValues   *int         `json:"max_values,omitempty"`
	Required    *bool        `json:"required,omitempty"`
	Options     []selectable `json:"options,omitempty"`
	Components  []component  `json:"components,omitempty"`
	Component   *component   `json:"component,omitempty"`
}

type selectable struct {
	Label       string `json:"label"`
	Value       string `json:"value"`
	Description string `json:"description,omitempty"`
	Default     bool   `json:"default,omitempty"`
}

// each calls f with a component and everything in it.
func (c *component) each(f func(*component)) {
	f(c)
	for i := range c.Components {
		c.Components[i].each(f)
	}
	if c.Component != nil {
		c.Component.each(f)
	}
}
