# gonogo. `make` alone lists what there is.

# The race detector needs a C compiler; where there is none, tests say so and run without it.
CC_FOUND := $(shell command -v "$$(go env CC)" 2>/dev/null)
RACE     := $(if $(CC_FOUND),-race)
# Programs below testdata/ are left out of ./... and named by path.
DEMO     := ./testdata/demo/...
FUZZTIME ?= 1m
# Real processes, killed and watched against the clock, are tested after everything else, with the machine to themselves.
REAL     := ./cmd/gonogo
REST      = $$(go list ./... | grep -v '/cmd/gonogo$$')

.PHONY: help build run cards tour test full test-real check format vet lint arrows bench fuzz docs

help: ## what there is to make
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

build: ## bin/gonogo
	go build -trimpath -o bin/gonogo ./cmd/gonogo

run: build ## the demonstration, at http://127.0.0.1:7474
	./bin/gonogo demo --data gonogo-demo --listen 127.0.0.1:7474

cards: ## every kind of card on every platform, in one page: cards.html
	go run ./cmd/cards

tour: build ## the whole story of a release, played by itself in the terminal
	./bin/gonogo tour

test: ## all tests, with the race detector where a C compiler exists
ifeq ($(CC_FOUND),)
	@echo "gonogo: no C compiler ($$(go env CC)) here, so the tests run without the race detector"
	CGO_ENABLED=0 go test -timeout 20m $(REST) $(DEMO)
	CGO_ENABLED=0 go test -timeout 20m $(REAL)
else
	CGO_ENABLED=1 go test $(RACE) -timeout 20m $(REST) $(DEMO)
	CGO_ENABLED=1 go test $(RACE) -timeout 20m $(REAL)
endif

full: ## what `make test` shortens under the race detector, without it: every race of two, every conversation on every platform
	go test -count 1 -timeout 15m -run 'NeverBothWin$$|^TestConversationsOnPlatforms$$' ./commands

test-real: build ## with real Argo CD, Kubernetes and Gitea on loopback: built once, for some twenty minutes
	./testdata/real/build.sh
	go vet -tags real ./testdata/real/...
	go test -tags real -count 1 -parallel 4 -timeout 25m ./testdata/real

check: format vet lint arrows test ## format, vet, staticcheck, architecture arrows, race tests

format:
	@unformatted=$$(gofmt -l $$(go list -f '{{.Dir}}' ./... $(DEMO))); \
	  if [ -n "$$unformatted" ]; then echo "gofmt these:"; echo "$$unformatted"; exit 1; fi

vet:
	go vet ./... $(DEMO)

lint:
	go tool staticcheck ./... $(DEMO)

arrows: # which package may import which, and the other rules of the house
	go test -count 1 -run '^TestHouse' ./cmd/gonogo

docs: ## write anew what docs/ generates from the program
	go test ./cmd/gonogo -run '^TestDocs(Commands|Buttons)$$' -update
	go test ./bot/words -run '^TestCodesDocument$$' -update

bench: ## every figure with its limit or its peer, and the ratio
	go run ./cmd/bench

# go test fuzzes one target at a time. -fuzzminimizetime 1x: shrinking what is merely new would take the whole minute. On a
# busy machine go test may end a target with "context deadline exceeded" and no failing input: that found nothing either.
fuzz: ## a minute for each fuzz target (FUZZTIME=10s for less)
	@list=$$(go test -list '^Fuzz' ./... $(DEMO)) || { echo "$$list"; exit 1; }; \
	log=$$(mktemp); trap 'rm -f "$$log"' EXIT; \
	echo "$$list" | awk '/^Fuzz/ {t[++n] = $$1} /^ok/ {for (i = 1; i <= n; i++) print $$2, t[i]; n = 0}' | \
	while read -r package target; do \
	  echo "== $$target of $$package"; \
	  go test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$package" >"$$log" 2>&1 && tail -n 3 "$$log" && continue; \
	  cat "$$log"; \
	  grep -q 'context deadline exceeded' "$$log" && ! grep -q 'Failing input\|panic' "$$log" || exit 1; \
	done
