package commands

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
)

// difference is one thing that differs between two snapshots. It names people by opaque id: records may hold it.
type difference struct {
	Path   string `json:"path"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

func (d difference) text() chat.Text {
	code := chat.Code("config.changed")
	switch {
	case d.Before == d.After:
		code = "config.changed_hidden"
	case d.Before == "":
		code = "config.added"
	case d.After == "":
		code = "config.removed"
	}
	return chat.Say(code, chat.Word("path", d.Path), chat.Word("before", d.Before), chat.Word("after", d.After))
}

// differences lists what differs between two organisations, by path: their snapshots, and of what snapshots leave out that
// it differs.
func differences(old, next *organisation.Organisation) []difference {
	out := snapshotDifferences(old.Snapshot, next.Snapshot)
	for _, p := range next.Directory.People {
		was, ok := old.Directory.Person(p.ID)
		if ok && fingerprint(was) != fingerprint(p) {
			out = append(out, difference{Path: "people." + p.ID})
		}
	}
	return out
}

// snapshotDifferences compares two snapshots leaf by leaf.
func snapshotDifferences(old, next []byte) []difference {
	before, after := leavesOf(old), leavesOf(next)
	paths := map[string]bool{}
	for path := range before {
		paths[path] = true
	}
	for path := range after {
		paths[path] = true
	}
	var out []difference
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		if before[path] != after[path] {
			out = append(out, difference{Path: path, Before: before[path], After: after[path]})
		}
	}
	return out
}

// leavesOf flattens a snapshot; one that can't be read has no leaves.
func leavesOf(snapshot []byte) map[string]string {
	out := map[string]string{}
	var tree struct {
		Configuration map[string]any `json:"configuration"`
	}
	d := json.NewDecoder(bytes.NewReader(snapshot))
	d.UseNumber()
	if d.Decode(&tree) != nil {
		return out
	}
	flatten(out, "", tree.Configuration)
	return out
}

func flatten(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for key, below := range v {
			flatten(out, strings.TrimPrefix(path+"."+key, "."), below)
		}
	case []any:
		if len(v) == 0 {
			return
		}
		if _, structured := v[0].(map[string]any); !structured {
			words := make([]string, len(v))
			for i := range v {
				words[i] = fmt.Sprint(v[i])
			}
			out[path] = strings.Join(words, ", ")
			return
		}
		for i, item := range v {
			at := path + "." + nameOf(item, i)
			for n := 2; slices.ContainsFunc(slices.Collect(maps.Keys(out)), func(p string) bool { return p == at || strings.HasPrefix(p, at+".") }); n++ {
				at = fmt.Sprintf("%s.%s.%d", path, nameOf(item, i), n) // two grants of a role
			}
			flatten(out, at, item)
		}
	default:
		if text := fmt.Sprint(v); text != "" {
			out[path] = text
		}
	}
}

// nameOf is how a list's item is called in a path.
func nameOf(item any, i int) string {
	m, _ := item.(map[string]any)
	for _, key := range []string{"name", "id", "role"} {
		if name, ok := m[key].(string); ok {
			return name
		}
	}
	return fmt.Sprint(i + 1)
}

// personal is the fingerprint of what snapshots leave out of a configuration: people's names and accounts.
func personal(o *organisation.Organisation) string {
	sorted := slices.SortedFunc(slices.Values(o.Directory.People), func(a, b people.Person) int { return cmp.Compare(a.ID, b.ID) })
	return fingerprint(sorted)
}

func fingerprint(v any) string {
	raw, err := json.Marshal(v)
	if err != nil { // people are texts and lists of texts
		return "unknown: " + err.Error()
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// same reports whether two configurations are one.
func same(a, b *organisation.Organisation) bool {
	return a.Digest == b.Digest && personal(a) == personal(b)
}

// administrators are the people who may change the configuration: all of it, so a right that is narrowed to a service or an
// environment is not enough. Machines don't count: nobody reads for them.
func administrators(o *organisation.Organisation) []string {
	var ids []string
	for _, id := range o.Holders(people.Administer, people.Everything, people.Everything) {
		if p, _ := o.Directory.Person(id); !p.Machine {
			ids = append(ids, id)
		}
	}
	return ids
}

// changesShown is how many changes a message lists; a new configuration's are all in its snapshot.
const changesShown = 40

var personID = regexp.MustCompile(`\bp-[a-z2-7]{12}\b`)

// changesMessage lists changes, and says below each whom it names.
func changesMessage(title chat.Text, changes []difference) chat.Message {
	m := chat.Message{Title: title, Tone: chat.Warning}
	s := chat.Section{Heading: chat.Say("config.heading.changes")}
	for _, c := range changes[:min(len(changes), changesShown)] {
		line := chat.Line{Text: c.text()}
		var named []string
		for _, id := range personID.FindAllString(c.Path+" "+c.Before+" "+c.After, -1) {
			if !slices.Contains(named, id) {
				named = append(named, id)
				line.Sub = append(line.Sub, chat.Say("config.who", chat.Word("id", id), chat.Person("person", id)))
			}
		}
		s.Lines = append(s.Lines, line)
	}
	if more := len(changes) - changesShown; more > 0 {
		s.Lines = append(s.Lines, chat.Line{Text: chat.Say("config.changes_more", chat.Count("count", more))})
	}
	if len(s.Lines) > 0 {
		m.Sections = []chat.Section{s}
	}
	return m
}

// keepSnapshot stores a configuration's snapshot under its digest, once.
func keepSnapshot(t *bot.Turn, o *organisation.Organisation) error {
	_, ok, err := snapshots.Get(t, o.Digest)
	if ok || err != nil || o.Digest == "" {
		return err
	}
	return snapshots.Put(t.Tx, o.Digest, json.RawMessage(o.Snapshot))
}
