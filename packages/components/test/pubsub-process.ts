/**
 * A process of its own with a `pubsub.sqlite`, for tests that kill it. Arguments: role (`publish` or `consume`), base folder,
 * topic, and for `publish` a prefix. Says what it did on standard output, one line each, after it is done.
 */
import { component } from "../src/pubsub/sqlite.js";
import { testContext } from "./test-context.js";

const [role, baseFolder = "", topic = "", prefix = ""] = process.argv.slice(2);
const context = testContext("pubsub.sqlite", { redeliverInterval: "20ms", leaseDuration: "60s" }, { baseFolder });
const pubsub = await component.create(context);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function publishForever(): Promise<never> {
  for (let index = 0; ; index++) {
    const ids = [0, 1, 2].map((part) => `${prefix}-${index}-${part}`);
    const messages = ids.map((id, part) => ({
      data: new TextEncoder().encode(id),
      metadata: { "rocketmq-shardingkey": `${prefix}-${part}` },
    }));
    await pubsub.publish(topic, messages);
    for (const id of ids) say(id);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function consumeForever(): Promise<void> {
  await pubsub.subscribe(
    topic,
    async ({ data, attempt }) => {
      const id = new TextDecoder().decode(data);
      say(`begin ${id} ${attempt}`);
      // Long enough to be killed in the middle.
      await new Promise((resolve) => setTimeout(resolve, 2));
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
