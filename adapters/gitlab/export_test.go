package gitlab

// Parsers of what anybody may write.
var (
	Lines       = lines
	NamesItself = namesItself
	Declares    = declares
)
