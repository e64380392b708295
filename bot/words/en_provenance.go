package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enProvenance words what says how source code came to be, and whose it is.
var enProvenance = map[chat.Code]string{
	"duty.pusher":  "somebody who pushed to the merge request",
	"duty.merger":  "somebody who merged",
	"duty.namer":   "the one who said whose an address is",
	"duty.unnamed": "The repository's host names nobody as {duty} of {subject}.",
	"duty.unread":  "Who had a part in {subject} is not known[[: {fault}]].",

	"gate.provenance.open":          "{commits} {commits|commit|commits}[[ since {since}]] up to {commit} by {requests} {requests|merge request|merge requests}, and the last change of {file}: each approved by somebody else after the last push.",
	"gate.provenance.unconfigured":  "No repository host is configured that could say how the source code came in: name one under provenance.",
	"gate.provenance.other":         "What was read is about {is}; asked was about {asked}.",
	"gate.provenance.since":         "{version} ({commit}) runs now, and what was read begins at [[{since}]].",
	"gate.provenance.since_unknown": "{version} runs in {environment}, and which commit that is was not noted: what came in since is not known.",

	"provenance.direct":       "{commit}[[ by {people}]][[ by {address}]] came in without a merge request[[. It is the last change of {file}]].",
	"provenance.unapproved":   "{request}[[ by {people}]][[ by {address}]], with {commit}[[ and {more} more]], has no approval[[. It holds the last change of {file}]].",
	"provenance.own":          "{request}, with {commit}[[ and {more} more]], was approved by {people}, {duty}: it takes somebody else[[. It holds the last change of {file}]].",
	"provenance.early":        "{request}, with {commit}[[ and {more} more]], was approved [[by {people} ]][[by {address} ]]{at}, and pushed to after that, {pushed}[[. It holds the last change of {file}]].",
	"provenance.other":        "{request}, with {commit}[[ and {more} more]]: what [[{people}]][[{address}]] approved is {approved}, and {head} was pushed last[[. It holds the last change of {file}]].",
	"provenance.by_nobody":    "{request}, with {commit}[[ and {more} more]], was approved by [[{address}]], which is linked to nobody: that it is not the author's other account can't be told[[. It holds the last change of {file}]].",
	"provenance.by_machine":   "{request}, with {commit}[[ and {more} more]], was approved by a machine[[, {address}]]: it takes a person[[. It holds the last change of {file}]].",
	"provenance.whose":        "{request}, with {commit}[[ and {more} more]], was approved by [[{people}]][[{address}]]. Whether that is somebody other than the {duty} is not known[[: nobody knows whose {unknown} is]][[. It holds the last change of {file}]].",
	"provenance.undated":      "{request}, with {commit}[[ and {more} more]], was last pushed to {pushed}; when [[{people}]][[{address}]] approved it is not known[[. It holds the last change of {file}]].",
	"provenance.unpushed":     "{request}, with {commit}[[ and {more} more]], was approved by [[{people}]][[{address}]]; whether it was pushed to after that is not known[[. It holds the last change of {file}]].",
	"provenance.more":         "More commits than the {count} that were read lead up to {commit}.",
	"provenance.not_held":     "What was read does not hold {commit} itself.",
	"provenance.no_file":      "There is no pipeline file {file} at {commit}.",
	"provenance.file_unknown": "Which file describes the pipeline is not configured.",
}
