package trafficfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/trafficfile"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

const sample = `of,days,hours,customers
# nights are quiet
service:payments,mon-sun,0-5,40
service:payments, Sat , 6 ,90.5
line:shop,sun,23,7
`

func adapter(t *testing.T, text string) *trafficfile.Adapter {
	t.Helper()
	file := filepath.Join(t.TempDir(), "traffic.csv")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(file, time.Time{}, time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	a, err := trafficfile.New(trafficfile.Settings{File: file, Zone: "Europe/Berlin"})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCurve(t *testing.T) {
	t.Parallel()
	a := adapter(t, sample)
	c, err := a.Curve(t.Context(), port.TrafficOf{Service: "payments"})
	if err != nil || len(c.Hours) != 7*6+1 || c.Hours[0] != 40 || c.Hours[5*24+6] != 90.5 || c.Zone != "Europe/Berlin" {
		t.Errorf("%v %v", c, err)
	}
	if _, known := c.Hours[6]; known {
		t.Error("an hour that nothing was said of is known")
	}
	if c.Source.System == "" || c.Source.At.Month() != time.November {
		t.Errorf("the age of the figures is not that of the file: %v", c.Source)
	}
	if c, err := a.Curve(t.Context(), port.TrafficOf{Line: "shop"}); err != nil || c.Hours[6*24+23] != 7 {
		t.Errorf("%v %v", c, err)
	}
	if _, err := a.Curve(t.Context(), port.TrafficOf{Line: "payments"}); !errors.Is(err, effect.ErrNotFound) {
		t.Errorf("a line of which nothing is said: %v", err)
	}
}

func TestFaultsOfTheFile(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                        "empty",
		"a,b,c,d\n":                               "first line",
		"of,days,hours\n":                         "wrong number of fields",
		sample + "shop,mon,1,2\n":                 "line 6: \"shop\" is neither",
		sample + "service:,mon,1,2\n":             "neither",
		sample + "line:x,monday,1,2\n":            "not a day",
		sample + "line:x,sun-mon,1,2\n":           "backwards",
		sample + "line:x,mon,24,2\n":              "not an hour",
		sample + "line:x,mon,-1,2\n":              "not an hour",
		sample + "line:x,mon,1,-2\n":              "not a number",
		sample + "line:x,mon,1,NaN\n":             "not a number",
		sample + "service:payments,tue,3,1\n":     "said twice",
		sample + "\"service:payments,tue,3,1\n":   "quote",
		sample + "service:payments,tue,3,1,2,3\n": "wrong number of fields",
	} {
		_, err := adapter(t, text).Curve(t.Context(), port.TrafficOf{Service: "payments"})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for _, s := range []trafficfile.Settings{{}, {File: "x", Zone: "Mars/Olympus"}, {File: "x", Zone: "Local"}} {
		if _, err := trafficfile.New(s); err == nil {
			t.Errorf("%+v is taken", s)
		}
	}
	a, err := trafficfile.New(trafficfile.Settings{File: filepath.Join(t.TempDir(), "none.csv")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Curve(t.Context(), port.TrafficOf{Line: "x"}); err == nil || errors.Is(err, effect.ErrNotFound) {
		t.Errorf("a file that is not there is no answer: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(sample)
	f.Add("of,days,hours,customers\nline:x,mon-sun,0-23,1e9\n")
	f.Fuzz(func(t *testing.T, text string) {
		curves, err := trafficfile.Parse(strings.NewReader(text))
		if err != nil && curves != nil {
			t.Fatal("an error and curves")
		}
		for of, hours := range curves {
			if of.Service == "" && of.Line == "" || len(hours) == 0 {
				t.Fatalf("%v %v", of, hours)
			}
			for h, customers := range hours {
				if h < 0 || h >= port.HoursOfWeek || !(customers >= 0) {
					t.Fatalf("%d %v", h, customers)
				}
			}
		}
	})
}
