package jenkins

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/adapters/internal/fill"
	"github.com/gonogo-chat/gonogo/adapters/internal/perkey"
	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Start looks for the key, and starts the job if nobody did under it. Jenkins itself would start it again, unless the same is still waiting
// in its queue: within this process one start of a key comes after the other, and between processes the store's lease holds.
func (a *Adapter) Start(ctx context.Context, d port.Deployment) (port.Run, error) {
	if d.Pipeline != a.outside.Pipeline {
		return port.Run{}, effect.Permanently(fmt.Errorf("jenkins: this is pipeline %q, not %q", a.outside.Pipeline, d.Pipeline))
	}
	j, err := a.jobOf(d)
	if err != nil {
		return port.Run{}, err
	}
	unlock, err := perkey.Lock(ctx, perkey.Key(a.outside.Client, a.settings.URL, d.Key))
	if err != nil {
		return port.Run{}, effect.Retryable(err, 0)
	}
	defer unlock()
	info, err := a.read(ctx, j)
	if absent(err) {
		return port.Run{}, effect.Permanently(fmt.Errorf("jenkins: there is no job %s that the bot's account may see", j))
	}
	if err != nil {
		return port.Run{}, err
	}
	run, err := a.find(ctx, d.Key, []job{j})
	if !errors.Is(err, effect.ErrNotFound) {
		return run, beforehand(err)
	}
	if err := a.ready(info, j, d); err != nil {
		return port.Run{}, err
	}
	defer a.memory.begin(d.Key, j)()
	return a.start(ctx, j, d)
}

// beforehand says of an error that nothing was started by then.
func beforehand(err error) error {
	if verdict, _ := effect.Classify(err); err != nil && verdict == effect.Unknown {
		return effect.Retryable(err, 0)
	}
	return err
}

// ready refuses a job that could not take what is to be passed. Jenkins would build it all the same, with its own defaults.
func (a *Adapter) ready(info jobInfo, j job, d port.Deployment) error {
	for _, l := range a.lacks(info, d) {
		switch l.why {
		case undeclared:
			return effect.Permanently(fmt.Errorf("jenkins: the job %s does not declare the parameter %s: Jenkins would drop it without a word", j, l.parameter))
		case hidden:
			return effect.Permanently(fmt.Errorf("jenkins: the job %s declares %s, which takes the key, as something other than a string", j, l.parameter))
		case noChoice:
			return effect.Permanently(fmt.Errorf("jenkins: the job %s does not offer %q for the parameter %s", j, l.value, l.parameter))
		}
	}
	if info.Buildable == nil || !*info.Buildable {
		return effect.Retryable(fmt.Errorf("jenkins: the job %s is disabled", j), rest.RightsPause)
	}
	return nil
}

func (a *Adapter) start(ctx context.Context, j job, d port.Deployment) (port.Run, error) {
	form := url.Values{a.settings.KeyParameter: {d.Key}}
	for name, template := range a.settings.Parameters {
		form.Set(name, fill.Text(template, d))
	}
	answer, err := a.post(ctx, j.path()+"/buildWithParameters", nil, form)
	if answer.Status == http.StatusFound {
		return port.Run{}, effect.Retryable(fmt.Errorf("jenkins: it takes no build of %s into its queue now", j), rest.RightsPause)
	}
	if err != nil {
		return port.Run{}, err
	}
	queue, ok := queueOf(answer.Header.Get("Location"))
	if !ok {
		return port.Run{}, fmt.Errorf("jenkins: the job %s was started, and Jenkins does not say where it is in the queue", j)
	}
	r := runID{job: j, key: d.Key, queue: queue}
	a.memory.change(r, func(k *known) { k.own = true })
	return a.run(r, 0), nil
}

// queueOf reads the place in the queue from its address: …/queue/item/42/.
func queueOf(address string) (int64, bool) {
	u, err := url.Parse(address)
	if err != nil {
		return 0, false
	}
	dir, last := path.Split(strings.TrimSuffix(u.Path, "/"))
	id, err := strconv.ParseInt(last, 10, 64)
	return id, err == nil && id > 0 && strings.HasSuffix(dir, "/queue/item/")
}

// BuildsMost is how many builds of a job are searched for a key, the newest first: Jenkins lists no more without reading all of them from disk.
const BuildsMost = 100

// Find looks for the key in the queue, and then among the newest BuildsMost builds of every job that the pipeline may start: in this order,
// as a run goes from the one to the other.
func (a *Adapter) Find(ctx context.Context, key string) (port.Run, error) {
	if j, ok := a.memory.job(key); ok {
		return a.find(ctx, key, []job{j})
	}
	var jobs []job
	for j := range a.targets() {
		jobs = append(jobs, j)
	}
	slices.Sort(jobs)
	if len(jobs) == 0 {
		return port.Run{}, errors.New("jenkins: the pipeline serves nothing, so there is no job to look in")
	}
	return a.find(ctx, key, jobs)
}

func (a *Adapter) find(ctx context.Context, key string, jobs []job) (port.Run, error) {
	if key == "" {
		return port.Run{}, effect.Permanently(errors.New("jenkins: a run has a key"))
	}
	places, err := a.queue(ctx)
	if err != nil {
		return port.Run{}, err
	}
	for _, p := range places {
		given, ok := p.Actions.parameter(a.settings.KeyParameter)
		at, named := jobAt(p.Task.URL)
		if ok && given == key && named && slices.Contains(jobs, at) {
			return a.run(runID{job: at, key: key, queue: p.ID}, 0), nil
		}
	}
	var hidden error
	for _, j := range jobs {
		builds, err := a.builds(ctx, j, BuildsMost)
		if absent(err) {
			hidden = unseen(j) // it may be there that the key is
			continue
		}
		if err != nil {
			return port.Run{}, err
		}
		for _, b := range slices.Backward(builds) { // the first one: somebody may have repeated it by hand
			if given, ok := b.Actions.parameter(a.settings.KeyParameter); ok && given == key {
				r := a.idOf(j, b)
				a.memory.change(r, func(k *known) { k.number = b.Number })
				return a.run(r, b.Number), nil
			}
		}
	}
	if hidden != nil {
		return port.Run{}, hidden
	}
	return port.Run{}, fmt.Errorf("jenkins: no build was started under %s: %w", key, effect.ErrNotFound)
}

func (a *Adapter) queue(ctx context.Context) ([]place, error) {
	var answer struct {
		Items *[]place `json:"items"`
	}
	if _, err := a.get(ctx, "/queue", "items["+placeTree+"]", &answer); err != nil {
		return nil, err
	}
	if answer.Items == nil {
		return nil, effect.Retryable(errors.New("jenkins: what it says of its queue is malformed"), 0)
	}
	return *answer.Items, nil
}

// builds are the newest ones of a job, the newest first.
func (a *Adapter) builds(ctx context.Context, j job, most int) ([]build, error) {
	var answer struct {
		Builds *[]build `json:"builds"`
	}
	if _, err := a.get(ctx, j.path(), "builds["+buildTree+"]{0,"+strconv.Itoa(most)+"}", &answer); err != nil {
		return nil, err
	}
	if answer.Builds == nil {
		return nil, effect.Retryable(fmt.Errorf("jenkins: what it says of the builds of %s is malformed", j), 0)
	}
	for _, b := range *answer.Builds {
		if b.Number <= 0 || b.Building == nil {
			return nil, effect.Retryable(fmt.Errorf("jenkins: what it says of the builds of %s is malformed", j), 0)
		}
	}
	return *answer.Builds, nil
}
