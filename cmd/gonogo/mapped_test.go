package main

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gonogo-chat/gonogo/adapters/slack/slacktest"
)

// TestMappedGroups: who is in a user group that settings map is in the group, and is not once they no longer map it, whatever
// was said of it before and though Slack does not say now who there is.
func TestMappedGroups(t *testing.T) {
	t.Parallel()
	w := slackWorkspace(t)
	w.AddGroup(slacktest.Group{ID: slackGroup, Team: slackTeam, Handle: "cab", Users: []string{slackBen}})
	n := slackNewcomer(t, w)
	n.hurries = true
	n.follow("", slackTokens)
	n.replace("cab: [admin, second]", "cab: [admin]")
	n.replace(`"local:main:second"`, `"slack:`+slackTeam+":"+slackBen+`"`)
	const mapped = "groups: {cab: " + slackGroup + "}\n        app_token:"
	n.replace("app_token:", mapped)
	n.serve()
	inGroup := func() bool {
		seen := w.Type(slackBen, slackChannel, "/whoami")
		return seen.Error == "" && strings.Contains(seen.Text(), "cab")
	}
	n.bot.await("in the group", inGroup)
	n.stop()

	w.Break(slacktest.Fault{Method: "users.list", Times: 1 << 30, Status: http.StatusInternalServerError})
	n.serve()
	n.bot.await("in the group still", inGroup)
	n.stop()
	n.replace(mapped, "app_token:")
	n.serve()
	n.bot.await("connected", func() bool { return strings.Contains(n.bot.log.String(), "connected to Slack") })
	if inGroup() {
		t.Error("a mapping that is gone goes on to count")
	}
	n.stop()
}
