package discordtest

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// form collects what is wrong with a body, in the shape of Discord's error 50035.
type form struct {
	errors map[string]any
	empty  bool
}

// wrong notes a fault at a path: "embeds.0.title".
func (f *form) wrong(at, code, message string, args ...any) {
	if f.errors == nil {
		f.errors = map[string]any{}
	}
	node := f.errors
	for _, key := range strings.Split(at, ".") {
		next, ok := node[key].(map[string]any)
		if !ok {
			next = map[string]any{}
			node[key] = next
		}
		node = next
	}
	list, _ := node["_errors"].([]any)
	node["_errors"] = append(list, map[string]any{"code": code, "message": fmt.Sprintf(message, args...)})
}

func (f *form) most(at, text string, n int) {
	if utf8.RuneCountInString(text) > n {
		f.wrong(at, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", n)
	}
}

func (f *form) needed(at, text string, n int) {
	if strings.TrimSpace(text) == "" {
		f.wrong(at, "BASE_TYPE_REQUIRED", "This field is required")
	}
	f.most(at, text, n)
}

func (f *form) problem() *apiError {
	switch {
	case f.errors != nil:
		return &apiError{Status: 400, Code: 50035, Message: "Invalid Form Body", Errors: f.errors}
	case f.empty:
		return refuse(400, 50006, "Cannot send an empty message")
	}
	return nil
}

// Limits of a message: discord.com/developers/docs/resources/message and /components/reference.
const (
	mostContent     = 2000
	mostEmbeds      = 10
	mostEmbedText   = 6000 // over all embeds of a message
	mostTitle       = 256
	mostDescription = 4096
	mostFields      = 25
	mostFieldName   = 256
	mostFieldValue  = 1024
	mostFooter      = 2048
	mostAuthor      = 256
	mostRows        = 5
	mostRowButtons  = 5
	mostComponents  = 40 // components version 2, nested ones counted
	mostCustomID    = 100
	mostLabel       = 80
	mostURL         = 512
	mostOptions     = 25
	mostOptionText  = 100
	mostNonce       = 25
	mostFiles       = 10
	mostFile        = 10 << 20
)

// payload is the body of a message, as it is sent or edited; nil is not mentioned.
type payload struct {
	Content     *string      `json:"content"`
	TTS         bool         `json:"tts"`
	Embeds      *[]embed     `json:"embeds"`
	Components  *[]component `json:"components"`
	Attachments *[]struct {
		ID          any    `json:"id"`
		Filename    string `json:"filename"`
		Description string `json:"description"`
	} `json:"attachments"`
	Flags     int        `json:"flags"`
	Nonce     any        `json:"nonce"`
	Enforce   bool       `json:"enforce_nonce"`
	Reference *reference `json:"message_reference"`
	Allowed   *struct {
		Parse       []string `json:"parse"`
		Users       []string `json:"users"`
		Roles       []string `json:"roles"`
		RepliedUser bool     `json:"replied_user"`
	} `json:"allowed_mentions"`
}

// checkMessage applies the limits of a message; whole says that nothing was there before.
func checkMessage(p *payload, files map[string][]byte, whole bool) *apiError {
	f := &form{}
	content := ""
	if p.Content != nil {
		content = strings.TrimSpace(*p.Content)
		f.most("content", content, mostContent)
	}
	if p.Embeds != nil {
		f.embeds(*p.Embeds)
	}
	if p.Components != nil {
		f.components(*p.Components, p.Flags&flagComponentsV2 != 0)
	}
	if p.Flags&flagComponentsV2 != 0 && (content != "" || p.Embeds != nil && len(*p.Embeds) > 0) {
		f.wrong("flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "The 'content' and 'embeds' fields cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	if n, ok := p.Nonce.(string); ok {
		f.most("nonce", n, mostNonce)
	}
	if len(files) > mostFiles {
		f.wrong("attachments", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", mostFiles)
	}
	for _, content := range files {
		if len(content) > mostFile {
			return refuse(413, 40005, "Request entity too large")
		}
	}
	if a := p.Allowed; a != nil {
		for i, what := range a.Parse {
			if !slices.Contains([]string{"roles", "users", "everyone"}, what) {
				f.wrong(fmt.Sprintf("allowed_mentions.parse.%d", i), "BASE_TYPE_CHOICES", "Value must be one of ('everyone', 'roles', 'users').")
			}
			if what == "users" && len(a.Users) > 0 || what == "roles" && len(a.Roles) > 0 {
				f.wrong("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: [ids...] are mutually exclusive.", what, what)
			}
		}
		if len(a.Users) > 100 {
			f.wrong("allowed_mentions.users", "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
		}
	}
	f.empty = whole && content == "" && (p.Embeds == nil || len(*p.Embeds) == 0) && (p.Components == nil || len(*p.Components) == 0) && len(files) == 0
	return f.problem()
}

func (f *form) embeds(list []embed) {
	if len(list) > mostEmbeds {
		f.wrong("embeds", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", mostEmbeds)
	}
	total := 0
	for i, e := range list {
		at := fmt.Sprintf("embeds.%d.", i)
		f.most(at+"title", e.Title, mostTitle)
		f.most(at+"description", e.Description, mostDescription)
		total += utf8.RuneCountInString(e.Title) + utf8.RuneCountInString(e.Description)
		if len(e.Fields) > mostFields {
			f.wrong(at+"fields", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length.", mostFields)
		}
		for j, field := range e.Fields {
			f.needed(fmt.Sprintf("%sfields.%d.name", at, j), field.Name, mostFieldName)
			f.needed(fmt.Sprintf("%sfields.%d.value", at, j), field.Value, mostFieldValue)
			total += utf8.RuneCountInString(field.Name) + utf8.RuneCountInString(field.Value)
		}
		if e.Footer != nil {
			f.needed(at+"footer.text", e.Footer.Text, mostFooter)
			total += utf8.RuneCountInString(e.Footer.Text)
		}
		if e.Author != nil {
			f.needed(at+"author.name", e.Author.Name, mostAuthor)
			total += utf8.RuneCountInString(e.Author.Name)
		}
		if e.Color != nil && (*e.Color < 0 || *e.Color > 0xffffff) {
			f.wrong(at+"color", "NUMBER_TYPE_MAX", "int value should be less than or equal to 16777215.")
		}
		for at, address := range map[string]string{at + "url": e.URL} {
			if address != "" && !webAddress(address) {
				f.wrong(at, "URL_TYPE_INVALID_URL", "Not a well formed URL.")
			}
		}
		if e.Title == "" && e.Description == "" && len(e.Fields) == 0 && e.Footer == nil && e.Author == nil {
			f.empty = true
			f.wrong(strings.TrimSuffix(at, ".")+".description", "BASE_TYPE_REQUIRED", "This field is required")
		}
	}
	if total > mostEmbedText {
		f.wrong("embeds", "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d", mostEmbedText)
	}
}

func webAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "discord://")
}
