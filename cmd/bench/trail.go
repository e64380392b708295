package main

import (
	"crypto/ed25519"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

// trail measures what depends on the number of audit entries: start, verification, export and memory.
func trail(s settings, r *report) error {
	empty, err := askChild("idle", s, filepath.Join(s.dir, "empty"))
	if err != nil {
		return err
	}
	r.limit(empty.Resident <= 40<<20, "f resident, idle and empty", mib(empty.Resident), "at most 40 MiB")
	dir := filepath.Join(s.dir, "trail")
	began := time.Now()
	if err := fillTrail(dir, s.entries); err != nil {
		return err
	}
	r.note("entries made", fmt.Sprintf("%d in %v", s.entries, time.Since(began).Round(time.Second)))
	var warm, killed []float64
	for range max(s.rounds, 3) {
		up, err := askChild("start", s, dir)
		if err != nil {
			return err
		}
		warm = append(warm, float64(up.Took))
	}
	for range max(s.rounds, 3) {
		if err := killChild(s, dir); err != nil {
			return err
		}
		up, err := askChild("start", s, dir)
		if err != nil {
			return err
		}
		killed = append(killed, float64(up.Took))
	}
	r.limit(median(warm) < float64(250*time.Millisecond), "d start to the first durable reply, warm", dur(median(warm)).String(), "under 250 ms")
	r.limit(median(killed) < float64(600*time.Millisecond), "d start to the first durable reply, after kill -9", dur(median(killed)).String(), "under 600 ms")
	if err := proofs(s, r, dir); err != nil {
		return err
	}
	full, err := askChild("idle", s, dir)
	if err != nil {
		return err
	}
	r.limit(full.Resident <= 64<<20, "f resident, idle with the entries", mib(full.Resident), "at most 64 MiB")
	after, err := askChild("door", s, filepath.Join(s.dir, "resident"))
	if err != nil {
		return err
	}
	r.limit(after.Resident <= 256<<20, "f resident, after 256 clients voted over HTTP", mib(after.Resident), "at most 256 MiB")
	return nil
}

// proofs compares verification and export with a plain scan of the entries.
func proofs(s settings, r *report, dir string) error {
	engine, err := badgerkv.Open(dir, badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer engine.Close()
	trust := audit.Trust{Keys: []ed25519.PublicKey{ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)).Public().(ed25519.PublicKey)}}
	var scan, verify, export []float64
	var grown uint64
	for range s.rounds + 1 { // the first round warms the file cache and does not count
		began := time.Now()
		n, bytes := 0, 0
		err := engine.Scan([]byte(audit.Prefix), audit.PrefixEnd(audit.Prefix), false, func(_, v []byte) error {
			n++
			bytes += len(v)
			return nil
		})
		if err != nil {
			return err
		}
		scan = append(scan, time.Since(began).Seconds())
		began = time.Now()
		report, err := audit.Chain(engine, trust)
		if err == nil && report.Whole() {
			err = audit.Records(engine, state.GovernedPrefix, &report)
		}
		if err != nil || !report.Whole() || report.Entries != uint64(n) {
			return fmt.Errorf("verification of %d entries found %+v, %w", n, report, err)
		}
		verify = append(verify, time.Since(began).Seconds())
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began = time.Now()
		if _, err := audit.Export(engine, io.Discard); err != nil {
			return err
		}
		export = append(export, time.Since(began).Seconds())
		runtime.GC()
		runtime.ReadMemStats(&after)
		grown = max(after.HeapInuse, before.HeapInuse) - before.HeapInuse
	}
	sc, ve, ex := median(scan[1:]), median(verify[1:]), median(export[1:])
	r.note("plain scan", fmt.Sprintf("%.2f s", sc))
	r.limit(ve/sc <= 1.2, "e full verification over a plain scan", fmt.Sprintf("%.2f", ve/sc), "at most 1.2")
	r.limit(sc/ex >= 0.6, "e export's rate over the scan's", fmt.Sprintf("%.2f", sc/ex), "at least 0.6")
	r.limit(grown < 8<<20, "e heap that an export leaves behind", mib(int64(grown)), "under 8 MiB")
	return nil
}

// fillTrail makes a store whose trail has a number of entries, all of them votes.
func fillTrail(dir string, entries int) error {
	engine, err := badgerkv.Open(dir, badgerkv.Options{Reserve: -1})
	if err != nil {
		return err
	}
	defer engine.Close()
	h, err := openHouse(engine, 0)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.fill(); err != nil {
		return err
	}
	for int(h.store.Seq()) < entries {
		if r := clients(256, time.Second, h.vote); r.errors > 0 {
			return fmt.Errorf("%d votes failed", r.errors)
		}
	}
	return h.quiet()
}

func mib(bytes int64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
