/**
 * A process of its own with a `pubsub.redis`, for tests that kill it. Arguments: role (`publish` or `consume`), address of Redis,
 * topic, and for `publish` a prefix, for `consume` optionally the number of messages after which handlers hang. Says what it did
 * on standard output, one line each, after it is done.
 */
import { component } from "../src/pubsub/redis.js";
import { testContext } from "./test-context.js";

const [role, redisHost = "", topic = "", last = ""] = process.argv.slice(2);
const pubsub = await component.create(
  testContext("pubsub.redis", { redisHost, processingTimeout: "1s", redeliverInterval: "200" }),
);

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function publishForever(): Promise<never> {
  for (let index = 0; ; index++) {
    const ids = [0, 1, 2].map((part) => `${last}-${index}-${part}`);
    await pubsub.publish(
      topic,
      ids.map((id) => ({ data: new TextEncoder().encode(id), metadata: {} })),
    );
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
    { metadata: {} },
  );
  say("ready");
}

if (role === "publish") await publishForever();
else await consumeForever();
