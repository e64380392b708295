package gitlab

// CoAuthors and Lines are parsers of what anybody may write.
var (
	CoAuthors = coAuthors
	Lines     = lines
)
