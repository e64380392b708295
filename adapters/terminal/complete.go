package terminal

import (
	"context"
	"slices"
	"strings"
	"time"
)

// Bounds of completion: it answers while somebody waits for the key.
const (
	completeTime = 2 * time.Second
	maxOffered   = 40
)

// complete answers the Tab key: it types on as far as there is one way only, and lists the ways where there are several.
func (s *session) complete(ctx context.Context, line string, pos int, key rune) (string, int, bool) {
	if key != '\t' {
		return "", 0, false
	}
	typed, rest := line[:pos], line[pos:]
	ways := s.ways(ctx, typed)
	if len(ways) == 0 {
		return line, pos, true
	}
	common := ways[0]
	for _, w := range ways[1:] {
		common = commonPrefix(common, w)
	}
	if len(ways) == 1 || len(common) > len(typed) && strings.HasPrefix(common, typed) {
		return common + rest, len(common), true
	}
	more := ""
	if len(ways) > maxOffered {
		ways, more = ways[:maxOffered], "  …"
	}
	s.write(strings.Join(ways, "  ") + more + "\n")
	return line, pos, true
}

// ways lists how a line could go on; lines for the terminal are completed here, others by the bot.
func (s *session) ways(ctx context.Context, typed string) []string {
	var ways []string
	add := func(names ...string) {
		for _, n := range names {
			if strings.HasPrefix(n, typed) {
				ways = append(ways, n)
			}
		}
	}
	switch {
	case strings.HasPrefix(typed, "#"):
		for _, c := range s.directory.Channels {
			add(c.Name)
		}
	case strings.HasPrefix(typed, ":"):
		add(":as ", ":help", ":press ", ":quit")
		for _, a := range s.directory.Accounts {
			if strings.HasPrefix(typed, ":as ") {
				add(":as " + a.Handle)
			}
		}
	default:
		ctx, cancel := context.WithTimeout(ctx, completeTime)
		defer cancel()
		lines, err := s.client.Complete(ctx, Request{As: s.as, In: s.channel, Text: typed})
		if err != nil {
			return nil
		}
		for _, l := range lines {
			// Not Clean: a space at the end is part of the completion.
			ways = append(ways, cleanRunes(l))
		}
	}
	return slices.Compact(ways)
}

func commonPrefix(a, b string) string {
	for i, r := range a {
		if !strings.HasPrefix(b[min(i, len(b)):], string(r)) {
			return a[:i]
		}
	}
	return a
}
