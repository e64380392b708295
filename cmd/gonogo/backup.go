package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/kv/badgerkv"
)

type backupCommand struct {
	folder
	File string `arg:"" type:"path" help:"File to write; it must not be there yet."`
}

// Run writes a backup of one consistent moment. It is readable with the keys only, which are not in it.
func (c backupCommand) Run(s streams) error {
	if _, err := os.Lstat(c.File); err == nil {
		return usage("%s is there already: nothing was written", c.File)
	}
	f, err := os.CreateTemp(filepath.Dir(c.File), ".gonogo-backup-*") // mode 0600
	if err != nil {
		return exit{exitFailed, err}
	}
	defer os.Remove(f.Name())
	err = c.do("backup", nil, f)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), c.File); err != nil { // unlike a rename, it replaces nothing
		return exit{exitFailed, err}
	}
	if err := syncFolder(filepath.Dir(c.File)); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%s is written. Keep the keys elsewhere: without them nothing in it can be read or signed on.\n", c.File)
	return nil
}

func backup(_ context.Context, s *site, _ url.Values, out io.Writer) error {
	snapshot := s.engine.Snapshot()
	defer snapshot.Release()
	_, err := state.Backup(snapshot, out)
	return err
}

type restoreCommand struct {
	File string `arg:"" type:"path" help:"Backup to restore from."`
	Data string `required:"" type:"path" help:"Data folder to restore into; there must be no store in it."`
	Keys string `type:"path" help:"Folder of the keys that the backup was made with; 'keys' within the data folder otherwise."`
}

// Run restores a store beside where it belongs, proves that it is whole, notes the restoration in its trail, and only then
// puts it in place.
func (c restoreCommand) Run(s streams) error {
	dir := filepath.Join(c.Data, storeFolder)
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		return usage("%s holds a store already: move it away first", c.Data)
	}
	k, err := readKeys(keysIn(c.Data, c.Keys))
	if err != nil {
		return usage("the keys that the backup was made with must be there first: %w", err)
	}
	f, err := os.Open(c.File)
	if err != nil {
		return usage("%w", err)
	}
	defer f.Close()
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return err
	}
	beside, err := os.MkdirTemp(c.Data, ".restoring-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(beside)
	records, at, err := restore(f, filepath.Join(beside, storeFolder), k)
	if err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(beside, storeFolder), dir); err != nil {
		return err
	}
	if err := syncFolder(c.Data); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "%d records are restored into %s. The trail goes on after entry %d.\n", records, c.Data, at)
	return nil
}

// restore fills a new store and returns how many records it has and where its trail ended.
func restore(from io.Reader, dir string, k keys) (records int, end uint64, err error) {
	engine, err := badgerkv.Open(dir, badgerkv.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return 0, 0, explainOpen(dir, err)
	}
	defer func() { err = errors.Join(err, engine.Close()) }()
	if records, err = state.Restore(engine, from); err != nil {
		return 0, 0, err
	}
	store, err := state.Open(engine, state.Options{Key: k.signing, Master: k.master, Now: time.Now})
	if err != nil {
		return 0, 0, fmt.Errorf("open the restored store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	end = store.Seq()
	ctx := context.Background()
	err = store.Update(ctx, func(tx *state.Tx) error {
		tx.Audit(byOperator(tx, "restore", "store", chat.Say("store.restored", chat.Word("entry", fmt.Sprint(end)))))
		return restorations.Put(tx, fmt.Sprintf("%020d", tx.Seq()), restoration{End: end, At: tx.Now().UTC()})
	})
	if err == nil {
		err = store.Checkpoint(ctx)
	}
	return records, end, err
}
