// Package github deploys through GitHub Actions and reads from GitHub how source code came to be: a Pipeline is a port.Orchestrator that
// dispatches a workflow, a Provenance is a port.Provenance. Both speak to one GitHub, github.com or a server of an organisation's own,
// with one token each.
//
// A dispatched run is known by the deployment's key, an input that the workflow puts into its run-name: the one text of a run that its
// starter chooses and that GitHub lists.
package github

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	gh "github.com/google/go-github/v92/github"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// SystemName is what GitHub is called in accounts and notices.
const SystemName = "github"

// DefaultURL is where github.com's API is.
const DefaultURL = "https://api.github.com"

// perPage is as much as GitHub lists at once: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
const perPage = 100

// Outside is what the adapters take from their surroundings.
type Outside struct {
	Secret   func(reference string) (string, error) // resolves env: and file: references; required
	Clock    func() time.Time                       // required
	Client   *http.Client                           // nil for the default
	Log      *slog.Logger                           // nil for none
	Listener port.Listener                          // takes notices; nil: nothing is heard
	Pipeline string                                 // the pipeline's name in the configuration; a Provenance needs none
	Targets  func() []port.Target                   // what the pipeline serves; nil for nothing
}

// host is one GitHub, asked with one token.
type host struct {
	api   *gh.Client
	plain *http.Client // carries no token: for logs, which are kept elsewhere
	url   string
	clock func() time.Time
	log   *slog.Logger
	self  self
}

func newHost(address, token string, o Outside) (*host, error) {
	if o.Clock == nil || o.Secret == nil {
		return nil, errors.New("github: a clock and something that resolves secrets are needed")
	}
	secret, err := o.Secret(token)
	if err != nil {
		return nil, fmt.Errorf("token: %w", err)
	}
	if secret == "" {
		return nil, fmt.Errorf("token: %s is empty", token)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	base := address + "/"
	client := rest.Guarded(o.Client)
	// The library would refuse requests by itself for as long as the machine's clock says: limits are the outbox's business.
	api, err := gh.NewClient(gh.WithHTTPClient(client), gh.WithAuthToken(secret), gh.WithURLs(&base, &base),
		gh.WithDisableRateLimitCheck(), gh.WithUserAgent("gonogo"))
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	return &host{api: api, plain: client, url: address, clock: o.Clock, log: o.Log}, nil
}

// account is somebody on GitHub, zero for nobody.
func account(login string) chat.Account {
	if login == "" {
		return chat.Account{}
	}
	return chat.Account{Platform: SystemName, ID: login}
}
