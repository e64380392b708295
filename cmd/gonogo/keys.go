package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Names of the key files, and of their folder within the data folder where none else is given.
const (
	keysFolder     = "keys"
	signingKeyFile = "signing.key" // Ed25519 seed: signs checkpoints
	masterKeyFile  = "master.key"  // AES-256 key: wraps the per-person keys
)

// keySize is the size of both keys, in bytes.
const keySize = 32

// keys are the secrets that are kept outside the store, so that whoever can write the store can't sign it, and a backup
// can't be read without them.
type keys struct {
	signing ed25519.PrivateKey
	master  []byte
}

// errNoKeys says that a store is there and its keys are not.
var errNoKeys = errors.New("the keys of this store are missing: put signing.key and master.key back where they were")

// readKeys reads both keys from a folder.
func readKeys(dir string) (keys, error) {
	seed, err := readKey(filepath.Join(dir, signingKeyFile))
	if err != nil {
		return keys{}, err
	}
	master, err := readKey(filepath.Join(dir, masterKeyFile))
	if err != nil {
		return keys{}, err
	}
	return keys{signing: ed25519.NewKeyFromSeed(seed), master: master}, nil
}

// makeKeys reads the keys, and makes them where there are none and no store that needs the old ones.
func makeKeys(dir string, storeExists bool) (keys, error) {
	k, err := readKeys(dir)
	if !errors.Is(err, fs.ErrNotExist) {
		return k, err
	}
	if storeExists {
		return keys{}, fmt.Errorf("%w (%s)", errNoKeys, dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return keys{}, fmt.Errorf("make the folder of keys: %w", err)
	}
	for _, name := range []string{signingKeyFile, masterKeyFile} {
		if err := writeKey(filepath.Join(dir, name)); err != nil {
			return keys{}, err
		}
	}
	if err := syncFolder(dir); err != nil {
		return keys{}, err
	}
	return readKeys(dir)
}

func readKey(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others than its owner may read %s: chmod 600 it", path)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read a key: %w", err)
	}
	if len(b) != keySize {
		return nil, fmt.Errorf("%s is no key: it has %d bytes, not %d", path, len(b), keySize)
	}
	return b, nil
}

// writeKey makes a random key, unless there is one; it is on disk when writeKey returns.
func writeKey(path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	key := make([]byte, keySize)
	rand.Read(key)
	f, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write a key: %w", err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(key)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write a key: %w", err)
	}
	return os.Rename(f.Name(), path)
}

// syncFolder makes the names in a folder durable.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
