package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// What a line of the trace says, by its shape: the thread, the call with paths beside file descriptors, the result.
var (
	traced   = regexp.MustCompile(`^(\d+) +(.*)$`)
	mapped   = regexp.MustCompile(`^mmap\([^,]+, (\d+), [^,]+, MAP_SHARED[^,]*, \d+<([^>]+)>, `)
	result   = regexp.MustCompile(`= (0x[0-9a-f]+)$`)
	msynced  = regexp.MustCompile(`^msync\((0x[0-9a-f]+), .*\bMS_SYNC`)
	fsynced  = regexp.MustCompile(`^f(?:data)?sync\(\d+<([^>]+)>`)
	resumed  = regexp.MustCompile(`^<\.\.\. (\w+) resumed>`)
	finished = regexp.MustCompile(`= 0$`)
)

// busy is a metric that says that effects are due or under way.
var busy = regexp.MustCompile(`(?m)^gonogo_outbox_effects\{.*\} [^0]`)

// logFile ends the name of the log that Badger keeps of what is not in a table yet.
const logFile = ".mem"

// TestSyncBeforeEveryAnswer traces the system calls of the bot while requests are made one after another. A decision reaches
// the store's log through mapped memory, which no call shows; what makes it durable is the msync of that log, and between a
// request's arrival and the first byte of its answer there must be one that had ended well.
//
// It has the machine to itself: every call of every thread stops for the tracer.
func TestSyncBeforeEveryAnswer(t *testing.T) {
	tracer, err := exec.LookPath("strace")
	if err == nil {
		err = exec.Command(tracer, "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("strace is needed in CI: ", err)
		}
		t.Skip("trace of syncs before answers: strace is not here, or may not trace: ", err)
	}
	p := newPlace(t, inDemo...)
	trace := p.path("trace")
	p.under = []string{tracer, "-D", "-f", "-y", "-s", "200", "-o", trace, "-e", "trace=mmap,msync,fsync,fdatasync,read,write,writev,sendto,sendmsg"}
	s := p.serve()
	const requests = 12
	for n := range requests {
		// A refusal is a decision too, and nothing else is written for it; what follows from a freeze ends before the next request.
		as, outcome := "admin", "done"
		if n%2 == 0 {
			as, outcome = "second", "refused"
		}
		body := fmt.Sprintf(`{"as":"%s","in":"#releases","key":"traced-%d","text":"/freeze add prod now +2h \"closing %d\""}`, as, n, n)
		r, err := http.Post(s.address+"/api/v1/say", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		var reply struct{ Outcome string }
		if err := json.NewDecoder(r.Body).Decode(&reply); err != nil || reply.Outcome != outcome {
			t.Errorf("request %d: %v, %v", n, err, reply)
		}
		r.Body.Close()
		s.await("that nothing is left to do", func() bool { return len(busy.FindAllString(s.get("/metrics").body, -1)) == 0 })
	}
	s.stop()
	text := wholeTrace(t, trace, s.cmd.Process.Pid)
	answered := judgeTrace(t, text, filepath.Join(p.data(), storeFolder))
	if answered != requests {
		t.Errorf("%d answers are in the trace, not %d", answered, requests)
	}
}

// wholeTrace waits until the tracer, which outlives what it traces, has written everything.
func wholeTrace(t *testing.T, file string, pid int) string {
	t.Helper()
	ended := regexp.MustCompile(fmt.Sprintf(`(?m)^%d +\+\+\+ `, pid)) // short ids are padded
	for late := time.Now().Add(patience); ; {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if ended.Match(text) {
			return string(text)
		}
		if time.Now().After(late) {
			t.Fatalf("the tracer does not end; its last lines:\n%s", text[max(0, len(text)-2000):])
		}
		runtime.Gosched()
	}
}

// region is a mapped file.
type region struct {
	from, to uint64
	path     string
}

// judgeTrace walks the trace: a sync of the store's log must begin after each request, and end before its answer.
func judgeTrace(t *testing.T, text, store string) (answered int) {
	t.Helper()
	var regions []region
	mapping := map[string]region{} // by thread, what an unfinished call maps
	syncing := map[string]string{} // by thread, the file that an unfinished call syncs
	asked, synced := false, false
	done := func(path string) {
		synced = synced || strings.HasPrefix(path, store) && strings.HasSuffix(path, logFile)
	}
	for _, line := range strings.Split(text, "\n") {
		m := traced.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		thread, call := m[1], m[2]
		if r := mapped.FindStringSubmatch(call); r != nil {
			size, _ := strconv.ParseUint(r[1], 0, 64)
			mapping[thread] = region{to: size, path: r[2]}
		}
		if r := result.FindStringSubmatch(call); r != nil && mapping[thread].path != "" {
			from, _ := strconv.ParseUint(r[1], 0, 64)
			regions = append(regions, region{from, from + mapping[thread].to, mapping[thread].path})
			delete(mapping, thread)
		}
		path := syncOf(call, regions)
		switch {
		case path != "" && strings.Contains(call, "<unfinished ...>"):
			syncing[thread] = path
		case path != "" && finished.MatchString(call):
			done(path)
		case syncing[thread] != "" && resumed.MatchString(call):
			if finished.MatchString(call) {
				done(syncing[thread])
			}
			delete(syncing, thread)
		case strings.Contains(call, `OST /api/v1/say `): // its first byte may have been read ahead
			asked, synced = true, false
			clear(syncing) // what began before does not count
		case asked && strings.HasPrefix(call, "write(") && strings.Contains(call, `"HTTP/1.1 200 OK`):
			if answered++; !synced {
				t.Errorf("answer %d was written before its decision was synced", answered)
			}
			asked = false
		}
	}
	return answered
}

// syncOf is the file that a call makes durable, empty for any other call.
func syncOf(call string, regions []region) string {
	if m := fsynced.FindStringSubmatch(call); m != nil {
		return m[1]
	}
	m := msynced.FindStringSubmatch(call)
	if m == nil {
		return ""
	}
	at, _ := strconv.ParseUint(m[1], 0, 64)
	for n := len(regions) - 1; n >= 0; n-- {
		if r := regions[n]; at >= r.from && at < r.to {
			return r.path
		}
	}
	return ""
}
