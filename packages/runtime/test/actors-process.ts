import { createMecha } from "@mecha/sdk-core";
import { createRuntime } from "../src/runtime.js";

/**
 * A process of an app with actors and jobs, for tests. With `write` it schedules jobs and registers reminders until it is killed,
 * and reports the name of each that was acknowledged. With `take` it takes jobs and reports each. It reports `ready` first.
 */
const [folder = "", task = ""] = process.argv.slice(2);

/** How many registrations are under way at once. */
const atOnce = 16;

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

if (task === "take") {
  await runtime.attachApp({
    job: async ({ name }) => {
      process.send?.(name);
      return {};
    },
  });
  process.send?.("ready");
} else {
  await mecha
    .host()
    .actor({ create: () => ({}) }, { type: "Sleeper" })
    .start();
  process.send?.("ready");
  const write = async (writer: number): Promise<void> => {
    const { reminders } = mecha.actor("Sleeper", String(writer));
    for (let n = 0; ; n++) {
      const name = `${String(writer)}-${String(n)}`;
      if (n % 2 === 0) await mecha.jobs().schedule(name, { dueInMs: 86_400_000, data: name });
      else await reminders.register(name, { dueInMs: 86_400_000, data: name });
      process.send?.(name);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, writer) => write(writer)));
}
process.on("message", () => undefined);
