package main

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// consoleBlock is a block of command lines in a page.
var consoleBlock = regexp.MustCompile("(?ms)^```console\n(.*?)^```$")

// consoleLine is a command line as a page shows it, perhaps with the exit status that it ends with.
type consoleLine struct {
	text   string
	status int
}

var otherStatus = regexp.MustCompile(`\s+# exit status (\d)$`)

// consoleLines reads the command lines of a page, in order.
func consoleLines(t *testing.T, page string) (lines []consoleLine) {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range consoleBlock.FindAllSubmatch(text, -1) {
		for line := range strings.Lines(string(block[1])) {
			shown, ok := strings.CutPrefix(strings.TrimSpace(line), "$ ")
			if !ok {
				continue // what is printed
			}
			l := consoleLine{text: shown}
			if m := otherStatus.FindStringSubmatch(shown); m != nil {
				l.text = strings.TrimSuffix(shown, m[0])
				l.status, _ = strconv.Atoi(m[1])
			}
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		t.Fatalf("%s has no command line", page)
	}
	return lines
}

// console is a shell in a folder of its own, with this program as gonogo.
type console struct {
	t   *testing.T
	dir string
	env []string
}

func newConsole(t *testing.T) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, dir: t.TempDir()}
	if err := os.Mkdir(filepath.Join(c.dir, "bin"), 0o700); err != nil {
		t.Fatal(err)
	}
	// A script that was just written may be busy: whatever another test begins at that moment inherits the file for an instant.
	if err := os.Symlink(self, filepath.Join(c.dir, "bin", "gonogo")); err != nil {
		t.Fatal(err)
	}
	c.env = append(childEnv(), asProgram+"=1", "PATH="+filepath.Join(c.dir, "bin")+":"+os.Getenv("PATH"), "NO_COLOR=1", "GONOGO_TOKEN=", "XDG_CONFIG_HOME="+filepath.Join(c.dir, "config"))
	return c
}

func (c *console) command(line string) *exec.Cmd {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = c.dir, c.env
	return cmd
}

// must runs a line to its end.
func (c *console) must(l consoleLine) {
	c.t.Helper()
	out, err := c.command(l.text).CombinedOutput()
	status := 0
	if ended, ok := err.(*exec.ExitError); ok {
		status = ended.ExitCode()
	} else if err != nil {
		c.t.Fatal(err)
	}
	if status != l.status {
		c.t.Fatalf("%s\nends with %d, not with %d:\n%s", l.text, status, l.status, out)
	}
}

// background starts a program that goes on until the test ends, and waits until it prints that it is ready.
func (c *console) background(address, line, ready string) {
	c.t.Helper()
	log, err := os.Create(filepath.Join(c.dir, "background.log"))
	if err != nil {
		c.t.Fatal(err)
	}
	cmd := c.command("exec " + line)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	c.t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		<-ended
		_ = log.Close()
	})
	c.env = append(c.env, "GONOGO_SERVER=http://"+address)
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(2 * time.Minute); ; {
		said, err := os.ReadFile(log.Name())
		if err != nil {
			c.t.Fatal(err)
		}
		if strings.Contains(string(said), ready) {
			return
		}
		select {
		case <-ended:
			c.t.Fatalf("%s ended:\n%s", line, said)
		case <-late:
			c.t.Fatalf("%s is not ready:\n%s", line, said)
		case <-tick.C:
		}
	}
}

// freeAddress is one that nothing listens on at this moment.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// elsewhere gives the configuration that was just written an address of the test's own.
func (c *console) elsewhere(address string) {
	c.t.Helper()
	file := filepath.Join(c.dir, "gonogo.yaml")
	b, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	text := strings.Replace(string(b), "127.0.0.1:7474", address, 1)
	if err := os.WriteFile(file, []byte(strings.Replace(text, "reserve: 512MB", "reserve: 1MB", 1)), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// play runs the lines of a page. What builds gonogo or waits in the foreground is replaced by the test's own.
func (c *console) play(lines []consoleLine) {
	c.t.Helper()
	address := freeAddress(c.t)
	for _, l := range lines {
		serving, inBackground := strings.CutSuffix(l.text, " &")
		switch {
		case strings.HasPrefix(l.text, "git clone "), strings.HasPrefix(l.text, "cd "):
		case strings.HasPrefix(l.text, "make "):
			check := exec.Command("make", "-n", strings.TrimPrefix(l.text, "make "))
			check.Dir = "../.."
			if out, err := check.CombinedOutput(); err != nil {
				c.t.Fatalf("%s: %v\n%s", l.text, err, out)
			}
			folder, err := filepath.Abs("../../testdata/demo")
			if err != nil {
				c.t.Fatal(err)
			}
			if l.text == "make run" {
				c.background(address, "gonogo demo --data gonogo-demo --listen "+address+" --demo "+folder, "Ctrl-C")
			}
		case inBackground:
			c.background(address, serving, `"msg":"ready"`)
		default:
			c.must(l)
			if strings.HasPrefix(l.text, "gonogo init") {
				c.elsewhere(address)
			}
		}
	}
}

// TestDocsConsole runs the command lines of the pages, as they are.
func TestDocsConsole(t *testing.T) {
	t.Parallel()
	readme := consoleLines(t, "../../README.md")
	own := 0
	for own < len(readme) && !strings.HasPrefix(readme[own].text, "gonogo ") {
		own++
	}
	for name, lines := range map[string][]consoleLine{
		"newcomer":   readme[:own],
		"own":        readme[own:],
		"operations": consoleLines(t, "../../docs/operations.md"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			newConsole(t).play(lines)
		})
	}
}
