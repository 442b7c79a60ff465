import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { afterEach, expect, it } from "vitest";

const program = join(import.meta.dirname, "../../test/redis-pubsub-process.ts");
const started = new Set<ChildProcess>();

/** Starts a process; `lines` grows as it speaks. */
function start(...parameters: string[]) {
  const node = ["--conditions=@mecha/source", "--import", "tsx", program];
  const child = spawn(process.execPath, [...node, ...parameters], { stdio: ["ignore", "pipe", "inherit"] });
  started.add(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return { child, lines };
}

/** Ends a process as a power cut would, and waits until all that it said is read. */
async function kill(child: ChildProcess): Promise<void> {
  const closed = once(child, "close");
  child.kill("SIGKILL");
  await closed;
  started.delete(child);
}

afterEach(async () => {
  await Promise.all([...started].map(kill));
});

const ended = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith("end ")).map((line) => line.slice(4));

describeWith("redis", "processes on pubsub.redis", (on) => {
  it("lose nothing that was published, and deliver all, when publishers and consumers are killed", async () => {
    const topic = `killed-${randomUUID()}`;
    const address = on.redis.address;
    const consumers = [start("consume", address, topic, "20"), start("consume", address, topic)];
    const [first, second] = consumers;
    for (const { lines } of consumers) await eventually("it is ready", async () => lines.includes("ready"), 30_000);
    const publishers = ["a", "b"].map((prefix) => start("publish", address, topic, prefix));
    for (const { child, lines } of publishers) {
      await eventually("it published", async () => lines.length >= 100, 30_000);
      await kill(child);
    }
    await eventually("it hangs", async () => (first?.lines ?? []).length > 2 * 20 + 1, 30_000);
    if (first !== undefined) await kill(first.child);
    const third = start("consume", address, topic);

    const acknowledged = publishers.flatMap(({ lines }) => lines);
    const done = () => new Set([first, second, third].flatMap((consumer) => ended(consumer?.lines ?? [])));
    await eventually("all came", async () => acknowledged.every((id) => done().has(id)), 30_000);

    const again = [second, third].flatMap((consumer) => consumer?.lines.filter((line) => / [2-9]$/.test(line)) ?? []);
    expect(again.length, "nothing was delivered a second time").toBeGreaterThan(0);
  });
});
