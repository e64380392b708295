package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"
)

// defaultGrace is how long a shutdown waits for what is under way. Deployments go on by themselves meanwhile and after.
const defaultGrace = 10 * time.Second

// run works until ctx ends or the store must be reopened, then shuts down: nothing new is taken, what is under way ends
// or is left to the next start, and the trail is signed to its end.
func (i *instance) run(ctx context.Context) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var active sync.WaitGroup
	active.Go(func() { i.bot.Run(ctx, i.grace) })
	active.Go(func() {
		if err := i.web.Serve(ctx, i.listen, i.grace); err != nil {
			if ctx.Err() == nil {
				stop(err)
				return
			}
			i.log.Warn("requests were cut off", "error", err)
		}
	})
	active.Go(func() { i.control.serve(ctx) })
	active.Go(func() { i.keepHouse(ctx, stop) })
	active.Go(i.reload.onHangup(ctx))
	for _, c := range i.chats {
		active.Go(func() {
			if err := c.Run(ctx); err != nil && ctx.Err() == nil {
				i.log.Error("a chat platform can't be reached: see gonogo doctor", "platform", c.Name(), "error", i.secrets.redact(err.Error()))
			}
		})
	}
	for _, s := range i.outside.systems {
		active.Go(func() {
			if err := s.Run(ctx); err != nil && ctx.Err() == nil {
				i.log.Error("a system is no longer asked what happens there: see gonogo doctor", "section", s.section, "error", i.secrets.redact(err.Error()))
			}
		})
	}
	i.running.Store(true)
	i.log.Info("ready", "address", "http://"+i.listen.Addr().String(), "data", i.config.Operations.Data, "epoch", i.store.Epoch())
	<-ctx.Done()
	i.log.Info("stopping")
	active.Wait()
	err := i.close()
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	i.log.Info("stopped")
	return err
}

// close signs the end of the trail and gives everything back.
func (i *instance) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	if i.store.Broken() == nil {
		if err := i.sign(ctx); err != nil {
			i.log.Warn("the last checkpoint was not signed or published", "error", err)
		}
	}
	err := i.control.close()
	return errors.Join(err, i.store.Close(), i.engine.Close())
}

// closingTime bounds what the end of a shutdown takes.
const closingTime = 5 * time.Second

// untilStopped runs until SIGINT or SIGTERM. A second signal ends the process at once: what was answered is durable.
func untilStopped() (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

type serveCommand struct {
	File  string        `name:"config" type:"path" default:"gonogo.yaml" help:"Configuration file."`
	Keys  string        `type:"path" help:"Folder of the keys; 'keys' within the data folder otherwise."`
	Grace time.Duration `default:"10s" help:"How long a shutdown waits for what is under way."`
}

// Run runs the bot until it is told to stop.
func (c serveCommand) Run(s streams) error {
	tune()
	ctx, stop := untilStopped()
	defer stop()
	i, err := open(ctx, options{file: c.File, keys: c.Keys, grace: c.Grace}, s)
	if err != nil {
		return exit{exitFailed, err}
	}
	fmt.Fprintf(s.out, "%s opens at http://%s\n", i.bot.Organisation().Name, i.listen.Addr())
	return i.run(ctx)
}
