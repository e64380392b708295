package kvtest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/state/kv"
)

// width is how many keys every batch of Loop writes with the batch's number.
const width = 24

// Loop is what a child does until it is killed: take an epoch, then write
// numbered batches and name each on w once it is acknowledged.
func Loop(e kv.Engine, w io.Writer) error {
	epoch, err := e.Acquire()
	if err != nil {
		return err
	}
	last, err := lastBatch(e)
	if err != nil {
		return err
	}
	for n := last + 1; ; n++ {
		if err := e.Apply(epoch, numbered(n)); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(w, n); err != nil {
			return err
		}
	}
}

// numbered overwrites the same keys in every batch, adds one of its own, and
// removes one that an earlier batch added.
func numbered(n int) []kv.Op {
	number := fmt.Sprintf("%09d", n)
	ops := []kv.Op{put("log/"+number, number)}
	if n > 100 {
		ops = append(ops, del(fmt.Sprintf("log/%09d", n-100)))
	}
	pad := strings.Repeat(number[len(number)-1:], 300)
	for i := range width {
		ops = append(ops, put(fmt.Sprintf("same/%02d", i), number+pad))
	}
	return ops
}

func lastBatch(e kv.Reader) (int, error) {
	last := 0
	err := e.Scan([]byte("log/"), []byte("log0"), true, func(_, value []byte) (err error) {
		last, err = strconv.Atoi(string(value))
		return errors.Join(kv.ErrStop, err)
	})
	return last, err
}

// wantWhole checks that what is there is exactly the work of batches 1 to n, for
// some n that is acked or the one after it.
func wantWhole(t *testing.T, e kv.Reader, acked int) {
	t.Helper()
	n, err := lastBatch(e)
	if err != nil {
		t.Fatal(err)
	}
	if n != acked && n != acked+1 {
		t.Fatalf("batch %d was acknowledged last, batch %d is there", acked, n)
	}
	log := list(t, e, []byte("log/"), []byte("log0"), false)
	if want := min(n, 100); len(log) != want {
		t.Errorf("after batch %d the log holds %d keys, want %d", n, len(log), want)
	}
	if n == 0 {
		return
	}
	same := list(t, e, []byte("same/"), []byte("same0"), false)
	if len(same) != width {
		t.Errorf("%d keys of a batch are there, want %d", len(same), width)
	}
	for _, p := range same {
		if !strings.HasPrefix(p.value, fmt.Sprintf("%09d", n)) {
			t.Errorf("key %s holds batch %.9s, want %d: a batch is there in part", p.key, p.value, n)
		}
	}
}

// testCrash loses power in the process at moments the writer does not choose.
func testCrash(t *testing.T, s Store) {
	c, ok := s.(Crasher)
	if !ok {
		return // the engine cannot lose power within a process
	}
	for round := range 20 {
		e := reopened(t, s)
		acks, w := io.Pipe()
		ended := make(chan error, 1)
		go func() {
			err := Loop(e, w)
			ended <- errors.Join(err, w.Close())
		}()
		lines, acked := bufio.NewScanner(acks), 0
		for i := 0; i <= round*7 && lines.Scan(); i++ {
			acked, _ = strconv.Atoi(lines.Text())
		}
		go c.Crash(t)
		for lines.Scan() {
			acked, _ = strconv.Atoi(lines.Text())
		}
		wantErr(t, "the writer's last apply", <-ended, kv.ErrClosed)
		e = reopened(t, s)
		wantWhole(t, e, acked)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// testKill ends a child with SIGKILL while it writes.
func testKill(t *testing.T, s Store) {
	k, ok := s.(Killer)
	if !ok {
		return // no other process can hold the store
	}
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	for round := range rounds {
		acked := killed(t, k.Child(t), 1+round*round*12)
		e := reopened(t, s)
		wantWhole(t, e, acked)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// killed runs the child until it has acknowledged that many batches, and kills
// it in the middle of whatever comes next. It returns the last acknowledged one.
func killed(t *testing.T, cmd *exec.Cmd, batches int) (acked int) {
	t.Helper()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 1; lines.Scan(); i++ {
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			break // a last line cut short by the kill
		}
		acked = n
		if i == batches {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = cmd.Wait() // killed
	if acked == 0 {
		t.Fatal("the child acknowledged nothing")
	}
	return acked
}
