package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/slack"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// arrivals are commands a second. They arrive whatever became of those before: an open loop.
const arrivals = 2000

// storm is what came of a load.
type storm struct {
	refused int
	took    []time.Duration // sorted
}

func (s storm) p(share float64) time.Duration {
	return s.took[min(int(float64(len(s.took))*share), len(s.took)-1)]
}

// chatDoor measures how fast Slack is acknowledged while gates are slow and reports run, beside a handler that only verifies
// the signature.
func chatDoor(s settings, r *report) error {
	h, handler, err := openCrowd(s.dir)
	if err != nil {
		return err
	}
	defer h.close()
	mux := http.NewServeMux()
	mux.Handle("/slack/", handler)
	mux.HandleFunc("POST /bare", bareSlack)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(l) }()
	defer server.Close()
	base := "http://" + l.Addr().String()
	c := httpClients(512)
	reading, stop := context.WithCancel(context.Background())
	var reports sync.WaitGroup
	var read atomic.Int64
	reports.Go(func() { h.report(reading, &read) })
	length := max(5*s.length, 5*time.Second)
	var acknowledged, bare []storm
	for range s.rounds {
		bare = append(bare, arrive(c, base+"/bare", length/2))
		acknowledged = append(acknowledged, arrive(c, base+slack.PathCommands, length))
	}
	stop()
	reports.Wait()
	p99, bareP99 := []float64{}, []float64{}
	var longest time.Duration
	count, refused := 0, 0
	for i, a := range acknowledged {
		p99, bareP99 = append(p99, float64(a.p(0.99))), append(bareP99, float64(bare[i].p(0.99)))
		longest = max(longest, a.p(1))
		count, refused = count+len(a.took), refused+a.refused
	}
	r.note(fmt.Sprintf("commands acknowledged, at %d a second", arrivals), fmt.Sprintf("%d (beside %d reports read)", count, read.Load()))
	r.note("a handler that only verifies and acknowledges: p99", dur(median(bareP99)).String())
	r.limit(median(p99) <= float64(100*time.Millisecond), "g acknowledged by p99", dur(median(p99)).String(), "at most 100 ms")
	r.limit(longest <= time.Second, "g the longest of all", dur(float64(longest)).String(), "at most 1 s")
	r.limit(refused == 0, "g refused or failed", fmt.Sprint(refused), "none")
	return nil
}

// reportEvery is the pause between two reports: long lists and stories.
const reportEvery = 20 * time.Millisecond

func (h *house) report(ctx context.Context, n *atomic.Int64) {
	for i := 0; ctx.Err() == nil; i++ {
		time.Sleep(reportEvery)
		line := "/release list --all"
		if i%2 == 1 {
			line = fmt.Sprintf("/audit show R-%d", i%crowdVotes+1)
		}
		if _, err := h.bot.Say(ctx, port.Said{Account: account("planner"), Text: line}); err == nil {
			n.Add(1)
		}
	}
}

// arrive sends commands at their times, each by somebody else than the one before: half of them votes, half of them questions.
func arrive(c *http.Client, to string, length time.Duration) storm {
	total := int(length.Seconds() * arrivals)
	took := make([]time.Duration, total)
	var refused atomic.Int64
	var under sync.WaitGroup
	began := time.Now()
	for i := range total {
		due := began.Add(time.Duration(i) * time.Second / arrivals)
		time.Sleep(time.Until(due))
		under.Go(func() {
			if err := slash(c, to, i); err != nil {
				refused.Add(1)
			}
			took[i] = time.Since(due)
		})
	}
	under.Wait()
	slices.Sort(took)
	return storm{refused: int(refused.Load()), took: took}
}

var commandNumber atomic.Int64

// slash sends one signed slash command.
func slash(c *http.Client, to string, i int) error {
	word, text := "/vote", fmt.Sprintf("R-%d %s", i/crowdPeople%crowdVotes+1, []string{"go", "abstain"}[i/crowdPeople/crowdVotes%2])
	if i%2 == 1 {
		word, text = "/release", fmt.Sprintf("show R-%d", i%crowdVotes+1)
	}
	body := url.Values{
		"command": {word}, "text": {text}, "team_id": {crowdTeam}, "user_id": {fmt.Sprintf("UM%d", i%crowdPeople)}, "channel_id": {"C0CAB"},
		"trigger_id": {strconv.FormatInt(commandNumber.Add(1), 10)}, "response_url": {"https://hooks.slack.com/commands/T0/1/x"}, "api_app_id": {"A0"},
	}.Encode()
	at := strconv.FormatInt(time.Now().Unix(), 10)
	request, err := http.NewRequest(http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("X-Slack-Request-Timestamp", at)
	request.Header.Set("X-Slack-Signature", sign(at, []byte(body)))
	answer, err := c.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d", answer.StatusCode)
	}
	return nil
}

func sign(at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(crowdSecret))
	fmt.Fprintf(mac, "v0:%s:", at)
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}

// bareSlack verifies the signature and acknowledges.
func bareSlack(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil || !hmac.Equal([]byte(sign(r.Header.Get("X-Slack-Request-Timestamp"), body)), []byte(r.Header.Get("X-Slack-Signature"))) {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	w.WriteHeader(http.StatusOK)
}
