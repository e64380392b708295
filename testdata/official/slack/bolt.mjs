// An app on Slack's own framework. Started by a Go test with the tests' Slack on the other side, it does with Slack's own code what
// gonogo does with its: both must get the same from that Slack. It stops when its input ends.
import bolt from "@slack/bolt";

const { SLACK_API_URL, BOT_TOKEN, APP_TOKEN, SIGNING_SECRET, DOOR } = process.env;
const app = new bolt.App({
  token: BOT_TOKEN,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: "warn",
  ...(DOOR === "http"
    ? {
        receiver: new bolt.HTTPReceiver({
          signingSecret: SIGNING_SECRET,
          endpoints: ["/slack/events"],
          logLevel: "error",
        }),
      }
    : {
        receiver: new bolt.SocketModeReceiver({
          appToken: APP_TOKEN,
          logLevel: "error",
          installerOptions: { clientOptions: { slackApiUrl: SLACK_API_URL } },
        }),
      }),
});

const plain = (text) => ({ type: "plain_text", text });
const mrkdwn = (text) => ({ type: "section", text: { type: "mrkdwn", text } });
const button = (label) => ({ type: "actions", elements: [{ type: "button", action_id: `press:${label}`, value: "t1", text: plain(label) }] });

app.command("/release", async ({ command, ack, respond, client }) => {
  await ack();
  const said = await client.chat.postMessage({
    channel: command.channel_id,
    text: "R-1",
    blocks: [mrkdwn(`*R-1* by <@${command.user_id}>`), button("go")],
    metadata: { event_type: "gonogo_message", event_payload: { key: "k1" } },
  });
  await client.chat.postMessage({ channel: said.channel, thread_ts: said.ts, text: "noted" });
  const { messages } = await client.conversations.replies({ channel: said.channel, ts: said.ts, include_all_metadata: true });
  const found = messages[0].metadata.event_payload.key;
  await respond({ response_type: "ephemeral", text: `planned ${command.text}, ${messages.length} messages, key ${found}` });
});

app.action("press:go", async ({ body, ack, client }) => {
  await ack();
  await client.chat.update({ channel: body.channel.id, ts: body.message.ts, text: "R-1", blocks: [mrkdwn("R-1: gone &amp; done")] });
  await client.chat.postEphemeral({ channel: body.channel.id, user: body.user.id, text: "counted" });
});

app.command("/vote", async ({ command, ack, client }) => {
  await ack();
  const modal = (blocks) => ({ type: "modal", callback_id: "vote", title: plain("Vote"), submit: plain("Vote"), blocks, private_metadata: "B-1" });
  const opened = await client.views.open({ trigger_id: command.trigger_id, view: modal([mrkdwn("Loading…")]) });
  await client.views.update({
    view_id: opened.view.id,
    hash: opened.view.hash,
    view: modal([
      { type: "input", block_id: "choice", label: plain("Choice"), element: { type: "external_select", action_id: "c", min_query_length: 0 } },
      { type: "input", block_id: "why", label: plain("Reason"), element: { type: "plain_text_input", action_id: "w" } },
    ]),
  });
});

app.options("c", async ({ options, ack }) => {
  await ack({ options: ["go", "no-go"].filter((o) => o.startsWith(options.value)).map((o) => ({ text: plain(o), value: o })) });
});

app.view("vote", async ({ view, body, ack, client }) => {
  const why = view.state.values.why.w.value;
  if (why.length < 5) return ack({ response_action: "errors", errors: { why: "Say more." } });
  await ack();
  const { channel } = await client.conversations.open({ users: body.user.id });
  await client.chat.postMessage({ channel: channel.id, text: `${view.private_metadata} ${view.state.values.choice.c.selected_option.value}: ${why}` });
});

app.event("app_home_opened", async ({ event, client }) => {
  const { user } = await client.users.info({ user: event.user });
  await client.views.publish({ user_id: event.user, view: { type: "home", blocks: [mrkdwn(`Good day, ${user.name}`)] } });
});

app.event("subteam_members_changed", async ({ event, client }) => {
  const { users } = await client.usergroups.users.list({ usergroup: event.subteam_id });
  await client.filesUploadV2({ channel_id: "C1", filename: "members.txt", content: users.join("\n"), initial_comment: "members" });
});

app.error(async (error) => {
  console.error(error);
  process.exitCode = 1;
});

await app.start(DOOR === "http" ? { port: 0, host: "127.0.0.1" } : undefined);
const server = DOOR === "http" ? app.receiver.server ?? app.receiver._server : undefined;
console.log(JSON.stringify({ port: server ? server.address().port : 0 }));
process.stdin.resume();
process.stdin.on("end", async () => {
  await app.stop();
  process.exit();
});
