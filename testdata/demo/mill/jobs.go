package main

import (
	"cmp"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// job is one artifact to build.
type job struct {
	service, version string
	fault            string
	build            int // 1 at first, higher for rebuilds
	authors, changes []string
	lines            int
	wrongChecksum    bool
}

const defaultAuthor = "dana@shop.example"

// services are those that the sample service can play.
var services = []string{"web", "payments", "ledger"}

// demo is what the demo organisation starts with.
var demo = []job{
	{service: "web", version: "1.0.0", changes: []string{"WEB-1 first version of the shop window"}, lines: 410},
	{service: "ledger", version: "1.0.0", changes: []string{"LED-1 first version of the ledger"}, lines: 350},
	{service: "payments", version: "1.0.0", changes: []string{"PAY-1 first version of payments"}, lines: 520},
	{service: "payments", version: "1.1.0", changes: []string{"PAY-12 round refunds half to even", "PAY-14 name the booking in the receipt"}, lines: 84},
	{service: "payments", version: "1.2.0", changes: []string{"PAY-17 keep upstream connections open longer"}, lines: 37, fault: "errors-after:4s:0.4"},
	{service: "payments", version: "1.3.0", changes: []string{"PAY-21 new fee table"}, lines: 23, wrongChecksum: true},
}

// jobs are the artifacts to build for the order.
func (o order) jobs() ([]job, error) {
	switch {
	case o.add != "":
		return o.addition()
	case o.rebuild != "":
		return o.another()
	}
	var missing []job
	for _, j := range demo {
		there, err := exists(o.out, j.service, j.version)
		if err != nil {
			return nil, err
		}
		if !there {
			j.build, j.authors = 1, []string{defaultAuthor}
			missing = append(missing, j)
		}
	}
	return missing, nil
}

func (o order) addition() ([]job, error) {
	service, version, err := split("-add", o.add)
	if err != nil {
		return nil, err
	}
	there, err := exists(o.out, service, version)
	if err != nil {
		return nil, err
	}
	if there {
		return nil, fmt.Errorf("%s %s is already in %s: use -rebuild to change it", service, version, o.out)
	}
	return []job{{
		service: service, version: version, fault: o.fault, build: 1, lines: cmp.Or(o.lines, 42), wrongChecksum: o.wrongChecksum,
		authors: orElse(o.authors, defaultAuthor),
		changes: orElse(o.changes, strings.ToUpper(service[:3])+"-99 version added by hand"),
	}}, nil
}

func (o order) another() ([]job, error) {
	service, version, err := split("-rebuild", o.rebuild)
	if err != nil {
		return nil, err
	}
	there, err := exists(o.out, service, version)
	if err != nil {
		return nil, err
	}
	if !there {
		return nil, fmt.Errorf("%s %s is not in %s: use -add to make it", service, version, o.out)
	}
	old, err := artifact.ReadManifest(o.out, service, version)
	if err != nil {
		return nil, err
	}
	was, err := artifact.Read(artifact.Path(o.out, service, version))
	if err != nil && !errors.Is(err, artifact.ErrNoStanza) {
		return nil, err
	}
	return []job{{
		service: service, version: version, fault: cmp.Or(o.fault, was.Fault), build: was.Build + 1,
		lines: cmp.Or(o.lines, old.LinesChanged), wrongChecksum: o.wrongChecksum,
		authors: orElse(o.authors, old.Authors...), changes: orElse(o.changes, old.Changes...),
	}}, nil
}

// publish writes one artifact. Everything but the build time follows from the
// job and the program.
func publish(out string, program []byte, j job, at time.Time) (artifact.Manifest, error) {
	fault, err := artifact.ParseFault(j.fault)
	if err != nil {
		return artifact.Manifest{}, err
	}
	// Nobody commits the demo's changes anywhere: the id only has to look like
	// one and to differ from build to build.
	id := sha1.Sum(fmt.Appendf(nil, "%s %s %d", j.service, j.version, j.build))
	s := artifact.Stanza{Service: j.service, Version: j.version, Fault: fault.String(), Commit: hex.EncodeToString(id[:]), Build: j.build}
	bytes, err := artifact.Append(program, s)
	if err != nil {
		return artifact.Manifest{}, err
	}
	m := artifact.Manifest{
		Service: j.service, Version: j.version, Commit: s.Commit, BuiltAt: at,
		RunID:    fmt.Sprintf("%s-%s-%d", j.service, j.version, j.build),
		Pipeline: j.service + "-build", Authors: j.authors, Changes: j.changes, LinesChanged: j.lines,
	}
	if j.wrongChecksum {
		m.SHA256 = artifact.Digest(append(bytes, "tampered"...))
	}
	return artifact.Publish(out, bytes, m)
}

func split(name, text string) (service, version string, err error) {
	service, version, ok := strings.Cut(text, "@")
	if !ok {
		return "", "", fmt.Errorf("%s %q is not SERVICE@VERSION, such as payments@1.4.0", name, text)
	}
	if err := artifact.CheckName(service, version); err != nil {
		return "", "", err
	}
	if !slices.Contains(services, service) {
		return "", "", fmt.Errorf("%s %q: the sample service plays %s", name, text, strings.Join(services, ", "))
	}
	return service, version, nil
}

func exists(out, service, version string) (bool, error) {
	_, err := os.Stat(artifact.ManifestPath(out, service, version))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

func orElse(given []string, otherwise ...string) []string {
	if len(given) > 0 {
		return given
	}
	return otherwise
}
