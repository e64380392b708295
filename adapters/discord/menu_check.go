package discord

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// check says what Discord would refuse of the menu.
func (m menu) check() error {
	if n := len(m.commands); n > commandsMost {
		return fmt.Errorf("discord: %d commands, at most %d", n, commandsMost)
	}
	for _, c := range m.commands {
		top := option{Name: c.Name, Description: c.Description, Options: c.Options}
		if n := top.length(); n > commandLengthMost {
			return fmt.Errorf("discord: /%s has %d characters in all, at most %d", c.Name, n, commandLengthMost)
		}
		if err := top.check("/"); err != nil {
			return err
		}
	}
	return nil
}

func (o option) check(under string) error {
	switch {
	case utf8.RuneCountInString(o.Name) > commandNameMost || o.Name == "" || o.Name != strings.ToLower(o.Name):
		return fmt.Errorf("discord: %s%s can't be a name", under, o.Name)
	case o.Description == "" || utf8.RuneCountInString(o.Description) > descriptionMost:
		return fmt.Errorf("discord: %s%s needs a description of at most %d characters", under, o.Name, descriptionMost)
	case len(o.Options) > optionsMost:
		return fmt.Errorf("discord: %s%s has %d options, at most %d", under, o.Name, len(o.Options), optionsMost)
	}
	for _, c := range o.Choices {
		if n := utf8.RuneCountInString(c.Name); n > choiceMost {
			return fmt.Errorf("discord: %s%s has a choice of %d characters, at most %d", under, o.Name, n, choiceMost)
		}
	}
	for _, below := range o.Options {
		if err := below.check(under + o.Name + " "); err != nil {
			return err
		}
	}
	return nil
}

// length counts what Discord counts of a command: names, descriptions and values.
func (o option) length() int {
	n := utf8.RuneCountInString(o.Name + o.Description)
	for _, c := range o.Choices {
		n += utf8.RuneCountInString(c.Name + c.Value)
	}
	for _, below := range o.Options {
		n += below.length()
	}
	return n
}
