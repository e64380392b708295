package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enProvenance words what says how source code came to be, and whose it is.
var enProvenance = map[chat.Code]string{
	"duty.pusher":  "somebody who pushed to the merge request",
	"duty.merger":  "somebody who merged",
	"duty.namer":   "the one who said whose an address is",
	"duty.unnamed": "Nobody is named as {duty} of {subject}[[ in {in}]], or who it was can't be read any more.",
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

	"evidence.source": "Source code of {what} up to {commit}: {commits} {commits|commit|commits}",
	"heading.source":  "Source code",
	"effect.source":   "Reading where the source code of {subject} came from",
	"source.read":     "Where the source code of {release} came from was read: {commits} {commits|commit|commits} up to {commit}.",
	"source.failed":   "Where the source code of {release} came from can't be read: {fault}.",

	"button.form.identity_link":    "Say whose an address is…",
	"button.form.identity_declare": "Say that it is a machine's…",

	"identity.form":     "That is no address or account: write git:dana@shop.example, github:dana, or platform:workspace:id.",
	"identity.who":      "There is nobody of that handle[[. Did you mean {suggest}?]] Write it as the configuration does.",
	"identity.known":    "Whose {address} is, is known: {whose}. Only the configuration, which a second administrator accepts, can change that.",
	"identity.gone":     "{address} was said to be somebody's who is configured no longer. Only the configuration can give it to another.",
	"identity.unseen":   "{address} is on no release under way as an address that nobody knows the owner of: /identity list shows those. Others are for the configuration.",
	"identity.conflict": "You can't say whose {address} is: you have a part in {releases}.",
	"identity.may_vote": "{person} is asked to vote on {release} ({what}).",
	"identity.said":     "{by} said whose {address} is: {whose}. It is on {releases}.",
	"identity.machine":  "a machine's",
	"identity.from_now": "It holds from now on, for open votes too. Whoever says whose an address is neither votes on nor deploys the releases that it is on now.",
	"identity.none":     "Whose every address in the releases under way is, is known.",
	"identity.list":     "{count} {count|address is|addresses are} nobody's that the bot knows: what {count|it is|they are} on waits for that.",
	"identity.unknown":  "{address}",
	"identity.on":       "{duty} of {release} ({what})",
	"identity.by":       "{people} can say whose it is",
	"identity.nobody":   "Every identity administrator has a part in it, or there is none. An administrator[[ ({administrators})]] can give the address to somebody in the configuration.",
	"identity.how":      "The commit shows the address in full: /identity link ADDRESS PERSON, or /identity declare ADDRESS machine.",
}
