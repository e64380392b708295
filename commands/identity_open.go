package commands

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/people"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// sourcesAtOnce bounds the questions to one host at a time: hosts answer too many at once with a limit.
const sourcesAtOnce = 8

// openSources reads where the releases under way came from, all at once within the time for facts; by release. One that can't be
// read stays as its record says.
func (p Ports) openSources(ctx context.Context, r *bot.Reading, only []string) (map[string]sourceFacts, error) {
	if p.Provenance == nil {
		return nil, nil
	}
	under, err := liveReleases(r)
	if err != nil {
		return nil, err
	}
	answers := map[string]func() sourceFacts{}
	turn := make(chan struct{}, sourcesAtOnce)
	for _, rel := range under {
		if rel.Artifact == nil || len(only) > 0 && !slices.Contains(only, rel.ID) {
			continue
		}
		if answers[rel.ID], err = p.readSource(ctx, r, rel.Service, last(r.Org).Name, rel.Artifact, turn); err != nil {
			break
		}
	}
	read := map[string]sourceFacts{}
	for id, answer := range answers {
		if answer != nil {
			read[id] = answer()
		}
	}
	return read, err
}

// liveReleases lists the releases that are not settled, the oldest first.
func liveReleases(r state.Reader) (under []release.Release, err error) {
	var ids []string
	if err = openReleases.All(r, func(key string, _ struct{}) error {
		ids = append(ids, key[strings.LastIndexByte(key, '/')+1:])
		return nil
	}); err != nil {
		return nil, err
	}
	for _, id := range ids {
		rel, ok, err := releases.Get(r, id)
		if err != nil {
			return nil, err
		}
		if ok && !rel.State.Settled() {
			under = append(under, rel)
		}
	}
	slices.SortStableFunc(under, func(a, b release.Release) int {
		return cmp.Or(a.PlannedAt.Compare(b.PlannedAt), cmp.Compare(a.ID, b.ID))
	})
	return under, nil
}

// appearance is a release on which an address is nobody's, with what was read of the release now.
type appearance struct {
	release release.Release
	parts   []duty.Duty
	fresh   bool // it holds what its record does not
}

// unknownOwner is an address that is nobody's, with where it appears.
type unknownOwner struct {
	account chat.Account
	on      []appearance
}

// unknownOwners lists the addresses and accounts of releases under way that are nobody's.
func unknownOwners(r state.Reader, org *organisation.Organisation, store *state.Store, read map[string]sourceFacts) ([]unknownOwner, error) {
	under, err := liveReleases(r)
	if err != nil {
		return nil, err
	}
	var all []unknownOwner
	for _, was := range under {
		rel := read[was.ID].add(was, store)
		fresh := was.Origin == nil && rel.Origin != nil || was.Origin != nil && len(rel.Origin.Parts) > len(was.Origin.Parts)
		for _, part := range sealedParts(rel, store) {
			if org.Directory.Attribute(part.Account).Known() {
				continue
			}
			i := slices.IndexFunc(all, func(u unknownOwner) bool { return u.account == part.Account })
			if i < 0 {
				i, all = len(all), append(all, unknownOwner{account: part.Account})
			}
			u := &all[i]
			if n := len(u.on); n == 0 || u.on[n-1].release.ID != rel.ID {
				u.on = append(u.on, appearance{release: rel, fresh: fresh})
			}
			at := &u.on[len(u.on)-1]
			if !slices.Contains(at.parts, part.As) {
				at.parts = append(at.parts, part.As)
			}
		}
	}
	return all, nil
}

// releasesWith are the releases under way on which an account is nobody's.
func releasesWith(t *bot.Turn, account chat.Account, facts bot.Facts) ([]appearance, error) {
	read, _ := facts.(map[string]sourceFacts)
	all, err := unknownOwners(t, t.Org, t.Store(), read)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(u unknownOwner) bool { return u.account == account })
	if i < 0 {
		return nil, nil
	}
	return all[i].on, nil
}

// identifies finds what speaks against somebody saying whose an address on a release is: no part in it, no vote on it, and none to
// give while a ballot is open.
func identifies(r state.Reader, org *organisation.Organisation, store *state.Store, administrator, person string, on appearance) ([]chat.Text, error) {
	voters, asked, requesters, err := decidersOn(r, org, on.release)
	if err != nil {
		return nil, err
	}
	w := work(r, on.release, org, store, nil)
	for _, id := range requesters {
		w.Attributions = append(w.Attributions, duty.Attribution{Person: id, As: duty.Requester})
	}
	reasons := duty.Identify(administrator, person, w, voters).Reasons()
	if slices.Contains(asked, administrator) && !slices.Contains(voters, administrator) {
		reasons = append(reasons, chat.Say("identity.may_vote", chat.Person("person", administrator), chat.Word("release", on.release.ID), chat.Word("what", on.release.Subject())))
	}
	return reasons, nil
}

// decidersOn are those who voted on a release, an exception of it or an emergency, those whom an open ballot on it asks, and those who
// asked for the exceptions and the emergency.
func decidersOn(r state.Reader, org *organisation.Organisation, rel release.Release) (voted, asked, requesters []string, err error) {
	ids := slices.Clone(rel.Ballots)
	if rel.Emergency != nil {
		ids, requesters = append(ids, rel.Emergency.Ballot), append(requesters, rel.Emergency.By)
	}
	own, err := exceptionsOf(r, rel.ID)
	if err != nil {
		return nil, nil, nil, err
	}
	for _, x := range own {
		ids, requesters = append(ids, x.Ballot), append(requesters, x.By)
	}
	for _, id := range ids {
		b, ok, err := ballots.Get(r, id)
		if err != nil {
			return nil, nil, nil, err
		}
		if !ok {
			continue
		}
		for _, v := range b.Votes {
			voted = append(voted, v.Person)
		}
		if b.State.Closed() {
			continue
		}
		electorate := askedBy(r, org, rel, b.Rule)
		asked = append(asked, slices.DeleteFunc(slices.Clone(electorate.Members), func(id string) bool { return slices.Contains(electorate.Without, id) })...)
		stand, err := placesHandedOn(r)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, d := range stand.delegations { // those who stand in, or will, may vote too
			if slices.Contains(asked, d.From) {
				asked = append(asked, d.To)
			}
		}
	}
	return voted, asked, requesters, nil
}

// mayIdentify lists the identity administrators whom nothing speaks against on any of the releases.
func mayIdentify(r state.Reader, org *organisation.Organisation, store *state.Store, on []appearance) ([]string, error) {
	var may []string
	for _, id := range org.Holders(people.Identify, people.Everything, people.Everything) {
		free := true
		for _, o := range on {
			against, err := identifies(r, org, store, id, "", o)
			if err != nil {
				return nil, err
			}
			free = free && len(against) == 0
		}
		if free {
			may = append(may, id)
		}
	}
	return may, nil
}
