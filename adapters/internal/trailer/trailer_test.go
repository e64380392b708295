package trailer_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/internal/trailer"
)

func TestCoAuthors(t *testing.T) {
	t.Parallel()
	for message, want := range map[string][]string{
		"Fix": nil,
		"Fix\n\nCo-authored-by: Max <max@shop.example>\r\nCO-AUTHORED-BY: Eve <Eve@Shop.example>": {"max@shop.example", "Eve@Shop.example"},
		"  co-authored-by : Max <max@shop.example> (pairing)":                                     {"max@shop.example"},
		"Co-authored-by: Max <max@shop.example>, Eve <eve@shop.example>":                          {"max@shop.example", "eve@shop.example"},
		"Co-authored-by: Max < max@shop.example >":                                                {"max@shop.example"},
		"Co-authored-by: max@shop.example, eve@shop.example;":                                     {"max@shop.example", "eve@shop.example"},
		"Co-authored-by: Max <max@shop.example\n\nMore":                                           {"max@shop.example"},
		"Co-authored-by:<max@shop.example>":                                                       {"max@shop.example"},
		"Co-authored-by: Max\n<max@shop.example>":                                                 nil,
		"Signed-off-by: No <no@shop.example>\nas said, Co-authored-by: no <no@shop.example>":      nil,
		"Co-authored-by: Max <>\nCo-authored-by: <nobody>":                                        nil,
	} {
		if got := trailer.CoAuthors(message); !slices.Equal(got, want) {
			t.Errorf("%q names %q, want %q", message, got, want)
		}
	}
}

func FuzzCoAuthors(f *testing.F) {
	f.Add("Fix\n\nCo-authored-by: Max <max@shop.example>, Eve <eve@shop.example>\n")
	f.Add("co-authored-by: <<a@b>@c>")
	f.Fuzz(func(t *testing.T, message string) {
		emails := trailer.CoAuthors(message)
		for _, e := range emails {
			if !strings.Contains(e, "@") || strings.ContainsAny(e, "<> \t\r\n") || !strings.Contains(message, e) {
				t.Errorf("%q is no address of it", e)
			}
		}
		again := trailer.CoAuthors(message + "\nCo-authored-by: Somebody <somebody@shop.example>\n")
		if want := append(emails, "somebody@shop.example"); !slices.Equal(again, want) {
			t.Errorf("one more gave %q, want %q", again, want)
		}
	})
}
