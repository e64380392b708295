package words

import "github.com/gonogo-chat/gonogo/bot/chat"

// enCalendar is about cadence, windows and the calendar.
var enCalendar = map[chat.Code]string{}
