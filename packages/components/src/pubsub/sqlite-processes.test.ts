import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "@mecha/conformance";
import { afterAll, afterEach, expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

const baseFolder = mkdtempSync(join(tmpdir(), "mecha-pubsub-processes-"));
const program = join(import.meta.dirname, "../../test/pubsub-process.ts");
const started = new Set<ChildProcess>();

/** The `leaseDuration` of processes. */
let lease = "60s";

/** Starts a process; `lines` grows as it speaks. */
function start(...parameters: string[]) {
  const env = { ...process.env, LEASE: lease };
  const node = ["--conditions=@mecha/source", "--import", "tsx", program];
  const child = spawn(process.execPath, [...node, ...parameters], { stdio: ["ignore", "pipe", "inherit"], env });
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
  lease = "60s";
  await Promise.all([...started].map(kill));
});
afterAll(() => {
  rmSync(baseFolder, { recursive: true });
});

const ended = (lines: readonly string[]) =>
  lines.filter((line) => line.startsWith("end ")).map((line) => line.slice(4));

it("loses nothing that was published and delivers all when publishers and consumers are killed", async () => {
  const topic = "orders";
  const consumers = [start("consume", baseFolder, topic, "20"), start("consume", baseFolder, topic)];
  for (const { lines } of consumers) await eventually("it is ready", async () => lines.includes("ready"));
  const publishers = ["a", "b", "c"].map((prefix) => start("publish", baseFolder, topic, prefix));
  const [first, second] = consumers;
  for (const { child, lines } of publishers) {
    await eventually("it published", async () => lines.length >= 100, 20_000);
    await kill(child);
  }
  await eventually("it hangs", async () => (first?.lines ?? []).length > 2 * 20 + 1, 20_000);
  if (first !== undefined) await kill(first.child);
  const third = start("consume", baseFolder, topic);

  const acknowledged = publishers.flatMap(({ lines }) => lines);
  const done = () => new Set([first, second, third].flatMap((consumer) => ended(consumer?.lines ?? [])));
  await eventually("all came", async () => acknowledged.every((id) => done().has(id)), 20_000);

  const again = [second, third].flatMap((consumer) => consumer?.lines.filter((line) => / [2-9]$/.test(line)) ?? []);
  expect(again.length, "nothing was delivered a second time").toBeGreaterThan(0);
});

it("notices within two polls that a consumer was killed, long before its lease ends", async () => {
  const topic = "takeover";
  const pubsub = await component.create(testContext("pubsub.sqlite", {}, { baseFolder }));
  try {
    const victim = start("consume", baseFolder, topic, "5");
    await eventually("it is ready", async () => victim.lines.includes("ready"));
    const ids = Array.from({ length: 40 }, (_, index) => `m${index}`);
    await pubsub.publish(
      topic,
      ids.map((id) => ({ data: new TextEncoder().encode(id), metadata: {} })),
    );
    await eventually("it hangs", async () => victim.lines.length > 2 * 5 + 1);
    await kill(victim.child);
    const killedAt = Date.now();
    const rest = new Set(ids);
    for (const id of ended(victim.lines)) rest.delete(id);
    let redelivered = 0;
    await pubsub.subscribe(
      topic,
      async ({ data, attempt }) => {
        rest.delete(new TextDecoder().decode(data));
        if (attempt > 1) redelivered++;
        return "success";
      },
      { metadata: { consumerGroup: "workers" } },
    );
    await eventually("the rest came", async () => rest.size === 0);
    expect(redelivered).toBeGreaterThan(0);
    expect(Date.now() - killedAt).toBeLessThan(3_000);
  } finally {
    await pubsub.close?.();
  }
});

it("takes over from a consumer that lives and is silent until its lease ends", async () => {
  const topic = "silent";
  lease = "500ms";
  const silent = start("consume", baseFolder, topic, "0");
  const pubsub = await component.create(
    testContext("pubsub.sqlite", { pollInterval: "50ms", leaseDuration: lease }, { baseFolder }),
  );
  try {
    await eventually("it is ready", async () => silent.lines.includes("ready"));
    await pubsub.publish(topic, [{ data: new Uint8Array([1]), metadata: {} }]);
    await eventually("it began", async () => silent.lines.length === 2);
    const attempts: number[] = [];
    const handler = async ({ attempt }: { attempt: number }) => (attempts.push(attempt), "success" as const);
    await pubsub.subscribe(topic, handler, { metadata: { consumerGroup: "workers" } });
    silent.child.kill("SIGSTOP");
    await eventually("it came", async () => attempts.length > 0);
    expect(attempts).toEqual([2]);
  } finally {
    await pubsub.close?.();
  }
});

it("wakes subscribers in other processes without waiting for the poll", async () => {
  const topic = "wake";
  const slow = testContext("pubsub.sqlite", { pollInterval: "1h" }, { baseFolder });
  const [publisher, subscriber] = await Promise.all([component.create(slow), component.create(slow)]);
  try {
    const seen: string[] = [];
    const handler = async ({ id }: { id: string }) => (seen.push(id), "success" as const);
    await subscriber.subscribe(topic, handler, { metadata: {} });
    for (let index = 1; index <= 20; index++) {
      await publisher.publish(topic, [{ data: new Uint8Array([index]), metadata: {} }]);
      await eventually("it came", async () => seen.length === index, 2_000);
    }
  } finally {
    await Promise.all([publisher.close?.(), subscriber.close?.()]);
  }
});
