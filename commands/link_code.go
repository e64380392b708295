package commands

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/state"
)

// Codes that were told and not used yet, by their hash, and the wrong ones that people tried lately. Losing one costs a second
// try, so neither is governed.
var (
	linkCodes  = state.Ungoverned[linkCode]("link-code")
	linkMisses = state.Ungoverned[linkMiss]("link-miss") // by person
)

type linkCode struct {
	Account chat.Sealed `json:"account"` // as a stranger's: it is nobody's yet
	Until   time.Time   `json:"until"`
}

type linkMiss struct {
	Since time.Time `json:"since"`
	Count int       `json:"count"`
}

const (
	timerLinkCode = "link.code"
	linkLifetime  = 10 * time.Minute
	// linkTries bounds the wrong codes of a person within linkLifetime; there are 32⁸ codes.
	linkTries = 5
	// linkLetters leaves out what is easily read as something else: I, O, 0 and 1.
	linkLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
	linkLength  = 8
)

// newLinkCode makes a code as it is shown: XXXX-XXXX.
func newLinkCode() string {
	var random [linkLength]byte
	rand.Read(random[:])
	code := make([]byte, 0, linkLength+1)
	for i, b := range random {
		if i == linkLength/2 {
			code = append(code, '-')
		}
		code = append(code, linkLetters[int(b)%len(linkLetters)])
	}
	return string(code)
}

// hashLinkCode is what a code is kept as, however it is typed.
func hashLinkCode(code string) string {
	letters := strings.Map(func(r rune) rune {
		if strings.ContainsRune(linkLetters, r) {
			return r
		}
		return -1
	}, strings.ToUpper(code))
	sum := sha256.Sum256([]byte("gonogo link code\n" + letters))
	return hex.EncodeToString(sum[:])
}

// tellLinkCode gives an account that is linked to nobody a code. It is sealed wherever the reply is kept.
func tellLinkCode(t *bot.Turn, saidOne bool) (chat.Reply, error) {
	account, err := t.Store().Seal(state.Strangers, t.Account.String())
	if err != nil {
		return chat.Reply{}, err
	}
	if saidOne {
		return chat.Reply{}, chat.Refuse("link.not_from_here", chat.Quote("account", account))
	}
	known, _, err := linkOf(t, t.Store(), t.Account)
	if err != nil {
		return chat.Reply{}, err
	}
	if known.id != "" && known.link.active() || configuredFor(t.Org, t.Account) != "" { // and yet it speaks for nobody
		return chat.Reply{}, chat.Refuse("link.closed", chat.Quote("account", account))
	}
	code := newLinkCode()
	shown, err := t.Store().Seal(state.Strangers, code)
	if err != nil {
		return chat.Reply{}, err
	}
	key := hashLinkCode(code)
	if err := linkCodes.Put(t.Tx, key, linkCode{Account: account, Until: t.Now.Add(linkLifetime).UTC()}); err != nil {
		return chat.Reply{}, err
	}
	if err := t.Wake(state.Timer{ID: timerLinkCode + ":" + key, At: t.Now.Add(linkLifetime), Kind: timerLinkCode, Subject: key}); err != nil {
		return chat.Reply{}, err
	}
	m := chat.Message{Title: chat.Say("link.code", chat.Quote("account", account), chat.Duration("for", linkLifetime)), Private: true}
	m.Sections = []chat.Section{
		{Fields: []chat.Field{{Label: "label.code", Value: chat.Say("quote", chat.Quote("text", shown))}}},
		{Lines: []chat.Line{{Text: chat.Say("link.code.say")}, {Text: chat.Say("link.code.secret")}}},
	}
	return chat.Reply{Outcome: chat.Done, Code: m.Title.Code, Messages: []chat.Message{m}}, nil
}

// useLinkCode takes a code that somebody says from an account of theirs. A wrong one is counted, so its answer is no refusal
// that undoes the turn.
func useLinkCode(t *bot.Turn, code string) (chat.Reply, error) {
	missed, _, err := linkMisses.Get(t, t.Person)
	if err != nil {
		return chat.Reply{}, err
	}
	if over := missed.Since.Add(linkLifetime); !t.Now.Before(over) {
		missed = linkMiss{Since: t.Now.UTC()}
	} else if missed.Count >= linkTries {
		return chat.Reply{}, chat.Refuse("link.too_many", chat.Time("until", over))
	}
	key := hashLinkCode(code)
	told, ok, err := linkCodes.Get(t, key)
	if err != nil {
		return chat.Reply{}, err
	}
	text, readable := "", false
	if ok && t.Now.Before(told.Until) {
		text, readable = t.Store().Unseal(told.Account)
	}
	account, whole := parseAccount(text)
	if !readable || !whole {
		missed.Count++
		reply := quietly(chat.Say("link.wrong"), nil)
		reply.Outcome, reply.Messages[0].Tone = chat.Refused, chat.Bad
		return reply, linkMisses.Put(t.Tx, t.Person, missed)
	}
	linkCodes.Delete(t.Tx, key)
	t.CancelTimer(timerLinkCode + ":" + key)
	return takeLink(t, account)
}

// linkCodeOver forgets a code that nobody used.
func linkCodeOver(t *bot.Turn, timer state.Timer) error {
	linkCodes.Delete(t.Tx, timer.Subject)
	return nil
}
