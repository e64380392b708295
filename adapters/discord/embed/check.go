package embed

import (
	"fmt"
	"net/url"

	"github.com/bwmarrin/discordgo"
)

// Check lists what Discord would refuse of a message.
func Check(m Message) []string {
	c := &checker{ids: map[string]bool{}}
	c.most("content", units(m.Content), ContentMost)
	c.most("embeds", len(m.Embeds), EmbedsMost)
	c.most("files", len(m.Files), FilesMost)
	c.most("rows", len(m.Components), RowsMost)
	total := 0
	for _, e := range m.Embeds {
		total += c.embed(e)
	}
	c.most("characters of all embeds", total, TotalMost)
	for _, row := range m.Components {
		if row.Type != discordgo.ActionsRowComponent {
			c.add("component of type %d outside a row", row.Type)
		}
		c.least("buttons of a row", len(row.Components), 1)
		c.most("buttons of a row", len(row.Components), RowButtonMost)
		for _, b := range row.Components {
			c.button(b)
		}
	}
	if m.Mentions == nil || m.Mentions.Parse == nil {
		c.add("mentions are not limited")
	} else {
		c.most("mentions", len(m.Mentions.Users), MentionsMost)
	}
	for _, f := range m.Files {
		c.most("bytes of "+f.Name, len(f.Text), FileMost)
	}
	if m.Content == "" && len(m.Embeds) == 0 && len(m.Files) == 0 {
		c.add("the message is empty")
	}
	return c.found
}

type checker struct {
	ids   map[string]bool
	found []string
}

func (c *checker) add(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

func (c *checker) most(what string, n, most int) {
	if n > most {
		c.add("%s: %d, at most %d", what, n, most)
	}
}

func (c *checker) least(what string, n, least int) {
	if n < least {
		c.add("%s: %d, at least %d", what, n, least)
	}
}

// embed checks one embed, and counts what it adds to the total.
func (c *checker) embed(e *discordgo.MessageEmbed) int {
	c.most("title", units(e.Title), TitleMost)
	c.most("description", units(e.Description), DescriptionMost)
	c.most("fields", len(e.Fields), FieldsMost)
	n := units(e.Title) + units(e.Description)
	for _, f := range e.Fields {
		c.least("field name", units(f.Name), 1)
		c.most("field name", units(f.Name), FieldNameMost)
		c.least("field value", units(f.Value), 1)
		c.most("field value", units(f.Value), FieldValueMost)
		n += units(f.Name) + units(f.Value)
	}
	if e.Footer != nil {
		c.most("footer", units(e.Footer.Text), FooterMost)
		n += units(e.Footer.Text)
	}
	if n == 0 {
		c.add("an embed is empty")
	}
	return n
}

func (c *checker) button(b Component) {
	if b.Type != discordgo.ButtonComponent {
		c.add("component of type %d in a row of buttons", b.Type)
	}
	c.least("label", units(b.Label), 1)
	c.most("label", units(b.Label), LabelMost)
	link := b.Style == int(discordgo.LinkButton)
	switch {
	case link && (b.URL == "" || b.CustomID != ""):
		c.add("a link has a URL and no custom_id")
	case link && !linkable(b.URL):
		c.add("a link to %q", b.URL)
	case !link && (b.CustomID == "" || b.URL != ""):
		c.add("a button has a custom_id and no URL")
	case !link && c.ids[b.CustomID]:
		c.add("custom_id %q twice", b.CustomID)
	}
	c.most("custom_id", units(b.CustomID), CustomIDMost)
	c.ids[b.CustomID] = true
}

// linkable reports whether a button may lead to an address.
func linkable(address string) bool {
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && units(address) <= URLMost
}
