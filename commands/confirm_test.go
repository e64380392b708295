package commands_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// keyOf is the private key that belongs to the public one in confirm.txtar.
func keyOf(letter string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte(letter)[:1], ed25519.SeedSize))
}

// sign keeps a signature under the statement that the last reply showed: sign NAME c, with key c.
func (p *play) sign(a []string, _ string) {
	statement := p.reply.IDs["statement"]
	if !strings.HasPrefix(statement, "gonogo confirm v1\n") || !strings.Contains(p.reply.Text, strings.TrimSpace(statement)) {
		p.Fatalf("%s:%d: there is nothing to sign:\n%s", p.path, p.line, p.reply.Text)
	}
	p.files["signature:"+a[0]] = []byte(base64.StdEncoding.EncodeToString(ed25519.Sign(keyOf(a[1]), []byte(statement))))
}

// confirm says a signature that was kept: confirm NAME who #channel B-1.
func (p *play) confirm(a []string, line string) {
	p.hears(p.world.say("", a[1], a[2], "/confirm "+a[3]+" "+string(p.files["signature:"+a[0]])))
	p.hear(line)
}

// token says something with the speaker's own token: token who #channel text.
func (p *play) token(a []string, line string) {
	reply, err := p.world.bot.Say(context.Background(), port.Said{Account: p.world.account(a[0]), Place: p.world.place(a[1]), Text: strings.Join(a[2:], " "), Proven: true})
	if err != nil {
		p.Fatal(err)
	}
	p.hears(reply)
	p.hear(line)
}
