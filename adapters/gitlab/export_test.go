package gitlab

// Parsers of what anybody may write.
var (
	CoAuthors   = coAuthors
	Lines       = lines
	NamesItself = namesItself
	Declares    = declares
)
