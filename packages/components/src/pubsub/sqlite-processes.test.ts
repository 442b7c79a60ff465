import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "@mecha/conformance";
import { afterAll, afterEach, expect, it } from "vitest";
import { endedIn, PubSubProcesses } from "../../test/pubsub-processes.js";
import { testContext } from "../../test/test-context.js";
import { component } from "./sqlite.js";

const baseFolder = mkdtempSync(join(tmpdir(), "mecha-pubsub-processes-"));
const processes = new PubSubProcesses("pubsub-process.ts");

afterEach(() => processes.killAll());
afterAll(() => {
  rmSync(baseFolder, { recursive: true });
});

it("loses nothing that was published and delivers all when publishers and consumers are killed", async () => {
  await processes.loseNothing(baseFolder, "orders", ["a", "b", "c"]);
});

it("notices within two polls that a consumer was killed, long before its lease ends", async () => {
  const topic = "takeover";
  const pubsub = await component.create(testContext("pubsub.sqlite", {}, { baseFolder }));
  try {
    const victim = processes.start(["consume", baseFolder, topic, "5"]);
    await eventually("it is ready", async () => victim.lines.includes("ready"));
    const ids = Array.from({ length: 40 }, (_, index) => `m${index}`);
    await pubsub.publish(
      topic,
      ids.map((id) => ({ data: new TextEncoder().encode(id), metadata: {} })),
    );
    await eventually("it hangs", async () => victim.lines.length > 2 * 5 + 1);
    await processes.kill(victim.child);
    const killedAt = Date.now();
    const rest = new Set(ids);
    for (const id of endedIn(victim.lines)) rest.delete(id);
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
  const lease = "500ms";
  const silent = processes.start(["consume", baseFolder, topic, "0"], { LEASE: lease });
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
