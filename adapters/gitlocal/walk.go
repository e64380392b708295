package gitlocal

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/effect"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// mainLineMost is how far back along the main line the merge is looked for that brought in a commit.
const mainLineMost = 10_000

// broken is what git can't answer about a repository that is there: damaged, or not to be read by this user. It may be mended.
func broken(err error) error {
	if verdict, _ := effect.Classify(err); err == nil || verdict != effect.Unknown {
		return err
	}
	return effect.Retryable(err, 0)
}

// resolve is the full id of a commit.
func (r repository) resolve(ctx context.Context, name string) (string, error) {
	name = strings.ToLower(name)
	unknown := effect.Permanently(fmt.Errorf("%s: there is no commit %.64q: %w", System, name, effect.ErrNotFound))
	if !commitName.MatchString(name) {
		return "", unknown
	}
	out, err := r.git(ctx, "", "rev-parse", "--verify", "--quiet", name+"^{commit}")
	id := strings.TrimSpace(out)
	switch {
	case exited(err) == 1: // it is not there, or more than one begins like this
		return "", unknown
	case err != nil:
		return "", broken(err)
	case !fullID.MatchString(id) || !strings.HasPrefix(id, name): // a branch may be called like the beginning of an id
		return "", unknown
	}
	return id, nil
}

// between lists the newest of what is reachable from one commit and not from another, parents first, and whether there is more.
func (r repository) between(ctx context.Context, since, commit string) ([]string, bool, error) {
	ids, err := r.list(ctx, "--topo-order", "--max-count="+strconv.Itoa(port.CommitsMost+1), "--end-of-options", commit, "^"+since, "--")
	if err != nil {
		return nil, false, err
	}
	more := len(ids) > port.CommitsMost
	ids = ids[:min(len(ids), port.CommitsMost)]
	slices.Reverse(ids)
	return ids, more, nil
}

func (r repository) list(ctx context.Context, args ...string) ([]string, error) {
	out, err := r.git(ctx, "", append([]string{"rev-list"}, args...)...)
	if err != nil {
		return nil, broken(err)
	}
	ids := strings.Fields(out)
	if slices.ContainsFunc(ids, func(id string) bool { return !fullID.MatchString(id) }) {
		return nil, effect.Retryable(fmt.Errorf("%s: %w", System, errMalformed), 0)
	}
	return ids, nil
}

// read reads commits, in the order asked.
func (r repository) read(ctx context.Context, ids []string) ([]object, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	out, err := r.git(ctx, strings.Join(ids, "\n")+"\n", "cat-file", "--batch")
	if err != nil {
		return nil, broken(err)
	}
	all, err := objects(out)
	if err == nil && !slices.EqualFunc(all, ids, func(o object, id string) bool { return o.ID == id }) {
		err = errMalformed
	}
	if err != nil {
		return nil, effect.Retryable(fmt.Errorf("%s: %w", System, err), 0)
	}
	return all, nil
}

// lastChange is the last commit that changed a file as of another; empty if there is no such file then.
func (r repository) lastChange(ctx context.Context, commit, file string) (string, error) {
	if _, err := r.git(ctx, "", "rev-parse", "--verify", "--quiet", commit+":"+file); err != nil {
		if exited(err) == 1 {
			return "", nil
		}
		return "", broken(err)
	}
	ids, err := r.list(ctx, "--max-count=1", "--end-of-options", commit, "--", file)
	if err == nil && len(ids) != 1 {
		err = effect.Retryable(fmt.Errorf("%s: %w", System, errMalformed), 0)
	}
	if err != nil {
		return "", err
	}
	return ids[0], nil
}

// landing is the first commit of the main line that holds another: the merge that brought it in, or itself. It is empty where that is
// further back than is looked.
func (r repository) landing(ctx context.Context, id, tip string) (string, error) {
	line, err := r.list(ctx, "--first-parent", "--max-count="+strconv.Itoa(mainLineMost), "--end-of-options", tip, "--")
	if err != nil {
		return "", err
	}
	slices.Reverse(line)
	var asked error
	n, _ := slices.BinarySearchFunc(line, id, func(of, id string) int {
		holds, err := r.holds(ctx, of, id)
		asked = firstOf(asked, err)
		if holds {
			return 0
		}
		return -1
	})
	if asked != nil || n == len(line) || n == 0 && len(line) == mainLineMost {
		return "", asked
	}
	return line[n], nil
}

// holds reports whether a commit is another, or has it behind it.
func (r repository) holds(ctx context.Context, commit, behind string) (bool, error) {
	_, err := r.git(ctx, "", "merge-base", "--is-ancestor", behind, commit)
	if exited(err) == 1 {
		return false, nil
	}
	return err == nil, broken(err)
}
