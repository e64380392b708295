// A stateful Slack Web API by others (npm "emulate"), for gonogo's adapter to post to. It listens on every interface by itself, so it is
// started with --require ./loopback.cjs. It stops when its input ends.
import { createEmulator } from "emulate";

const port = Number(process.env.PORT);
const slack = await createEmulator({
  service: "slack",
  port,
  baseUrl: `http://127.0.0.1:${port}`,
  seed: {
    tokens: { [process.env.BOT_TOKEN]: { login: "mira", scopes: ["chat:write"] } },
    slack: { team: { name: "Acme", domain: "acme" }, users: [{ name: "mira" }], channels: [{ name: "releases" }], bots: [{ name: "gonogo" }] },
  },
});
for (let tries = 0; ; tries++) { // createEmulator does not wait until it listens
  try {
    await fetch(`http://127.0.0.1:${port}/`);
    break;
  } catch (error) {
    if (tries === 100) throw error;
    await new Promise((done) => setTimeout(done, 50));
  }
}
console.log(JSON.stringify({ port }));
process.stdin.resume();
process.stdin.on("end", async () => {
  await slack.close();
  process.exit();
});
