package main

import "context"

type control struct{}

func listenControl(*instance) (*control, error) { return &control{}, nil }
func (*control) serve(context.Context)          {}
func (*control) close() error                   { return nil }
func note(*instance) error                      { return nil }
