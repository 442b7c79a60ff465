import { eventually } from "@mecha/conformance";
import { createTopic } from "@mecha/engines";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { ComponentFolder, ProgramUnderTest } from "@mecha/conformance";
import { sqlite, useComponents } from "./components.js";
import { runChild } from "./run-child.js";

const running: ProgramUnderTest[] = [];
let folder: ComponentFolder;

beforeAll(async () => {
  folder = await useComponents([sqlite]);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => child.kill()));
});
afterAll(async () => {
  await folder.remove();
});

function run(kind: "drop-in" | "original", scenario: string, nameServer = "127.0.0.1:9"): ProgramUnderTest {
  const child = runChild(kind, scenario, nameServer);
  running.push(child);
  return child;
}

describeWith("rocketmq", "an open client holds the process, as with the original", (on) => {
  it.each(["a producer stays open", "a consumer stays open"])("%s", { timeout: 90_000 }, async (scenario) => {
    const pair = [run("drop-in", scenario), run("original", scenario, on.rocketmq.nameServer)];
    await Promise.all(pair.map((child) => child.ready));
    expect(await Promise.all(pair.map((child) => child.exitWithin(1_500)))).toEqual(["alive", "alive"]);
  });

  // The original's close(), and at times its send(), do not come back: that is tried again, and close() is not waited for.
  const patience = { timeout: 90_000, retry: 2 };
  it("the original does not exit after close(): a producer inside of it stays open", patience, async () => {
    await createTopic(on.rocketmq, "liveness");
    const child = run("original", "a producer sends and closes", on.rocketmq.nameServer);
    await eventually("the original is asked to close", async () => child.lines.includes("closing"), 20_000);
    expect(await child.exitWithin(3_000)).toBe("alive");
  });
});

describe("the drop-in lets the process exit", () => {
  it.each([
    "a producer sends and closes",
    "a consumer subscribes and closes",
    "a broadcast consumer subscribes and closes",
    "clients close before they are ready",
  ])("after close(): %s", async (scenario) => {
    const child = run("drop-in", scenario);
    await child.ready;
    expect(await child.exitWithin(5_000)).toBe(0);
  });

  it("when it could not start", async () => {
    await folder.remove();
    folder = await useComponents([]);
    const child = run("drop-in", "a client fails to start");
    await child.ready;
    expect(child.lines).toContain("MQClientException");
    expect(await child.exitWithin(5_000)).toBe(0);
  });
});
