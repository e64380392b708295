package badgerkv_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

const (
	opsPerTurn = 4
	valueSize  = 300 // bytes
)

var groups = []int{1, 8, 64, 256}

// turns makes groups of the same operations for every contender.
type turns struct{ next uint64 }

func (g *turns) group(n int) []kv.Op {
	ops := make([]kv.Op, 0, n*opsPerTurn)
	for range n {
		g.next++
		for table := range opsPerTurn {
			key := binary.BigEndian.AppendUint64([]byte{'a' + byte(table), '/'}, g.next)
			value := fmt.Appendf(make([]byte, 0, valueSize), `{"turn":%d,"table":%d,"text":"`, g.next, table)
			for len(value) < valueSize {
				value = append(value, "approve R-1024 as chair because every gate is open; "...)
			}
			ops = append(ops, kv.Op{Key: key, Value: value[:valueSize]})
		}
	}
	return ops
}

func report(b *testing.B, n int) {
	b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds(), "turns/s")
}

// BenchmarkAppend is the bound: the same bytes appended to a file and synced.
func BenchmarkAppend(b *testing.B) {
	for _, n := range groups {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f, err := os.Create(filepath.Join(b.TempDir(), "log"))
			if err != nil {
				b.Fatal(err)
			}
			defer f.Close()
			var g turns
			for b.Loop() {
				var buf []byte
				for _, op := range g.group(n) {
					buf = append(append(buf, op.Key...), op.Value...)
				}
				if _, err := f.Write(buf); err != nil {
					b.Fatal(err)
				}
				if err := f.Sync(); err != nil {
					b.Fatal(err)
				}
			}
			report(b, n)
		})
	}
}

// BenchmarkApply is the engine: one Apply for each group.
func BenchmarkApply(b *testing.B) {
	for _, n := range groups {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			e, err := badgerkv.Open(b.TempDir(), badgerkv.Options{Reserve: -1})
			if err != nil {
				b.Fatal(err)
			}
			defer e.Close()
			epoch, err := e.Acquire()
			if err != nil {
				b.Fatal(err)
			}
			var g turns
			for b.Loop() {
				if err := e.Apply(epoch, g.group(n)); err != nil {
					b.Fatal(err)
				}
			}
			report(b, n)
		})
	}
}

// BenchmarkTransactionPerTurn is Badger as it comes, with one synced transaction
// for each turn, one after the other.
func BenchmarkTransactionPerTurn(b *testing.B) {
	db, err := badger.Open(badger.DefaultOptions(b.TempDir()).WithSyncWrites(true).WithLogger(nil))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var g turns
	for b.Loop() {
		err := db.Update(func(txn *badger.Txn) error {
			for _, op := range g.group(1) {
				if err := txn.Set(op.Key, op.Value); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	report(b, 1)
}

// BenchmarkScan reads a million small entries in order.
func BenchmarkScan(b *testing.B) {
	e, err := badgerkv.Open(b.TempDir(), badgerkv.Options{Reserve: -1})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	epoch, err := e.Acquire()
	if err != nil {
		b.Fatal(err)
	}
	var g turns
	for range 1000 {
		if err := e.Apply(epoch, g.group(250)); err != nil {
			b.Fatal(err)
		}
	}
	entries := 0
	for b.Loop() {
		if err := e.Scan(nil, nil, false, func(_, _ []byte) error { entries++; return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(entries)/b.Elapsed().Seconds(), "entries/s")
}
