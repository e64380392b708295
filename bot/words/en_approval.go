package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enApproval is the wording of votes and of the separation of duties.
var enApproval = map[chat.Code]string{
	"approval.choice.go":      "go",
	"approval.choice.no-go":   "no-go",
	"approval.choice.abstain": "abstain",

	"approval.state.open":      "open",
	"approval.state.passed":    "passed",
	"approval.state.rejected":  "rejected",
	"approval.state.void":      "void",
	"approval.state.expired":   "expired",
	"approval.state.withdrawn": "withdrawn",

	"approval.tally":       "{go} go, {nogo} no-go[[, {abstain} abstained]][[: {missing} more {missing|vote|votes} needed]][[; {unconfirmed} {unconfirmed|waits|wait} for confirmation]]",
	"approval.tally.none":  "no votes yet, {quorum} {quorum|vote|votes} needed from {seats} {seats|elector|electors}[[; {unconfirmed} {unconfirmed|waits|wait} for confirmation]]",
	"approval.tally.below": "{go} go, {nogo} no-go[[, {abstain} abstained]]: {share} go is not the {threshold} needed[[; {unconfirmed} {unconfirmed|waits|wait} for confirmation]]",
	"approval.tally.veto":  "{go} go, {nogo} no-go[[, {abstain} abstained]], vetoed by {veto}",
	"approval.impossible":  "{go} go, {nogo} no-go[[, {abstain} abstained]]: it can't pass, {quorum} {quorum|vote is|votes are} needed and only {seats} {seats|elector|electors} may vote[[ ({barred} may not, by duty)]]",

	"approval.passed":    "Passed with {tally}.",
	"approval.rejected":  "Rejected with {tally}.",
	"approval.vetoed":    "Vetoed by {person}.",
	"approval.expired":   "Time ran out without a quorum: {tally}.",
	"approval.void":      "{ballot} is void with its {votes} {votes|vote|votes}: what was voted on has changed ({parts}).",
	"approval.withdrawn": "{person} withdrew {ballot}[[: {reason}]].",

	"approval.part_changed": "{part}: was {before}, is {after}",
	"approval.part_added":   "{part}: was not there, is {after}",
	"approval.part_removed": "{part}: was {before}, is gone",

	"approval.cannot_open": "There can be no vote on {subject}.",
	"approval.bad_rule":    "The approval rule {rule} is not valid: {problem}",
	"approval.empty":       "Nothing is proposed that could be voted on.",
	"approval.part_empty":  "The proposal's part {part} is not known.",
	"approval.part_twice":  "The proposal holds {part} twice.",

	"approval.no_choice":      "“{choice}” is not a vote: say go, no-go or abstain.",
	"approval.not_open":       "{ballot} takes no votes: it is {state}.",
	"approval.over":           "Voting on {ballot} ended {closes}.",
	"approval.not_over":       "Voting on {ballot} goes on until {closes}.",
	"approval.other_proposal": "The proposal for {subject} is not the one that {ballot} is about: look at the card as it is now, then vote.",
	"approval.superseded":     "A later vote of yours on {ballot} is already counted: {choice}.",
	"approval.nobody":         "This account is linked to nobody: it may read, not vote.",
	"approval.no_elector":     "{person} has no vote on {ballot}: members of {electorate} vote.",
	"approval.veto_only":      "{person} may veto {ballot}, and has no vote otherwise: say no-go, or nothing.",
	"approval.barred":         "{person} may not vote on {ballot}: another duty excludes it.",
	"approval.unchanged":      "{ballot} stands: what {subject} proposes has not changed.",

	"duty.commit_author":   "commit author",
	"duty.co_author":       "co-author",
	"duty.merge_author":    "author of the merge request",
	"duty.pipeline_editor": "editor of the pipeline",
	"duty.requester":       "requester",
	"duty.approver":        "approver",
	"duty.sole_approver":   "the only approver",
	"duty.identifier":      "the person to be named as author",
	"duty.other":           "{duty}",

	"duty.conflict":      "{person} is {duty} of {subject}[[, in {in}]][[ as {through}]].",
	"duty.unresolved":    "Nobody knows whose address {address} is ({duty} of {subject}): an identity administrator who neither wrote it nor voted must link it.",
	"duty.no_author":     "Who wrote {subject} is not known.",
	"duty.only_machines": "Only machines are named as authors of {subject}.",
	"duty.nobody":        "This account is linked to nobody: it holds no duty.",
}
