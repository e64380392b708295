package jenkins

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// action is one of the things attached to a build or a place in the queue: its parameters, or why it was started.
type action struct {
	Parameters []parameter `json:"parameters"`
	Causes     []cause     `json:"causes"`
}

type parameter struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"` // text, or true and false; absent where it is hidden
}

func (p parameter) text() string {
	var s string
	if json.Unmarshal(p.Value, &s) == nil {
		return s
	}
	return strings.TrimSpace(string(p.Value))
}

type cause struct {
	UserID string `json:"userId"`
}

type actions []action

// parameter is the value that was passed under a name.
func (all actions) parameter(name string) (string, bool) {
	for _, a := range all {
		for _, p := range a.Parameters {
			if p.Name == name {
				return p.text(), true
			}
		}
	}
	return "", false
}

// user is who started it, empty if nobody did or it is not said.
func (all actions) user() string {
	for _, a := range all {
		for _, c := range a.Causes {
			if c.UserID != "" {
				return c.UserID
			}
		}
	}
	return ""
}

// startedBy reports whether a user started it. Ids are the same in any case, as Jenkins has them by default.
func (all actions) startedBy(user string) bool {
	for _, a := range all {
		for _, c := range a.Causes {
			if strings.EqualFold(c.UserID, user) {
				return true
			}
		}
	}
	return false
}

const actionsTree = "actions[parameters[name,value],causes[userId]]"

// build is a build of a job.
type build struct {
	Number    int     `json:"number"`
	QueueID   int64   `json:"queueId"`
	Building  *bool   `json:"building"`
	Result    string  `json:"result"`    // empty while it runs
	Timestamp int64   `json:"timestamp"` // when it began, in milliseconds
	Duration  int64   `json:"duration"`  // milliseconds, 0 while it runs
	Estimated int64   `json:"estimatedDuration"`
	Actions   actions `json:"actions"`
}

const buildTree = "number,queueId,building,result,timestamp,duration,estimatedDuration," + actionsTree

func (b build) check() error {
	if b.Number <= 0 || b.Building == nil || b.Timestamp <= 0 || !*b.Building && b.Result == "" {
		return effect.Retryable(fmt.Errorf("jenkins: what it says of build %d is malformed", b.Number), 0)
	}
	return nil
}

func (b build) began() time.Time { return time.UnixMilli(b.Timestamp).UTC() }

func (b build) ended() time.Time { return time.UnixMilli(b.Timestamp + b.Duration).UTC() }

// results are what builds end as. One that was not built was passed by or never got to its work.
var results = map[string]port.RunState{
	"SUCCESS":   port.RunSucceeded,
	"FAILURE":   port.RunFailed,
	"UNSTABLE":  port.RunFailed,
	"NOT_BUILT": port.RunFailed,
	"ABORTED":   port.RunCancelled,
}

// state is where a build stands; one that ended as nothing known has failed.
func (a *Adapter) state(b build) port.RunState {
	if *b.Building {
		return port.RunRunning
	}
	if b.Result == "UNSTABLE" && a.settings.Unstable == Succeeded {
		return port.RunSucceeded
	}
	if s, ok := results[b.Result]; ok {
		return s
	}
	return port.RunFailed
}

// almost is the most that a run under way has come to, in per cent: how long it takes is an estimate.
const almost = 99

// percent is how far a build has come at a time, by how long those before it took.
func (b build) percent(at time.Time) int {
	if b.Estimated <= 0 {
		return 0
	}
	return int(min(max(at.UnixMilli()-b.Timestamp, 0), b.Estimated) * almost / b.Estimated)
}

// place is a place in the queue.
type place struct {
	ID         int64   `json:"id"`
	Cancelled  bool    `json:"cancelled"`
	Buildable  bool    `json:"buildable"`
	Blocked    bool    `json:"blocked"`
	Why        string  `json:"why"`
	Actions    actions `json:"actions"`
	Executable *struct {
		Number int `json:"number"`
	} `json:"executable"`
	Task struct {
		URL string `json:"url"`
	} `json:"task"`
}

const placeTree = "id,cancelled,buildable,blocked,why,executable[number],task[url]," + actionsTree

// waits says what the place waits for. The quiet period is left out, and how long something is expected to take: they are other words with
// every look.
func (p place) waits() string {
	if !p.Buildable && !p.Blocked {
		return ""
	}
	why, _, _ := strings.Cut(p.Why, "(ETA")
	return clean(strings.TrimSpace(why))
}

// stages are what a pipeline has come to, as the Pipeline: REST API plugin tells it.
type stages struct {
	Stages []struct {
		Name   string `json:"name"`
		Status string `json:"status"`
	} `json:"stages"`
}

// now is the stage under way, or the last that was.
func (s stages) now() string {
	last := ""
	for _, stage := range s.Stages {
		switch stage.Status {
		case "IN_PROGRESS", "PAUSED_PENDING_INPUT":
			return clean(stage.Name)
		case "NOT_EXECUTED":
		default:
			last = stage.Name
		}
	}
	return clean(last)
}
