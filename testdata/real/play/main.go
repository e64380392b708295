// Program play starts the stand of Argo CD and keeps it until it is interrupted, to be looked at by hand:
//
//	go run ./testdata/real/play
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/real/stand"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	starting, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	began := time.Now()
	a, err := stand.StartArgoCD(starting, stand.Settings{Policy: stand.LeastRights})
	if err != nil {
		return err
	}
	fmt.Printf("started in %v\nARGOCD=%s\nADMIN=%s\nACCOUNT=%s\nREPO=%s\nDIR=%s\n", time.Since(began).Round(time.Millisecond), a.URL, a.Admin, a.Account, a.Repo.URL, a.Dir)
	<-ctx.Done()
	return a.Close()
}
