package discord

import (
	"cmp"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
)

var secretReference = regexp.MustCompile(`^(env|file):.+$`)

// Validate names every fault of the settings. What is no reference is not repeated: it may be the token itself.
func (s Settings) Validate() error {
	var wrong []error
	if door := cmp.Or(s.Door, doorGateway); door != doorGateway && door != doorHTTP {
		wrong = append(wrong, fmt.Errorf("door: %q is neither gateway nor http", s.Door))
	}
	if s.APIURL != "" {
		if err := checkAPIURL(s.APIURL); err != nil {
			wrong = append(wrong, fmt.Errorf("api_url: %w", err))
		}
	}
	if !snowflake(s.Application) {
		wrong = append(wrong, fmt.Errorf("application: %q is no id: copy the Application ID of the app's General Information", s.Application))
	}
	if s.BotToken != "" && !secretReference.MatchString(s.BotToken) {
		wrong = append(wrong, errors.New("bot_token: it must be a reference, env:NAME or file:PATH"))
	}
	if len(s.Servers) == 0 {
		wrong = append(wrong, errors.New("servers: list the id of at least one Discord server"))
	}
	for _, id := range s.Servers {
		if !snowflake(id) {
			wrong = append(wrong, fmt.Errorf("servers: %q is no id: switch on Developer Mode in Discord, then Copy Server ID", id))
		}
	}
	for name, id := range s.Groups {
		if !snowflake(id) {
			wrong = append(wrong, fmt.Errorf("groups: %s: %q is no role's id", name, id))
		}
	}
	if _, ok := publicKey(s.PublicKey); !ok && (s.PublicKey != "" || s.Door == doorHTTP) {
		wrong = append(wrong, errors.New("public_key: it has 64 hexadecimal digits: copy the Public Key of the app's General Information"))
	}
	slices.SortFunc(wrong, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	return errors.Join(wrong...)
}

// publicKey reads the application's key from hex.
func publicKey(text string) (ed25519.PublicKey, bool) {
	key, err := hex.DecodeString(text)
	return key, err == nil && len(key) == ed25519.PublicKeySize
}

// checkAPIURL takes https, and http for this machine alone: the token goes there.
func checkAPIURL(raw string) error {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("it is not the base URL of an API")
	}
	ip := net.ParseIP(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()) {
		return nil
	}
	return errors.New("it must be https: the token is sent there")
}

// Maps reports whether a role of a Discord server is mapped to a configured group.
func (d *Discord) Maps(server, group string) bool {
	_, mapped := d.settings.Groups[group]
	return mapped && d.server(server)
}
