/**
 * A process of its own with a `pubsub.rocketmq`. Arguments: role, name server, topic, group.
 *
 * - `once`: subscribes, publishes, receives, closes, and must then end by itself.
 * - `hang`: handles messages but never ends one of them, so that there is always one to kill it in. Says `end <body>` for each.
 */
import { component } from "../src/pubsub/rocketmq.js";
import { testContext } from "./test-context.js";

const [role, nameServer = "", topic = "", consumerGroup = ""] = process.argv.slice(2);
const pubsub = await component.create(testContext("pubsub.rocketmq", { nameServer }));

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function once(): Promise<void> {
  const received = new Promise<void>((resolve) => {
    void pubsub.subscribe(topic, async () => (resolve(), "success"), { metadata: { consumerGroup } });
  });
  await pubsub.publish(topic, [{ data: new Uint8Array([1]), metadata: {} }]);
  await received;
  await pubsub.close?.();
  say("closed");
}

async function hang(): Promise<void> {
  let hangs = false;
  await pubsub.subscribe(
    topic,
    async ({ data, metadata }) => {
      // The first that is not first in its queue: what comes before it can be committed, what comes after must not be.
      if (!hangs && metadata["rocketmq-queue-offset"] === "3") {
        hangs = true;
        await new Promise(() => undefined);
      }
      say(`end ${new TextDecoder().decode(data)}`);
      return "success";
    },
    { metadata: { consumerGroup, maxInFlight: "4" } },
  );
  say("ready");
}

if (role === "once") await once();
else await hang();
