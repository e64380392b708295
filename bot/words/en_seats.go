package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enSeats is about seats, stages, delegation and absence.
var enSeats = map[chat.Code]string{
	"approval.tally.seats":      "{go} go, {nogo} no-go[[, {abstain} abstained]]: {filled} of {places} {places|seat|seats} filled[[, open: {open}]][[; {missing} more {missing|vote|votes} needed]][[; {unconfirmed} {unconfirmed|waits|wait} for confirmation]]",
	"approval.seats.impossible": "{go} go, {nogo} no-go[[, {abstain} abstained]]: it can't pass, nobody who may vote can fill {open}[[ ({barred} may not, by duty)]]",
	"approval.seat.filled":      "{person} fills {seat}[[ for {for}]]",
	"approval.seat.open":        "{seat} is still open[[, {missing} people]][[: {may}]][[ (away: {away})]]",
	"approval.seat.void":        "{seat} can't be filled: nobody may[[, {missing} people are missing]]",
	"approval.expired_seats":    "Time ran out with seats open: {tally}.",
	"approval.taken_back":       "{person} stands in for {for}, who has voted on {ballot}: the seat is taken.",
	"approval.for_barred":       "{person} stands in for {for}, who may not vote on {ballot}: a seat hands on no more than its owner has.",
	"approval.not_yet":          "It is not {person}'s turn on {ballot} yet: {stage} is asked once {before} is filled. Now it is {now}, until {closes}; if that is not filled by then, the vote ends.",

	"ballot.stage":          "{ballot} on {subject}: {before} is filled, now {stage} is asked[[: {asked}]]. It closes {closes}.",
	"ballot.then":           "then {stage}: {seats}",
	"ballot.stands_in":      "{to} stands in for {from} until {until}",
	"heading.seats":         "Seats",
	"heading.stage":         "Stage {number} of {of}: {stage}",
	"heading.changed_since": "Changed since {ballot}, which is void",
	"vote.before":           "{person} voted {choice} there, and not here yet",
	"vote.marked":           "Marked for whoever reviews it",
	"vote.hasty":            "given within {hasty} of being asked",
	"vote.unread":           "given without opening the evidence",
	"button.reaffirm":       "The same as before",

	"reaffirm.not_void": "{ballot} is {state}: only what was voted on a ballot that is void can be voted again.",
	"reaffirm.no_vote":  "You did not vote on {ballot}: vote on the one that is open.",
	"reaffirm.none":     "Nothing is open on {release} to vote on as on {ballot}: have the board asked again, /vote open {release}.",

	"delegate.done":      "{to} stands in for {from} from {since} until {until}[[, for {group} only]] ({delegation})[[: {reason}]]",
	"delegate.begins":    "{to} stands in for {from} now, until {until}[[, for {group} only]] ({delegation})[[: {reason}]]",
	"delegate.ends":      "{from} votes again: {to} stood in until now ({delegation}).",
	"delegate.ended":     "{to} no longer stands in for {from} ({delegation}).",
	"delegate.line":      "{delegation} · {to} for {from}[[, for {group} only]], {since} until {until}[[: {reason}]]",
	"delegate.list":      "{delegations} {delegations|delegation|delegations}, {away} away",
	"delegate.self":      "Nobody stands in for themselves: name somebody else.",
	"delegate.backwards": "It would end {until}, before it begins {since}.",
	"delegate.past":      "It would be over already: it ends {until}.",
	"delegate.long":      "It is longer than {most}: have the groups changed instead.",
	"delegate.already":   "{to} stands in for you until {until} already: end that first, or begin after it.",
	"delegate.chain":     "You stand in for {from} until {until}: whoever has another's seat hands nothing on in that time.",
	"delegate.handed_on": "{from} has handed their own seat to {to} until {until}: name somebody who is there.",
	"delegate.nobody":    "{to} can't vote: a machine, or somebody whose rights rest.",
	"delegate.no_vote":   "You have no vote that you could hand on.",
	"delegate.not_in":    "You have no seat from {group}[[: yours are from {own}]].",
	"delegate.unknown":   "There is no delegation {delegation}: /delegate list shows them.",
	"delegate.others":    "{delegation} is between {from} and {to}: one of them ends it.",
	"delegate.over":      "{delegation} is over since {until}.",

	"away.noted": "{person} is away until {until}: not called to votes, and not waited for.",
	"away.hint":  "Your seat stays yours. To have somebody vote in your place: /delegate",
	"away.back":  "{person} is back.",
	"away.not":   "You are not away.",
	"away.long":  "That is longer than {most}: have the groups changed instead.",
	"away.line":  "{person} is away until {until}",
}
