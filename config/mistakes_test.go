package config_test

import (
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/config"
)

// mistake is one edit of the starting file and what is said about it.
type mistake struct {
	name     string
	old, new string // the edit; new begins with what stands in the line at fault, after a "§" if that is not its beginning
	path     string
	says     string
	schema   bool // an editor with the schema sees it too
}

var mistakes = []mistake{
	{"unknown key", "  zone: Europe/Berlin", "  zonne: Europe/Berlin", "organisation.zonne", `did you mean zone?`, true},
	{"unknown section", "freezes:\n", "freeezes:\n", "freeezes", "did you mean freezes?", true},
	{"far from any key", "  reserve: 512MB", "  qqqqqqqq: 512MB", "operations.qqqqqqqq", "known are listen, hosts, address, secure, data, reserve, retention and log", true},
	{"key twice", "  name: Our organisation", "  name: Our organisation\n§  name: Again", "organisation.name", "here twice, first in line", false},
	{"text expected", "  name: Our organisation", "  name: 12", "organisation.name", "a number where a text is expected", true},
	{"text not repeated", "  name: Our organisation", "  name: [12]", "organisation.name", "a list where a single value", true},
	{"number expected", "    tolerate: 2 ", "    tolerate: two ", "verification.watched.tolerate", "a text where a whole number", true},
	{"fraction of a whole number", "    tolerate: 2 ", "    tolerate: 2.5 ", "verification.watched.tolerate", "a whole number is expected", true},
	{"number out of bounds", "    tolerate: 2 ", "    tolerate: -1 ", "verification.watched.tolerate", "0 to 100", true},
	{"not finite", "        below: 0.01", "        below: .nan", "verification.watched.criteria[0].below", "a number is expected", false},
	{"bool expected", "  name: Our organisation", "  name: X\n§  demo: yes", "organisation.demo", "true or false is expected", true},
	{"empty value", "  data: gonogo-data ", "  data: ", "operations.data", "is empty", true},
	{"blank name", "  name: Our organisation", "  name: ' '", "organisation.name", "can't be empty", true},
	{"duration", "    duration: 15m", "    duration: 15", "verification.watched.duration", "not a length of time", true},
	{"duration unit", "    duration: 15m", "    duration: 15 minutes", "verification.watched.duration", "90s, 2h30m or 3d", true},
	{"duration too long", "    duration: 15m", "    duration: 9999w", "verification.watched.duration", "longer than ten years", false},
	{"duration of nothing", "    duration: 15m", "    duration: 0s", "verification.watched.duration", "longer than nothing", false},
	{"watch beyond a day", "    duration: 15m", "    duration: 25h", "verification.watched.duration", "at most 1d", false},
	{"interval too short", "    interval: 15s", "    interval: 5ms", "verification.watched.interval", "at least 100ms", false},
	{"probe name twice", "      - name: start page", "      - name: health", "verification.watched", "used twice", false},
	{"interval beyond watch", "    interval: 15s", "    interval: 16m", "verification.watched.interval", "longer than the watch", false},
	{"size", "  reserve: 512MB", "  reserve: lots", "operations.reserve", "not a size", true},
	{"choice", "    criticality: medium", "    criticality: severe", "services[0].criticality", "low, medium and high", true},
	{"name form", "  - name: example\n", "  - name: my service\n", "services[0].name", "is not a name", true},
	{"missing key", "    pipeline: deploy\n    verify: watched\n  - name: prod", "    verify: watched\n  - name: prod", "environments[0]", `needs the key "pipeline"`, true},
	{"no entries", "grants:\n", "x: &x []\ngrants: *x\nz:\n", "x", "not known here", true},
	{"unknown standard", "freezes:\n", "duty: {standard: iso}\nfreezes:\n", "duty.standard", "one of startup, standard and sox", true},
	{"alone without a vote", "freezes:\n", "duty: {author_may_approve_alone: true}\nfreezes:\n", "duty.author_may_approve_alone", "has no effect", false},
	{"rehearsal that no gate asks for", "freezes:\n", "rehearsal:\n§  tiers: [high]\nfreezes:\n", "rehearsal.tiers", "no environment names the gate rehearsal", false},
	{"train of nothing", "freezes:\n", "cadence:\n§  - {name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=DAILY}\nfreezes:\n", "cadence[0]", "name one of the two", false},
	{"train of an unknown service", "freezes:\n", "cadence:\n§  - {service: exmaple, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=DAILY}\nfreezes:\n", "cadence[0].service", "did you mean example?", false},
	{"train twice", "freezes:\n", "cadence:\n  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=DAILY}\n§  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=DAILY}\nfreezes:\n", "cadence[1].name", "configured twice", false},
	{"train without a start", "freezes:\n", "cadence:\n§  - {service: example, name: a, reason: roadmap, why: x, start: soon, every: FREQ=DAILY}\nfreezes:\n", "cadence[0].start", "no date and time", false},
	{"train by no rule", "freezes:\n", "cadence:\n§  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=SOMETIMES}\nfreezes:\n", "cadence[0].every", "", false},
	{"train by words that mean nothing", "freezes:\n", "cadence:\n§  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: now and then}\nfreezes:\n", "cadence[0].every", "now and then", false},
	{"train that never comes", "freezes:\n", "cadence:\n§  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30}\nfreezes:\n", "cadence[0]", "", false},
	{"slot of nothing", "freezes:\n", "cadence:\n§  - {service: example, name: a, reason: roadmap, why: x, start: 2026-12-05 10:00, every: FREQ=DAILY, slot: 0s}\nfreezes:\n", "cadence[0].slot", "longer than nothing", false},
	{"reminder before the question", "freezes:\n", "windows:\n  answer: 2h\n§  remind: 3h\nfreezes:\n", "windows.remind", "before anybody is asked", false},
	{"window of no answers", "freezes:\n", "windows:\n§  answer: 0s\nfreezes:\n", "windows.answer", "longer than nothing", false},
	{"years of weeks without an end", "freezes:\n", "fiscal: {periods: 4-4-5}\nfreezes:\n", "fiscal.closes", "needs its last day", false},
	{"years of months with an end", "freezes:\n", "fiscal:\n§  closes: last saturday of september\nfreezes:\n", "fiscal.closes", "ends with its last month", false},
	{"no end of a year", "freezes:\n", "fiscal:\n  periods: 4-4-5\n§  closes: first monday of may\nfreezes:\n", "fiscal.closes", "is no end of a year", false},
	{"periods", "freezes:\n", "fiscal:\n§  periods: 5-5-3\nfreezes:\n", "fiscal.periods", "4-4-5", true},
	{"hours backwards", "freezes:\n", "hours:\n§  eu: {zone: UTC, from: \"17:00\", to: \"09:00\"}\nfreezes:\n", "hours.eu", "from must come before to", false},
	{"hours nowhere", "freezes:\n", "hours:\n§  eu: {zone: Europe/Berlim}\nfreezes:\n", "hours.eu.zone", "not a time zone", false},
	{"time of day", "freezes:\n", "hours:\n§  eu: {zone: UTC, from: \"9 am\"}\nfreezes:\n", "hours.eu.from", "a time of day", true},
	{"weekday", "freezes:\n", "hours:\n§  eu: {zone: UTC, days: [mon..fry]}\nfreezes:\n", "hours.eu.days[0]", "is no weekday", true},
	{"weekday twice", "freezes:\n", "hours:\n§  eu: {zone: UTC, days: [mon..fri, wed]}\nfreezes:\n", "hours.eu.days", "Wednesday is there twice", false},
	{"day off", "freezes:\n", "hours:\n§  eu: {zone: UTC, holidays: [25.12.2026]}\nfreezes:\n", "hours.eu.holidays[0]", "is not a day", true},
	{"ladder that no rule names", "freezes:\n", "ladders:\n§  up: {rungs: [{ask: [cab], within: 1h}]}\nfreezes:\n", "ladders.up", "no approval rule names ladder:up", false},
	{"unknown ladder", "  peer:\n    electorate: [cab]", "  peer:\n§    electorate: [\"ladder:up\"]", "approvals.peer.electorate[0]", "there is no group or role", false},
	{"rule that defers by nothing known", "freezes:\n", "deferral:\n§  - {name: a, when: \"budget.spend > 1\", why: x}\nfreezes:\n", "deferral[0].when", "budget.spen", false},
	{"rule that defers by no condition", "freezes:\n", "deferral:\n§  - {name: a, when: \"budget.spent\", why: x}\nfreezes:\n", "deferral[0].when", "bool", false},
	{"rule that defers twice", "freezes:\n", "deferral:\n  - {name: a, when: \"budget.spent > 1\", why: x}\n§  - {name: a, when: \"budget.spent > 2\", why: x}\nfreezes:\n", "deferral[1].name", "configured twice", false},
	{"board by no rule", "freezes:\n", "architecture: {approval: bord}\nfreezes:\n", "architecture.approval", "there is no approval rule", false},
	{"marked for no board", "freezes:\n", "architecture: {when: \"true\"}\nfreezes:\n", "architecture.when", "nobody is asked", false},
	{"budget of nothing", "freezes:\n", "budgets:\n§  example: {expr: x, objective: 100%}\nfreezes:\n", "budgets.example.objective", "no budget to spend", false},
	{"budget of nobody", "freezes:\n", "budgets:\n§  exmaple: {expr: x, objective: 99%}\nfreezes:\n", "budgets.exmaple", "did you mean example?", false},
	{"zone", "  zone: Europe/Berlin", "  zone: Europe/Berlim", "organisation.zone", "not a time zone", false},
	{"host", "  listen: 127.0.0.1:7474", "  hosts: [\"https://chat.example.org\"]", "operations.hosts[0]", "a host name in lower case", true},
	{"listen", "  listen: 127.0.0.1:7474", "  listen: 127.0.0.1", "operations.listen", "an address with a port", true},
	{"listen port", "  listen: 127.0.0.1:7474", "  listen: 127.0.0.1:74740", "operations.listen", "an address with a port", false},
	{"demo beyond loopback", "  listen: 127.0.0.1:7474", "  listen: 0.0.0.0:7474", "", "", false}, // allowed where it is no demo
	{"channel", `    cab: "#cab" `, `    cab: "# cab" `, "chat.channels.cab", "not a channel", false},
	{"unknown service", "    depends_on: [] ", "    depends_on: [exmaple] ", "services[0].depends_on[0]", `there is no service "exmaple"; did you mean example?`, false},
	{"a service called all", "  - name: example", "  - name: All", "services[0].name", `"All" can't be a name`, false},
	{"depends on itself", "    depends_on: [] ", "    depends_on: [example] ", "services[0].depends_on", "example → example", false},
	{"unknown owner", "    owner: admin", "    owner: nobody", "services[0].owner", "no person or group", false},
	{"unknown environment in addresses", "      staging: http://127.0.0.1:8081", "      stagging: http://127.0.0.1:8081", "services[0].addresses.stagging", "did you mean staging?", false},
	{"address is no URL", "      staging: http://127.0.0.1:8081", "      staging: 127.0.0.1:8081", "services[0].addresses.staging", "http:// or https:// URL", true},
	{"address missing", "      staging: http://127.0.0.1:8081\n", "", "services[0]", "needs an address in staging", false},
	{"unknown gate", "    gates: [artifact, metadata, freeze, lock]", "    gates: [artifact, metdata, freeze, lock]", "environments[0].gates[1]", "did you mean metadata?", false},
	{"gate twice", "    gates: [artifact, metadata, freeze, lock]", "    gates: [artifact, lock, freeze, lock]", "environments[0].gates[3]", "here twice", false},
	{"unknown environment before", "    after: staging", "    after: stagging", "environments[1].after", "did you mean staging?", false},
	{"environment after itself", "    after: staging", "    after: prod", "environments[1].after", "must stand before", false},
	{"staged without after", "    after: staging\n", "", "environments[1].gates", "needs the key after", false},
	{"unknown pipeline", "    pipeline: deploy\n    verify: watched\n    lock", "    pipeline: deplyo\n    verify: watched\n    lock", "environments[1].pipeline", "did you mean deploy?", false},
	{"unknown plan", "    verify: watched\n    lock", "    verify: wached\n    lock", "environments[1].verify", "did you mean watched?", false},
	{"placeholder", `        url: "{address}/healthz"`, `        url: "{address}/{sevice}"`, "verification.watched.health[0].url", "did you mean service?", false},
	{"both bounds", "        below: 0.01", "        below: 0.01\n        above: 0.02", "verification.watched", "leave nothing between", false},
	{"no bound", "        below: 0.01\n", "", "verification.watched.criteria[0]", "needs below or above", false},
	{"bad expression", `      when: service.data == "financial"`, `      when: service.data == (`, "risk.rules[0].when", "", false},
	{"unknown tier", "      tier: medium", "      tier: middle", "risk.rules[1].tier", "low, medium and high", true},
	{"tier missing", "    low: {} ", "    lowest: {} ", "risk.tiers.lowest", "not one of low, medium and high", true},
	{"unknown approval", "    high: {approval: cab}", "    high: {approval: cob}", "risk.tiers.high.approval", "did you mean cab?", false},
	{"unknown exception rule", "  exception: cab", "  exception: nobody-knows", "freezes.exception", "known are cab and peer", false},
	{"unknown rule for some exceptions", "  exception: cab", "  exceptions: [{approval: pear}]", "freezes.exceptions[0].approval", "did you mean peer?", false},
	{"exceptions of no tier", "  exception: cab", "  exceptions: [{approval: peer, tiers: [huge]}]", "freezes.exceptions[0].tiers[0]", "one of low, medium and high", true},
	{"exceptions of no region", "  exception: cab", "  exceptions: [{approval: peer, regions: [moon]}]", "freezes.exceptions[0].regions[0]", "no region", false},
	{"unknown way with what runs", "  exception: cab", "  running: {high: stop}", "freezes.running.high", "one of finish, pause and roll back", true},
	{"unknown emergency rule", "emergency:\n  approval: peer", "emergency:\n§  approval: pear", "emergency.approval", "did you mean peer?", false},
	{"unknown group", "    veto: [] ", "    veto: [security] ", "approvals.cab.veto[0]", "no group or role", false},
	{"quorum out of reach", "    quorum: 1       #", "    quorum: 3       #", "approvals.cab.quorum", "can never be cast: the electorate has 2 people", false},
	{"quorum of nobody", "    quorum: 1       #", "    quorum: 0       #", "approvals.cab.quorum", "1 to 1000", true},
	{"neither electorate nor seats", "  cab:\n    electorate: [cab]", "  cab:", "approvals.cab", `needs the key "electorate", or seats`, false},
	{"quorum of words", "    quorum: 1       #", "    quorum: half    #", "approvals.cab.quorum", "a share like 1/2", false},
	{"seat of an unknown group", "    quorum: 1       #", "    seats: [{name: board, from: [cob]}]\n    quorum: 1       #", "approvals.cab.seats[0].from[0]", "did you mean cab?", false},
	{"seat that too few can fill", "    quorum: 1       #", "    seats: [{name: board, from: [cab], count: 3}]\n    quorum: 1       #", "approvals.cab.seats[0].from", "3 people must fill", false},
	{"seat of more lists than there are", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], [cab]], count: 3}]\n    quorum: 1       #", "approvals.cab.seats[0].count", "from 1 to 2, as many lists as of names", false},
	{"seat of none of its lists", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], [cab]], count: 0}]\n    quorum: 1       #", "approvals.cab.seats[0].count", "1 to 64", true},
	{"seat of several lists and of one", "    quorum: 1       #", "    seats: [{name: board, from: [cab], of: [[cab]]}]\n    quorum: 1       #", "approvals.cab.seats[0].of", "from says already", false},
	{"seat of several lists and of any", "    quorum: 1       #", "    seats: [{name: board, any_of: [[cab]], of: [[cab]]}]\n    quorum: 1       #", "approvals.cab.seats[0].of", "any_of says already", false},
	{"seat of an unknown list", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], [cob]]}]\n    quorum: 1       #", "approvals.cab.seats[0].of[1][0]", "did you mean cab?", false},
	{"seat of an empty list", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], []]}]\n    quorum: 1       #", "approvals.cab.seats[0].of[1]", "needs at least one entry", true},
	{"seat of lists with too few people", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], [cab], [cab]], count: 3}]\n    quorum: 1       #", "approvals.cab.seats[0].of", "each for another of these, and there are 2", false},
	{"seat of lists of line owners", "    quorum: 1       #", "    seats: [{name: board, of: [[cab], [line-owners]]}]\n    quorum: 1       #", "approvals.cab.seats[0].of[1]", "line-owners stands under from only", false},
	{"seat on no condition", "    quorum: 1       #", "    seats: [{name: board, from: [cab]}, {name: more, from: [cab], when: release.teir == \"high\"}]\n    quorum: 1       #", "approvals.cab.seats[1].when", "did you mean 'release.tier'?", false},
	{"seat on what is neither true nor false", "    quorum: 1       #", "    seats: [{name: board, from: [cab]}, {name: more, from: [cab], when: change.lines}]\n    quorum: 1       #", "approvals.cab.seats[1].when", "must be bool", false},
	{"seats on conditions only", "  cab:\n    electorate: [cab]\n", "  cab:\n    seats: [{name: more, from: [cab], when: change.lines > 5}]\n", "approvals.cab", "nobody would be asked", false},
	{"seat without people", "    quorum: 1       #", "    seats: [{name: board}]\n    quorum: 1       #", "approvals.cab.seats[0].from", "at least one group or role", false},
	{"seat of a line without owner", "    quorum: 1       #", "    seats: [{name: owner, from: [line-owners]}]\n    quorum: 1       #", "approvals.cab.seats[0].from", `nobody owns the business line "example-line"`, false},
	{"stages beside seats", "    quorum: 1       #", "    seats: [{name: a, from: [cab]}]\n    stages: [{name: b, open: 1d, seats: [{name: c, from: [cab]}]}]\n    quorum: 1       #", "approvals.cab.seats", "stages have seats of their own", false},
	{"reminder before the stage", "    quorum: 1       #", "    stages: [{name: b, open: 1d, remind: [2d], seats: [{name: c, from: [cab]}]}]\n    quorum: 1       #", "approvals.cab.stages[0].remind[0]", "shorter than open", false},
	{"escalates to nobody", "emergency:\n  approval: peer", "emergency:\n§  escalate: [cob]\n  approval: peer", "emergency.escalate[0]", "did you mean cab?", false},
	{"line of no service", "emergency:\n  approval: peer", "lines: {other: {owner: [admin]}}\nemergency:\n  approval: peer", "lines.other", "no service of the business line", false},
	{"line owner unknown", "emergency:\n  approval: peer", "lines: {example-line: {owner: [amdin]}}\nemergency:\n  approval: peer", "lines.example-line.owner[0]", "did you mean admin?", false},
	{"threshold", "    threshold: 1/2 ", "    threshold: 3/2 ", "approvals.cab.threshold", "not a share", false},
	{"late reminder", "    open: 3d\n    remind: 4h", "    open: 3d\n§    remind: 3d", "approvals.cab.remind", "before the vote opens", false},
	{"person twice", "  - handle: second", "  - handle: admin", "people[1].handle", "configured twice, first in line", false},
	{"account twice", `"local:main:second", `, `"local:main:admin", `, "people[1].accounts[0]", "one account is one person's", false},
	{"key form", `    accounts: ["local:main:second", `, "    keys: [§nonsense]\n    accounts: [\"local:main:second\", ", "people[1].keys[0]", "a public key: ed25519:", true},
	{"key that is none", `    accounts: ["local:main:second", `, "    keys: [§ed25519:p/bfr484uJuozmSbWU+R5NAf3Ff5yUk99DteUKmYc2d=]\n    accounts: [\"local:main:second\", ", "people[1].keys[0]", "is not 32 bytes", false},
	{"key of two", `    accounts: ["local:main:second", `, "    keys: [ed25519:p/bfr484uJuozmSbWU+R5NAf3Ff5yUk99DteUKmYc2c=, §ed25519:p/bfr484uJuozmSbWU+R5NAf3Ff5yUk99DteUKmYc2c=]\n    accounts: [\"local:main:second\", ", "people[1].keys[1]", "one key is one person's", false},
	{"account form", `"local:main:second", `, `"second", `, "people[1].accounts[0]", "platform:workspace:id", true},
	{"unknown member", "  cab: [admin, second]", "  cab: [admin, secund]", "groups.cab[1]", "did you mean second?", false},
	{"unknown right", "    rights: [vote, review]", "    rights: [vote, revue]", "roles[3].rights[1]", "did you mean review?", true},
	{"unknown role", "  - {role: operator, ", "  - {role: operater, ", "grants[3].role", "did you mean operator?", false},
	{"unknown person", "  - {role: operator, people: [admin]}", "  - {role: operator, people: [amdin]}", "grants[3].people[0]", "did you mean admin?", false},
	{"unknown group granted", "  - {role: member, groups: [cab]}", "  - {role: member, groups: [cob]}", "grants[4].groups[0]", "did you mean cab?", false},
	{"unknown line granted", "  - {role: member, groups: [cab]}", "  - {role: member, groups: [cab], lines: [exampel-line]}", "grants[4].lines[0]", "did you mean example-line?", false},
	{"granted to nobody", "  - {role: member, groups: [cab]}", "  - {role: member}", "grants[4]", "to nobody", false},
	{"nobody administers", "  - {role: administrator, people: [admin, second]}\n", "", "grants", "nobody may administer", false},
	{"merge key", "    low: {} ", "    low: {<<: {approval: peer}} ", "risk.tiers.low", "merging", false},
	{"number as key", "    low: {} ", "    1: {} ", "risk.tiers", "a key must be a text", false},
}

// elsewhere are the mistakes whose line is that of what encloses them, or of what the edit leads to.
var elsewhere = map[string]bool{
	"nobody administers": true, "no bound": true, "both bounds": true, "address missing": true, "missing key": true, "probe name twice": true,
}

// text is the starting file with the mistake in it, and the line at fault.
func (m mistake) text(t *testing.T) (text string, line int) {
	t.Helper()
	start := string(config.Starting())
	if strings.Count(start, m.old) != 1 {
		t.Fatalf("%q is %d times in the starting file", m.old, strings.Count(start, m.old))
	}
	before, after, _ := strings.Cut(start, m.old)
	line = strings.Count(before, "\n") + 1
	if lead, _, marked := strings.Cut(m.new, "§"); marked {
		line += strings.Count(lead, "\n")
	}
	return before + strings.Replace(m.new, "§", "", 1) + after, line
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			text, line := m.text(t)
			if m.path == "" {
				load(t, text)
				return
			}
			ps := problems(t, text)
			for _, p := range ps {
				if p.Path == m.path && strings.Contains(p.Sentence, m.says) {
					if p.Line != line && !elsewhere[m.name] {
						t.Errorf("in line %d, want %d", p.Line, line)
					}
					return
				}
			}
			t.Errorf("want %s: …%s…, got\n%v", m.path, m.says, ps)
		})
	}
}

func TestDemonstrationOnlyOnLoopback(t *testing.T) {
	t.Parallel()
	for listen, good := range map[string]bool{
		"127.0.0.1:1": true, "localhost:1": true, "'[::1]:1'": true, "0.0.0.0:1": false, "':1'": false, "example.org:1": false,
	} {
		text := strings.Replace(demo(t), "listen: 127.0.0.1:7474", "listen: "+listen, 1)
		_, err := config.Load([]byte(text), "demo.yaml")
		if (err == nil) != good {
			t.Errorf("%s: %v", listen, err)
		}
		if !good && !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%s: %v", listen, err)
		}
	}
}

func TestEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	text := string(config.Starting())
	for _, edit := range [][2]string{
		{"  zone: Europe/Berlin", "  zoen: Europe/Berlin"},
		{"    duration: 15m", "    duration: soon"},
		{"    after: staging", "    after: nowhere"},
		{"  cab: [admin, second]", "  cab: [admin, ghost]"},
	} {
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	ps := problems(t, text)
	if len(ps) != 4 {
		t.Fatalf("want four problems, got %d:\n%v", len(ps), ps)
	}
	for i := 1; i < len(ps); i++ {
		if ps[i].Line < ps[i-1].Line {
			t.Error("not in the order of lines")
		}
	}
	first := ps[0].String()
	if !strings.HasPrefix(first, "test.yaml:13: organisation.zoen: ") {
		t.Errorf("an editor can't jump to %q", first)
	}
}

func TestManyProblemsAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 5000 {
		b.WriteString("nonsense" + strings.Repeat("x", i%7) + string(rune('a'+i%26)) + strings.Repeat("y", i/26) + ": 1\n")
	}
	ps := problems(t, b.String())
	if len(ps) != config.MaxProblems+1 || !strings.Contains(ps[config.MaxProblems].Sentence, "more problems") {
		t.Errorf("%d problems", len(ps))
	}
}

func TestCycles(t *testing.T) {
	t.Parallel()
	edge := func(list string) string { return "    depends_on: [" + list + "]" }
	text := strings.Replace(demo(t), "    lines: [payments]\n    criticality: medium", "    lines: [payments]\n"+edge("web")+"\n    criticality: medium", 1)
	ps := problems(t, text)
	if len(ps) != 1 || !strings.Contains(ps[0].Sentence, "web → payments → ledger → web") {
		t.Errorf("got\n%v", ps)
	}
	if ps[0].Line != line(t, text, "    depends_on: [payments]") {
		t.Errorf("in line %d", ps[0].Line)
	}
}

func TestMachinesDoNotVote(t *testing.T) {
	t.Parallel()
	text := strings.Replace(string(config.Starting()), "    name: Second Person", "    name: Second Person\n    machine: true", 1)
	if ps := problems(t, text); !strings.Contains(ps.Error(), "machines don't vote") {
		t.Errorf("got\n%v", ps)
	}
	for path, edit := range map[string][2]string{
		"lines.example-line.owner": {"freezes:\n", "lines: {example-line: {owner: [mill]}}\nfreezes:\n"},
		"approvals.odd.veto":       {"approvals:\n", "approvals:\n  odd: {electorate: [cab], quorum: 1, open: 1d, veto: [mills]}\n"},
	} {
		text := strings.NewReplacer(edit[0], edit[1], "groups:\n", "groups:\n  mills: [mill]\n",
			"people:\n", "people:\n  - {handle: mill, name: Mill, machine: true, accounts: [\"local:main:mill\"]}\n").Replace(string(config.Starting()))
		if ps := problems(t, text); len(ps) != 1 || ps[0].Path != path || !strings.Contains(ps.Error(), "machines don't vote") {
			t.Errorf("%s: got\n%v", path, ps)
		}
	}
}
