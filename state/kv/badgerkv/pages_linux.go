package badgerkv

import (
	"bufio"
	"bytes"
	"os"
	"path/filepath"
	"strconv"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
	"golang.org/x/sys/unix"
)

// dropPages drops this process's pages of the table files. A file mapped shared
// loses nothing by it: its contents stay in the page cache and come back on the
// next touch.
//
// An address must not be unmapped, and given to something else, meanwhile. An
// open iterator holds a reference to every table there was when it opened, and
// file numbers are never used twice, so a table listed both before and after
// the opening is held, and its mapping with it, until the iterator closes.
func dropPages(db *badger.DB, dir string) {
	before := tableIDs(db)
	txn := db.NewTransaction(false)
	defer txn.Discard()
	it := txn.NewIterator(badger.IteratorOptions{})
	defer it.Close()
	held := map[string]bool{}
	abs, err := filepath.Abs(dir)
	if err != nil {
		return
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		abs = real
	}
	for id := range tableIDs(db) {
		if before[id] {
			held[table.NewFilename(id, abs)] = true
		}
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return // no such interface here: the pages stay
	}
	lines := bufio.NewScanner(bytes.NewReader(maps))
	for lines.Scan() {
		start, length, path, ok := mapping(lines.Text())
		if ok && held[path] {
			drop(start, length)
		}
	}
}

// residentFile is how many bytes of this process's resident memory are backed by
// files: the third field of /proc/self/statm, in pages.
func residentFile() int64 {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	fields := bytes.Fields(b)
	if len(fields) < 3 {
		return 0
	}
	pages, err := strconv.ParseInt(string(fields[2]), 10, 64)
	if err != nil {
		return 0
	}
	return pages * int64(os.Getpagesize())
}

func tableIDs(db *badger.DB) map[uint64]bool {
	ids := map[uint64]bool{}
	for _, t := range db.Tables() {
		ids[t.ID] = true
	}
	return ids
}

// mapping reads one line of proc_pid_maps(5):
// "start-end perms offset device inode   path".
func mapping(line string) (start, length uintptr, path string, ok bool) {
	fields := bytes.SplitN([]byte(line), []byte(" "), 6)
	if len(fields) < 6 {
		return 0, 0, "", false
	}
	lo, hi, ok := bytes.Cut(fields[0], []byte("-"))
	if !ok {
		return 0, 0, "", false
	}
	a, err := strconv.ParseUint(string(lo), 16, 64)
	if err != nil {
		return 0, 0, "", false
	}
	b, err := strconv.ParseUint(string(hi), 16, 64)
	if err != nil || b <= a {
		return 0, 0, "", false
	}
	return uintptr(a), uintptr(b - a), string(bytes.TrimLeft(fields[5], " ")), true
}

func drop(start, length uintptr) {
	_, _, _ = unix.Syscall(unix.SYS_MADVISE, start, length, unix.MADV_DONTNEED)
}
