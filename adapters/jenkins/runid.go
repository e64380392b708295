package jenkins

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// runID is what is kept of a run: "shop/deploy-search?key=D-7&queue=42". The place in the queue tells builds of one key apart, and stays with
// the build; only builds without one are known by their number.
type runID struct {
	job   job
	key   string
	queue int64
	build int
}

func (r runID) String() string {
	q := url.Values{}
	if r.key != "" {
		q.Set("key", r.key)
	}
	if r.queue > 0 {
		q.Set("queue", strconv.FormatInt(r.queue, 10))
	} else {
		q.Set("build", strconv.Itoa(r.build))
	}
	return string(r.job) + "?" + q.Encode()
}

func parseRun(text string) (runID, error) {
	wrong := effect.Permanently(fmt.Errorf("jenkins: %q is no run of it", text))
	path, query, found := strings.Cut(text, "?")
	q, err := url.ParseQuery(query)
	if !found || err != nil || path == "" {
		return runID{}, wrong
	}
	r := runID{job: job(path), key: q.Get("key")}
	r.queue, _ = strconv.ParseInt(q.Get("queue"), 10, 64)
	r.build, _ = strconv.Atoi(q.Get("build"))
	if r.String() != text || r.queue <= 0 && r.build <= 0 {
		return runID{}, wrong
	}
	return r, nil
}

// idOf is the run that a build of a job is.
func (a *Adapter) idOf(j job, b build) runID {
	key, _ := b.Actions.parameter(a.settings.KeyParameter)
	return runID{job: j, key: key, queue: b.QueueID, build: b.Number}
}

// run is what the bot keeps of a run; number is its build's, zero if it has none yet.
func (a *Adapter) run(r runID, number int) port.Run {
	link := a.settings.URL + r.job.path() + "/"
	if number > 0 {
		link += strconv.Itoa(number) + "/"
	}
	return port.Run{ID: r.String(), Link: link}
}

// memoryMost bounds what is remembered of runs. What is forgotten is asked again.
const memoryMost = 1000

// memory is what saves asking again, and what tells own runs from those of others. It is not kept: a restart asks.
type memory struct {
	mu       sync.Mutex
	runs     map[string]known
	starting map[string]int // keys whose start is on its way
	jobs     map[string]job // by key
}

type known struct {
	number    int   // of the build, zero if not known
	log       int64 // size of its output when last seen
	stageless bool  // Jenkins tells no stages of it
	own       bool  // started by this process
}

func (m *memory) get(r runID) known {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.runs[r.String()]
}

func (m *memory) change(r runID, by func(*known)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.runs == nil || len(m.runs) >= memoryMost {
		m.runs = map[string]known{}
	}
	k := m.runs[r.String()]
	by(&k)
	m.runs[r.String()] = k
}

// begin notes that a key is being started at a job, until done.
func (m *memory) begin(key string, at job) (done func()) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.starting == nil {
		m.starting = map[string]int{}
	}
	if m.jobs == nil || len(m.jobs) >= memoryMost {
		m.jobs = map[string]job{}
	}
	m.starting[key]++
	m.jobs[key] = at
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.starting[key]--; m.starting[key] == 0 {
			delete(m.starting, key)
		}
	}
}

func (m *memory) isStarting(key string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.starting[key] > 0
}

func (m *memory) job(key string) (job, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, ok := m.jobs[key]
	return j, ok
}
