import { createMecha } from "@mecha/sdk-core";
import { createRuntime } from "../src/runtime.js";

/**
 * A process of an app that handles events until it is killed, for tests. It reports `ready`, and then the data of each event that it has
 * handled, before it acknowledges it. When it has handled `count` of a component it keeps what else comes in hand, so that a component
 * that is quicker than others has something left for who comes next.
 */
const [folder = "", topic = "", count = "", ...pubsubs] = process.argv.slice(2);

const runtime = await createRuntime({ appId: "shop", resourcesPaths: [folder], baseFolder: folder });
const mecha = createMecha(
  {
    transport: runtime.transport,
    mode: "embedded",
    attachApp: (channel) => runtime.attachApp(channel),
    close: () => Promise.resolve(),
  },
  "shop",
);

/** Resolves when the report is out of this process, where a kill cannot take it back. */
function report(message: string): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => {
      resolve();
    });
  });
}

async function handle(pubsub: string): Promise<void> {
  let left = Number(count);
  for await (const received of mecha.pubsub(pubsub).subscribe<string>(topic)) {
    if (left-- <= 0) continue;
    void report(received.event.data).then(() => {
      received.ack();
    });
  }
}

await report("ready");
await Promise.all(pubsubs.map(handle));
