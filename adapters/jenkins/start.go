package jenkins

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
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
	if err := a.starts.Open(d.Key); err != nil {
		return port.Run{}, err
	}
	defer a.memory.begin(d.Key, j)()
	return a.starts.Try(d.Key, func() (port.Run, error) { return a.start(ctx, j, d) })
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
