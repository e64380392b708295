package jenkins

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/gonogo-chat/gonogo/adapters/internal/rest"
	"github.com/gonogo-chat/gonogo/bot/chat"
	"github.com/gonogo-chat/gonogo/bot/port"
)

// Plugins that guard a Jenkins, by their short names.
var (
	auditPlugins  = []string{"audit-trail", "audit-log"}
	accessPlugins = []string{"matrix-auth", "role-strategy", "folder-auth"}
)

var errMalformed = errors.New("the answer is malformed")

type controller struct {
	Class       string `json:"_class"`
	UseSecurity *bool  `json:"useSecurity"`
	UseCrumbs   *bool  `json:"useCrumbs"`
}

const controllerTree = "useSecurity,useCrumbs"

// Audit reads whether Jenkins knows who somebody is, lets only those in who are known, tells their rights apart, and keeps a record.
func (a *Adapter) Audit(ctx context.Context) []port.Reading {
	readings := []port.Reading{a.security(ctx), a.anonymous(ctx)}
	plugins, err := a.plugins(ctx)
	return append(readings, strategy(plugins, err), record(plugins, err))
}

func read(of port.Guard, on bool, what, do chat.Text) port.Reading {
	return port.Reading{Of: of, On: &on, What: what, Do: do}
}

func unread(of port.Guard, what, do chat.Text) port.Reading {
	return port.Reading{Of: of, What: what, Do: do}
}

// security reads whether anybody is asked who they are.
func (a *Adapter) security(ctx context.Context) port.Reading {
	var c controller
	_, err := a.get(ctx, "", controllerTree, &c)
	if err == nil && c.UseSecurity == nil {
		err = errMalformed
	}
	switch {
	case err != nil:
		return unread(port.AccessControl, chat.Say("jenkins.audit.unread", chat.Word("what", "useSecurity"), chat.Word("error", err.Error())), chat.Say("jenkins.audit.do_read"))
	case !*c.UseSecurity:
		return read(port.AccessControl, false, chat.Say("jenkins.audit.no_security"), chat.Say("jenkins.audit.do_security"))
	}
	return read(port.AccessControl, true, chat.Say("jenkins.audit.security"), chat.Text{})
}

// anonymous asks as nobody in particular.
func (a *Adapter) anonymous(ctx context.Context) port.Reading {
	nobody := a.client
	nobody.Authorise = nil
	var c controller
	_, err := nobody.Do(ctx, rest.Request{Method: http.MethodGet, Path: "/api/json", Query: url.Values{"tree": {controllerTree}}, Out: &c, Safe: true})
	if err == nil && c.UseSecurity == nil {
		err = errMalformed
	}
	switch status := rest.Status(err); {
	case err == nil:
		return read(port.AccessControl, false, chat.Say("jenkins.audit.anonymous"), chat.Say("jenkins.audit.do_anonymous"))
	case status == http.StatusForbidden, status == http.StatusUnauthorized, status/100 == 3:
		return read(port.AccessControl, true, chat.Say("jenkins.audit.no_anonymous"), chat.Text{})
	}
	return unread(port.AccessControl, chat.Say("jenkins.audit.unread", chat.Word("what", "/api/json"), chat.Word("error", err.Error())), chat.Say("jenkins.audit.do_read"))
}

// plugins are the active ones by short name.
func (a *Adapter) plugins(ctx context.Context) ([]string, error) {
	var answer struct {
		Plugins *[]struct {
			Name   string `json:"shortName"`
			Active bool   `json:"active"`
		} `json:"plugins"`
	}
	if _, err := a.get(ctx, "/pluginManager", "plugins[shortName,active]", &answer); err != nil {
		return nil, err
	}
	if answer.Plugins == nil {
		return nil, errors.New("jenkins: what it says of its plugins is malformed")
	}
	names := []string{}
	for _, p := range *answer.Plugins {
		if p.Active {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// among are those of wanted that are there.
func among(wanted, there []string) []string {
	return slices.DeleteFunc(slices.Clone(wanted), func(name string) bool { return !slices.Contains(there, name) })
}

// strategy reads whether the rights of one differ from another's. No page says which authorisation strategy is chosen: that the bot's own
// account is refused administration shows that one is that tells people apart.
func strategy(plugins []string, err error) port.Reading {
	if rest.Status(err) == http.StatusForbidden {
		return read(port.AccessControl, true, chat.Say("jenkins.audit.rights_differ"), chat.Text{})
	}
	if err != nil {
		return unread(port.AccessControl, chat.Say("jenkins.audit.unread", chat.Word("what", "/pluginManager"), chat.Word("error", err.Error())), chat.Say("jenkins.audit.do_plugins"))
	}
	active := among(accessPlugins, plugins)
	if len(active) == 0 {
		return read(port.AccessControl, false, chat.Say("jenkins.audit.no_strategy", chat.List("plugins", accessPlugins)), chat.Say("jenkins.audit.do_strategy"))
	}
	return unread(port.AccessControl, chat.Say("jenkins.audit.strategy", chat.List("plugins", active)), chat.Say("jenkins.audit.do_choice"))
}

// record reads whether a plugin keeps a record of what people do; Jenkins itself keeps none.
func record(plugins []string, err error) port.Reading {
	if rest.Status(err) == http.StatusForbidden {
		return unread(port.AuditLog, chat.Say("jenkins.audit.plugins_refused"), chat.Say("jenkins.audit.do_plugins"))
	}
	if err != nil {
		return unread(port.AuditLog, chat.Say("jenkins.audit.unread", chat.Word("what", "/pluginManager"), chat.Word("error", err.Error())), chat.Say("jenkins.audit.do_plugins"))
	}
	active := among(auditPlugins, plugins)
	if len(active) == 0 {
		return read(port.AuditLog, false, chat.Say("jenkins.audit.no_record", chat.List("plugins", auditPlugins)), chat.Say("jenkins.audit.do_record"))
	}
	return read(port.AuditLog, true, chat.Say("jenkins.audit.record", chat.List("plugins", active)), chat.Text{})
}
