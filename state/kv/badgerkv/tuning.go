package badgerkv

import (
	"log/slog"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/options"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// The sizes below trade a little throughput for a small resident size; the
// measurements behind them are in docs/storage.md.
const (
	memTableSize    = 8 << 20  // bytes; Badger's write-ahead files are twice as long, sparse
	blockCacheSize  = 8 << 20  // bytes of decompressed blocks
	baseTableSize   = 2 << 20  // bytes of a table below level 0
	baseLevelSize   = 64 << 20 // bytes on the base level before it spills
	valueLogSize    = 1 << 20  // bytes; the value log stays empty, see valueThreshold
	levelZeroTables = 16       // tables on level 0 before they are merged away
	levelZeroStall  = 40       // tables on level 0 before writers wait
	openMemTables   = 3        // memtables held while flushing

	// valueThreshold keeps every value that the limits let in inside the LSM
	// tree, where compaction frees what was overwritten, so that no value log
	// needs collecting. Badger allows at most 1 MiB.
	valueThreshold = 1 << 20
)

// limits leaves room below Badger's own bound on a transaction, 15 % of a
// memtable in bytes, one operation per skip list node of about 100 bytes.
var limits = kv.Limits{
	Ops:   8 << 10,
	Bytes: 1 << 20,
	Key:   2 << 10, // what an index page of a database server still takes
	Value: 512 << 10,
}

func tuned(dir string, log *slog.Logger) badger.Options {
	o := badger.DefaultOptions(dir).
		WithLogger(badgerLog{log}).
		WithSyncWrites(true).
		WithDetectConflicts(false).
		WithNumVersionsToKeep(1).
		WithMetricsEnabled(false).
		WithBypassLockGuard(true). // Open holds the lock, to name who is refused and why
		WithChecksumVerificationMode(options.OnBlockRead).
		WithMemTableSize(memTableSize).
		WithNumMemtables(openMemTables).
		WithBlockCacheSize(blockCacheSize).
		WithIndexCacheSize(0).
		WithBaseTableSize(baseTableSize).
		WithBaseLevelSize(baseLevelSize).
		WithNumLevelZeroTables(levelZeroTables).
		WithNumLevelZeroTablesStall(levelZeroStall).
		WithNumCompactors(2).
		WithValueLogFileSize(valueLogSize).
		WithValueThreshold(valueThreshold)
	o.TableSizeMultiplier = 1 // the same size on every level: a builder's buffer is twice its table
	return o
}
