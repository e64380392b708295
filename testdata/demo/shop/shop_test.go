package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/testdata/demo/artifact"
)

// With asShop set, the test program is the service: a copy of it with a stanza
// is an artifact, and its processes are checked for races like the rest.
const asShop = "SHOP_TEST_IS_SHOP"

func TestMain(m *testing.M) {
	if os.Getenv(asShop) != "" {
		main()
	}
	os.Exit(m.Run())
}

const patience = 20 * time.Second // bound of everything that is waited for

type running struct {
	cmd  *exec.Cmd
	url  string
	gone chan error
}

func start(t *testing.T, s artifact.Stanza, env ...string) *running {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("needs /proc")
	}
	program, err := artifact.Append(self, s)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "shop")
	syscall.ForkLock.RLock()
	err = os.WriteFile(path, program, 0o700)
	syscall.ForkLock.RUnlock()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Env = append(env, asShop+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	got := &running{cmd: cmd, gone: make(chan error, 1)}
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening ")
	go func() { got.gone <- cmd.Wait() }()
	t.Cleanup(func() { cmd.Process.Kill() })
	if !ok {
		t.Fatalf("said %q, %v", line, err)
	}
	got.url = "http://" + addr
	return got
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// sampleLine is a sample of the Prometheus text format, without timestamp.
var sampleLine = regexp.MustCompile(`^([a-z_]+(?:\{[a-z]+="[^"\\]*"(?:,[a-z]+="[^"\\]*")*\})?) (\S+)$`)

// scrape reads /metrics strictly: samples by name and labels, each of a family
// whose type was said before it.
func scrape(t *testing.T, url string) map[string]float64 {
	t.Helper()
	_, text := get(t, url+"/metrics")
	samples, family := map[string]float64{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, ok := strings.CutPrefix(line, "# TYPE "); ok {
			family, _, _ = strings.Cut(name, " ")
			continue
		}
		if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		parts := sampleLine.FindStringSubmatch(line)
		if parts == nil || family == "" || !strings.HasPrefix(line, family) {
			t.Fatalf("malformed line %q in\n%s", line, text)
		}
		value, err := strconv.ParseFloat(parts[2], 64)
		if _, twice := samples[parts[1]]; err != nil || twice {
			t.Fatalf("bad or repeated sample %q: %v", line, err)
		}
		samples[parts[1]] = value
	}
	return samples
}

func TestChainOfServices(t *testing.T) {
	t.Parallel()
	ledger := start(t, artifact.Stanza{Service: "ledger", Version: "1.0.0"})
	payments := start(t, artifact.Stanza{Service: "payments", Version: "1.1.0", Commit: "c0ffee"}, "LEDGER_URL="+ledger.url)
	web := start(t, artifact.Stanza{Service: "web", Version: "1.0.0"}, "PAYMENTS_URL="+payments.url)

	code, body := get(t, web.url+"/work?amount=1250")
	var r receipt
	if err := json.Unmarshal([]byte(body), &r); err != nil || code != 200 {
		t.Fatalf("%d %s: %v", code, body, err)
	}
	if r.Upstream == nil || r.Upstream.Upstream == nil || r.Upstream.Version != "1.1.0" || r.Upstream.Upstream.Service != "ledger" || r.Upstream.Upstream.Amount != 1250 {
		t.Errorf("receipt %s", body)
	}
	for _, path := range []string{"/", "/checkout"} {
		if code, _ := get(t, web.url+path); code != 200 {
			t.Errorf("web %s: %d", path, code)
		}
	}
	for _, bad := range []string{"0", "-5", "x", "99999999999"} {
		if code, _ := get(t, payments.url+"/pay?amount="+bad); code != 400 {
			t.Errorf("amount %s: %d", bad, code)
		}
	}
	if code, body := get(t, payments.url+"/healthz"); code != 200 || !strings.Contains(body, `"version":"1.1.0"`) {
		t.Errorf("health %d %s", code, body)
	}
	digest, err := artifact.DigestFile(payments.cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	if _, body := get(t, payments.url+"/version"); !strings.Contains(body, digest) {
		t.Errorf("version says %s, artifact has %s", body, digest)
	}
	f := scrape(t, payments.url)
	for sample, want := range map[string]float64{
		`http_requests_total{code="200"}`:                 3,
		`http_requests_total{code="400"}`:                 4,
		`http_requests_total{code="500"}`:                 0,
		`http_request_duration_seconds_count`:             7,
		`http_request_duration_seconds_bucket{le="+Inf"}`: 7,
		`build_info{service="payments",version="1.1.0"}`:  1,
	} {
		if got, there := f[sample]; !there || got != want {
			t.Errorf("%s is %g (there: %t), want %g", sample, got, there, want)
		}
	}

	ledger.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-ledger.gone:
		if err != nil {
			t.Errorf("SIGTERM: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("did not stop")
	}
	if code, _ := get(t, web.url+"/work"); code != http.StatusBadGateway {
		t.Errorf("without its ledger web answers %d", code)
	}
}

func TestErrorsAfter(t *testing.T) {
	t.Parallel()
	s := start(t, artifact.Stanza{Service: "ledger", Version: "1.2.0", Fault: "errors-after:1s:0.4"})
	begun := time.Now()
	if code, _ := get(t, s.url+"/work"); code != 200 && time.Since(begun) < time.Second/2 {
		t.Errorf("failed at once: %d", code)
	}
	for deadline := begun.Add(patience); ; {
		if code, _ := get(t, s.url+"/work"); code == 500 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("never failed")
		}
	}
	failed := 0
	for range 100 {
		if code, _ := get(t, s.url+"/work"); code == 500 {
			failed++
		}
	}
	if failed < 39 || failed > 41 {
		t.Errorf("%d of 100 failed, want 40", failed)
	}
	if code, _ := get(t, s.url+"/healthz"); code != 200 {
		t.Error("health must not give the fault away")
	}
}

func TestSlowUnhealthyAndCrashing(t *testing.T) {
	t.Parallel()
	slow := start(t, artifact.Stanza{Service: "ledger", Version: "1", Fault: "slow:300ms"})
	for _, path := range []string{"/work", "/healthz"} {
		begun := time.Now()
		if code, _ := get(t, slow.url+path); code != 200 || time.Since(begun) < 300*time.Millisecond {
			t.Errorf("%s: %d after %s", path, code, time.Since(begun))
		}
	}
	if sum := scrape(t, slow.url)["http_request_duration_seconds_sum"]; sum < 0.3 {
		t.Errorf("the delay is not in the histogram: its sum is %g s", sum)
	}
	sick := start(t, artifact.Stanza{Service: "ledger", Version: "1", Fault: "unhealthy"})
	if code, body := get(t, sick.url+"/healthz"); code != 503 || !strings.Contains(body, `"unhealthy"`) {
		t.Errorf("health %d %s", code, body)
	}
	if code, _ := get(t, sick.url+"/work"); code != 200 {
		t.Errorf("work %d", code)
	}
	crash := start(t, artifact.Stanza{Service: "ledger", Version: "1", Fault: "crash-loop"})
	select {
	case err := <-crash.gone:
		if exit := new(exec.ExitError); !errors.As(err, &exit) || exit.ExitCode() != 3 {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(patience):
		t.Fatal("did not crash")
	}
}

func TestHang(t *testing.T) {
	t.Parallel()
	s := start(t, artifact.Stanza{Service: "ledger", Version: "1", Fault: "hang"})
	client := &http.Client{Timeout: 300 * time.Millisecond}
	for _, path := range []string{"/healthz", "/metrics", "/work"} {
		if resp, err := client.Get(s.url + path); err == nil || !os.IsTimeout(err) {
			t.Errorf("%s answered: %v %v", path, resp, err)
		}
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-s.gone:
		if err != nil {
			t.Errorf("SIGTERM: %v", err)
		}
	case <-time.After(patience):
		t.Fatal("did not stop")
	}
}

func TestRefusesToStart(t *testing.T) {
	t.Parallel()
	if status := run(t.Context(), nil, io.Discard, io.Discard); status != 2 {
		t.Errorf("a build without a name: status %d", status)
	}
	for _, args := range [][]string{{"-fault", "hang"}, {"extra"}, {"-listen"}} {
		if status := run(t.Context(), args, io.Discard, io.Discard); status != 2 {
			t.Errorf("%v: status %d", args, status)
		}
	}
	for _, addr := range []string{"0.0.0.0:80", ":80", "example.test:80", "127.0.0.1"} {
		if loopback(addr) == nil {
			t.Errorf("%s was taken for loopback", addr)
		}
	}
}
