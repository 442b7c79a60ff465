/**
 * A process of its own with a `pubsub.sqlite`, for tests that kill it. Arguments: role (`publish` or `consume`), base folder,
 * topic, and for `publish` a prefix, for `consume` optionally the number of messages after which handlers hang. `LEASE` in the
 * environment is its `leaseDuration`. Says what it did on standard output, one line each, after it is done.
 */
import { component } from "../src/pubsub/sqlite.js";
import { testContext } from "./test-context.js";

const [role, baseFolder = "", topic = "", last = ""] = process.argv.slice(2);
const context = testContext(
  "pubsub.sqlite",
  { redeliverInterval: "20ms", leaseDuration: process.env["LEASE"] ?? "60s" },
  { baseFolder },
);
const pubsub = await component.create(context);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function publishForever(): Promise<never> {
  for (let index = 0; ; index++) {
    const ids = [0, 1, 2].map((part) => `${last}-${index}-${part}`);
    const messages = ids.map((id, part) => ({
      data: new TextEncoder().encode(id),
      metadata: { "rocketmq-shardingkey": `${last}-${part}` },
    }));
    await pubsub.publish(topic, messages);
    for (const id of ids) say(id);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function consumeForever(): Promise<void> {
  let room = last === "" ? Number.POSITIVE_INFINITY : Number(last);
  await pubsub.subscribe(
    topic,
    async ({ data, attempt }) => {
      const id = new TextDecoder().decode(data);
      say(`begin ${id} ${attempt}`);
      if (--room < 0) await new Promise(() => undefined);
      say(`end ${id}`);
      return "success";
    },
    { metadata: { consumerGroup: "workers" } },
  );
  say("ready");
  // Subscriptions do not keep a process alive.
  setInterval(() => undefined, 60_000);
}

if (role === "publish") await publishForever();
else await consumeForever();
