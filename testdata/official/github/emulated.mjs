// A stateful GitHub by others (npm "emulate"), for gonogo's adapter to read. It listens on every interface by itself, so it is started
// with --require ./loopback.cjs. It stops when its input ends.
import { createEmulator } from "emulate";

const port = Number(process.env.PORT);
const logins = process.env.LOGINS.split(" ");
const github = await createEmulator({
  service: "github",
  port,
  baseUrl: `http://127.0.0.1:${port}`,
  seed: {
    tokens: Object.fromEntries(logins.map((login) => [`token-${login}`, { login, scopes: ["repo", "admin:repo_hook"] }])),
    github: {
      users: logins.map((login) => ({ login, name: login, email: `${login}@shop.example` })),
      repos: [{ owner: logins[0], name: "payments", auto_init: true }],
    },
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
  await github.close();
  process.exit();
});
