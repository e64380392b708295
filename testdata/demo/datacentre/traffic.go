package main

import (
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	trafficTimeout = 2 * time.Second
	trafficAtOnce  = 4 // a service that hangs gets no more than this at a time
)

// traffic sends perSecond business requests to a front until ctx ends.
func traffic(ctx context.Context, url string, perSecond int) {
	transport := &http.Transport{MaxIdleConnsPerHost: trafficAtOnce, IdleConnTimeout: 30 * time.Second}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, Timeout: trafficTimeout}
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	free := make(chan struct{}, trafficAtOnce)
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		select {
		case free <- struct{}{}:
		default:
			continue
		}
		go func() {
			defer func() { <-free }()
			buy(ctx, client, url)
		}()
	}
}

func buy(ctx context.Context, client *http.Client, url string) {
	amount := strconv.Itoa(1 + rand.IntN(100_00))
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/work?amount="+amount, nil)
	if err != nil {
		return
	}
	resp, err := client.Do(req)
	if err != nil {
		return
	}
	io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
}
