package state

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
)

// identityPrefix starts the key of every person's identity; the opaque id follows. Identities are outside the audit trail's
// state digest: deleting one erases a person everywhere and breaks nothing.
const identityPrefix = "k/"

// Strangers is the identity under which the accounts of people that nobody configured are sealed.
const Strangers = "p-strangers"

// ErrNoIdentity says that a person has no key: never met, or erased.
var ErrNoIdentity = errors.New("state: no identity")

// vault seals and unseals what people wrote. It is safe for concurrent use.
type vault struct {
	mu       sync.RWMutex
	master   cipher.AEAD
	people   map[string]cipher.AEAD
	byHandle map[string]string
	handles  map[string]string
}

func newVault(master []byte) (*vault, error) {
	aead, err := sealer(master)
	if err != nil {
		return nil, fmt.Errorf("master key: %w", err)
	}
	return &vault{master: aead}, nil
}

// fill reads the stored identities anew.
func (v *vault) fill(r kv.Reader) error {
	fresh := vault{master: v.master, people: map[string]cipher.AEAD{}, byHandle: map[string]string{}, handles: map[string]string{}}
	err := r.Scan([]byte(identityPrefix), audit.PrefixEnd(identityPrefix), false, func(key, value []byte) error {
		return fresh.admit(string(key[len(identityPrefix):]), value)
	})
	if err != nil {
		return fmt.Errorf("open the identities: %w", err)
	}
	v.mu.Lock() // all at once: others seal and unseal meanwhile
	defer v.mu.Unlock()
	v.people, v.byHandle, v.handles = fresh.people, fresh.byHandle, fresh.handles
	return nil
}

// admit takes a stored identity: wrapped key, then the handle sealed with that key.
func (v *vault) admit(id string, stored []byte) error {
	wrapped := v.master.NonceSize() + keySize + v.master.Overhead()
	if len(stored) < wrapped {
		return fmt.Errorf("identity %s: %w", id, audit.ErrMalformed)
	}
	key, err := open(v.master, stored[:wrapped], id)
	if err != nil {
		return fmt.Errorf("identity %s can't be unwrapped: is this the master key the store was made with? %w", id, err)
	}
	person, err := sealer(key)
	if err != nil {
		return err
	}
	handle, err := open(person, stored[wrapped:], id)
	if err != nil {
		return fmt.Errorf("identity %s: %w", id, err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.people[id], v.byHandle[string(handle)], v.handles[id] = person, id, string(handle)
	return nil
}

// Meet returns the opaque id of a handle, making the identity if there is none yet. Ids say nothing about the handle.
func (tx *Tx) Meet(handle string) (string, error) {
	if id, here := tx.met[handle]; here {
		return id, nil
	}
	v := tx.store.vault
	v.mu.RLock()
	id, known := v.byHandle[handle]
	v.mu.RUnlock()
	if known && tx.find(identityPrefix+id) == nil { // else this turn erases it
		return id, nil
	}
	id = "p-" + strings.ToLower(rand.Text()[:12])
	if handle == Strangers {
		id = Strangers
	}
	key := make([]byte, keySize)
	rand.Read(key)
	person, err := sealer(key)
	if err != nil {
		return "", err
	}
	stored := append(seal(v.master, key, id), seal(person, []byte(handle), id)...)
	tx.put(write{key: identityPrefix + id, raw: stored})
	if tx.met == nil {
		tx.met = map[string]string{}
	}
	tx.met[handle] = id
	// Known once decided: a later turn of the same group meets the same person. A turn that comes to nothing leaves nobody
	// known whose key is not stored, and a group that is not committed has the identities read anew.
	tx.accept = append(tx.accept, func() { _ = v.admit(id, stored) }) // it opens what was sealed a moment ago
	return id, nil
}

// Erase deletes a person's key: what they wrote, and their name, can't be read any more, here or in any backup made later.
// Their handle, met again, is somebody new.
func (tx *Tx) Erase(id string) {
	tx.put(write{key: identityPrefix + id})
	maps.DeleteFunc(tx.met, func(_, met string) bool { return met == id })
	v := tx.store.vault
	tx.accept = append(tx.accept, func() { // whoever is met after this decision is somebody new
		v.mu.Lock()
		defer v.mu.Unlock()
		if handle := v.handles[id]; v.byHandle[handle] == id {
			delete(v.byHandle, handle)
		}
	})
	tx.After(func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		delete(v.handles, id)
		delete(v.people, id)
	})
}

// Seal encrypts what a person wrote under their key.
func (s *Store) Seal(person, text string) (chat.Sealed, error) {
	aead := s.vault.of(person)
	if aead == nil {
		return chat.Sealed{}, fmt.Errorf("%w: %s", ErrNoIdentity, person)
	}
	return chat.Sealed{Person: person, Box: seal(aead, []byte(text), person)}, nil
}

// Unseal returns what a person wrote, or false once they were erased.
func (s *Store) Unseal(sealed chat.Sealed) (string, bool) {
	aead := s.vault.of(sealed.Person)
	if aead == nil {
		return "", false
	}
	text, err := open(aead, sealed.Box, sealed.Person)
	return string(text), err == nil
}

// Handle returns the configured handle of an opaque id, or false if it is unknown or erased.
func (s *Store) Handle(id string) (string, bool) {
	s.vault.mu.RLock()
	defer s.vault.mu.RUnlock()
	h, ok := s.vault.handles[id]
	return h, ok
}

func (v *vault) of(person string) cipher.AEAD {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.people[person]
}

// keySize is AES-256's.
const keySize = 32

func sealer(key []byte) (cipher.AEAD, error) {
	if len(key) != keySize {
		return nil, fmt.Errorf("a key has %d bytes, not %d", keySize, len(key))
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal prepends a random nonce; id is bound in, so that a box can't be passed off as another person's.
func seal(a cipher.AEAD, text []byte, id string) []byte {
	nonce := make([]byte, a.NonceSize(), a.NonceSize()+len(text)+a.Overhead())
	rand.Read(nonce)
	return a.Seal(nonce, nonce, text, []byte(id))
}

func open(a cipher.AEAD, box []byte, id string) ([]byte, error) {
	if len(box) < a.NonceSize() {
		return nil, audit.ErrMalformed
	}
	return a.Open(nil, box[:a.NonceSize()], box[a.NonceSize():], []byte(id))
}
