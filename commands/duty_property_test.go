package commands_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// The law of duties: whatever is said in whatever order, no human both writes a change and passes it to production alone. The test
// knows who is behind which account, and counts by that; it asks none of the rules.

// dutyWorld is the strict organisation with humans who have several accounts, one of which the bot does not know at first.
const dutyPeople = `people:
  - {handle: ann, accounts: ["local:shop:ann", "slack:T1:ann", "github::ann", "git::ann@shop.example"]}
  - {handle: bob, accounts: ["local:shop:bob", "slack:T1:bob", "github::bob", "git::bob@shop.example"]}
  - {handle: cid, accounts: ["local:shop:cid", "slack:T1:cid", "github::cid", "git::cid@shop.example"]}
  - {handle: dan, accounts: ["local:shop:dan", "slack:T1:dan", "github::dan", "git::dan@shop.example"]}
  - {handle: eve, accounts: ["local:shop:eve", "slack:T1:eve", "github::eve", "git::eve@shop.example"]}
  - {handle: ida, accounts: ["local:shop:ida", "slack:T1:ida", "github::ida", "git::ida@shop.example"]}
  - {handle: adm, accounts: ["local:shop:adm", "slack:T1:adm", "github::adm", "git::adm@shop.example"]}
  - {handle: two, accounts: ["local:shop:two"]}
groups:
  cab: [ann, bob, cid, dan, eve]
  operations: [ann, bob, cid, dan, eve]
roles:
  - {name: everything, rights: [release.plan, release.cancel, vote, review, deploy, rollback, emergency, freeze, freeze.exception, lock, respond]}
  - {name: administrator, rights: [administer]}
  - {name: registrar, rights: [identify]}
grants:
  - {role: everything, people: [ann, bob, cid, dan, eve]}
  - {role: administrator, people: [adm, two]}
  - {role: registrar, people: [ida]}
`

// humans are those who write, vote and deploy; each has these accounts, and another address that the bot is not told of.
var humans = []string{"ann", "bob", "cid", "dan", "eve"}

// officials name authors and note what runs. They write too, stand in for voters, and lie, where duties are strict: that standard alone keeps
// their rights apart from deciding.
var officials = []string{"ida", "adm"}

// dutyConfig is the organisation under a standard, with one environment and one go that carries.
func dutyConfig(t testing.TB, standard string) string {
	text := strings.Replace(string(shortcut(t)), "emergency: {approval", "duty: {standard: "+standard+"}\nemergency: {approval", 1)
	text = strings.Replace(text, "electorate: [cab, operations]", "electorate: [cab]", 1)
	at := strings.Index(text, "people:\n")
	text = strings.NewReplacer("owner: owner", "owner: ann", "owner: dev", "owner: ann", "[security]", "[cab]").Replace(text[:at])
	return text + dutyPeople
}

// dutyStep is one thing that is done: a letter of the alphabet, with dice of its own, so that leaving others out changes nothing of it.
type dutyStep struct {
	act  string
	dice uint64
}

var dutyAlphabet = []string{
	"write", "plan", "plan", "vote", "vote", "vote", "deploy", "deploy", "deploy", "emergency", "link", "unlink", "identify", "declare",
	"reload", "delegate", "forge", "write", "plan", "vote", "deploy", "reopen", "settle", "restart", "misname", "misnote",
}

// dutyPlay is one play, with what is true of it.
type dutyPlay struct {
	*world
	n       int
	wrote   map[string][]string // who really wrote a version
	version map[string]string   // of a release
	plans   []string
	goes    map[string]map[string]bool // who really said go, by what was voted on
	config  string
	strict  bool
	cast    []string // who acts
	misnote int      // the number of the version that was said to run
	broken  string
	passed  int
}

func (p *dutyPlay) pick(d *rand.Rand, from []string) string { return from[d.IntN(len(from))] }

// account is one of a human's, of those that may speak.
func (p *dutyPlay) speaker(d *rand.Rand, who string) string {
	return p.pick(d, []string{who, "slack:T1:" + who})
}

// address is one of a human's in source code: one that is known, or one that is not until somebody says so.
func (p *dutyPlay) address(d *rand.Rand, who string) string {
	return p.pick(d, []string{who + "@shop.example", who + "@shop.example", who + ".alt@home.example"})
}

func (p *dutyPlay) do(s dutyStep) {
	d := rand.New(rand.NewPCG(s.dice, 1))
	who, other := p.pick(d, p.cast), p.pick(d, p.cast)
	r := ""
	if len(p.plans) > 0 {
		r = p.plans[max(0, len(p.plans)-1-d.IntN(2))]
	}
	say := func(as, line string) chat.Reply { return p.say("", p.speaker(d, as), "#releases", line) }
	switch s.act {
	case "write", "forge": // a forger writes another's name into the commit; the host still says who pushed it
		p.n++
		version, commit := fmt.Sprintf("1.%d.0", p.n), fmt.Sprintf("feed%03d", p.n)
		named := p.address(d, who)
		if s.act == "forge" {
			named = p.address(d, other)
		}
		id := fullCommit(commit)
		c := port.Commit{ID: id, At: time.Now(), Author: identity(named), Committer: identity(named), Request: &port.MergeRequest{ID: "#" + commit}}
		if slices.Contains(officials, who) { // past the host, with an address that is perhaps nobody's yet
			c.Request = nil
		}
		p.host.mu.Lock()
		wrote := []string{who}
		if d.IntN(3) == 0 {
			co := p.pick(d, p.cast)
			c.CoAuthors, wrote = identities(p.address(d, co)), append(wrote, co)
		}
		merged := p.pick(d, humans)
		p.host.commits["payments"] = append(p.host.commits["payments"], c)
		p.host.requests["payments#"+commit] = &port.MergeRequest{
			ID: "#" + commit, Author: identity("github:" + who), Pushers: identities("github:" + who), PushedAt: time.Now().Add(-2 * time.Hour), Head: id,
			Approvals: []port.Approval{{By: identity("github:" + other), At: time.Now().Add(-time.Hour), Commit: id}}, MergedBy: identity("github:" + merged),
		}
		p.host.mu.Unlock()
		p.wrote[version] = wrote
		p.artifacts.put("payments", version, func(a *port.Artifact) { a.Build.Commit, a.Build.Authors = id, []string{named} })
	case "plan":
		if p.n > 0 {
			version := fmt.Sprintf("1.%d.0", p.n)
			if reply := say(who, "/release plan payments "+version); reply.IDs["release"] != "" && reply.Outcome == chat.Done {
				p.plans, p.version[reply.IDs["release"]] = append(p.plans, reply.IDs["release"]), version
			}
		}
	case "vote":
		if r == "" {
			return
		}
		choice := p.pick(d, []string{"go", "go", "go", "no-go", "abstain"})
		if reply := say(who, "/vote "+r+" "+choice); reply.Outcome == chat.Done {
			if p.goes[r] == nil {
				p.goes[r] = map[string]bool{}
			}
			p.goes[r][who] = p.goes[r][who] && choice != "go" || choice == "go"
		}
	case "deploy":
		if r == "" {
			return
		}
		running := p.running()
		for _, i := range d.Perm(len(humans)) { // whoever may, does
			if reply := say(humans[i], "/deploy "+r+" prod"); reply.Outcome == chat.Done && reply.Code == "deploy.queued" {
				p.judge(r, humans[i], running)
				time.Sleep(30 * time.Second)
				break
			}
		}
	case "emergency":
		if r != "" {
			say(who, "/emergency "+r+` prod "it burns"`)
		}
	case "reopen":
		if r != "" {
			if reply := say(who, "/vote open "+r); reply.Outcome == chat.Done { // what was said before is void
				p.goes[r] = nil
			}
		}
	case "link": // a code told to one account, said on another
		reply := p.say("", "slack:T1:new"+who, "#releases", "/link")
		if code := codeTold.FindStringSubmatch(p.words(reply).Text); code != nil {
			p.say("", who, "#releases", "/link "+code[1])
		}
	case "unlink":
		p.say("", who, "#releases", "/unlink slack:T1:new"+who)
	case "identify": // an identity administrator who tells the truth
		p.say("", "ida", "#releases", "/identity link git::"+who+".alt@home.example "+who)
	case "declare": // and one of the humans who would say that it is a machine's, or another's
		say(other, "/identity declare git::"+who+".alt@home.example machine")
		say(other, "/identity link git::"+who+".alt@home.example "+other)
	case "misname": // one who does not, about what they are yet to write
		if p.strict {
			p.say("", "ida", "#releases", "/identity link git::ida.alt@home.example "+p.pick(d, humans))
		}
	case "misnote": // an administrator who says that what is still to be agreed to runs already
		if p.strict && p.n > 0 {
			if reply := p.say("", "adm", "#releases", fmt.Sprintf("/deploy adopt payments prod 1.%d.0 --replace", p.n)); reply.Outcome == chat.Done {
				p.misnote = p.n
			}
		}
	case "reload": // somebody would loosen the rules: it takes two others
		proposals := []string{p.config, strings.Replace(p.config, "open: 1h", "open: 2h", 1), dutyConfigOf(p.config, "sox"), dutyConfigOf(p.config, "standard")}
		if p.strict { // officials lie
			proposals = proposals[:3]
		}
		p.proposed = []byte(p.pick(d, proposals))
		reply := p.say("", "adm", "#releases", "/config reload")
		p.say("", who, "#releases", "/config accept "+reply.IDs["configuration"])
		p.say("", "two", "#releases", "/config accept "+reply.IDs["configuration"])
	case "delegate":
		say(who, "/delegate "+other+` "now" "+1h" "lunch"`)
	case "settle":
		time.Sleep(time.Duration(1+d.IntN(40)) * time.Second)
	case "restart":
		p.proposed = []byte(p.config)
		p.crash()
	}
	synctest.Wait()
}

// dutyConfigOf is the configuration under another standard.
func dutyConfigOf(config, standard string) string {
	at := strings.Index(config, "duty: {standard: ") + len("duty: {standard: ")
	return config[:at] + standard + config[at+strings.Index(config[at:], "}"):]
}

// number is the n of 1.n.0, 0 for nothing.
func number(version string) (n int) {
	_, _ = fmt.Sscanf(version, "1.%d.0", &n)
	return n
}

// running is the number of the version that runs.
func (p *dutyPlay) running() int {
	p.pipeline.mu.Lock()
	defer p.pipeline.mu.Unlock()
	return number(p.pipeline.live["prod/payments"])
}

// judge holds a deployment that was let go against the law: somebody who had no part in it said go, and it is not one human alone. Of
// what an administrator said to run others need not know better, and the administrator does.
func (p *dutyPlay) judge(r, executor string, running int) {
	p.passed++
	var wrote []string
	for n := running + 1; n <= number(p.version[r]); n++ { // everything since what runs comes with it
		for _, who := range p.wrote[fmt.Sprintf("1.%d.0", n)] {
			if n > p.misnote || who == "adm" {
				wrote = append(wrote, who)
			}
		}
	}
	var others []string
	for who, still := range p.goes[r] {
		if still && !slices.Contains(wrote, who) {
			others = append(others, who)
		}
	}
	if len(others) == 0 {
		p.broken = fmt.Sprintf("%s (%s), written by %v, goes to production through %s with the go of %v alone", r, p.version[r], wrote, executor, p.goes[r])
	}
	if slices.Contains(wrote, executor) || len(others) == 1 && others[0] == executor {
		p.broken = fmt.Sprintf("%s (%s), written by %v and agreed to by %v, is deployed by %s", r, p.version[r], wrote, others, executor)
	}
}

// played plays steps and returns what broke the law, and how many deployments were let go.
func played(t *testing.T, standard string, steps []dutyStep) (broken string, passed int) {
	config := dutyConfig(t, standard)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, []byte(config), func(w *world) { w.host = newHost() })
		defer func() { w.end() }()
		p := &dutyPlay{world: w, wrote: map[string][]string{}, version: map[string]string{}, goes: map[string]map[string]bool{}, config: config, strict: standard == "sox", cast: humans}
		if p.strict {
			p.cast = slices.Concat(humans, officials)
		}
		w.host.commits["payments"] = []port.Commit{{ID: fullCommit("feed000"), Author: identity("who@shop.example"), Committer: identity("who@shop.example")}}
		w.artifacts.put("payments", "1.0.0", func(a *port.Artifact) { a.Build.Commit = fullCommit("feed000") })
		if r := w.say("", "adm", "#releases", "/deploy adopt payments prod 1.0.0"); r.Outcome != chat.Done {
			t.Fatalf("what runs is not noted: %s", w.words(r).Text)
		}
		for _, s := range steps {
			if p.do(s); p.broken != "" {
				break
			}
		}
		broken, passed = p.broken, p.passed
		if err := w.verify(); err != nil {
			t.Error(err)
		}
	})
	return broken, passed
}

// TestNobodyPassesTheirOwnAlone plays sequences by chance. GONOGO_DUTY_SEED plays one again, GONOGO_DUTY_PLAYS more of them.
func TestNobodyPassesTheirOwnAlone(t *testing.T) {
	seed, plays := uint64(20261123), 30
	if text := os.Getenv("GONOGO_DUTY_SEED"); text != "" {
		seed, _ = strconv.ParseUint(text, 10, 64)
		plays = 1
	}
	if text := os.Getenv("GONOGO_DUTY_PLAYS"); text != "" {
		plays, _ = strconv.Atoi(text)
	}
	if testing.Short() {
		plays = min(plays, 8)
	}
	passed := 0
	for n := range plays {
		s := seed + uint64(n)
		dice := rand.New(rand.NewPCG(s, 2))
		standard := []string{"standard", "sox"}[n%2]
		steps := []dutyStep{{"write", dice.Uint64()}, {"plan", dice.Uint64()}}
		for range 60 {
			steps = append(steps, dutyStep{dutyAlphabet[dice.IntN(len(dutyAlphabet))], dice.Uint64()})
		}
		broken, let := played(t, standard, steps)
		passed += let
		if broken == "" {
			continue
		}
		t.Logf("GONOGO_DUTY_SEED=%d (%s): %s; leaving out what is not needed…", s, standard, broken)
		for i := len(steps) - 1; i >= 0; i-- { // each step that is not needed is left out
			less := slices.Delete(slices.Clone(steps), i, i+1)
			if still, _ := played(t, standard, less); still != "" {
				steps, broken = less, still
			}
		}
		t.Fatalf("GONOGO_DUTY_SEED=%d (%s): %s\nafter %v", s, standard, broken, steps)
	}
	if passed == 0 {
		t.Errorf("seed %d: nothing was ever let go: the law was not tried", seed)
	}
	t.Logf("%d deployments were let go in %d plays from seed %d", passed, plays, seed)
}
