package main

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/gonogo-chat/gonogo/bot/people"
)

type tokenCreateCommand struct {
	folder
	Person string `arg:"" help:"Handle of the person that the token speaks for."`
}

// Run prints the token: the only time that it is shown.
func (c tokenCreateCommand) Run(s streams) error {
	return c.do("token/create", url.Values{"person": {c.Person}}, s.out)
}

type tokenListCommand struct {
	folder
	Person string `arg:"" optional:"" help:"Only this person's."`
}

// Run lists tokens by their ids.
func (c tokenListCommand) Run(s streams) error {
	return c.do("token/list", url.Values{"person": {c.Person}}, s.out)
}

type tokenRevokeCommand struct {
	folder
	Which string `arg:"" help:"Handle of the person whose tokens all end, or the id of one, such as T-1."`
}

// Run revokes tokens.
func (c tokenRevokeCommand) Run(s streams) error {
	return c.do("token/revoke", url.Values{"which": {c.Which}}, s.out)
}

// person finds somebody configured by handle.
func (s *site) person(handle string) (people.Person, error) {
	org, err := s.org()
	if err != nil {
		return people.Person{}, err
	}
	i := slices.IndexFunc(org.Directory.People, func(p people.Person) bool { return p.Handle == handle })
	if i < 0 {
		return people.Person{}, exit{exitUsage, fmt.Errorf("there is no person %q in the configuration", handle)}
	}
	return org.Directory.People[i], nil
}

func tokenCreate(ctx context.Context, s *site, args url.Values, out io.Writer) error {
	p, err := s.person(args.Get("person"))
	if err != nil {
		return err
	}
	org, err := s.org()
	if err != nil {
		return err
	}
	if _, ok := localAccount(org, p.ID); !ok {
		return exit{exitUsage, fmt.Errorf("%s has no account of the local chat (local:…) in the configuration", p.Handle)}
	}
	t, err := s.tokens()
	if err != nil {
		return err
	}
	_, text, err := t.create(ctx, p.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, text)
	return err
}

func tokenList(_ context.Context, s *site, args url.Values, out io.Writer) error {
	store, err := s.store()
	if err != nil {
		return err
	}
	t, err := s.tokens()
	if err != nil {
		return err
	}
	var list []token
	if err := t.each(func(_ [32]byte, k token) { list = append(list, k) }); err != nil {
		return err
	}
	slices.SortFunc(list, func(a, b token) int { return a.Made.Compare(b.Made) })
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tPERSON\tMADE\tREVOKED")
	for _, k := range list {
		handle, known := store.Handle(k.Person)
		if !known {
			handle = "(erased)"
		}
		if only := args.Get("person"); only != "" && only != handle {
			continue
		}
		revoked := ""
		if !k.Revoked.IsZero() {
			revoked = k.Revoked.Format(time.RFC3339)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", k.ID, handle, k.Made.Format(time.RFC3339), revoked)
	}
	return w.Flush()
}

func tokenRevoke(ctx context.Context, s *site, args url.Values, out io.Writer) error {
	store, err := s.store()
	if err != nil {
		return err
	}
	t, err := s.tokens()
	if err != nil {
		return err
	}
	which := args.Get("which")
	ids, err := t.revoke(ctx, func(k token) bool {
		handle, known := store.Handle(k.Person)
		return k.ID == which || known && handle == which
	})
	for _, id := range ids {
		fmt.Fprintln(out, "revoked", id)
	}
	return err
}
