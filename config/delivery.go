package config

// Service is something that is released.
type Service struct {
	Name        string              `yaml:"name" pattern:"name" required:"true" doc:"The name people type."`
	Lines       []string            `yaml:"lines" pattern:"name" doc:"Business lines that the service belongs to."`
	DependsOn   []string            `yaml:"depends_on" doc:"Services that it calls. A cycle is refused."`
	Criticality string              `yaml:"criticality" default:"medium" enum:"low,medium,high" doc:"How much the business depends on it."`
	Exposure    string              `yaml:"exposure" default:"internal" enum:"internal,partners,customers" doc:"Who notices when it fails."`
	Data        string              `yaml:"data" default:"none" enum:"none,internal,personal,financial" doc:"The most sensitive data that it handles."`
	Rollback    string              `yaml:"rollback" default:"simple" enum:"simple,complex,impossible" doc:"How hard it is to go back to the version before."`
	Hotfix      bool                `yaml:"hotfix" default:"false" doc:"A fix can be put out within minutes without going back: the gate \"rehearsal\" asks for no rehearsed rollback."`
	Downtime    string              `yaml:"downtime" default:"asked" enum:"asked,always" doc:"Whether a deployment takes the service down: always, or when its plan says so. Then it needs an agreed window."`
	Owner       string              `yaml:"owner" doc:"Person or group that answers for it."`
	Addresses   map[string]string   `yaml:"addresses" pattern:"url" doc:"Base URL by environment: what {address} stands for in probes."`
	Regions     map[string][]string `yaml:"regions" pattern:"name" doc:"Regions that it runs in, by environment. An environment left out: those of the environment, else every region."`
	Labels      map[string]string   `yaml:"labels" doc:"Anything else that risk rules look at."`
}

// Environment is somewhere that versions run.
type Environment struct {
	Name     string   `yaml:"name" pattern:"name" required:"true" doc:"The name people type."`
	After    string   `yaml:"after" doc:"Environment that a version must have passed before. Empty for the first."`
	Gates    []string `yaml:"gates" doc:"Gates that a deployment must pass, in the order shown."`
	Pipeline string   `yaml:"pipeline" required:"true" doc:"Pipeline that deploys here."`
	Verify   string   `yaml:"verify" doc:"Verification plan that watches a deployment here. Empty: the pipeline's word is taken."`
	Regions  []string `yaml:"regions" pattern:"name" doc:"Regions that services run in here, where they name none themselves."`
	Lock     Duration `yaml:"lock" default:"2h" doc:"How long a deployment should take here: people are told when it still holds the lock of the service."`
}

// Plan is how a deployment is watched and judged.
type Plan struct {
	Duration       Duration    `yaml:"duration" required:"true" doc:"How long the deployment is watched."`
	Interval       Duration    `yaml:"interval" default:"10s" doc:"Time between two rounds of probes."`
	Health         []Probe     `yaml:"health" doc:"Requests made every round: is it up?"`
	Smoke          []Probe     `yaml:"smoke" doc:"Requests made once, right after the deployment: does it work?"`
	Metrics        string      `yaml:"metrics" pattern:"template" doc:"URL at which the service publishes its metrics, for adapters that read it directly. Empty: /metrics of its address."`
	Criteria       []Criterion `yaml:"criteria" doc:"Indicators that must stay within a bound."`
	Tolerate       int         `yaml:"tolerate" default:"0" min:"0" max:"100" doc:"Failures in a row of one health probe that are forgiven."`
	OnInconclusive string      `yaml:"on_inconclusive" default:"hold" enum:"hold,rollback" doc:"What to do when the watch ends without enough data."`
}

// Probe is one HTTP request with what is expected of the answer. Its texts may hold Placeholders.
type Probe struct {
	Name    string   `yaml:"name" required:"true" doc:"Shown with the result."`
	URL     string   `yaml:"url" pattern:"template" required:"true" doc:"http or https URL; {service}, {environment}, {version}, {digest} and {address} are filled in."`
	Method  string   `yaml:"method" default:"GET" enum:"GET,HEAD,POST,PUT" doc:"Request method."`
	Body    string   `yaml:"body" doc:"Request body, filled in like the URL."`
	Status  int      `yaml:"status" default:"200" min:"100" max:"599" doc:"Status expected."`
	Holds   string   `yaml:"holds" doc:"Text that the answer must hold, filled in like the URL."`
	Timeout Duration `yaml:"timeout" default:"2s" doc:"Time the answer may take."`
}

// Criterion is an indicator with its bounds, at least one of them.
type Criterion struct {
	Name     string   `yaml:"name" required:"true" doc:"Shown with the figure."`
	Expr     string   `yaml:"expr" required:"true" doc:"What is measured, in the metrics adapter's own query language."`
	Unit     string   `yaml:"unit" default:"share" doc:"How the figure is shown: share as per cent, s as a duration, any other word after the figure."`
	Below    *float64 `yaml:"below" doc:"The figure must stay below this."`
	Above    *float64 `yaml:"above" doc:"The figure must stay above this."`
	MinCount float64  `yaml:"min_count" default:"1" min:"0" doc:"Requests or events below which the figure says nothing."`
	Window   Duration `yaml:"window" default:"0s" doc:"How far back the figure reaches. 0s: since the version went live."`
}

// Incidents is what the pager's incidents mean for releases.
type Incidents struct {
	Block string   `yaml:"block" default:"error" enum:"critical,error,warning,info" doc:"The least severity of an open incident that closes the gate \"incident\" for its service."`
	Trace Duration `yaml:"trace" default:"1h" doc:"How long after a deployment began an incident of its service is shown on its card."`
}

// Rehearsal is which releases the gate "rehearsal" asks for a rollback that was rehearsed.
type Rehearsal struct {
	Tiers  []string `yaml:"tiers" doc:"Risk tiers that need a rehearsed rollback: high, medium, low. Left out: none."`
	Within Duration `yaml:"within" default:"14d" doc:"How old a rehearsal may be."`
}

// Emergency is the way round the gates when production is down: loud, with a second person, reviewed afterwards.
type Emergency struct {
	Approval     string   `yaml:"approval" doc:"Approval rule by which the second person agrees. Empty: no emergency path."`
	Lifetime     Duration `yaml:"lifetime" default:"1h" doc:"How long an emergency that was agreed to can be used, once."`
	ReviewWithin Duration `yaml:"review_within" default:"24h" doc:"When the review afterwards is due."`
	Escalate     []string `yaml:"escalate" doc:"Groups, or roles, called one after another for a review that is overdue: the first when it was due, the next after each half of review_within."`
}
