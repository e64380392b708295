package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

var (
	errStopping  = errors.New("the data centre is stopping")
	errStarting  = errors.New("the data centre is still starting")
	errCancelled = errors.New("cancelled")
)

// centre is the data centre at work.
type centre struct {
	settings settings
	log      *slog.Logger
	memory   *memory
	store    store
	spawner  *spawner
	slots    map[string]*slot // env/service
	ready    chan struct{}    // closed when everything was started

	ctx    context.Context // ends, with a cause, when the data centre stops
	cancel context.CancelCauseFunc
	tasks  sync.WaitGroup // runs and traffic

	mu      sync.Mutex
	stopped bool
	runs    map[string]*run // by key, those under way
}

// newCentre opens the memory and the fronts; nothing is started yet.
func newCentre(s settings, log *slog.Logger) (*centre, error) {
	m, err := openMemory(s.state, time.Now().UTC())
	if err != nil {
		return nil, err
	}
	c := &centre{
		settings: s, log: log, memory: m, spawner: newSpawner(),
		store: store{dir: filepath.Join(s.state, "store"), repo: s.repo},
		slots: map[string]*slot{}, runs: map[string]*run{}, ready: make(chan struct{}),
	}
	c.ctx, c.cancel = context.WithCancelCause(context.Background())
	fronts := m.view().Fronts
	for _, env := range s.envs {
		for _, service := range s.services {
			name := env + "/" + service
			was := fronts[name]
			if was == "" {
				was = "127.0.0.1:0"
			}
			f, err := openFront(was)
			if err != nil {
				c.close()
				return nil, err
			}
			c.slots[name] = &slot{service: service, env: env, front: f, turn: make(chan struct{}, 1)}
			now := strings.TrimPrefix(f.url, "http://")
			if fronts[name] != "" && fronts[name] != now {
				log.Warn("front moved, its port was taken", "slot", name, "was", was, "now", now)
			}
			fronts[name] = now
		}
	}
	if err := m.update(func(b *book) { b.Fronts = fronts }); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// boot starts what ran before, and the bootstrap version where nothing did,
// publishes the addresses and begins the traffic.
func (c *centre) boot(pages string) error {
	placed := c.memory.view().Placements
	if c.settings.bootstrap != "" {
		for name, s := range c.slots {
			if _, ok := placed[name]; ok {
				continue
			}
			m, err := artifact.ReadManifest(c.settings.repo, s.service, c.settings.bootstrap)
			if err != nil {
				return fmt.Errorf("bootstrap %s: %w", name, err)
			}
			placed[name] = placement{Version: m.Version, SHA256: m.SHA256, Since: time.Now().UTC()}
			if _, err := c.store.fetch(s.service, m.Version, m.SHA256); err != nil {
				return fmt.Errorf("bootstrap %s: %w", name, err)
			}
		}
		if err := c.memory.update(func(b *book) { b.Placements = placed }); err != nil {
			return err
		}
	}
	var tenures []*tenure
	for name, s := range c.slots {
		pl, ok := placed[name]
		if !ok {
			continue
		}
		path, err := c.store.fetch(s.service, pl.Version, pl.SHA256)
		if err != nil {
			c.log.Error("can't restore", "slot", name, "version", pl.Version, "err", err)
			continue
		}
		s.install(pl, nil, c.starter(s, path))
		tenures = append(tenures, s.current)
	}
	for _, t := range tenures {
		<-t.tried
	}
	if err := c.publishAddresses(pages); err != nil {
		return err
	}
	if c.settings.traffic > 0 {
		for _, s := range c.slots {
			c.tasks.Go(func() { traffic(c.ctx, s.front.url, c.settings.traffic) })
		}
	}
	close(c.ready)
	return nil
}

func (c *centre) publishAddresses(pages string) error {
	addresses := map[string]string{}
	for name, s := range c.slots {
		addresses[name] = s.front.url
	}
	if pages != "" {
		addresses["datacentre"] = pages
	}
	text, err := json.MarshalIndent(addresses, "", "  ")
	if err != nil {
		return err
	}
	return artifact.WriteFile(filepath.Join(c.settings.state, "addresses.json"), append(text, '\n'), 0o644)
}

// starter returns what starts one process of a slot.
func (c *centre) starter(s *slot, path string) func(context.Context) (*process, error) {
	env := []string{"PATH=" + os.Getenv("PATH")}
	for _, service := range c.settings.services {
		if up := c.slots[s.env+"/"+service]; up != nil && service != s.service {
			name := strings.ToUpper(strings.ReplaceAll(service, "-", "_")) + "_URL"
			env = append(env, name+"="+up.front.url)
		}
	}
	l := launch{
		path: path, env: env, timeout: c.settings.startTimeout,
		log: filepath.Join(c.settings.state, "logs", s.env+"-"+s.service+".log"),
	}
	return func(ctx context.Context) (*process, error) { return c.spawner.run(ctx, l) }
}

// standings is the answer of status.
type standings struct {
	Ready    bool                `json:"ready"`
	Services map[string]standing `json:"services"` // env/service
}

func (c *centre) standings() standings {
	out := standings{Ready: c.isReady(), Services: map[string]standing{}}
	for name, s := range c.slots {
		out.Services[name] = s.standing()
	}
	return out
}

func (c *centre) isReady() bool {
	select {
	case <-c.ready:
		return true
	default:
		return false
	}
}

// records returns what is known of all runs, or of the one with this key.
func (c *centre) records(key string) []record {
	all := c.memory.view().Runs
	if key == "" {
		return all
	}
	return slices.DeleteFunc(all, func(r record) bool { return r.Key != key })
}

// close settles the runs under way and stops everything.
func (c *centre) close() {
	c.mu.Lock()
	c.stopped = true
	c.mu.Unlock()
	c.cancel(errStopping)
	c.tasks.Wait()
	var stops sync.WaitGroup
	for _, s := range c.slots {
		stops.Go(s.close)
	}
	stops.Wait()
	for _, s := range c.slots {
		s.front.close()
	}
	close(c.spawner.starts)
}
