package commands_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

// crashRounds is how many rounds the crash tests play, from GONOGO_CRASH_ROUNDS or as many as usual.
func crashRounds(t *testing.T, usual int) int {
	t.Helper()
	said := os.Getenv("GONOGO_CRASH_ROUNDS")
	if said == "" {
		return usual
	}
	n, err := strconv.Atoi(said)
	if err != nil || n < 1 {
		t.Fatalf("GONOGO_CRASH_ROUNDS=%q is no number of rounds", said)
	}
	return n
}

// deathsPerLife is how often one store's process dies before its remains are judged.
const deathsPerLife = 10

// TestCrashUnderLoad lets several people plan, vote, deploy, freeze and roll back at once, ends the process at random steps
// or at random commits, sometimes stays down for a while, and judges what is left.
func TestCrashUnderLoad(t *testing.T) {
	t.Parallel()
	configuration := readConfig(t)
	lives := max(1, crashRounds(t, 150)/deathsPerLife)
	seed := uint64(time.Now().UnixNano())
	if said, err := strconv.ParseUint(os.Getenv("GONOGO_CRASH_SEED"), 10, 64); err == nil {
		seed = said
	}
	for life := range lives {
		t.Run(fmt.Sprintf("GONOGO_CRASH_SEED=%d", seed+uint64(life)), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				r := rand.New(rand.NewPCG(seed+uint64(life), 1))
				m := newMortal(t, configuration)
				if life%2 == 1 {
					m.end()
					m = newAccepting(t, configuration)
				}
				defer func() { m.end() }()
				live(m, r)
				judge(m)
				t.Logf("died at %v; %d answered, %d runs, %d pages, %d tickets, %d audit entries", m.died, len(m.replies),
					m.pipeline.count(), len(m.pager.order), len(m.tickets.all), m.store.Seq())
			})
		})
	}
}

// crowd is what the actors know of what there is.
type crowd struct {
	releases, freezes, deployments atomic.Int64
	versions                       atomic.Int64
}

// actor is somebody who says one thing after another; what was not answered is said again.
type actor struct {
	who     string
	random  *rand.Rand
	phrases []func(*crowd, *rand.Rand) string
	said    int
	pending *ask
}

func upTo(r *rand.Rand, n *atomic.Int64) int64 { return 1 + r.Int64N(max(n.Load(), 1)) }

func phrase(format string, among func(*crowd) *atomic.Int64) func(*crowd, *rand.Rand) string {
	return func(c *crowd, r *rand.Rand) string { return fmt.Sprintf(format, upTo(r, among(c))) }
}

func plan(c *crowd, r *rand.Rand) string {
	service := []string{"payments", "ledger", "web"}[r.IntN(3)]
	return fmt.Sprintf("/release plan %s 1.%d.0", service, 1+c.versions.Add(1)%40)
}

func actors(r *rand.Rand) []*actor {
	release := func(c *crowd) *atomic.Int64 { return &c.releases }
	frozen := func(c *crowd) *atomic.Int64 { return &c.freezes }
	deployment := func(c *crowd) *atomic.Int64 { return &c.deployments }
	staging := phrase("/deploy R-%d staging", release)
	developer := []func(*crowd, *rand.Rand) string{plan, plan, staging, staging, staging,
		phrase("/rollback R-%d staging", release), phrase("/release cancel R-%d", release), phrase("/vote open R-%d", release)}
	voter := []func(*crowd, *rand.Rand) string{phrase("/vote R-%d go", release), phrase("/vote R-%d go", release), phrase("/vote R-%d no-go", release),
		phrase("/vote R-%d abstain", release), phrase("/vote X-%d go", frozen)}
	prod := phrase("/deploy R-%d prod", release)
	operator := []func(*crowd, *rand.Rand) string{prod, prod, prod, staging, phrase("/rollback R-%d prod", release),
		phrase("/freeze add prod now +1h \"closing %d\"", release), phrase("/freeze lift F-%d", frozen), phrase("/freeze lift F-%d", frozen),
		phrase("/freeze exception R-%d \"needed\"", release), phrase("/deploy cancel D-%d", deployment), phrase("/deploy resolve D-%d well", deployment),
		phrase("/ack P-%d", frozen)}
	all := []*actor{{who: "dev", phrases: developer}, {who: "peer", phrases: developer}, {who: "chair", phrases: voter},
		{who: "sec", phrases: voter}, {who: "owner", phrases: voter}, {who: "sre", phrases: operator}}
	for _, a := range all {
		a.random = rand.New(rand.NewPCG(r.Uint64(), uint64(len(a.who))))
	}
	return all
}

// act says a number of things, until the process dies.
func (a *actor) act(m *mortal, c *crowd) {
	for range 12 {
		if a.pending == nil {
			a.said++
			a.pending = &ask{key: fmt.Sprintf("%s-%d", a.who, a.said), who: a.who, channel: "#releases",
				text: a.phrases[a.random.IntN(len(a.phrases))](c, a.random)}
		}
		reply, ok := m.try(*a.pending)
		if !ok {
			return
		}
		a.pending = nil
		for kind, n := range map[string]*atomic.Int64{"release": &c.releases, "freeze": &c.freezes, "deployment": &c.deployments} {
			if _, made := reply.IDs[kind]; made && makes[reply.Code] == kind {
				n.Add(1)
			}
		}
		time.Sleep(time.Duration(a.random.IntN(3000)) * time.Millisecond)
	}
}

// live lets everybody act over a number of deaths, then lets things quiet down.
func live(m *mortal, r *rand.Rand) {
	faults := []string{"", "", "", "", "fails", "answer lost", "refused", "lost"}
	for _, service := range []string{"payments", "ledger", "web"} {
		for n := range 41 {
			version := fmt.Sprintf("1.%d.0", n)
			m.artifacts.put(service, version, func(*port.Artifact) {})
			if n > 0 {
				m.pipeline.behave(service+" "+version, faults[r.IntN(len(faults))])
			}
			if n%5 == 4 {
				m.metrics.misbehave(service+" "+version, fault{errors: 0.5, unhealthy: n%2 == 0, after: 2 * time.Second})
			}
		}
		for _, environment := range []string{"staging", "prod"} {
			m.insist(ask{key: "adopt-" + service + environment, who: "sre", channel: "#releases", text: "/deploy adopt " + service + " " + environment + " 1.0.0"})
		}
	}
	everybody, c := actors(r), &crowd{}
	for range deathsPerLife {
		m.doom(r)
		var group sync.WaitGroup
		for _, a := range everybody {
			group.Go(func() { a.act(m, c) })
		}
		group.Wait()
		if r.IntN(4) == 0 {
			time.Sleep(time.Duration(r.IntN(60)) * time.Second)
		}
		m.revive()
	}
	for _, a := range everybody {
		if a.pending != nil {
			m.insist(*a.pending)
		}
	}
	m.rest(3 * time.Hour)
	for n := range c.freezes.Load() { // so that nothing waits for an end
		m.insist(ask{key: fmt.Sprintf("lift-%d", n), who: "sre", channel: "#releases", text: fmt.Sprintf("/freeze lift F-%d", n+1)})
	}
	m.rest(time.Hour)
}

// doom decides when the power goes next: at a step, or within the commit that follows it.
func (m *mortal) doom(r *rand.Rand) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kill, m.kind = 1+r.IntN(400), faultkv.Point(r.IntN(4))
}
