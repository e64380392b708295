// Reads requests, one JSON a line, and says of each whether Discord's own check of signatures takes it.
import { createInterface } from "node:readline";
import { verifyKey } from "discord-interactions";

for await (const line of createInterface({ input: process.stdin })) {
  const q = JSON.parse(line);
  const text = (s) => Buffer.from(s, "base64");
  console.log(await verifyKey(text(q.body), q.signature, text(q.timestamp), q.key));
}
