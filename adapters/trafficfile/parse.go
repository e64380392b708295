package trafficfile

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/port"
)

// header is the file's first line.
var header = []string{"of", "days", "hours", "customers"}

var days = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// Parse reads the whole file or nothing: a line that is wrong is an error with its number, and so is an hour that is said twice.
//
//	of,days,hours,customers
//	service:api,mon-fri,8-17,1200
//	line:shop,sat,3,40
//
// Days are a day or a range of them; hours are 0 to 23, one or a range with its last hour; customers are those of each hour.
func Parse(r io.Reader) (map[port.TrafficOf]map[int]float64, error) {
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.TrimLeadingSpace, rows.ReuseRecord, rows.Comment = len(header), true, true, '#'
	curves := map[port.TrafficOf]map[int]float64{}
	for first := true; ; first = false {
		row, err := rows.Read()
		switch {
		case errors.Is(err, io.EOF) && first:
			return nil, errors.New("the file is empty: its first line is " + strings.Join(header, ","))
		case errors.Is(err, io.EOF):
			return curves, nil
		case err != nil:
			return nil, err
		}
		line, _ := rows.FieldPos(0)
		if first {
			err = heading(row)
		} else {
			err = take(curves, row)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func heading(row []string) error {
	for i, name := range header {
		if strings.TrimPrefix(strings.TrimSpace(row[i]), "\ufeff") != name {
			return fmt.Errorf("the first line is %s, not %q", strings.Join(header, ","), strings.Join(row, ","))
		}
	}
	return nil
}

func take(curves map[port.TrafficOf]map[int]float64, row []string) error {
	of, err := about(strings.TrimSpace(row[0]))
	if err != nil {
		return err
	}
	firstDay, lastDay, err := span(row[1], day)
	if err != nil {
		return err
	}
	firstHour, lastHour, err := span(row[2], hour)
	if err != nil {
		return err
	}
	customers, err := strconv.ParseFloat(strings.TrimSpace(row[3]), 64)
	if err != nil || customers < 0 || math.IsInf(customers, 0) || math.IsNaN(customers) {
		return fmt.Errorf("%q is not a number of customers", row[3])
	}
	if curves[of] == nil {
		curves[of] = map[int]float64{}
	}
	for d := firstDay; d <= lastDay; d++ {
		for h := firstHour; h <= lastHour; h++ {
			if _, twice := curves[of][d*24+h]; twice {
				return fmt.Errorf("%s %s %d:00 is said twice", row[0], days[d], h)
			}
			curves[of][d*24+h] = customers
		}
	}
	return nil
}

func about(text string) (port.TrafficOf, error) {
	kind, name, _ := strings.Cut(text, ":")
	switch {
	case name != "" && kind == "service":
		return port.TrafficOf{Service: name}, nil
	case name != "" && kind == "line":
		return port.TrafficOf{Line: name}, nil
	}
	return port.TrafficOf{}, fmt.Errorf("%q is neither service:NAME nor line:NAME", text)
}

// span reads one thing or two with a dash between, the last of them included.
func span(text string, one func(string) (int, error)) (first, last int, err error) {
	from, to, ranged := strings.Cut(strings.TrimSpace(text), "-")
	if first, err = one(from); err != nil {
		return 0, 0, err
	}
	if last = first; ranged {
		if last, err = one(to); err != nil {
			return 0, 0, err
		}
	}
	if last < first {
		return 0, 0, fmt.Errorf("%q runs backwards", text)
	}
	return first, last, nil
}

func day(text string) (int, error) {
	for i, d := range days {
		if strings.EqualFold(strings.TrimSpace(text), d) {
			return i, nil
		}
	}
	return 0, fmt.Errorf("%q is not a day: %s", text, strings.Join(days, ", "))
}

func hour(text string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil || n < 0 || n > 23 {
		return 0, fmt.Errorf("%q is not an hour from 0 to 23", text)
	}
	return n, nil
}
