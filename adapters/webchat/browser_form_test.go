package webchat_test

import (
	"testing"

	"github.com/gonogo-chat/gonogo/bot/chat"
)

// A form's button begins the line in the input, and what can follow is offered; nothing is sent.
func TestBrowserForm(t *testing.T) {
	t.Parallel()
	s := newScenario(t)
	m := word("yours")
	m.Sections = []chat.Section{{Lines: []chat.Line{{Text: chat.Say("quote")}}, Buttons: []chat.Button{{Name: "reason", Label: "button.vote_reason", Form: "/vote B-1"}}}}
	s.f.post(t, "#releases", "before", m)
	b := browse(t, s)
	b.run(`document.querySelector('section button[data-form]').click()`)
	b.is(`document.getElementById("line").value === "/vote B-1 " && document.activeElement.id === "line"`)
	b.is(`document.querySelector("article.line") === null`)
	b.shot("form")
}
