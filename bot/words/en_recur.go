package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enRecur is about rules of recurrence.
var enRecur = map[chat.Code]string{
	"recur.wall":               "“{said}” is no date and time of a wall clock. Write it like 2026-12-24T18:00:00.",
	"recur.long":               "This rule is too long: at most {most} characters.",
	"recur.form":               "“{said}” is no part of a recurrence rule. Parts are written NAME=VALUE with one “;” between them, such as FREQ=WEEKLY;BYDAY=SA.",
	"recur.unknown":            "A recurrence rule has no part {part}. Its parts are those of RFC 5545, such as FREQ=WEEKLY;BYDAY=SA.",
	"recur.twice":              "{part} stands twice in this rule. Name each part once, with all values in one list.",
	"recur.no_freq":            "This rule does not say how often: begin with FREQ, such as FREQ=WEEKLY;BYDAY=SA.",
	"recur.freq":               "“{said}” is no frequency. FREQ is one of {known}.",
	"recur.two_ends":           "This rule ends twice. Give COUNT or UNTIL, not both.",
	"recur.setpos":             "BYSETPOS picks from what other parts list. Add one, such as BYDAY=MO,TU,WE,TH,FR.",
	"recur.number":             "“{said}” does not fit {part}: it takes whole numbers from {least} to {most}.",
	"recur.signed":             "“{said}” does not fit {part}: it takes whole numbers from {least} to {most}, or their negatives to count from the end.",
	"recur.until":              "“{said}” does not fit UNTIL: write 20261224, 20261224T180000 or, in UTC, 20261224T180000Z.",
	"recur.weekday":            "“{said}” does not fit {part}: weekdays are MO, TU, WE, TH, FR, SA and SU.",
	"recur.day_number":         "“{said}” does not fit BYDAY: a number before a weekday goes from 1 to {most}, or negative from the end, such as -1FR.",
	"recur.part_with_freq":     "{part} can't stand with FREQ={freq}: RFC 5545 gives that no meaning. Change the frequency, or leave the part out.",
	"recur.day_numbers_freq":   "Weekdays with a number, such as -1FR, need FREQ=MONTHLY or FREQ=YEARLY, and this is FREQ={freq}.",
	"recur.day_numbers_weekno": "Weekdays with a number, such as -1FR, can't stand with BYWEEKNO. Leave the numbers or BYWEEKNO out.",
}
