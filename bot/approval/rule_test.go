package approval_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/gonogo-chat/gonogo/bot/approval"
)

func TestRuleValidate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*approval.Rule)
		want   []string
	}{
		"valid":               {func(*approval.Rule) {}, nil},
		"unanimous":           {func(r *approval.Rule) { r.Threshold = 1 }, nil},
		"no name":             {func(r *approval.Rule) { r.Name = "" }, []string{"name:"}},
		"no electorate":       {func(r *approval.Rule) { r.Electorate = nil }, []string{"electorate:"}},
		"electorate twice":    {func(r *approval.Rule) { r.Electorate = []string{"a", "a"} }, []string{"electorate:"}},
		"electorate nameless": {func(r *approval.Rule) { r.Electorate = []string{""} }, []string{"electorate:"}},
		"quorum 0":            {func(r *approval.Rule) { r.Quorum = 0 }, []string{"quorum:"}},
		"threshold 0":         {func(r *approval.Rule) { r.Threshold = 0 }, []string{"threshold:"}},
		"threshold above 1":   {func(r *approval.Rule) { r.Threshold = 1.01 }, []string{"threshold:"}},
		"threshold unknown":   {func(r *approval.Rule) { r.Threshold = math.NaN() }, []string{"threshold:"}},
		"veto twice":          {func(r *approval.Rule) { r.Veto = []string{"a", "a"} }, []string{"veto:"}},
		"never open":          {func(r *approval.Rule) { r.Open = 0 }, []string{"open:"}},
		"reminds before":      {func(r *approval.Rule) { r.Remind = r.Open }, []string{"remind:"}},
		"reminds after":       {func(r *approval.Rule) { r.Remind = -1 }, []string{"remind:"}},
		"everything": {func(r *approval.Rule) { *r = approval.Rule{Remind: -time.Hour} },
			[]string{"name:", "electorate:", "quorum:", "threshold:", "open:", "remind:"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rule()
			tt.change(&r)
			err := r.Validate()
			if err == nil {
				if tt.want != nil {
					t.Errorf("valid, want %v", tt.want)
				}
				return
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("%d problems, want %v:\n%v", len(lines), tt.want, err)
			}
			for i, field := range tt.want {
				if !strings.HasPrefix(lines[i], field) {
					t.Errorf("%q does not begin with %s", lines[i], field)
				}
			}
		})
	}
}

func TestRuleFromYAML(t *testing.T) {
	t.Parallel()
	var r approval.Rule
	err := yaml.Unmarshal([]byte("name: cab\nelectorate: [cab]\nquorum: 2\nthreshold: 0.66\nveto: [security]\nopen: 72h\nremind: 4h\nwait: true\n"), &r)
	if err != nil || r.Validate() != nil || r.Open != 72*time.Hour || r.Remind != 4*time.Hour || !r.Wait || r.Veto[0] != "security" {
		t.Errorf("%+v %v %v", r, err, r.Validate())
	}
}
