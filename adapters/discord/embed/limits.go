package embed

// Limits of a message, as Discord's developer documentation and its published API description (api v10) state them. Text is
// counted in UTF-16 units, which are never fewer than the characters that Discord counts.
const (
	// ContentMost, EmbedsMost and FilesMost are of "Create Message".
	ContentMost = 2000
	EmbedsMost  = 10
	FilesMost   = 10
	// TitleMost to FieldValueMost are "Embed Limits"; TotalMost is over all embeds of a message together.
	TitleMost       = 256
	DescriptionMost = 4096
	FieldsMost      = 25
	FieldNameMost   = 256
	FieldValueMost  = 1024
	FooterMost      = 2048
	TotalMost       = 6000
	// RowsMost to URLMost are of components: "Action Row" and "Button".
	RowsMost      = 5
	RowButtonMost = 5
	CustomIDMost  = 100
	LabelMost     = 80
	URLMost       = 512
	// MentionsMost is "Allowed Mentions".
	MentionsMost = 100
	// NonceMost is of "Create Message".
	NonceMost = 25
	// FileMost is the size of one file in bytes that every server takes, boosted or not.
	FileMost = 10 << 20
)

// Limits of a form (a modal) and of what is chosen from.
const (
	ModalInputsMost  = 5
	ModalTitleMost   = 45
	InputLabelMost   = 45
	InputMost        = 4000
	InputHelpMost    = 100
	SelectOptionMost = 25
)

// units counts UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}
