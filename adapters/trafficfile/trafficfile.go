// Package trafficfile reads traffic curves from a CSV file: how many customers a service or a business line has at which hour of
// the week. Somebody exports it from their analytics; the age of the figures is the age of the file.
package trafficfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Settings of the file.
type Settings struct {
	File string `yaml:"file" doc:"CSV file with a line for hours: of, days, hours, customers" required:"true"`
	Zone string `yaml:"zone" doc:"IANA time zone of the hours; UTC if empty"`
}

// MaxSize bounds the file, in bytes: a thousand services by the hour are about five megabytes.
const MaxSize = 16 << 20

// Validate names every fault of the settings.
func (s Settings) Validate() error {
	var faults []error
	if s.File == "" {
		faults = append(faults, errors.New("file: a path is needed"))
	}
	if _, err := time.LoadLocation(s.Zone); err != nil || s.Zone == "Local" {
		faults = append(faults, fmt.Errorf("zone: %q is not a time zone: write an IANA name like Europe/Berlin", s.Zone))
	}
	return errors.Join(faults...)
}

// Adapter is a port.Traffic that reads its file anew when it is asked: it may be replaced while the bot runs.
type Adapter struct {
	file, zone string
}

var _ port.Traffic = (*Adapter)(nil)

// New names the file. One that is missing or wrong by then is said when a curve is asked for.
func New(s Settings) (*Adapter, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if s.Zone == "" {
		s.Zone = "UTC"
	}
	return &Adapter{file: s.File, zone: s.Zone}, nil
}

// Curve reads what the file says of a service or a business line.
func (a *Adapter) Curve(ctx context.Context, of port.TrafficOf) (port.Curve, error) {
	c := port.Curve{Of: of, Zone: a.zone}
	if err := ctx.Err(); err != nil {
		return c, err
	}
	f, err := os.Open(a.file)
	if err != nil {
		return c, fmt.Errorf("traffic: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return c, fmt.Errorf("traffic: %w", err)
	}
	if info.Size() > MaxSize {
		return c, fmt.Errorf("traffic: %s has %d bytes, over the limit of %d", a.file, info.Size(), MaxSize)
	}
	curves, err := Parse(io.LimitReader(f, MaxSize))
	if err != nil {
		return c, fmt.Errorf("traffic: %s: %w", a.file, err)
	}
	hours, ok := curves[of]
	if !ok {
		return c, effect.ErrNotFound
	}
	c.Hours, c.Source = hours, port.Source{System: "traffic file", At: info.ModTime().UTC()}
	return c, nil
}
