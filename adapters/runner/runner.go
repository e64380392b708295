// Package runner deploys by configured command lines on this machine: the pipeline of an organisation without CI.
//
// A run outlives the bot. Each is a folder under Settings.Dir/runs, named by a hash of the deployment's key, and a
// supervisor process in a session of its own, which executes the command, keeps its output and records how it ended. A
// bot that was killed finds the run by its key and follows it on. Where the bot is a systemd unit, KillMode=process keeps
// systemd from ending supervisors with it; or Settings.Supervisor puts them in scopes of their own.
//
// A key never runs twice: the folder is claimed by one rename, the supervisor holds the folder's lock from before it is
// forked until it ends, and marks the run started before it executes the command. So without the mark and the lock the
// command never ran and may be started; with the mark, without the lock and without a recorded end, the run is lost.
package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Outside is what the runner takes from its surroundings.
type Outside struct {
	Clock  func() time.Time                       // required
	Secret func(reference string) (string, error) // resolves env: and file: references; required if there are any
	Lookup func(variable string) (string, bool)   // the bot's environment; os.LookupEnv if nil
	Poll   time.Duration                          // how often Follow looks; DefaultPoll if zero
}

// DefaultPoll is how often Follow looks at a run's folder.
const DefaultPoll = 200 * time.Millisecond

// Adapter is a port.Deployer that runs commands on this machine.
type Adapter struct {
	settings Settings
	outside  Outside
	runs     string
}

var _ port.Deployer = (*Adapter)(nil)

// New makes the runner and its folder. It starts nothing by itself.
func New(s Settings, o Outside) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if o.Clock == nil {
		return nil, errors.New("the runner needs a clock")
	}
	s = s.withDefaults()
	for name, p := range s.Pipelines {
		if len(p.Secrets) > 0 && o.Secret == nil {
			return nil, fmt.Errorf("pipelines: %s: nothing resolves its secrets", name)
		}
	}
	if o.Lookup == nil {
		o.Lookup = os.LookupEnv
	}
	o.Poll = orElse(o.Poll, DefaultPoll)
	dir, err := filepath.Abs(s.Dir)
	if err != nil {
		return nil, err
	}
	if len(s.Supervisor) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("finding the bot's own program: %w", err)
		}
		s.Supervisor = []string{self, SupervisorCommand}
	}
	a := &Adapter{settings: s, outside: o, runs: filepath.Join(dir, "runs")}
	if err := os.MkdirAll(a.runs, 0o700); err != nil {
		return nil, err
	}
	return a, syncDir(dir)
}

// Start claims the run's folder and starts its supervisor, unless the key has done so before. It does not wait for the
// command: a run beyond Settings.Concurrent is queued.
func (a *Adapter) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	if err := ctx.Err(); err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	o, err := a.order(d)
	if err != nil {
		return port.Run{}, effect.Permanently(err)
	}
	env, err := a.environment(a.settings.Pipelines[d.Pipeline])
	if err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	id := idOf(d.Key)
	won, err := claim(a.runs, id, o)
	if err != nil {
		return port.Run{}, effect.Retryable(fmt.Errorf("claiming the run's folder: %w", err), 0)
	}
	if !won {
		if err := a.sameDeployment(id, d); err != nil {
			return port.Run{}, effect.Permanently(err)
		}
	}
	return runOf(id), a.launch(ctx, id, env)
}

func (a *Adapter) order(d port.Deployment) (order, error) {
	p, ok := a.settings.Pipelines[d.Pipeline]
	if !ok {
		return order{}, fmt.Errorf("no pipeline is named %q", d.Pipeline)
	}
	if d.Key == "" {
		return order{}, errors.New("the deployment has no key")
	}
	argv, err := fill(p.Command, d)
	if err != nil {
		return order{}, err
	}
	o := order{
		Deployment: d, Argv: argv, Dir: p.Dir,
		Limit: orElse(p.Limit, DefaultLimit), Grace: orElse(p.Grace, DefaultGrace),
		Slots: a.settings.Concurrent, At: a.outside.Clock().UTC(),
	}
	for name := range p.Secrets {
		o.Secrets = append(o.Secrets, name)
	}
	return o, nil
}

// sameDeployment guards against a key used for two things: answering with the other one's run would be a lie.
func (a *Adapter) sameDeployment(id string, d port.Deployment) error {
	o, err := readJSON[order](filepath.Join(a.runs, id, orderFile))
	if err != nil {
		return err
	}
	if o.Deployment != d {
		return fmt.Errorf("key %q was used for another deployment, %s %s to %s", d.Key,
			o.Deployment.Service, o.Deployment.Version, o.Deployment.Environment)
	}
	return nil
}

// launch starts the supervisor if the run was neither started nor ended and no supervisor lives.
func (a *Adapter) launch(ctx context.Context, id string, env []string) error {
	dir := filepath.Join(a.runs, id)
	lock, err := a.lockToLaunch(ctx, dir)
	if lock == nil || err != nil {
		return err
	}
	defer lock.Close()
	log, err := os.OpenFile(filepath.Join(dir, supervisor), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return effect.Retryable(err, 0)
	}
	defer log.Close()
	argv := a.settings.Supervisor
	cmd := exec.Command(argv[0], append(argv[1:len(argv):len(argv)], dir)...)
	cmd.Env = append(env, lockVariable+"=3")
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{lock}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return effect.Retryable(fmt.Errorf("starting the supervisor: %w", err), 0)
	}
	go cmd.Wait() //nolint:errcheck // only to reap it: how the run ended is in its folder
	return nil
}

// lockToLaunch returns the run's lock, or nil when there is nothing to launch. Somebody who only looks holds the lock
// for an instant, so a held lock is tried again for a while before it is believed to be a supervisor's.
func (a *Adapter) lockToLaunch(ctx context.Context, dir string) (*os.File, error) {
	const tries, pause = 50, 5 * time.Millisecond
	for range tries {
		lock, err := tryLock(filepath.Join(dir, lockFile), syscall.LOCK_EX)
		done := exists(filepath.Join(dir, startedFile)) || exists(filepath.Join(dir, exitFile))
		switch {
		case err == nil && done:
			return nil, lock.Close()
		case err == nil:
			return lock, nil
		case !errors.Is(err, errHeld):
			return nil, effect.Retryable(err, 0)
		case done:
			return nil, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(pause):
		}
	}
	return nil, nil
}

// Find returns the run of a key. A claimed run that was never started, and that no supervisor is about to start, is
// effect.ErrNotFound: its Start may be repeated, after its gates were asked again.
func (a *Adapter) Find(ctx context.Context, key string) (port.Run, error) {
	if err := ctx.Err(); err != nil {
		return port.Run{}, err
	}
	id := idOf(key)
	dir := filepath.Join(a.runs, id)
	if !isDir(dir) {
		return port.Run{}, effect.ErrNotFound
	}
	live, err := held(dir)
	if err != nil {
		return port.Run{}, err
	}
	if !live && !exists(filepath.Join(dir, startedFile)) && !exists(filepath.Join(dir, exitFile)) {
		return port.Run{}, effect.ErrNotFound
	}
	return runOf(id), nil
}

// Cancel leaves the request in the run's folder; the supervisor asks the command's process group to stop, and kills it
// after the pipeline's grace.
func (a *Adapter) Cancel(ctx context.Context, run port.Run) error {
	if err := ctx.Err(); err != nil {
		return effect.Retryable(err, 0)
	}
	dir, err := a.folder(run)
	if err != nil {
		return err
	}
	if !isDir(dir) {
		return effect.Permanently(fmt.Errorf("run %s: %w", run.ID, effect.ErrNotFound))
	}
	if exists(filepath.Join(dir, exitFile)) {
		return nil
	}
	if err := writeSynced(filepath.Join(dir, cancelFile), a.outside.Clock().UTC()); err != nil {
		return effect.Retryable(err, 0)
	}
	return nil
}

func (a *Adapter) folder(run port.Run) (string, error) {
	if !runID.MatchString(run.ID) {
		return "", effect.Permanently(fmt.Errorf("%q is no id of a run", run.ID))
	}
	return filepath.Join(a.runs, run.ID), nil
}

func runOf(id string) port.Run { return port.Run{ID: id, Link: LinkPrefix + id} }
