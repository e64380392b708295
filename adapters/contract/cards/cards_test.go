package cards_test

import (
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/cards"
	"github.com/gonogo-chat/gonogo/bot/words"
)

func TestEveryCardReadsLikeTheConversation(t *testing.T) {
	t.Parallel()
	all, err := cards.Load("../../../testdata/cards")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		text := words.Plain(words.WordMessage(c.Message, cards.Reader{}, cards.At))
		if strings.TrimSpace(text) == "" || strings.Contains(text, "p-") && strings.Contains(text, "(erased)") {
			t.Errorf("%s reads %q", c.Name, text)
		}
		if c.Name == "ballot-against" && (!strings.Contains(text, "Carla: no-go") || !strings.Contains(text, "<!channel>")) {
			t.Errorf("%s lost what was typed: %s", c.Name, text)
		}
	}
}
