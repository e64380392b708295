// Command bench measures what gonogo promises, each figure beside its limit or peer in the same run.
package main

import (
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

func main() {
	dir, _ := os.MkdirTemp("", "bench")
	defer os.RemoveAll(dir)
	e, err := badgerkv.Open(dir, badgerkv.Options{Reserve: -1})
	if err != nil {
		panic(err)
	}
	h, err := openHouse(e)
	if err != nil {
		panic(err)
	}
	t := time.Now()
	if err := h.fill(); err != nil {
		panic(err)
	}
	fmt.Println("filled", time.Since(t))
	if len(os.Args) > 1 {
		f, _ := os.Create(os.Args[1])
		pprof.StartCPUProfile(f)
		defer pprof.StopCPUProfile()
	}
	for _, n := range []int{1, 8, 64, 256, 256, 256} {
		r := clients(n, 2*time.Second, h.vote)
		fmt.Printf("%d: %.0f/s p50 %v p99 %v errors %d\n", n, r.perSecond(), r.p50, r.p99, r.errors)
	}
}
