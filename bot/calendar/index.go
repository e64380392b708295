package calendar

import "slices"

// Index finds what holds for a target among very many entries. It never changes: Put and Delete return the next one, which shares all but
// what changed, so whoever asks keeps what they have, and any number may ask at once.
//
// An entry is kept under what its scope names: the services if it names any, else the lines, the regions, the environments, else
// under everything; what is kept under regions is under any region as well. A target is looked up under each of its own names.
type Index struct {
	size    int
	entries *shards[*entry]  // by id
	buckets *shards[*bucket] // by name
}

// bucket is what is kept under one name.
type bucket struct {
	once  *tree
	again []*entry // what recurs
}

// New makes an index. The error is that of a schedule that can't be read, or of an id that comes twice: the later stands.
func New(list []Entry) (*Index, error) {
	x := &Index{entries: new(shards[*entry]), buckets: new(shards[*bucket])}
	for _, given := range list {
		e, err := ready(given)
		if err != nil {
			return nil, err
		}
		if old := x.entries.get(e.ID); old != nil {
			x.drop(old, false)
		}
		x.add(e, false)
	}
	return x, nil
}

// Len is the number of entries.
func (x *Index) Len() int { return x.size }

// Get finds an entry by its id.
func (x *Index) Get(id string) (Entry, bool) {
	e := x.entries.get(id)
	if e == nil {
		return Entry{}, false
	}
	return e.Entry, true
}

// Put returns the index with an entry, in place of the one with its id. The error is that of a schedule that can't be read.
func (x *Index) Put(given Entry) (*Index, error) {
	e, err := ready(given)
	if err != nil {
		return x, err
	}
	next := x.fork()
	if old := x.entries.get(e.ID); old != nil {
		next.drop(old, true)
	}
	next.add(e, true)
	return next, nil
}

// Delete returns the index without an entry.
func (x *Index) Delete(id string) *Index {
	e := x.entries.get(id)
	if e == nil {
		return x
	}
	next := x.fork()
	next.drop(e, true)
	return next
}

// fork is an index of the same that can be changed piece by piece.
func (x *Index) fork() *Index {
	entries, buckets := *x.entries, *x.buckets
	return &Index{size: x.size, entries: &entries, buckets: &buckets}
}

// add keeps an entry. What is shared with another index is copied.
func (x *Index) add(e *entry, shared bool) {
	x.size++
	x.entries.set(e.ID, e, shared)
	for _, name := range e.keys() {
		var b bucket
		if old := x.buckets.get(name); old != nil {
			b = *old
		}
		switch {
		case e.again == nil:
			b.once = b.once.insert(node(e))
		case shared:
			b.again = append(slices.Clone(b.again), e)
		default:
			b.again = append(b.again, e)
		}
		x.buckets.set(name, &b, shared)
	}
}

func (x *Index) drop(e *entry, shared bool) {
	x.size--
	x.entries.remove(e.ID, shared)
	for _, name := range e.keys() {
		b := *x.buckets.get(name)
		if e.again == nil {
			b.once = b.once.remove(e)
		} else {
			b.again = slices.DeleteFunc(slices.Clone(b.again), func(other *entry) bool { return other == e })
		}
		if b.once == nil && len(b.again) == 0 {
			x.buckets.remove(name, shared)
		} else {
			x.buckets.set(name, &b, shared)
		}
	}
}

// Prefixes keep a service and a line of the same name apart.
const (
	everything    = ""
	aService      = "s/"
	aLine         = "l/"
	aRegion       = "r/"
	anEnvironment = "e/"
	anyRegion     = aRegion // of what runs wherever that may be
)

// keys are the names that an entry is kept under.
func (e *entry) keys() []string {
	if e.wide != nil {
		return []string{everything}
	}
	for _, kept := range []struct {
		prefix string
		names  []string
	}{{aService, e.Scope.Services}, {aLine, e.Scope.Lines}, {aRegion, e.Scope.Regions}, {anEnvironment, e.Scope.Environments}} {
		if len(kept.names) == 0 {
			continue
		}
		keys := make([]string, len(kept.names))
		for i, name := range kept.names {
			keys[i] = kept.prefix + name
		}
		if kept.prefix == aRegion {
			keys = append(keys, anyRegion)
		}
		slices.Sort(keys)
		return slices.Compact(keys)
	}
	return []string{everything}
}

// about goes through the buckets that a target is looked up in.
func (x *Index) about(t Target, see func(*bucket) bool) {
	look := func(prefix, name string) bool {
		b := x.buckets.get(prefix + name)
		return b == nil || see(b)
	}
	if !look(everything, "") || !look(aService, t.Service) || !look(anEnvironment, t.Environment) {
		return
	}
	for _, line := range t.Lines {
		if !look(aLine, line) {
			return
		}
	}
	if t.Everywhere {
		look(anyRegion, "")
		return
	}
	for _, region := range t.Regions {
		if !look(aRegion, region) {
			return
		}
	}
}
