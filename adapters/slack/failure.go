package slack

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	api "github.com/slack-go/slack"

	"github.com/gonogo-chat/gonogo/bot/effect"
)

// advice says what to do about a refusal of Slack's. https://docs.slack.dev/reference/methods/chat.postMessage#errors
var advice = map[string]string{
	"channel_not_found":       "the bot does not see this channel: check its id, and /invite the bot if it is private",
	"not_in_channel":          "the bot is not in this channel: /invite it there",
	"is_archived":             "the channel is archived: unarchive it, or configure another",
	"invalid_auth":            "the bot token is not valid: install the app again and configure the new token",
	"not_authed":              "there is no bot token: configure it",
	"account_inactive":        "the app was removed from the workspace: install it again",
	"token_revoked":           "the bot token was revoked: install the app again and configure the new token",
	"token_expired":           "the bot token has expired: configure a new one",
	"missing_scope":           "the app lacks a permission: gonogo doctor says which; install the app again from its manifest",
	"restricted_action":       "the workspace lets only some people post in this channel: ask its owner to let the bot",
	"user_not_found":          "nobody has that account",
	"team_access_not_granted": "the organisation has not let the app into this workspace: an administrator must",
	"ekm_access_denied":       "an administrator of the workspace has suspended posting",
	"invalid_blocks":          "Slack does not take the message's layout: this is a fault of the bot's",
	"msg_blocks_too_long":     "the message is too long for Slack: this is a fault of the bot's",
	"metadata_too_large":      "the message's key is too long for Slack: this is a fault of the bot's",
}

// troubles are Slack's own: what became of the request is not known.
var troubles = map[string]bool{
	"internal_error": true, "fatal_error": true, "service_unavailable": true, "request_timeout": true, "team_added_to_org": true, "org_login_required": true,
}

// suspended are refusals of everything that the bot would say, until somebody mends them: what it has to say waits.
var suspended = map[string]bool{
	"invalid_auth": true, "not_authed": true, "account_inactive": true, "token_revoked": true, "token_expired": true,
	"ekm_access_denied": true, "message_limit_exceeded": true, "external_channel_migrating": true,
}

// suspendedPause is the wait after one of them.
const suspendedPause = time.Minute

// unreachable is the least wait after a connection that could not be made.
const unreachable = 2 * time.Second

// failed classes an error of a call, and keeps further calls away for as long as Slack asks. A call that is safe to repeat has no
// unknown outcome.
func (s *Slack) failed(err error, t track, repeatable bool) error {
	if err == nil {
		return nil
	}
	if verdict, _ := effect.Classify(err); verdict != effect.Unknown {
		return err
	}
	var limited *api.RateLimitedError
	var refused api.SlackErrorResponse
	var status api.StatusCodeError
	var connecting *net.OpError
	say := fmt.Errorf("slack: %s: %w", t.method, withoutAddress(err))
	switch {
	case errors.As(err, &limited):
		s.pace.hold(s.outside.Clock(), t, limited.RetryAfter)
		return effect.Retryable(say, limited.RetryAfter)
	case errors.As(err, &refused) && (refused.Err == "ratelimited" || refused.Err == "rate_limited"), errors.As(err, &status) && status.Code == http.StatusTooManyRequests:
		s.pace.hold(s.outside.Clock(), t, time.Second)
		return effect.Retryable(say, time.Second)
	case errors.As(err, &refused) && !troubles[refused.Err]:
		if do := advice[refused.Err]; do != "" {
			say = fmt.Errorf("%w in %s: %s", say, t.channel, do)
		}
		if suspended[refused.Err] {
			return effect.Retryable(say, suspendedPause)
		}
		return effect.Permanently(say)
	case errors.As(err, &status) && status.Code < http.StatusInternalServerError:
		return effect.Permanently(say)
	case errors.As(err, &connecting) && connecting.Op == "dial":
		return effect.Retryable(say, unreachable)
	case repeatable:
		return effect.Retryable(say, 0)
	}
	return say
}

// withoutAddress leaves the address out of an error: that of an answer lets whoever has it answer.
func withoutAddress(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// refusal is the code that Slack refused a call with; empty if it did not.
func refusal(err error) string {
	var refused api.SlackErrorResponse
	if errors.As(err, &refused) {
		return refused.Err
	}
	return ""
}
