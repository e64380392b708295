package state

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/jsonappend/jsonappendtest"
)

func TestTakenIsEncodedAsByReflection(t *testing.T) {
	t.Parallel()
	jsonappendtest.Same[taken](t)
}

func FuzzAppendTaken(f *testing.F) { jsonappendtest.Fuzz[taken](f) }
