package main

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
	"github.com/gonogo-chat/gonogo/state/audit"
)

// tokenPrefix lets people, and scanners of repositories, see what it is.
const tokenPrefix = "gonogo_"

// token is what the store keeps of one: who it speaks for, under the hash of its text. A token has 256 random bits, so
// nobody finds it from its SHA-256 by guessing; the slow hashes that passwords need would add only their cost.
type token struct {
	ID      string    `json:"id"` // "T-1"
	Person  string    `json:"person"`
	Made    time.Time `json:"made"`
	Revoked time.Time `json:"revoked,omitzero"`
}

// tokenTable holds tokens by the hex SHA-256 of their text. They are governed: one put in behind the bot's back shows.
var tokenTable = state.Governed[token]("token")

// tokens are those that are in force, by hash, in memory. Safe for concurrent use.
type tokens struct {
	store *state.Store
	mu    sync.RWMutex
	held  map[[sha256.Size]byte]string // to the person
}

func openTokens(s *state.Store) (*tokens, error) {
	t := &tokens{store: s, held: map[[sha256.Size]byte]string{}}
	err := t.each(func(hash [sha256.Size]byte, k token) {
		if k.Revoked.IsZero() {
			t.held[hash] = k.Person
		}
	})
	return t, err
}

// each visits every token, revoked ones too.
func (t *tokens) each(visit func([sha256.Size]byte, token)) error {
	return t.store.View(func(v *state.View) error {
		return tokenTable.All(v, func(id string, k token) error {
			var hash [sha256.Size]byte
			if raw, err := hex.DecodeString(id); err == nil && len(raw) == len(hash) {
				copy(hash[:], raw)
				visit(hash, k)
			}
			return nil
		})
	})
}

// create makes a token for a person and returns its text, which is kept nowhere.
func (t *tokens) create(ctx context.Context, person string) (id, text string, err error) {
	var secret [32]byte
	rand.Read(secret[:])
	text = tokenPrefix + base64.RawURLEncoding.EncodeToString(secret[:])
	hash := sha256.Sum256([]byte(text))
	err = t.store.Update(ctx, func(tx *state.Tx) error {
		if id, err = tx.Next("T"); err != nil {
			return err
		}
		tx.Audit(byOperator(tx, "token create", id, chat.Say("token.created", chat.Word("token", id), chat.Person("person", person))))
		return tokenTable.Put(tx, hex.EncodeToString(hash[:]), token{ID: id, Person: person, Made: tx.Now().UTC()})
	})
	if err != nil {
		return "", "", err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held[hash] = person
	return id, text, nil
}

// errNoToken says that there is no such token to revoke.
var errNoToken = errors.New("there is no such token in force")

// revoke ends the tokens that match: one by its id, or all of a person's. It returns their ids.
func (t *tokens) revoke(ctx context.Context, match func(token) bool) (ids []string, err error) {
	var hashes [][sha256.Size]byte
	var found []token
	err = t.each(func(hash [sha256.Size]byte, k token) {
		if k.Revoked.IsZero() && match(k) {
			hashes, found = append(hashes, hash), append(found, k)
		}
	})
	if err == nil && len(found) == 0 {
		err = errNoToken
	}
	if err != nil {
		return nil, err
	}
	for n, k := range found {
		err := t.store.Update(ctx, func(tx *state.Tx) error {
			k.Revoked = tx.Now().UTC()
			tx.Audit(byOperator(tx, "token revoke", k.ID, chat.Say("token.revoked", chat.Word("token", k.ID), chat.Person("person", k.Person))))
			return tokenTable.Put(tx, hex.EncodeToString(hashes[n][:]), k)
		})
		if err != nil {
			return ids, err
		}
		t.mu.Lock()
		delete(t.held, hashes[n])
		t.mu.Unlock()
		ids = append(ids, k.ID)
	}
	return ids, nil
}

// byOperator is the audit entry of whoever may run commands as the bot's own user on its machine.
func byOperator(tx *state.Tx, act, subject string, text chat.Text) audit.Entry {
	now := tx.Now().UTC()
	return audit.Entry{
		At: now, Actor: audit.Actor{System: "operator"}, Key: "operator:" + act + ":" + rand.Text(), Act: act,
		Outcome: chat.Done, Text: text, Subjects: []string{subject},
	}
}

// holders answers the local chat: whose account a token speaks as.
type holders struct {
	tokens *tokens
	in     *instance
}

var _ webchat.Tokens = holders{}

// Verify finds a token by its hash: how long that takes tells nothing about the token.
func (h holders) Verify(text string) (handle string, ok bool) {
	hash := sha256.Sum256([]byte(text))
	h.tokens.mu.RLock()
	person, ok := h.tokens.held[hash]
	h.tokens.mu.RUnlock()
	if !ok {
		return "", false
	}
	return localAccount(h.in.bot.Organisation(), person)
}
