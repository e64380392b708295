package discord

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Times of what is known of people.
const (
	// rereadEvery is how often everything is read again over the gateway, which tells of changes; rereadAlone without it.
	rereadEvery = time.Hour
	rereadAlone = 10 * time.Minute
	// gathers is how long changes are gathered before they are handed on.
	gathers = time.Second
	// retryPeople is when a reading that failed is tried again.
	retryPeople = time.Minute
	// membersPage is how many members one request lists at most ("List Guild Members").
	membersPage = 1000
	// rosterEvents are changes that wait; beyond it everything is read again.
	rosterEvents = 1024
)

// memberEvent is a change of a server's members, or word that everything must be read again.
type memberEvent struct {
	anew       bool
	server, id string
	bot, left  bool
	roles      []string
}

// member takes a change, without waiting.
func (d *Discord) member(e memberEvent) {
	if len(d.settings.Groups) == 0 {
		return
	}
	select {
	case d.roster <- e:
	default: // very many at once: what is there is dropped for a word that everything must be read
		select {
		case <-d.roster:
		default:
		}
		select {
		case d.roster <- memberEvent{anew: true}:
		default:
		}
	}
}

// members are a server's people with their roles, by id.
type members map[string][]string

// watchPeople keeps the bot's groups equal to the roles that they are mapped to.
func (d *Discord) watchPeople(ctx context.Context) {
	known := map[string]members{}
	every := rereadEvery
	if d.settings.Door == doorHTTP {
		every = rereadAlone
	}
	due := time.NewTimer(0)
	defer due.Stop()
	for {
		anew, changed := false, map[string]bool{}
		select {
		case <-ctx.Done():
			return
		case <-due.C:
			anew = true
		case e := <-d.roster:
			anew = note(known, changed, e)
			if !sleep(ctx, gathers) {
				return
			}
		}
		for more := true; more; {
			select {
			case e := <-d.roster:
				anew = note(known, changed, e) || anew
			default:
				more = false
			}
		}
		next := every
		for _, server := range d.settings.Servers {
			if anew {
				list, err := d.readMembers(ctx, server)
				if err != nil {
					d.outside.Log.Warn("the members of a Discord server can't be read: who is in groups stays as it was", "server", server, "error", err)
					next = retryPeople
					continue
				}
				known[server] = list
			}
			if !anew && !changed[server] || known[server] == nil {
				continue
			}
			if err := d.outside.Door.Enrol(ctx, d.roll(server, known[server])); err != nil {
				d.outside.Log.Warn("what Discord says of its people could not be taken", "server", server, "error", err)
				next = retryPeople
			}
		}
		if anew || next == retryPeople {
			due.Reset(next)
		}
	}
}

// note notes a change; true says that everything must be read.
func note(known map[string]members, changed map[string]bool, e memberEvent) bool {
	switch list := known[e.server]; {
	case e.anew:
		return true
	case list == nil:
	case e.left:
		delete(list, e.id)
		changed[e.server] = true
	case !e.bot:
		list[e.id] = e.roles
		changed[e.server] = true
	}
	return false
}

// readMembers lists everybody on a server, bots left out.
func (d *Discord) readMembers(ctx context.Context, server string) (members, error) {
	all := members{}
	after := "0"
	for {
		var page []struct {
			User  user     `json:"user"`
			Roles []string `json:"roles"`
		}
		path := "/guilds/" + server + "/members?limit=" + strconv.Itoa(membersPage) + "&after=" + after
		if err := d.patiently(ctx, request{verb: http.MethodGet, path: path, out: &page, repeatable: true}); err != nil {
			return nil, err
		}
		before := after
		for _, m := range page {
			after = m.User.ID
			if !m.User.Bot {
				all[m.User.ID] = m.Roles
			}
		}
		if len(page) < membersPage || after == before {
			return all, nil
		}
	}
}

// roll is what a server says of its people, in the order of their ids.
func (d *Discord) roll(server string, all members) port.Roll {
	r := port.Roll{Platform: PlatformName, Workspace: server, Complete: true, Groups: map[string][]chat.Account{}}
	ids := make([]string, 0, len(all))
	for id := range all {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for group := range d.settings.Groups {
		r.Groups[group] = []chat.Account{}
	}
	for _, id := range ids {
		account := chat.Account{Platform: PlatformName, Workspace: server, ID: id}
		r.Members = append(r.Members, port.Member{Account: account})
		for group, role := range d.settings.Groups {
			if slices.Contains(all[id], role) {
				r.Groups[group] = append(r.Groups[group], account)
			}
		}
	}
	return r
}
