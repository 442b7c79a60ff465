import { expect, test } from "vitest";
import { describeWith } from "./describe-engine.js";
import type { RedisAddress } from "./engine.js";
import { openEngineBroker } from "./engine-broker.js";
import { accepts } from "./tcp.js";

async function get(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

test("says that it has no engine of a name", async () => {
  const broker = await openEngineBroker();
  expect(await get(`${broker.url}/kafka`)).toEqual({ error: "there is no engine kafka" });
  await broker.close();
});

describeWith("redis", "the broker of a test run", () => {
  test("starts an engine once however many ask at the same time, and ends it with the run", async () => {
    const broker = await openEngineBroker();
    const [first, ...others] = (await Promise.all([1, 2, 3].map(() => get(`${broker.url}/redis`)))) as RedisAddress[];
    expect(others).toEqual([first, first]);
    expect(await accepts(first!.port)).toBe(true);
    await broker.close();
    expect(await accepts(first!.port)).toBe(false);
  });
});
