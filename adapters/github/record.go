package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// recordTask tells the bot's deployments on GitHub from those that workflows make by naming an environment.
const recordTask = "gonogo"

// describedMost is how long GitHub lets a deployment's description be:
// https://docs.github.com/rest/deployments/statuses#create-a-deployment-status
const describedMost = 140

// record is the payload of a deployment that the bot keeps on GitHub: what the run is for, and the key that it is found by.
type record struct {
	Key     string `json:"key"`
	Release string `json:"release"`
	Service string `json:"service"`
	Version string `json:"version"`
	Digest  string `json:"digest"`
}

// recorded are a run's states as a deployment's. "inactive" takes what was stopped out of the list of what runs there.
var recorded = map[port.RunState]string{
	port.RunQueued: "queued", port.RunRunning: "in_progress", port.RunSucceeded: "success",
	port.RunFailed: "failure", port.RunCancelled: "inactive", port.RunLost: "error",
}

// announce puts the deployment on record before its run is started, unless it is there. A record that fails never holds up what it
// records: that is logged.
func (p *Pipeline) announce(ctx context.Context, repo repository, d port.Deployment, ref string) {
	if !p.settings.Record {
		return
	}
	environment := p.settings.environment(d.Environment)
	err := func() error {
		if _, err := p.recordOf(ctx, repo, environment, func(r record) bool { return r.Key == d.Key }); !notThere(err) {
			return err
		}
		if d.Commit != "" {
			ref = d.Commit
		}
		text := fmt.Sprintf("%s: %s %s", d.Release, d.Service, d.Version)
		for len(text) > describedMost {
			_, n := utf8.DecodeLastRuneInString(text)
			text = text[:len(text)-n]
		}
		_, answer, err := p.api.Repositories.CreateDeployment(ctx, repo.owner, repo.name, gh.DeploymentRequest{
			Ref: ref, Task: new(recordTask), AutoMerge: new(false), RequiredContexts: []string{},
			Payload:     record{d.Key, d.Release, d.Service, d.Version, d.Digest},
			Environment: &environment, Description: &text,
		})
		return p.class(fmt.Sprintf("POST /repos/%s/deployments", repo), answer, err, false)
	}()
	p.excuse(ctx, repo, d.Key, err)
}

// withdraw says that a deployment on record was never started.
func (p *Pipeline) withdraw(ctx context.Context, repo repository, key string) {
	if !p.settings.Record {
		return
	}
	d, err := p.recordOf(ctx, repo, "", func(r record) bool { return r.Key == key })
	if err == nil {
		err = p.say(ctx, repo, d, recorded[port.RunLost], "")
	}
	p.excuse(ctx, repo, key, err)
}

// note brings the record of a run up to date.
func (p *Pipeline) note(ctx context.Context, id runID, title, link string, state port.RunState) {
	want := recorded[state]
	if !p.settings.Record || p.isNoted(id, want) {
		return
	}
	d, err := p.recordOf(ctx, id.repo, "", func(r record) bool { return r.Key != "" && holds(title, r.Key) })
	if err == nil {
		err = p.say(ctx, id.repo, d, want, link)
	}
	if err == nil || notThere(err) || rest.Status(err) == http.StatusForbidden { // a right that is missing is missing at the next look too
		p.setNoted(id, want)
	}
	p.excuse(ctx, id.repo, id.String(), err)
}

// say gives a deployment a status, unless that is its newest.
func (p *Pipeline) say(ctx context.Context, repo repository, d *gh.Deployment, state, link string) error {
	route := fmt.Sprintf("/repos/%s/deployments/%d/statuses", repo, d.GetID())
	last, answer, err := p.api.Repositories.ListDeploymentStatuses(ctx, repo.owner, repo.name, d.GetID(), &gh.ListOptions{PerPage: 1})
	if err := p.class("GET "+route, answer, err, true); err != nil {
		return err
	}
	if len(last) > 0 && last[0].GetState() == state {
		return nil
	}
	status := gh.DeploymentStatusRequest{State: state, Environment: d.Environment}
	if link != "" {
		status.LogURL = &link
	}
	_, answer, err = p.api.Repositories.CreateDeploymentStatus(ctx, repo.owner, repo.name, d.GetID(), status)
	return p.class("POST "+route, answer, err, false)
}

// recordOf finds a deployment that the bot made, among the newest hundred. effect.ErrNotFound: it has none.
func (p *Pipeline) recordOf(ctx context.Context, repo repository, environment string, fits func(record) bool) (*gh.Deployment, error) {
	list, answer, err := p.api.Repositories.ListDeployments(ctx, repo.owner, repo.name, &gh.DeploymentsListOptions{
		Task: recordTask, Environment: environment, ListOptions: gh.ListOptions{PerPage: perPage},
	})
	if err := p.class(fmt.Sprintf("GET /repos/%s/deployments", repo), answer, err, true); err != nil {
		return nil, unseen(err)
	}
	for _, d := range list {
		if d != nil && fits(payloadOf(d)) {
			return d, nil
		}
	}
	return nil, effect.Permanently(effect.ErrNotFound)
}

// payloadOf reads a deployment's payload: GitHub gives back an object, or the text of one.
func payloadOf(d *gh.Deployment) record {
	var r record
	raw := d.Payload
	var text string
	if json.Unmarshal(raw, &text) == nil {
		raw = []byte(text)
	}
	if json.Unmarshal(raw, &r) != nil {
		return record{}
	}
	return r
}

// excuse logs that something could not be put on record.
func (p *Pipeline) excuse(ctx context.Context, repo repository, what string, err error) {
	if err != nil && !notThere(err) && ctx.Err() == nil {
		p.log.Warn("github: the deployment could not be put on record", "repository", repo.String(), "of", what, "error", err)
	}
}

func (p *Pipeline) isNoted(id runID, state string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.noted[id.String()] == state
}

func (p *Pipeline) setNoted(id runID, state string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.noted[id.String()] = state
	if len(p.noted) > notedMost {
		p.noted = map[string]string{id.String(): state}
	}
}

// notedMost bounds what is remembered of records: what is forgotten is read again.
const notedMost = 1000
