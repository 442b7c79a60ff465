import { createMecha } from "@mecha/sdk-core";
import { MechaError } from "@mecha/spec";
import { createRuntime } from "../src/runtime.js";
import type { WorkKind } from "./killed-work.js";

/**
 * A process of an app that writes, publishes, registers reminders and schedules jobs until it is killed, for tests. It reports `ready`,
 * and then the name of each piece of work that was acknowledged, `<kind>-<run>-<worker>-<number>`. No kind gets far ahead of the others,
 * so that the kill comes in the middle of all.
 */
const [folder = "", run = "", topic = "", ...given] = process.argv.slice(2);

/** What whoever started it has listed. */
const kinds = given as readonly WorkKind[];

/** How many pieces of one kind are under way at once. */
const atOnce = 4;

/** How far a kind may be ahead of the slowest. */
const mostAhead = 50;

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
await mecha
  .host()
  .actor({ create: () => ({}) }, { type: "Sleeper" })
  .start();

const later = { dueInMs: 86_400_000 };
const work: Readonly<Record<WorkKind, (name: string, worker: number) => Promise<unknown>>> = {
  file: (name) => mecha.state("store").save(name, name),
  cache: (name) => mecha.state("cache").save(name, name),
  local: (name) => mecha.pubsub("local").publish(topic, name),
  stream: (name) => mecha.pubsub("stream").publish(topic, name),
  broker: (name) => mecha.pubsub("broker").publish(topic, name),
  job: (name) => mecha.jobs().schedule(name, { ...later, data: name }),
  reminder: (name, worker) => mecha.actor("Sleeper", String(worker)).reminders.register(name, { ...later, data: name }),
};

const done = new Map<WorkKind, number>(kinds.map((kind) => [kind, 0]));
let waiting: (() => void)[] = [];

async function repeat(kind: WorkKind, worker: number): Promise<void> {
  for (let n = 0; ; n++) {
    while ((done.get(kind) ?? 0) > Math.min(...done.values()) + mostAhead) {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const name = `${kind}-${run}-${String(worker)}-${String(n)}`;
    try {
      await work[kind](name, worker);
    } catch (error) {
      // A server that keeps silent for long, on a machine that is busy, has acknowledged nothing.
      if (MechaError.is(error) && error.code === "UNAVAILABLE") continue;
      throw error;
    }
    process.send?.(name);
    done.set(kind, (done.get(kind) ?? 0) + 1);
    for (const resume of waiting) resume();
    waiting = [];
  }
}

process.send?.("ready");
await Promise.all(kinds.flatMap((kind) => Array.from({ length: atOnce }, (_, worker) => repeat(kind, worker))));
