package badgerkv

import (
	"fmt"
	"log/slog"
	"strings"
)

// badgerLog passes on what Badger warns about; its progress reports are debug
// detail. Keys can show in them, values never do.
type badgerLog struct{ log *slog.Logger }

func (l badgerLog) Errorf(format string, args ...any)   { l.log.Error(line(format, args)) }
func (l badgerLog) Warningf(format string, args ...any) { l.log.Warn(line(format, args)) }

// Infof and Debugf come many times a second while compacting and are dropped.
func (l badgerLog) Infof(string, ...any)  {}
func (l badgerLog) Debugf(string, ...any) {}

func line(format string, args []any) string {
	return "badger: " + strings.TrimSpace(fmt.Sprintf(format, args...))
}
