package main

import (
	"net/http"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/icalfeed"
	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/commands"
)

// calendar answers the month page and feeds, once there is a bot.
func (i *instance) calendar() port.Calendar {
	return commands.Calendar{
		View:   func(fn func(*bot.Reading) error) error { return i.bot.Read(fn) },
		Reader: func(zone *time.Location) port.Reader { return i.bot.Reader(zone) },
	}
}

// calendarFeed serves calendar programs, which show a private token in place of a login.
func (i *instance) calendarFeed() http.Handler {
	return &icalfeed.Feed{Calendar: i.calendar(), Prefix: commands.CalendarPath, Suffix: commands.CalendarSuffix, Now: time.Now, Log: i.log}
}
