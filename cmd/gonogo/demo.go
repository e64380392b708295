package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"

	"github.com/gonogo-chat/gonogo/config"
)

type demoCommand struct {
	Data   string `type:"path" default:"gonogo-demo" help:"Folder for everything that the demonstration keeps."`
	Listen string `default:"127.0.0.1:7474" help:"Address to listen on: loopback only, as anybody may speak as anybody."`
	Demo   string `type:"path" default:"testdata/demo" help:"Folder of the demonstration's own programs, within a source checkout."`
}

// Run builds the demonstration's programs, starts what it deploys to, and runs the bot over it until it is told to stop.
func (c demoCommand) Run(s streams) error {
	if err := onLoopback(c.Listen); err != nil {
		return usage("--listen %s: %w", c.Listen, err)
	}
	tune()
	ctx, stop := untilStopped()
	defer stop()
	d := demonstration{folder: c.Demo, data: c.Data, log: s.err}
	if err := d.prepare(ctx); err != nil {
		return exit{exitFailed, err}
	}
	defer d.close()
	i, err := open(ctx, options{
		file: d.configuration(), grace: defaultGrace,
		override: func(f *config.Config) { f.Operations.Listen = c.Listen },
	}, s)
	if err != nil {
		return exit{exitFailed, err}
	}
	go d.introduce(ctx, i, s)
	return i.run(ctx)
}

var errBeyond = errors.New("the demonstration takes no token and therefore listens on loopback only, such as 127.0.0.1:7474")

// onLoopback checks that an address can be reached from this machine alone.
func onLoopback(address string) error {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return err
	}
	if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		return errBeyond
	}
	return nil
}

// introduce makes the newcomer at home: versions that run are known, every channel says what to type, and so does the
// terminal.
func (d *demonstration) introduce(ctx context.Context, i *instance, s streams) {
	if err := d.adopt(ctx, i); err != nil && ctx.Err() == nil {
		i.log.Error("the versions that run are not known to the bot", "error", err)
	}
	if err := d.welcome(ctx, i); err != nil && ctx.Err() == nil {
		i.log.Error("the welcome was not posted", "error", err)
	}
	address := "http://" + i.listen.Addr().String()
	fmt.Fprintf(s.out, "%s is open at %s\n\n", i.bot.Organisation().Name, address)
	fmt.Fprintf(s.out, "Open the page, or say something from another terminal:\n\n")
	server := ""
	if address != "http://127.0.0.1:7474" {
		server = " --server " + address
	}
	program, err := os.Executable()
	if err != nil {
		program = "gonogo"
	}
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, program); err == nil && filepath.IsLocal(rel) {
			program = rel
		}
	}
	releases := i.bot.Organisation().Channels.Releases[0].Channel
	for _, t := range d.tryOut {
		fmt.Fprintf(s.out, "  %s say%s --as %s --in '%s' '%s'\n", program, server, t.as, releases, t.line)
	}
	for _, t := range d.tryOut[:min(1, len(d.tryOut))] {
		fmt.Fprintf(s.out, "  %s chat%s --as %s\n", program, server, t.as)
	}
	fmt.Fprintf(s.out, "\nEverything is in %s. Ctrl-C stops it; starting again goes on where it was.\n", d.data)
}
