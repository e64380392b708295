// Package architecture says when a release changes what depends on what, so that an architecture board decides on it besides the
// board that decides on the release.
package architecture

import (
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// Version is the schema version of stored Edges and Reviews.
const Version = 1

// Edges are what a service depended on when it was last released with everybody's go.
type Edges struct {
	V         int       `json:"v"`
	Service   string    `json:"service"`
	DependsOn []string  `json:"depends_on"`
	Release   string    `json:"release,omitempty"` // empty for what ran before the bot was told
	At        time.Time `json:"at"`
}

// Need is why a release needs the board's go; its zero value is that it does not.
type Need struct {
	// First says that nothing is known of what the service depended on before.
	First bool `json:"first,omitempty"`
	// Added and Removed are the services that it depends on now and did not before, and the other way round.
	Added   []string `json:"added,omitempty"`
	Removed []string `json:"removed,omitempty"`
	// Marked says that the configured condition holds of it; Unknown are the fields for want of which that can't be told.
	Marked  bool     `json:"marked,omitempty"`
	Unknown []string `json:"unknown,omitempty"`
}

// Compare says what differs from what a service last depended on; nil for not known.
func Compare(last *Edges, now []string) Need {
	if last == nil {
		return Need{First: true, Added: sorted(now)}
	}
	return Need{Added: without(now, last.DependsOn), Removed: without(last.DependsOn, now)}
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// without lists what of one list is not in another.
func without(list, other []string) []string {
	return slices.DeleteFunc(sorted(list), func(s string) bool { return slices.Contains(other, s) })
}

// Needed reports whether the board must give its go. What can't be told needs it.
func (n Need) Needed() bool {
	return n.First || n.Marked || len(n.Added)+len(n.Removed)+len(n.Unknown) > 0
}

// Texts are the reasons, one sentence each; none where the board is not needed.
func (n Need) Texts() []chat.Text {
	var texts []chat.Text
	if n.First {
		texts = append(texts, chat.Say("architecture.first", chat.List("added", n.Added)))
	} else {
		if len(n.Added) > 0 {
			texts = append(texts, chat.Say("architecture.added", chat.List("added", n.Added)))
		}
		if len(n.Removed) > 0 {
			texts = append(texts, chat.Say("architecture.removed", chat.List("removed", n.Removed)))
		}
	}
	if n.Marked {
		texts = append(texts, chat.Say("architecture.marked"))
	}
	if len(n.Unknown) > 0 {
		texts = append(texts, chat.Say("architecture.unknown", chat.List("fields", n.Unknown)))
	}
	return texts
}

// Review is the board's part in one release.
type Review struct {
	V       int      `json:"v"`
	Release string   `json:"release"`
	Ballots []string `json:"ballots,omitempty"` // the newest last; only the newest can approve
	// DependsOn is what the service depends on in the proposal that the newest ballot is about.
	DependsOn []string `json:"depends_on,omitempty"`
}

// Ballot is the id of the ballot that counts, empty if none was opened.
func (r Review) Ballot() string {
	if len(r.Ballots) == 0 {
		return ""
	}
	return r.Ballots[len(r.Ballots)-1]
}

// Value is what a service depends on as a part of a proposal: never empty, whatever the order they are configured in.
func Value(dependsOn []string) string {
	if len(dependsOn) == 0 {
		return "nothing"
	}
	return strings.Join(sorted(dependsOn), ", ")
}
