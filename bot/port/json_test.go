package port_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
	"github.com/gonogo-chat/gonogo/bot/port"
)

func TestAppendJSON(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[port.Source](t)
}
