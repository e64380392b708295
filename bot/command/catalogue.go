package command

import (
	"slices"
	"strings"
)

// dryRun is the flag of commands that allow it.
const dryRun = "dry-run"

// Catalogue is every command there is. It is not changed after New and safe for concurrent use.
type Catalogue struct {
	root    node
	entries []*entry // in declared order
	names   []string // "release plan", in declared order
}

// node is a word of a command on the way to the next.
type node struct {
	entry *entry // the command that ends here, if any
	next  map[string]*node
	words []string // the keys of next in declared order
}

// entry is a command prepared for parsing.
type entry struct {
	spec    *Spec
	name    string // "release plan"
	usage   string
	example string // a whole line
}

// New checks the declarations, all of them, and prepares them. The error joins everything that is wrong.
func New(specs []Spec) (*Catalogue, error) {
	c := &Catalogue{}
	specs = slices.Clone(specs)
	for i := range specs {
		c.add(&specs[i])
	}
	if err := c.check(specs); err != nil {
		return nil, err
	}
	return c, nil
}

func (c *Catalogue) add(s *Spec) {
	e := &entry{spec: s, name: strings.Join(s.Words, " "), usage: Usage(s)}
	if len(s.Examples) > 0 {
		e.example = s.Examples[0].Line
	}
	at := &c.root
	for _, w := range s.Words {
		n, ok := at.next[w]
		if !ok {
			n = &node{}
			if at.next == nil {
				at.next = map[string]*node{}
			}
			at.next[w] = n
			at.words = append(at.words, w)
		}
		at = n
	}
	if at.entry == nil {
		at.entry = e
	}
	c.entries = append(c.entries, e)
	c.names = append(c.names, e.name)
}

// walk follows words from the root as far as they go; used is how many it took.
func (c *Catalogue) walk(words []string) (at *node, used int) {
	at = &c.root
	for _, w := range words {
		next, ok := at.next[strings.ToLower(w)]
		if !ok {
			break
		}
		at = next
		used++
	}
	return at, used
}

// Topic is the commands that share their first word.
type Topic struct {
	Word     string
	Commands []*Spec
}

// Topics lists every command by its first word, in declared order.
func (c *Catalogue) Topics() []Topic {
	var topics []Topic
	for _, e := range c.entries {
		i := slices.IndexFunc(topics, func(t Topic) bool { return t.Word == e.spec.Words[0] })
		if i < 0 {
			i = len(topics)
			topics = append(topics, Topic{Word: e.spec.Words[0]})
		}
		topics[i].Commands = append(topics[i].Commands, e.spec)
	}
	return topics
}

// Lookup finds the command with these words, or all that begin with them ("release"); a slash and capitals make no
// difference. When there is none, suggest holds the likeliest, as they are typed ("/release plan").
func (c *Catalogue) Lookup(words string) (found []*Spec, suggest []string) {
	said := strings.Fields(strings.TrimPrefix(strings.TrimSpace(clip(words)), "/"))
	at, used := c.walk(said)
	if len(said) == 0 || used < len(said) {
		return nil, c.suggest(said)
	}
	for _, e := range at.all(nil) {
		found = append(found, e.spec)
	}
	return found, nil
}

// all collects the commands at and below a node.
func (n *node) all(into []*entry) []*entry {
	if n.entry != nil {
		into = append(into, n.entry)
	}
	for _, w := range n.words {
		into = n.next[w].all(into)
	}
	return into
}

// suggest finds the commands that the first words of a line are likely a slip for: by all their words, by the first, or
// by a later one said alone ("plan").
func (c *Catalogue) suggest(words []string) []string {
	var out []string
	add := func(name string) {
		if line := "/" + name; len(out) < maxSuggest && !slices.Contains(out, line) {
			out = append(out, line)
		}
	}
	for n := min(len(words), 4); n > 0 && len(out) == 0; n-- {
		for _, near := range nearest(strings.Join(words[:n], " "), c.names, maxSuggest) {
			add(near)
		}
	}
	if len(words) == 0 || len(out) > 0 {
		return out
	}
	for _, first := range nearest(words[0], c.root.words, maxSuggest) {
		for _, e := range c.root.next[first].all(nil) {
			add(e.name)
		}
	}
	for _, e := range c.entries {
		if slices.Contains(e.spec.Words[1:], strings.ToLower(words[0])) {
			add(e.name)
		}
	}
	return out
}
