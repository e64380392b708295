package state

// Memo keeps what was put together from several records decoded for the writer, and for those who read the latest: it is
// stored nowhere, and made anew when it is not at hand.
type Memo[T any] struct{ prefix string }

// NewMemo declares a memo.
func NewMemo[T any](name string) Memo[T] { return Memo[T]{prefix: "memo/" + name + "/"} }

// Get returns what was kept under an id, if it still is.
func (m Memo[T]) Get(r Reader, id string) (T, bool) {
	v, ok := r.cached(m.prefix + id)
	value, typed := v.(T)
	return value, ok && typed
}

// Set keeps a value that follows from the records as this turn leaves them.
func (m Memo[T]) Set(tx *Tx, id string, value T) {
	tx.put(write{key: m.prefix + id, value: value, memo: true})
}

// Load returns what was kept under an id, or makes it from the records and keeps it as long as nothing that it follows from can have changed
// meanwhile. A reader of one fixed moment keeps nothing: there it is made each time.
func (m Memo[T]) Load(r Reader, id string, make func() (T, error)) (T, error) {
	if v, ok := m.Get(r, id); ok {
		return v, nil
	}
	moment := r.moment()
	v, err := make()
	if err == nil {
		r.remember(m.prefix+id, v, moment)
	}
	return v, err
}

// Find is Load for what only finds, such as an index: a reader of one fixed moment gets what is committed by now, so that it is not made
// for each of them. What is found may be newer or older than that moment, and is to be read from its record.
func (m Memo[T]) Find(r Reader, id string, make func(Reader) (T, error)) (T, error) {
	near := r.nearest()
	return m.Load(near, id, func() (T, error) { return make(near) })
}
