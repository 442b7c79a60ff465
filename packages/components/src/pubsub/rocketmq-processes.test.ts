import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { eventually } from "@mecha/conformance";
import { consumerOffset, createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { expect, it } from "vitest";
import { testContext } from "../../test/test-context.js";
import { component } from "./rocketmq.js";

const program = join(import.meta.dirname, "../../test/rocketmq-process.ts");

/** Starts a process; `lines` grows as it speaks. */
function start(...parameters: string[]) {
  const node = ["--conditions=@mecha/source", "--import", "tsx", program];
  const child = spawn(process.execPath, [...node, ...parameters], { stdio: ["ignore", "pipe", "inherit"] });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  return { child, lines };
}

describeWith("rocketmq", "pubsub.rocketmq in processes of its own", (on) => {
  it("lets the process end once it is closed", async () => {
    const { child, lines } = start("once", on.rocketmq.nameServer, "process-once", "process-once");
    const ended = once(child, "exit");
    await eventually("it closed", async () => lines.includes("closed"), 20_000);
    const closedAt = Date.now();
    try {
      await eventually("it ended", async () => child.exitCode !== null, 3_000);
    } finally {
      child.kill("SIGKILL");
    }
    expect(await ended).toEqual([0, null]);
    expect(Date.now() - closedAt).toBeLessThan(3_000);
  });

  it("loses nothing when a consumer is killed in the middle of a message after its offsets were committed", async () => {
    const topic = "process-killed";
    const group = "process-killed";
    await createTopic(on.rocketmq, topic);
    const victim = start("hang", on.rocketmq.nameServer, topic, group);
    const pubsub = await component.create(testContext("pubsub.rocketmq", { nameServer: on.rocketmq.nameServer }));
    const exited = once(victim.child, "exit");
    try {
      await eventually("it is ready", async () => victim.lines.includes("ready"), 20_000);
      const bodies = Array.from({ length: 60 }, (_, index) => `m${index}`);
      await pubsub.publish(
        topic,
        bodies.map((body) => ({ data: new TextEncoder().encode(body), metadata: {} })),
      );
      await eventually(
        "all but the one that hangs are done",
        async () => victim.lines.length === bodies.length,
        20_000,
      );
      const committed = async () => {
        const queues = await consumerOffset(on.rocketmq.nameServer, group, topic);
        return queues.reduce((sum, { offset }) => sum + (offset ?? 0), 0);
      };
      await eventually("offsets are committed", async () => (await committed()) > 0, 15_000);
      victim.child.kill("SIGKILL");
      await exited;
      const rest = new Set(bodies);
      for (const line of victim.lines) rest.delete(line.slice("end ".length));
      expect(rest.size).toBe(1);
      await pubsub.subscribe(topic, async ({ data }) => (rest.delete(new TextDecoder().decode(data)), "success"), {
        metadata: { consumerGroup: group },
      });
      await eventually("the rest came", async () => rest.size === 0, 15_000);
    } finally {
      victim.child.kill("SIGKILL");
      await pubsub.close?.();
    }
  }, 60_000);
});
