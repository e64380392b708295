package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"

	"golang.org/x/term"
)

// newLog logs as text to a terminal and as JSON otherwise, without secrets.
func newLog(w io.Writer, level string, redact func(string) string) *slog.Logger {
	o := &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr { return redacted(a, redact) }}
	var l slog.Level
	if l.UnmarshalText([]byte(level)) == nil {
		o.Level = l
	}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// redacted takes secrets out of a value, however it is going to be written.
func redacted(a slog.Attr, redact func(string) string) slog.Attr {
	switch v := a.Value.Resolve(); v.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(redact(v.String()))
	case slog.KindAny:
		switch x := v.Any().(type) {
		case *slog.Source:
		case error:
			a.Value = slog.StringValue(redact(x.Error()))
		default:
			a.Value = slog.StringValue(redact(fmt.Sprintf("%+v", x)))
		}
	}
	return a
}
