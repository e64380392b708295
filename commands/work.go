package commands

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot"
	"github.com/gonogo-chat/gonogo/bot/approval"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/duty"
	"github.com/gonogo-chat/gonogo/bot/organisation"
	"github.com/gonogo-chat/gonogo/bot/port"
	"github.com/gonogo-chat/gonogo/bot/provenance"
	"github.com/gonogo-chat/gonogo/bot/release"
	"github.com/gonogo-chat/gonogo/state"
)

// Commit authors are personal data: a record holds the opaque id of an author that is linked to a person, and the address
// of any other sealed, so that it can be linked later and erased for good.
const sealedAuthor = "sealed:"

// gitAccount is the account under which a commit address is linked to a person.
func gitAccount(address string) chat.Account {
	return chat.Account{Platform: provenance.Git, ID: strings.ToLower(address)}
}

// depersonalise replaces the author addresses of an artifact by what a record may hold.
func depersonalise(a port.Artifact, org *organisation.Organisation, store *state.Store) (port.Artifact, error) {
	authors := make([]string, len(a.Build.Authors))
	for i, address := range a.Build.Authors {
		if whose := org.Directory.Attribute(provenance.Address(address)); whose.Person != "" {
			authors[i] = whose.Person
			continue
		}
		sealed, err := sealAuthor(address, store)
		if err != nil {
			return a, err
		}
		authors[i] = sealed
	}
	a.Build.Authors = authors
	return a, nil
}

// depersonaliseParts replaces accounts and addresses in the same way.
func depersonaliseParts(parts []provenance.Part, org *organisation.Organisation, store *state.Store) ([]release.Part, error) {
	var held []release.Part
	for _, part := range parts {
		p := release.Part{As: part.As, In: part.In}
		switch whose := org.Directory.Attribute(part.Account); {
		case part.Account == (chat.Account{}):
		case whose.Person != "":
			p.Who, p.Through = whose.Person, provenance.Masked(part.Account)
		default:
			sealed, err := sealAuthor(part.Account.String(), store)
			if err != nil {
				return nil, err
			}
			p.Who = sealed
		}
		if !slices.Contains(held, p) {
			held = append(held, p)
		}
	}
	return held, nil
}

func sealAuthor(text string, store *state.Store) (string, error) {
	sealed, err := store.Seal(state.Strangers, text)
	return sealedAuthor + base64.RawStdEncoding.EncodeToString(sealed.Box), err
}

// unsealAuthor is what was sealed; false for what was not, or was erased since.
func unsealAuthor(author string, store *state.Store) (string, bool) {
	box, sealed := strings.CutPrefix(author, sealedAuthor)
	raw, err := base64.RawStdEncoding.DecodeString(box)
	if !sealed || err != nil {
		return "", false
	}
	return store.Unseal(chat.Sealed{Person: state.Strangers, Box: raw})
}

// unsealAccount is the account that was sealed.
func unsealAccount(who string, store *state.Store) (chat.Account, bool) {
	text, ok := unsealAuthor(who, store)
	if !ok {
		return chat.Account{}, false
	}
	return parseAccount(text)
}

// work is who had which part in a release, as accounts are linked now, and who changed what decides on it.
func work(from state.Reader, r release.Release, org *organisation.Organisation, store *state.Store, approvers []string) duty.Work {
	w := duty.Work{Subject: r.Subject(), Requester: r.Requester, Approvers: approvers, Unread: unreadOf(r)}
	if r.Artifact != nil {
		w.Attributions = make([]duty.Attribution, 0, len(r.Artifact.Build.Authors))
		for _, author := range r.Artifact.Build.Authors {
			address, sealed := unsealAuthor(author, store)
			attribute(&w, release.Part{As: duty.CommitAuthor, Who: author}, chat.Account{Platform: provenance.Git, ID: address}, sealed, org, r)
		}
	}
	if r.Asker != "" {
		w.Attributions = append(w.Attributions, duty.Attribution{As: duty.Requester, Person: r.Asker})
	}
	if r.Origin != nil {
		for _, part := range r.Origin.Parts {
			account, sealed := unsealAccount(part.Who, store)
			attribute(&w, part, account, sealed, org, r)
		}
	}
	addEditors(from, &w, r, org.Duty)
	w.Attributions = append(w.Attributions, org.Offices(r.Service)...)
	return w
}

// attribute adds the part of a person, or of whoever a sealed account belongs to now. An identity administrator who said so since
// the release was planned has a part as well: whoever says who wrote something does not decide on it.
func attribute(w *duty.Work, part release.Part, account chat.Account, sealed bool, org *organisation.Organisation, r release.Release) {
	a := duty.Attribution{As: part.As, In: part.In, Through: part.Through}
	switch {
	case sealed:
		whose := org.Directory.Attribute(account)
		a.Person, a.Machine = whose.Person, whose.Machine
		if a.Through = provenance.Masked(account); !whose.Known() {
			a.Address, a.Through = a.Through, ""
		}
		if namer := (duty.Attribution{Person: whose.By, As: duty.Namer}); whose.By != "" && !whose.At.Before(r.PlannedAt) && !slices.Contains(w.Attributions, namer) {
			w.Attributions = append(w.Attributions, namer)
		}
	case !strings.HasPrefix(part.Who, sealedAuthor): // what was sealed and is erased is nobody's for good
		a.Person = part.Who
		if p, ok := org.Directory.Person(part.Who); ok {
			a.Machine = p.Machine
		}
	}
	if !slices.Contains(w.Attributions, a) {
		w.Attributions = append(w.Attributions, a)
	}
}

// proposal is exactly what a vote on a release is about.
func proposal(r release.Release, a *port.Artifact, org *organisation.Organisation) approval.Proposal {
	target := org.Environments[len(org.Environments)-1]
	p := approval.Proposal{Subject: r.ID, Parts: []approval.Part{
		{Name: "service", Value: r.Service},
		{Name: "version", Value: r.Version},
		{Name: "environment", Value: target.Name},
		{Name: "pipeline", Value: target.Pipeline},
		{Name: "policy", Value: org.Policy(r.Service, target)},
	}}
	if definition := org.Definitions[target.Pipeline]; definition != "" {
		p.Parts = append(p.Parts, approval.Part{Name: "pipeline definition", Value: definition})
	}
	if rule := org.DecidedBy(org.Tiers[r.Tier].Approval); rule != "" {
		p.Parts = append(p.Parts, approval.Part{Name: "approval rule", Value: rule})
	}
	if name, raised := raisedTo(r, org); raised {
		p.Parts = append(p.Parts, approval.Part{Name: "tier", Value: r.Tier + ", by the rule " + name})
	}
	if a != nil {
		p.Parts = append(p.Parts, approval.Part{Name: "artifact", Value: a.Digest}, approval.Part{Name: "commit", Value: a.Build.Commit})
	}
	if value := windowPart(r, org); value != "" {
		p.Parts = append(p.Parts, approval.Part{Name: "window", Value: value})
	}
	return p
}

// duties are what one person may hold together where a ballot is voted on. An emergency takes a second person, and nobody lowers a
// tier alone: who asks for either never agrees to it too, whatever is configured for releases.
func duties(b approval.Ballot, org *organisation.Organisation) duty.Policy {
	p := org.Duty
	if b.Purpose == approval.Emergency || b.Purpose == approval.Tier {
		p.Requester = duty.Row{Execute: p.Requester.Execute}
	}
	return p
}

// getRelease reads a release that was named.
func getRelease(r state.Reader, id string) (release.Release, error) {
	v, ok, err := releases.Get(r, id)
	if err == nil && !ok {
		err = chat.Reject("release.unknown", chat.Word("release", id))
	}
	return v, err
}

// refused makes an error of a refusal, keeping nil nil.
func refused(r *chat.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

// done is the usual reply: one sentence, and the ids it made.
func done(text chat.Text, ids map[string]string) chat.Reply {
	return chat.Reply{Outcome: chat.Done, Code: text.Code, IDs: ids, Messages: []chat.Message{chat.Plain(text)}}
}

// quietly is a reply for the speaker's eyes.
func quietly(text chat.Text, ids map[string]string) chat.Reply {
	r := done(text, ids)
	r.Messages[0].Private = true
	return r
}

// sealOptional seals what the speaker wrote; nil for nothing.
func sealOptional(t *bot.Turn, text string) (*chat.Sealed, error) {
	if text == "" {
		return nil, nil
	}
	s, err := t.Seal(text)
	return &s, err
}
