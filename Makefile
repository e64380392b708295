# gonogo

.PHONY: build run

build: ## bin/gonogo
	go build -trimpath -o bin/gonogo ./cmd/gonogo

run: build ## the demonstration, at http://127.0.0.1:7474
	./bin/gonogo demo --data gonogo-demo --listen 127.0.0.1:7474
