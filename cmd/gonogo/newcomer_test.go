package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// newcomer follows a page word by word: its command lines in a folder of their own, its snippets put into the configuration.
type newcomer struct {
	*console
	page string
	// exports are the values behind the variables that the page exports; none of them may be seen anywhere.
	exports map[string]string
	// settle puts the test's own ids and addresses into the page's snippets.
	settle *strings.Replacer
	// did is what each line printed; heard is all that anybody was shown.
	did   map[string]string
	heard *strings.Builder
	bot   *server
	// hurries leaves out the lines that only show something.
	hurries bool
}

func newNewcomer(t *testing.T, page string, exports map[string]string, settle ...string) *newcomer {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	n := &newcomer{
		console: newConsole(t), page: string(text), exports: exports, settle: strings.NewReplacer(settle...),
		did: map[string]string{}, heard: &strings.Builder{},
	}
	t.Cleanup(n.blabbed)
	return n
}

// blocks of a page that are followed, also those within lists.
var followed = regexp.MustCompile("(?ms)^ *```(console|yaml)\n(.*?)^ *```$")

// follow does what the page says between two of its lines; the first is the page's beginning where it is empty. A line is changed
// before it is run.
func (n *newcomer) follow(from, to string, change ...string) {
	n.t.Helper()
	begin := strings.Index(n.page, from)
	end := begin + strings.Index(n.page[max(0, begin):], to)
	if begin < 0 || end < begin {
		n.t.Fatalf("the page has no %q, or no %q after it", from, to)
	}
	for _, block := range followed.FindAllStringSubmatchIndex(n.page, -1) {
		kind, at := n.page[block[2]:block[3]], block[4]
		if kind == "yaml" {
			if begin <= at && at < end {
				n.put(n.page[at:block[5]])
			}
			continue
		}
		for line := range strings.Lines(n.page[at:block[5]]) {
			command, shown := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if shown && begin <= at && at < end {
				n.run(strings.NewReplacer(change...).Replace(command))
			}
			at += len(line)
		}
	}
}

// run runs a line as a shell would. The bot goes on in the background.
func (n *newcomer) run(line string) {
	n.t.Helper()
	line, _, _ = strings.Cut(line, "  # ")
	line = strings.TrimSpace(line)
	if name, ok := strings.CutPrefix(line, "export "); ok {
		name, _, _ = strings.Cut(name, "=")
		if n.exports[name] == "" {
			n.t.Fatalf("%s: the test has no such secret", line)
		}
		n.env = append(n.env, name+"="+n.exports[name])
		return
	}
	if n.hurries && onlyShows.MatchString(line) {
		return
	}
	if strings.HasPrefix(line, "gonogo serve ") {
		n.serve()
		return
	}
	if out, status := n.ends(line); status != 0 {
		n.t.Fatalf("%s ends with %d:\n%s", line, status, out)
	}
}

var onlyShows = regexp.MustCompile(`^gonogo (config check|slack manifest|discord invite)\b`)

// ends runs a line to its end: all that it printed, and its status.
func (n *newcomer) ends(line string) (string, int) {
	n.t.Helper()
	cmd := n.command(line)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		n.t.Fatal(err)
	}
	n.did[line] = string(out)
	n.heard.Write(out)
	return string(out), cmd.ProcessState.ExitCode()
}

// serve starts the bot on what is configured now.
func (n *newcomer) serve() {
	n.t.Helper()
	at := &place{t: n.t, dir: n.dir, file: n.file()}
	for name, value := range n.exports {
		at.env = append(at.env, name+"="+value)
	}
	n.bot = at.serve()
	n.env = append(n.env, "GONOGO_SERVER="+n.bot.address)
}

// stop ends the bot in good order.
func (n *newcomer) stop() {
	n.t.Helper()
	if status := n.bot.stop(); status != 0 {
		n.t.Errorf("the bot ended with status %d", status)
	}
	says(n.t, n.bot.log.String(), `"msg":"stopped"`)
	n.heard.WriteString(n.bot.out.String() + n.bot.log.String())
}

func (n *newcomer) file() string { return filepath.Join(n.dir, "gonogo.yaml") }

// What a section or a person ends before: the next one, or the comment on it.
var nextSection, nextPerson = regexp.MustCompile(`\n[#a-z]`), regexp.MustCompile(`\n  - `)

// put puts a snippet into the configuration: in the place of the section that it is, people in the place of those of the same handle.
func (n *newcomer) put(snippet string) {
	n.t.Helper()
	head, rest, _ := strings.Cut(snippet, "\n")
	ends := nextSection
	if head == "people:" {
		head, _, _ = strings.Cut(rest, "\n")
		snippet, ends = rest, nextPerson
	}
	n.edit(func(text string) string {
		at := strings.Index(text, "\n"+head+"\n") + 1
		if at == 0 {
			n.t.Fatalf("%q is not in the configuration", head)
		}
		end := at + ends.FindStringIndex(text[at:])[0] + 1
		return text[:at] + n.settle.Replace(snippet) + text[end:]
	})
}

// ownAddress lets bots run beside each other on a small disk.
var ownAddress = strings.NewReplacer("127.0.0.1:7474", "127.0.0.1:0", "reserve: 512MB", "reserve: 1MB")

// edit changes the configuration.
func (n *newcomer) edit(change func(string) string) {
	n.t.Helper()
	text, err := os.ReadFile(n.file())
	if err != nil {
		n.t.Fatal(err)
	}
	if err := os.WriteFile(n.file(), []byte(ownAddress.Replace(change(string(text)))), 0o600); err != nil {
		n.t.Fatal(err)
	}
}

// replace changes one thing in the configuration.
func (n *newcomer) replace(was, is string) {
	n.t.Helper()
	n.edit(func(text string) string {
		if !strings.Contains(text, was) {
			n.t.Fatalf("%q is not in the configuration", was)
		}
		return strings.Replace(text, was, is, 1)
	})
}

// said is the line of a command that the page has people say in chat.
func (n *newcomer) said(command string) string {
	n.t.Helper()
	found := regexp.MustCompile("(?m)(?:^|`)(" + regexp.QuoteMeta(command) + "[^`\n]*)(?:`|$)").FindStringSubmatch(n.page)
	if found == nil {
		n.t.Fatalf("the page has nobody say %s", command)
	}
	return found[1]
}

// linkCode is what /link tells an account that is linked to nobody.
func linkCode(t *testing.T, told string) string {
	t.Helper()
	code := regexp.MustCompile(`\b[A-Z0-9]{4}-[A-Z0-9]{4}\b`).FindString(told)
	if code == "" {
		t.Fatalf("no code in %q", told)
	}
	return code
}

// blabbed looks for the secrets in all that was printed, logged, told and stored.
func (n *newcomer) blabbed() {
	if n.bot != nil {
		n.heard.WriteString(n.bot.out.String() + n.bot.log.String())
	}
	err := filepath.WalkDir(n.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		n.heard.Write(text)
		return err
	})
	if err != nil {
		n.t.Error(err)
	}
	all := n.heard.String()
	for name, secret := range n.exports {
		if at := strings.Index(all, secret); at >= 0 {
			n.t.Errorf("%s can be read: …%s…", name, strings.ReplaceAll(all[max(0, at-80):at], "\n", "⏎"))
		}
	}
}

// wordsIn wants texts in what was shown.
func wordsIn(t *testing.T, what, shown string, wanted ...string) {
	t.Helper()
	if missing := slices.DeleteFunc(slices.Clone(wanted), func(w string) bool { return strings.Contains(shown, w) }); len(missing) > 0 {
		t.Errorf("%s: %s not in:\n%s", what, fmt.Sprintf("%q", missing), shown)
	}
}
