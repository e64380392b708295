package audit_test

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/state/audit"
	"github.com/gonogo-chat/gonogo/state/kv"
	"github.com/gonogo-chat/gonogo/state/kv/faultkv"
)

func key(b byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{b}, ed25519.SeedSize))
}

func trust(outside ...port.Checkpoint) audit.Trust {
	return audit.Trust{Keys: []ed25519.PublicKey{key(7).Public().(ed25519.PublicKey)}, Outside: outside}
}

// trail is a store of entries and records written without a store around it.
type trail struct {
	t      *testing.T
	engine *faultkv.Engine
	epoch  kv.Epoch
	hash   audit.Hash
	sum    audit.Sum
	seq    uint64
	signed map[uint64]port.Checkpoint // what was signed at each entry
}

// newTrail writes entries that each put one record, "r/n".
func newTrail(t *testing.T, entries int) *trail {
	t.Helper()
	l := &trail{t: t, engine: faultkv.New(faultkv.Options{}), signed: map[uint64]port.Checkpoint{}}
	var err error
	if l.epoch, err = l.engine.Acquire(); err != nil {
		t.Fatal(err)
	}
	for range entries {
		l.enter()
	}
	return l
}

func (l *trail) apply(ops ...kv.Op) {
	l.t.Helper()
	if err := l.engine.Apply(l.epoch, ops); err != nil {
		l.t.Fatal(err)
	}
}

func (l *trail) enter() {
	l.t.Helper()
	l.seq++
	record, value := fmt.Sprint(l.seq), []byte("v")
	digest := audit.RecordDigest([]byte("r/"+record), value)
	l.sum.Add(digest)
	stored, hash, err := audit.Encode(l.hash, audit.Entry{
		Version: audit.Version, Seq: l.seq, At: time.Unix(int64(l.seq), 0).UTC(), Act: "put", Outcome: chat.Done,
		Subjects: []string{fmt.Sprintf("R-%d", l.seq%3)}, Text: chat.Say("put", chat.Word("note", `<R-1> & "R-2"`)),
		Changes: []audit.Change{{Record: record, After: digest[:]}}, State: l.sum,
	})
	if err != nil {
		l.t.Fatal(err)
	}
	l.hash = hash
	l.apply(kv.Op{Key: []byte("r/" + record), Value: value}, kv.Op{Key: audit.Key(l.seq), Value: stored})
	l.signed[l.seq] = audit.Sign(key(7), l.seq, hash, l.sum, 1, time.Unix(0, 0))
}

// keep stores a checkpoint in the trail itself.
func (l *trail) keep(c port.Checkpoint) {
	l.t.Helper()
	value, err := audit.EncodeCheckpoint(c)
	if err != nil {
		l.t.Fatal(err)
	}
	l.apply(kv.Op{Key: audit.CheckpointKey(c.Seq), Value: value})
}

// cut drops the entries from seq on, with their checkpoints and records: as if nothing of them had been.
func (l *trail) cut(seq uint64) {
	l.t.Helper()
	for ; l.seq >= seq; l.seq-- {
		l.apply(kv.Op{Key: audit.Key(l.seq), Delete: true}, kv.Op{Key: audit.CheckpointKey(l.seq), Delete: true},
			kv.Op{Key: fmt.Appendf(nil, "r/%d", l.seq), Delete: true})
	}
}

func (l *trail) report(tr audit.Trust) audit.Report {
	l.t.Helper()
	r, err := audit.Chain(l.engine, tr)
	if err == nil && r.Why == "" {
		err = audit.Records(l.engine, "r/", &r)
	}
	if err != nil {
		l.t.Fatal(err)
	}
	return r
}

func TestOnlyAnOutsiderFindsWhatWasCutOff(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 20)
	l.keep(l.signed[5])
	l.keep(l.signed[15])
	confirmed := []port.Checkpoint{l.signed[5], l.signed[12]}
	if r := l.report(trust(confirmed...)); !r.Whole() || r.Signed != 15 || r.Confirmed != 12 || r.Last != 20 || r.Entries != 20 {
		t.Fatalf("before: %+v", r)
	}
	l.cut(10) // with the checkpoint at 15: nothing here knows of it
	if r := l.report(trust()); !r.Whole() || r.Last != 9 {
		t.Errorf("without an outsider: %+v", r)
	}
	if r := l.report(trust(confirmed...)); r.Whole() || r.Bad != 10 || !strings.Contains(r.Why, "entry 12") {
		t.Errorf("with an outsider: %+v", r)
	}
}

func TestARewrittenTrailIsNotTheOneThatWasSigned(t *testing.T) {
	t.Parallel()
	outside := newTrail(t, 10).signed[6]
	second := newTrail(t, 5)
	second.sum.Add(audit.Hash{1}) // decides differently
	for range 5 {
		second.enter()
	}
	r, err := audit.Chain(second.engine, trust(outside))
	if err != nil || r.Bad != 6 || !strings.Contains(r.Why, "rewritten") {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestCheckpointsNobodyTrusts(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 10)
	stranger := audit.Sign(key(1), 4, l.hash, l.sum, 1, time.Unix(0, 0))
	beyond := audit.Sign(key(1), 99, l.hash, l.sum, 1, time.Unix(0, 0))
	changed := l.signed[8]
	changed.Epoch++
	for name, tc := range map[string]struct {
		outside []port.Checkpoint
		stored  []kv.Op
		trust   audit.Trust
		bad     uint64
		says    string
	}{
		"an outsider's, by another key": {outside: []port.Checkpoint{stranger}, bad: 4, says: "not signed"},
		"beyond the end":                {outside: []port.Checkpoint{beyond}, bad: 11, says: "not signed"},
		"beyond the end, and cut off":   {outside: []port.Checkpoint{beyond, audit.Sign(key(7), 12, l.hash, l.sum, 1, time.Unix(0, 0))}, bad: 11, says: "cut off"},
		"changed":                       {outside: []port.Checkpoint{changed}, bad: 8, says: "not signed"},
		"unreadable":                    {stored: []kv.Op{{Key: audit.CheckpointKey(6), Value: []byte("{")}}, bad: 6, says: "not signed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newTrail(t, 10)
			if len(tc.stored) > 0 {
				l.apply(tc.stored...)
			}
			if r := l.report(trust(tc.outside...)); r.Bad != tc.bad || !strings.Contains(r.Why, tc.says) {
				t.Errorf("%+v, want entry %d %s", r, tc.bad, tc.says)
			}
		})
	}
	if _, err := audit.Chain(l.engine, audit.Trust{After: &stranger}); err == nil {
		t.Error("began after a checkpoint that nobody trusts")
	}
}

func TestVerifyingOnFromACheckpoint(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 600) // more than are hashed at once
	after := l.signed[10]
	tr := trust(l.signed[5], l.signed[500])
	tr.After = &after
	if r := l.report(tr); !r.Whole() || r.Entries != 590 || r.Last != 600 || r.Confirmed != 500 {
		t.Errorf("%+v", r)
	}
	last := l.signed[600]
	tr.After = &last
	tr.Outside = nil
	if r, err := audit.Chain(l.engine, tr); err != nil || r.Why != "" || r.Entries != 0 || r.Last != 600 || r.Hash != l.hash {
		t.Errorf("%+v %v", r, err)
	}
}

func TestRecordsAreNamed(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 5)
	l.apply(kv.Op{Key: []byte("r/2"), Value: []byte("w")}, kv.Op{Key: []byte("r/4"), Delete: true}, kv.Op{Key: []byte("r/9"), Value: []byte("v")})
	r := l.report(trust())
	for _, want := range []string{`"2": its content`, `"4": it is missing`, `"9": nothing in the trail`} {
		if !strings.Contains(strings.Join(r.Records, "\n"), want) {
			t.Errorf("no %q in %q", want, r.Records)
		}
	}
	if len(r.Records) != 3 || r.Whole() {
		t.Errorf("%q", r.Records)
	}
}

// An outsider with the exported lines alone, and SHA-256, comes to the same end.
func TestExportedLinesCanBeChainedAgain(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 30)
	var file bytes.Buffer
	if n, err := audit.Export(l.engine, &file); err != nil || n != 30 {
		t.Fatal(n, err)
	}
	var prev audit.Hash
	lines := bufio.NewScanner(&file)
	n := 0
	for ; lines.Scan(); n++ {
		var line struct {
			Hash  string          `json:"hash"`
			Entry json.RawMessage `json:"entry"`
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		prev = audit.Next(prev, line.Entry)
		if hex.EncodeToString(prev[:]) != line.Hash {
			t.Fatalf("line %d: %x does not follow", n+1, prev)
		}
	}
	if n != 30 || prev != l.hash {
		t.Errorf("%d lines end in %x, want %x", n, prev, l.hash)
	}
}

func TestAboutASubject(t *testing.T) {
	t.Parallel()
	l := newTrail(t, 9)
	for subject, want := range map[string]string{"R-1": "[1 4 7]", "R-2": "[2 5 8]", "R-": "[]", "R-3": "[]", "put": "[]"} {
		got := []uint64{}
		err := audit.About(l.engine, subject, func(e audit.Entry) error { got = append(got, e.Seq); return nil })
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v %v, want %s", subject, got, err, want)
		}
	}
}

func TestTheSumKeepsNoOrderAndNothingElse(t *testing.T) {
	t.Parallel()
	var a, b audit.Sum
	digests := make([]audit.Hash, 50)
	for i := range digests {
		digests[i] = audit.RecordDigest(fmt.Append(nil, i), []byte{byte(i)})
		a.Add(digests[i])
	}
	for i := range digests {
		b.Add(digests[len(digests)-1-i])
	}
	if a != b {
		t.Error("order matters")
	}
	before := a
	if a.Remove(digests[7]); a == before {
		t.Error("a removal shows nothing")
	}
	a.Add(digests[7])
	text, err := a.MarshalText()
	if err != nil || a != before {
		t.Errorf("%v: put back, it is another", err)
	}
	var again audit.Sum
	if err := again.UnmarshalText(text); err != nil || again != a {
		t.Errorf("%v %v", again, err)
	}
	for _, bad := range []string{"", "AAAA", "!", string(text) + "A"} {
		if err := again.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("read %q", bad)
		}
	}
}

func TestMalformedEntries(t *testing.T) {
	t.Parallel()
	for _, raw := range [][]byte{nil, make([]byte, 32), append(make([]byte, 32), '{')} {
		if _, err := audit.Decode(raw); err == nil {
			t.Errorf("read %q", raw)
		}
	}
	if _, ok := audit.SeqOf([]byte("a/short")); ok {
		t.Error("a short key has a number")
	}
	if seq, ok := audit.SeqOf(audit.Key(1 << 40)); !ok || seq != 1<<40 {
		t.Error(seq, ok)
	}
}
