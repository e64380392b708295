package webchat

import (
	"bytes"
	"io/fs"
	"time"

	"github.com/gonogo-chat/gonogo/bot/words"
)

// CardHTML is a message as the page shows it, for looking at cards without a server.
func CardHTML(m words.Message, at time.Time) string {
	var b bytes.Buffer
	when := shownTime{Short: at.Format("15:04"), Full: at.Format(time.RFC1123), Machine: at.Format(time.RFC3339)}
	if err := pages.ExecuteTemplate(&b, "entry", shownEntry{wireEntry: wireEntry{ID: m.Card, At: at, Message: &m}, At: when}); err != nil {
		return "" // the template is embedded and tested
	}
	return b.String()
}

// CardStyle is the page's style sheet, which CardHTML needs.
func CardStyle() string {
	var all []byte
	for _, name := range []string{"page.css", "card.css"} {
		b, err := fs.ReadFile(staticRoot(), name)
		if err != nil {
			return "" // the folder is embedded
		}
		all = append(all, b...)
	}
	return string(all)
}
