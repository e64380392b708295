package discordtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gonogo-chat/gonogo/adapters/contract/memnet"
	"github.com/gonogo-chat/gonogo/adapters/discord/discordtest"
)

// raw is a server within a bubble with a client that says what it is told.
type raw struct {
	*discordtest.Server
	t                    *testing.T
	net                  *memnet.Net
	guild, channel, alex string
}

func newRaw(t *testing.T, o discordtest.Options) raw {
	t.Helper()
	r := raw{Server: discordtest.New(o), t: t, net: &memnet.Net{}}
	stop := r.net.Serve(discordtest.Host, r.Server)
	t.Cleanup(func() { r.Close(); stop(); synctest.Wait() })
	r.guild = r.Guild("Acme")
	r.channel, r.alex = r.Channel(r.guild, "releases"), r.Person(r.guild, "Alex")
	return r
}

// ask makes a request as the bot and returns the status and the answer, both compared with Discord's description.
func (r raw) ask(method, path string, body any) (int, map[string]any) {
	r.t.Helper()
	var sent io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			r.t.Fatal(err)
		}
		sent = strings.NewReader(string(text))
	}
	q, err := http.NewRequest(method, "http://"+discordtest.Host+"/api/v10"+path, sent)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bot "+r.Token())
	q.Header.Set("Content-Type", "application/json")
	res, err := r.net.Client().Do(q)
	if err != nil {
		return 0, nil
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	path, _, _ = strings.Cut(path, "?")
	if discordtest.Described() == nil && len(text) > 0 {
		if err := discordtest.CheckAnswer(method, path, res.StatusCode, text); err != nil {
			r.t.Errorf("%s %s is answered otherwise than Discord does: %d %v in %s", method, path, res.StatusCode, err, text)
		}
	}
	var out map[string]any
	_ = json.Unmarshal(text, &out)
	return res.StatusCode, out
}

type object = map[string]any

func button(id string) object { return object{"type": 2, "style": 1, "label": "Go", "custom_id": id} }

func row(parts ...any) object { return object{"type": 1, "components": parts} }

func embedOf(more object) object {
	out := object{"title": "t"}
	for k, v := range more {
		out[k] = v
	}
	return object{"embeds": []any{out}}
}

func many(n int, make func(i int) any) (all []any) {
	for i := range n {
		all = append(all, make(i))
	}
	return all
}

func TestMessagesBeyondTheLimitsAreRefused(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 1000)
	field := func(int) any { return object{"name": "n", "value": "v"} }
	for name, test := range map[string]struct {
		body object
		at   string // where the error stands; empty for code 50006
	}{
		"nothing at all":      {object{}, ""},
		"spaces alone":        {object{"content": " \n "}, ""},
		"content":             {object{"content": long + long + "x"}, "content"},
		"title":               {embedOf(object{"title": long[:514]}), "embeds.0.title"},
		"description":         {embedOf(object{"description": strings.Repeat(long, 5)}), "embeds.0.description"},
		"26 fields":           {embedOf(object{"fields": many(26, field)}), "embeds.0.fields"},
		"field without value": {embedOf(object{"fields": []any{object{"name": "n", "value": " "}}}), "embeds.0.fields.0.value"},
		"field's value":       {embedOf(object{"fields": []any{object{"name": "n", "value": long + long}}}), "embeds.0.fields.0.value"},
		"11 embeds":           {object{"embeds": many(11, func(int) any { return object{"title": "t"} })}, "embeds"},
		"embeds together":     {object{"embeds": many(3, func(int) any { return object{"description": strings.Repeat("x", 2001)} })}, "embeds"},
		"6 rows":              {object{"components": many(6, func(i int) any { return row(button(fmt.Sprint(i))) })}, "components"},
		"6 buttons":           {object{"components": []any{row(many(6, func(i int) any { return button(fmt.Sprint(i)) })...)}}, "components.0.components"},
		"equal custom_ids":    {object{"content": "x", "components": []any{row(button("a"), button("a"))}}, "components.0.components.1.custom_id"},
		"long custom_id":      {object{"content": "x", "components": []any{row(button(strings.Repeat("a", 101)))}}, "components.0.components.0.custom_id"},
		"link with custom_id": {object{"content": "x", "components": []any{row(object{"type": 2, "style": 5, "label": "x", "url": "https://x", "custom_id": "a"})}}, "components.0.components.0.custom_id"},
		"link to a script":    {object{"content": "x", "components": []any{row(object{"type": 2, "style": 5, "label": "x", "url": "javascript:x"})}}, "components.0.components.0.url"},
		"everyone twice":      {object{"content": "x", "allowed_mentions": object{"parse": []any{"users"}, "users": []any{"1"}}}, "allowed_mentions"},
		"long nonce":          {object{"content": "x", "nonce": strings.Repeat("n", 26)}, "nonce"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRaw(t, discordtest.Options{})
				status, answer := r.ask("POST", "/channels/"+r.channel+"/messages", test.body)
				code := 50035
				if test.at == "" {
					code = 50006
				}
				if status != 400 || answer["code"] != float64(code) {
					t.Fatalf("%d %v", status, answer)
				}
				node := any(answer["errors"])
				for key := range strings.SplitSeq(test.at, ".") {
					if m, ok := node.(map[string]any); ok && test.at != "" {
						node = m[key]
					}
				}
				if node == nil && test.at != "" {
					t.Errorf("no error at %s: %v", test.at, answer)
				}
			})
		})
	}
}

func TestCommandsBeyondTheRulesAreRefused(t *testing.T) {
	t.Parallel()
	command := func(more object) object {
		out := object{"name": "x", "description": "x"}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	option := func(more object) object {
		out := object{"type": 3, "name": "x", "description": "x"}
		for k, v := range more {
			out[k] = v
		}
		return out
	}
	options := func(list ...any) object { return command(object{"options": list}) }
	synctest.Test(t, func(t *testing.T) {
		r := newRaw(t, discordtest.Options{Unlimited: true})
		at := "/applications/" + r.Application() + "/guilds/" + r.guild + "/commands"
		for name, body := range map[string]object{
			"capitals":                  command(object{"name": "X"}),
			"no description":            command(object{"description": ""}),
			"required after optional":   options(option(nil), option(object{"name": "y", "required": true})),
			"options of one name":       options(option(nil), option(nil)),
			"26 options":                options(many(26, func(i int) any { return option(object{"name": fmt.Sprint("x", i)}) })...),
			"26 choices":                options(option(object{"choices": many(26, func(i int) any { return object{"name": fmt.Sprint(i), "value": fmt.Sprint(i)} })})),
			"a number as text":          options(option(object{"type": 4, "choices": []any{object{"name": "1", "value": "1"}}})),
			"choices and autocomplete":  options(option(object{"autocomplete": true, "choices": []any{object{"name": "1", "value": "1"}}})),
			"sub-command beside option": options(option(nil), option(object{"type": 1, "name": "y"})),
			"group in a sub-command":    options(option(object{"type": 1, "options": []any{option(object{"type": 2})}})),
			"too large": options(many(25, func(i int) any {
				return option(object{"name": fmt.Sprint("x", i), "description": strings.Repeat("d", 100), "choices": many(25, func(i int) any { return object{"name": fmt.Sprintf("%050d", i), "value": "v"} })})
			})...),
		} {
			if status, answer := r.ask("POST", at, body); status != 400 || answer["code"] != 50035.0 {
				t.Errorf("%s: %d %v", name, status, answer)
			}
		}
		group := options(option(object{"type": 2, "options": []any{option(object{"type": 1, "options": []any{option(object{"autocomplete": true})}})}}))
		if status, answer := r.ask("POST", at, group); status != 201 {
			t.Errorf("a sub-command in a group: %d %v", status, answer)
		}
	})
}

func TestRatesFaultsAndNonces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRaw(t, discordtest.Options{})
		at := "/channels/" + r.channel + "/messages"
		say := func(text string, more object) (int, map[string]any) {
			body := object{"content": text}
			for k, v := range more {
				body[k] = v
			}
			return r.ask("POST", at, body)
		}
		once := object{"nonce": "n1", "enforce_nonce": true}
		_, first := say("one", once)
		_, again := say("two", once)
		if first["id"] == "" || first["id"] != again["id"] || first["nonce"] != "n1" {
			t.Errorf("%v, then %v", first["id"], again["id"])
		}
		for range 3 {
			say("more", nil)
		}
		status, limited := say("too much", nil)
		after, _ := limited["retry_after"].(float64)
		if status != 429 || after <= 0 || after > 5 || limited["global"] != false {
			t.Fatalf("%d %v", status, limited)
		}
		time.Sleep(time.Duration(after*1000+1) * time.Millisecond)
		r.Inject(discordtest.Fault{Method: "POST", Path: "/channels/*/messages", Lose: true})
		if status, _ := say("lost", nil); status != 0 || r.Card(r.channel, "lost").ID == "" {
			t.Errorf("an answer lost after the effect: %d", status)
		}
		r.Inject(discordtest.Fault{Status: 502, Delay: time.Minute})
		began := time.Now()
		if status, _ := say("refused", nil); status != 502 || time.Since(began) != time.Minute || r.Card(r.channel, "refused").ID != "" {
			t.Errorf("a slow 502: %d after %s", status, time.Since(began))
		}
		time.Sleep(5 * time.Minute)
		if _, later := say("one", once); later["id"] == first["id"] {
			t.Error("the nonce is remembered for ever")
		}
		if got := len(r.Read(r.channel)); got != 6 {
			t.Errorf("%d messages", got)
		}
		if status, answer := r.ask("GET", at+"?limit=2", nil); status != 200 || answer != nil {
			t.Errorf("a list: %d %v", status, answer)
		}
	})
}

func TestPermissionsAndWhatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRaw(t, discordtest.Options{Unlimited: true})
		at := "/channels/" + r.channel + "/messages"
		_, m := r.ask("POST", at, object{"content": "x"})
		message := at + "/" + m["id"].(string)
		expect := func(method, path string, body any, status, code int) {
			t.Helper()
			if got, answer := r.ask(method, path, body); got != status || answer["code"] != float64(code) {
				t.Errorf("%s %s: %d %v, want %d %d", method, path, got, answer, status, code)
			}
		}
		expect("PATCH", at+"/1", object{"content": "y"}, 404, 10008)
		expect("POST", "/channels/1/messages", object{"content": "y"}, 404, 10003)
		r.Deny(r.channel, "Embed Links")
		expect("POST", at, embedOf(nil), 403, 50013)
		r.Deny(r.channel, "Create Public Threads", "Read Message History")
		expect("POST", message+"/threads", object{"name": "x"}, 403, 50013)
		expect("POST", at, object{"content": "y", "message_reference": object{"message_id": m["id"]}}, 403, 160002)
		r.Deny(r.channel, "View Channel")
		expect("GET", message, nil, 403, 50001)
		expect("GET", "/guilds/"+r.guild+"/members?limit=10", nil, 403, 50001)
		r.RemoveBot(r.guild)
		expect("GET", "/guilds/"+r.guild, nil, 403, 50001)
		for _, v := range r.Violations() {
			t.Error(v)
		}
		if discordtest.Described() != nil {
			t.Skip(discordtest.Described())
		}
		r.ask("PATCH", message, object{"content": 7})
		r.ask("GET", "/guilds/"+r.guild+"/members?limit=many", nil)
		if got := r.Violations(); len(got) != 2 {
			t.Errorf("what Discord does not describe passes: %q", got)
		}
	})
}

func TestInteractionsHaveTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRaw(t, discordtest.Options{Unlimited: true})
		r.ask("POST", "/applications/"+r.Application()+"/guilds/"+r.guild+"/commands", object{"name": "ping", "description": "Ping"})
		late := time.Duration(0)
		bodies := make(chan object, 10)
		stop := r.net.Serve("bot.test", http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			var body object
			if err := json.NewDecoder(q.Body).Decode(&body); err != nil {
				t.Error(err)
			}
			if q.Header.Get("X-Signature-Ed25519") == "" {
				t.Error("unsigned")
			}
			time.Sleep(late)
			if body["type"] == 1.0 { // without looking at the signature
				_, _ = io.WriteString(w, `{"type":1}`)
				return
			}
			bodies <- body
			_, _ = io.WriteString(w, `{"type":5,"data":{"flags":64}}`)
		}))
		defer stop()
		if err := r.Endpoint(t.Context(), "http://bot.test/", r.net.Client()); err == nil || !strings.Contains(err.Error(), "signature") {
			t.Errorf("an endpoint that checks nothing is taken: %v", err)
		}
		r.SetEndpoint("http://bot.test/", r.net.Client())
		i, err := r.Slash(r.alex, r.channel, "/ping")
		if err != nil || !i.Deferred() {
			t.Fatal(err)
		}
		hook := "/webhooks/" + r.Application() + "/" + (<-bodies)["token"].(string)
		if status, answer := r.ask("POST", hook, object{"content": "pong"}); status != 200 || i.Text() != "pong" || !i.Messages()[0].Ephemeral {
			t.Errorf("%d %v, reads %q", status, answer, i.Text())
		}
		if r.Card(r.channel, "pong").ID != "" {
			t.Error("others read what is for one")
		}
		time.Sleep(15*time.Minute + time.Second)
		if status, answer := r.ask("PATCH", hook+"/messages/@original", object{"content": "late"}); status != 401 || answer["code"] != 50027.0 {
			t.Errorf("after 15 minutes: %d %v", status, answer)
		}
		late = 4 * time.Second
		if i, err = r.Slash(r.alex, r.channel, "/ping"); err != nil || i.Failed() == "" || i.Latency() != -1 {
			t.Errorf("after 3 s: %v %q", err, i.Failed())
		}
		body := <-bodies
		callback := fmt.Sprintf("/interactions/%s/%s/callback", body["id"], body["token"])
		if status, answer := r.ask("POST", callback, object{"type": 5}); status != 404 || answer["code"] != 10062.0 {
			t.Errorf("too late: %d %v", status, answer)
		}
	})
}

func TestReadingUndoesMarkdown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRaw(t, discordtest.Options{Unlimited: true, Zone: time.FixedZone("CET", 3600)})
		for written, read := range map[string]string{
			"**bold** *it* _it_ __under__ ~~gone~~ ||spoiler||": "bold it it under gone spoiler",
			`\*not\* \_this\_ \<@1\> \# x`:                      "*not* _this_ <@1> # x",
			"snake_case_name and 2 * 3 * 4":                     "snake_case_name and 2 * 3 * 4",
			"`**code**` and ```go\n*x*\n```":                    "**code** and *x*",
			"# Heading\n> quoted\n-# small":                     "Heading\nquoted\nsmall",
			"[**text**](https://example.org/x)":                 "text (https://example.org/x)",
			"<@" + r.alex + "> in <#" + r.channel + ">":         "@Alex in #releases",
			"<t:946684800:f>":                                   "today 01:00 CET",
			"***both***":                                        "both",
		} {
			r.ask("POST", "/channels/"+r.channel+"/messages", object{"content": written})
			all := r.Read(r.channel)
			if got := all[len(all)-1].Text; got != read {
				t.Errorf("%q reads %q, want %q", written, got, read)
			}
		}
	})
}
