package config

import "github.com/gonogo-chat/gonogo/bot/train"

// Trains is how releases go that go together, each after those that its service depends on.
type Trains struct {
	Parallel  int    `yaml:"parallel" default:"4" min:"1" max:"100" doc:"How many releases of a train are deployed at once, where none needs another."`
	OnFailure string `yaml:"on_failure" default:"hold" enum:"hold,stop,roll_back" doc:"When a release of a train fails: hold what needs it and go on with the rest, stop the train, or stop it and roll back what passed, dependants first."`
}

// Policy is how the rules read it.
func (t Trains) Policy() train.Policy {
	return train.Policy{Parallel: t.Parallel, OnFailure: train.OnFailure(t.OnFailure)}
}
