package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enWhen words the refusals of dates, times and durations. {line} is a whole command line that works, given where the
// time was an argument of a command.
var enWhen = map[chat.Code]string{
	"when.time":            "“{said}” is not a time I can read with certainty. Write it like {example}, “+2h” or “2026-12-24 18:00”.[[ For example: {line}]]",
	"when.range":           "“{said}” is not a stretch of time I can read with certainty. Write it like {example}.[[ For example: {line}]]",
	"when.duration":        "“{said}” is not a duration. Write it like {example}, 90m, 1d or 1w.[[ For example: {line}]]",
	"when.duration-bounds": "“{said}” is out of bounds: a duration is from {min} to {max}, for instance {example}.[[ For example: {line}]]",
	"when.sign":            "“{said}” is a duration, and a time is wanted here. For a time from now write {example}.[[ For example: {line}]]",
	"when.needs-clock":     "“{said}” needs an hour, such as {example}.[[ For example: {line}]]",
	"when.clock":           "“{said}” has no time of day that exists: hours go from 00:00 to {example}.[[ For example: {line}]]",
	"when.midnight":        "24:00 is read only where something ends. For “{said}” write 00:00 of the next day, such as {example}.[[ For example: {line}]]",
	"when.date":            "“{said}” has a date that is not in the calendar. Write year, month and day, like {example}.[[ For example: {line}]]",
	"when.year":            "“{said}” is too far away: years go from {min} to {max}. Write it like {example}.[[ For example: {line}]]",
	"when.minus":           "“{said}” could be a range or an offset from UTC. For an offset, write the date as well, like {example}; or name the zone, like America/New_York.[[ For example: {line}]]",
	"when.zone":            "There is no time zone {zone}. Write one like {example}, or UTC.[[ For example: {line}]]",
	"when.gap":             "“{said}” does not exist in {zone}: the clocks go from {from} straight to {to}. The nearest times are {before} and {after}.[[ For example: {line}]]",
	"when.twice":           "“{said}” happens twice in {zone}, because the clocks are set back. Write {first} or {second}.[[ For example: {line}]]",
	"when.offset":          "“{said}” contradicts itself: {zone} is not at {offset} then. Leave the offset out, or write {example}.[[ For example: {line}]]",
	"when.abbreviation":    "{zone} is not on {abbreviation} at “{said}”. Write {example}, or name another zone, like Europe/Berlin.[[ For example: {line}]]",
	"when.backwards":       "“{said}” is {end}, which is not after the start at {start}. Give a later time, or a length like {example}.[[ For example: {line}]]",
}
