package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/gonogo-chat/gonogo/bot/people"
)

// Directory is who may do what, with opaque ids in place of handles everywhere but in Person.Handle. idOf gives the
// opaque id of a handle, always the same.
func (c *Config) Directory(idOf func(handle string) string) people.Directory {
	d := people.Directory{Groups: map[string][]string{}}
	for _, p := range c.People {
		d.People = append(d.People, people.Person{
			ID: idOf(p.Handle), Handle: p.Handle, Name: p.Name, Accounts: slices.Clone(p.Accounts), Zone: p.Zone, Machine: p.Machine, Keys: p.keys(),
		})
	}
	for name, handles := range c.Groups {
		d.Groups[name] = names(handles, idOf)
	}
	for _, r := range c.Roles {
		d.Roles = append(d.Roles, people.Role{Name: r.Name, Rights: slices.Clone(r.Rights)})
	}
	for _, g := range c.Grants {
		d.Grants = append(d.Grants, people.Grant{
			Role: g.Role, People: names(g.People, idOf), Groups: slices.Clone(g.Groups), Services: slices.Clone(g.Services),
			Lines: slices.Clone(g.Lines), Environments: slices.Clone(g.Environments),
		})
	}
	d.Index()
	return d
}

const keyScheme = "ed25519:"

// keys are the person's public keys. Load refuses what is none.
func (p Person) keys() (list []ed25519.PublicKey) {
	for _, text := range p.Keys {
		if key := publicKey(text); key != nil {
			list = append(list, key)
		}
	}
	return list
}

// publicKey reads "ed25519:" and a key in base64; nil for what is none.
func publicKey(text string) ed25519.PublicKey {
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(text, keyScheme))
	if err != nil || len(raw) != ed25519.PublicKeySize {
		return nil
	}
	return raw
}
