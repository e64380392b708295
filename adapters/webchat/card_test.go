package webchat_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/contract/cards"
	"github.com/gonogo-chat/gonogo/adapters/webchat"
	"github.com/gonogo-chat/gonogo/bot/words"
)

var updateCards = flag.Bool("update-cards", false, "write the goldens of the cards anew")

// TestEveryCard shows every kind of message that the bot says as the page has it.
func TestEveryCard(t *testing.T) {
	t.Parallel()
	all, err := cards.Load("../../testdata/cards")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		got := webchat.CardHTML(words.WordMessage(c.Message, cards.Reader{}, cards.At), cards.At)
		path := filepath.Join("testdata", "cards", c.Name+".html")
		if *updateCards {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(path); err != nil || string(want) != got {
			t.Errorf("%s differs (%v); -update-cards writes it. Got:\n%s", path, err, got)
		}
	}
	if !strings.Contains(webchat.CardStyle(), ".card") {
		t.Error("cards have no style")
	}
}
