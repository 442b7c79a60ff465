import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, type ProgramUnderTest } from "@mecha/conformance";
import { describeWith } from "@mecha/engines/vitest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ComponentFolder, fileComponents, useComponents } from "../test/components.js";
import { runClient } from "../test/run-client.js";
import { DataClient } from "./index.js";

/** Nothing listens here. */
const nowhere = "127.0.0.1:9";
const running: ProgramUnderTest[] = [];
let components: ComponentFolder;
let data: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), "mecha-nacos-liveness-"));
  components = await useComponents(fileComponents(join(data, "settings")));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((process) => process.kill()));
});
afterAll(async () => {
  await components.remove();
  await rm(data, { recursive: true, force: true });
});

async function run(kind: "drop-in" | "original", scenario: string, serverAddr = nowhere): Promise<ProgramUnderTest> {
  const process = await runClient({ kind, scenario, serverAddr, cacheDir: join(data, `${kind}-snapshots`) });
  running.push(process);
  return process;
}

describeWith("nacos", "the process lives exactly as long as with the original", (on) => {
  it.each([
    ["config client stays open", "alive"],
    ["config client closes", 0],
    ["data client reads", 0],
    ["data client subscribes", "alive"],
  ] as const)("%s: %s", async (scenario, expected) => {
    const pair = await Promise.all([run("drop-in", scenario), run("original", scenario, on.nacos.address)]);
    await Promise.all(pair.map((process) => process.ready));
    const waitMs = expected === "alive" ? 1_500 : 10_000;
    expect(await Promise.all(pair.map((process) => process.exitWithin(waitMs)))).toEqual([expected, expected]);
  });
});

describe("the drop-in, where the original waits for the end of its long poll", () => {
  it.each(["config client subscribes and closes", "data client subscribes and unsubscribes"])(
    "exits at once: %s",
    async (scenario) => {
      const process = await run("drop-in", scenario);
      await process.ready;
      expect(await process.exitWithin(5_000)).toBe(0);
    },
  );
});

it("opens no port that others could connect to", async () => {
  for (const scenario of ["config client closes", "config client subscribes and closes"]) {
    const process = await run("drop-in", scenario);
    await process.ready;
    expect(process.lines).toContain("listening: ");
  }
});

it("tells every worker of a cluster each value, and lets all of them end", async () => {
  const process = await run("drop-in", "cluster workers follow a value");
  const saidByBoth = (value: string) =>
    eventually(
      `both workers say ${value}`,
      async () => [1, 2].every((id) => process.lines.includes(`worker ${id}: ${value}`)),
      20_000,
    );
  await saidByBoth("null");
  const client = new DataClient({ serverAddr: nowhere, cacheDir: join(data, "snapshots") });
  for (const value of ["1", "2", "end"]) {
    await client.publishSingle("followed", "liveness", value);
    await saidByBoth(value);
  }
  await client.close();
  expect(await process.exitWithin(5_000)).toBe(0);
  expect(process.lines).toHaveLength(8);
});

it("survives a close right after a failure", async () => {
  await components.remove();
  components = await useComponents([]);
  const process = await run("drop-in", "closes right after a failure");
  await process.ready;
  expect(await process.exitWithin(10_000)).toBe(0);
});
