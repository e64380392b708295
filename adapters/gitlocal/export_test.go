package gitlocal

import "github.com/gonogo-chat/gonogo/bot/port"

// Objects is objects, for fuzzing.
func Objects(out string) (all []port.Commit, err error) {
	found, err := objects(out)
	for _, o := range found {
		all = append(all, o.Commit)
	}
	return all, err
}

// Recent is recent.
func Recent(version string) bool { return recent(version) }
