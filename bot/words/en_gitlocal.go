package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enGitLocal is about repositories on the bot's own machine.
var enGitLocal = map[chat.Code]string{
	"gitlocal.check.git":           "git {version} is there.",
	"gitlocal.check.no_git":        "There is no git program.",
	"gitlocal.check.old_git":       "git is {version}, which is too old.",
	"gitlocal.check.do_git":        "Install git 2.30 or later where the bot runs.",
	"gitlocal.check.no_root":       "The folder {root} can't be read.",
	"gitlocal.check.do_root":       "Correct root, or let the bot's user read the folder.",
	"gitlocal.check.no_repository": "{service} has no repository at {folder}: {fault}.",
	"gitlocal.check.do_repository": "Correct repository, or name its folder under repositories.{service}.",
	"gitlocal.check.unreadable":    "The repository of {service} can't be read: {fault}.",
	"gitlocal.check.do_readable":   "Let the bot's user read it, or have git fsck say what is wrong.",
	"gitlocal.check.shallow":       "The repository of {service} is a shallow clone: what a release brings can't be told from it.",
	"gitlocal.check.do_shallow":    "Run git fetch --unshallow in it.",
	"gitlocal.check.no_file":       "The repository of {service} has no file {file} on its present branch.",
	"gitlocal.check.do_file":       "Correct pipeline_file.",
	"gitlocal.check.repository":    "Commits of {service} can be read, and {file} among them.",
	"gitlocal.check.trusted":       "Reviewed-by lines count as reviews: whoever makes a commit can write them.",
	"gitlocal.check.untrusted":     "Reviewed-by lines don't count: who reviewed what is not known, and the gate provenance says so.",

	"provenance.requestless": "{commit}[[ and {more} more]][[ by {people}]][[ by {address}]]: a repository alone does not say by which merge request it came in, or who approved it[[. It is the last change of {file}]].",
}
