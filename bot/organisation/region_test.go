package organisation_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gonogo-chat/gonogo/bot/organisation"
)

func TestRegionsOf(t *testing.T) {
	t.Parallel()
	o := &organisation.Organisation{
		Environments: []organisation.Environment{{Name: "trial"}, {Name: "live", Regions: []string{"us", "eu"}}},
		Services:     []organisation.Service{{Name: "flour"}, {Name: "oven", Regions: map[string][]string{"live": {"eu"}, "trial": {"ap"}}}},
	}
	for _, tt := range []struct {
		service, environment string
		want                 []string
	}{
		{"oven", "live", []string{"eu"}},
		{"oven", "trial", []string{"ap"}},
		{"flour", "live", []string{"us", "eu"}},
		{"flour", "trial", nil}, // nothing is known: it may run anywhere
		{"salt", "sea", nil},
	} {
		if diff := cmp.Diff(tt.want, o.RegionsOf(tt.service, tt.environment)); diff != "" {
			t.Errorf("%s in %s: %s", tt.service, tt.environment, diff)
		}
	}
	if diff := cmp.Diff([]string{"ap", "eu", "us"}, o.Regions()); diff != "" {
		t.Errorf("all: %s", diff)
	}
}
