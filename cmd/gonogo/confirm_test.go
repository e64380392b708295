package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// withConfirmation makes every vote of the board wait for a second factor.
var withConfirmation = []string{"    open: 3d\n", "    open: 3d\n    confirm: true\n"}

// secondsKey gives the second person of the starting configuration a key.
func secondsKey(public string) []string {
	return []string{"    name: Second Person\n", "    name: Second Person\n    keys: [\"" + public + "\"]\n"}
}

// newVoters is a place with a version to release, where confirmations keep their keys.
func newVoters(t *testing.T, replace ...string) *place {
	t.Helper()
	p := newPlace(t, append(replace, withConfirmation...)...)
	p.env = append(p.env, "XDG_CONFIG_HOME="+p.path("config"))
	p.publish("admin@example.org")
	return p
}

// publish puts version 1.0.0 of the example into the repository.
func (p *place) publish(author string) {
	p.t.Helper()
	folder := p.path("artifacts", "example", "1.0.0")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		p.t.Fatal(err)
	}
	for name, text := range map[string]string{"artifact": "hello", "manifest.json": `{"commit": "5ca1ab1e", "run_id": "run-1", "authors": ["` + author + `"]}`} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			p.t.Fatal(err)
		}
	}
}

// asksTheBoard opens the ballot B-1 on an exception, in the name of the administrator.
func (s *server) asksTheBoard(more ...string) {
	s.t.Helper()
	for _, line := range []string{"/release plan example 1.0.0", "/freeze add prod now +2h stocktaking", "/freeze exception R-1 urgent"} {
		if reply, status := s.say("admin", line, more...); status != 0 {
			s.t.Fatalf("%s: %+v", line, reply)
		}
	}
}

// confirms runs gonogo confirm, and reads the reply.
func (s *server) confirms(status int, args ...string) (words.Reply, ran) {
	s.t.Helper()
	r := s.must(status, append([]string{"confirm", "--server", s.address, "--json"}, args...)...)
	var reply words.Reply
	if err := json.Unmarshal([]byte(r.out), &reply); err != nil {
		s.t.Fatalf("no JSON: %v: %s %s", err, r.out, r.err)
	}
	return reply, r
}

// TestConfirmWithAKey: a key is made once, and signs what the person is shown.
func TestConfirmWithAKey(t *testing.T) {
	t.Parallel()
	p := newVoters(t, inDemo...) // a token would confirm by itself
	public := p.must(0, "confirm", "--make-key").out
	if again := p.must(0, "confirm", "--make-key").out; again != public || !regexp.MustCompile(`^ed25519:[A-Za-z0-9+/]{43}=\n$`).MatchString(public) {
		t.Fatalf("%q, then %q", public, again)
	}
	p.write(strings.NewReplacer(secondsKey(strings.TrimSpace(public))...).Replace(p.read()))
	p.must(0, "config", "check", p.file)
	p.must(0, "confirm", "--make-key", "--key-file", "others.key")
	s := p.serve()
	s.asksTheBoard()

	if reply, _ := s.confirms(1, "B-1", "--as", "second"); reply.Code != "approval.nothing_to_confirm" {
		t.Errorf("before the vote: %+v", reply)
	}
	if reply, _ := s.say("second", "/vote B-1 go"); reply.Code != "vote.waits" {
		t.Fatalf("voted: %+v", reply)
	}
	if reply, _ := s.confirms(1, "B-1", "--as", "second", "--key-file", "others.key"); reply.Code != "confirm.bad_signature" {
		t.Errorf("somebody else's key: %+v", reply)
	}
	says(t, p.must(2, "confirm", "B-1", "--key-file", "none.key").err, "gonogo confirm --make-key")
	reply, r := s.confirms(0, "X-1", "--as", "second")
	if reply.Code != "confirm.by_key" {
		t.Errorf("confirmed: %+v", reply)
	}
	says(t, r.err, "gonogo confirm v1\nB-1\n", "You sign: go on B-1.")
	if reply, _ := s.confirms(1, "B-1", "--as", "second"); reply.Code != "approval.not_open" {
		t.Errorf("once more: %+v", reply)
	}
}

// TestConfirmWithAToken: one's own token confirms at once. Without it, and without a key, nothing is confirmed.
func TestConfirmWithAToken(t *testing.T) {
	t.Parallel()
	s := newVoters(t).serve()
	for _, who := range []string{"admin", "second"} {
		token := s.must(0, "token", "create", who, "--data", s.data()).out
		if err := os.WriteFile(s.path(who+".token"), []byte(token), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.asksTheBoard("--token-file", "admin.token")
	if reply, _ := s.say("second", "/vote B-1 go", "--token-file", "second.token"); reply.Code != "vote.waits" {
		t.Fatalf("voted: %+v", reply)
	}
	if reply, _ := s.confirms(1, "B-1"); reply.Code != "request.token_needed" && !strings.Contains(reply.Text, "A token is needed") {
		t.Errorf("without a token: %+v", reply)
	}
	if reply, _ := s.confirms(1, "B-1", "--token-file", "admin.token"); reply.Code != "approval.nothing_to_confirm" {
		t.Errorf("with somebody else's: %+v", reply)
	}
	if reply, _ := s.confirms(0, "B-1", "--token-file", "second.token"); reply.Code != "confirm.by_token" {
		t.Errorf("confirmed: %+v", reply)
	}
	says(t, s.must(2, "confirm").err, "B-1 or R-1")
}

// TestConfirmWhatWasPasted: a key needs no way to the bot. Somebody who is on Slack alone copies the statement from there, whatever
// blanks come along, and says what is printed.
func TestConfirmWhatWasPasted(t *testing.T) {
	t.Parallel()
	w := slackWorkspace(t)
	n := slackNewcomer(t, w)
	n.hurries = true
	n.follow("", slackTokens)
	n.run("gonogo confirm --make-key --key-file ben.key > ben.pub")
	public, err := os.ReadFile(filepath.Join(n.dir, "ben.pub"))
	if err != nil {
		t.Fatal(err)
	}
	key := secondsKey(strings.TrimSpace(string(public)))
	n.replace(key[0], key[1])
	n.replace(withConfirmation[0], withConfirmation[1])
	n.replace(`"local:main:second"`, `"slack:`+slackTeam+":"+slackBen+`"`)
	n.serve()
	n.bot.await("connected", func() bool { return strings.Contains(n.bot.log.String(), "connected to Slack") })
	say := func(who, line string) string {
		t.Helper()
		seen := w.Type(who, slackChannel, line)
		if seen.Error != "" || len(seen.Messages) == 0 {
			t.Fatalf("%s: %q", line, seen.Error)
		}
		return seen.Text()
	}
	for _, line := range []string{n.said("/release plan"), n.said("/freeze add"), n.said("/freeze exception")} {
		say(slackAnn, line)
	}
	wordsIn(t, "voted", say(slackBen, "/vote B-1 go"), "counts once you confirm it")
	shown := say(slackBen, "/confirm B-1")
	at := strings.Index(shown, "gonogo confirm v1")
	if at < 0 {
		t.Fatalf("there is nothing to sign: %s", shown)
	}
	lines := strings.Split(shown[at:], "\n")[:6]
	for name, text := range map[string]string{"pasted": "\r\n  " + strings.Join(lines, " \r\n  ") + "\r\n\r\n", "cut": strings.Join(lines[:5], "\n"),
		"of something else": "ssh-sign v1\n" + strings.Join(lines[1:], "\n")} {
		if err := os.WriteFile(filepath.Join(n.dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, wrong := range []string{"cut", "of something else"} {
		if out, status := n.ends("gonogo confirm --sign --key-file ben.key < '" + wrong + "'"); status != exitUsage {
			t.Errorf("%s: status %d: %s", wrong, status, out)
		}
	}
	n.run("gonogo confirm --sign --key-file ben.key < pasted > line 2> told")
	line, err := os.ReadFile(filepath.Join(n.dir, "line"))
	if err != nil {
		t.Fatal(err)
	}
	told, err := os.ReadFile(filepath.Join(n.dir, "told"))
	if err != nil {
		t.Fatal(err)
	}
	wordsIn(t, "told", string(told), "You sign: go on B-1.")
	wordsIn(t, "confirmed", say(slackBen, strings.TrimSpace(string(line))), "with a key", "passed")
	n.stop()
}
