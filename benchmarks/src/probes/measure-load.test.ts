import { setImmediate as nextTurn, setTimeout as delay } from "node:timers/promises";
import { expect, it } from "vitest";
import { measureLoad } from "./measure-load.js";

it("keeps as many operations under way as asked for, and counts each", async () => {
  let running = 0;
  let most = 0;
  let done = 0;
  const operation = async () => {
    most = Math.max(most, ++running);
    await nextTurn();
    running -= 1;
    done += 1;
  };
  const before = performance.now();
  const { ops, cpu, p50 } = await measureLoad(operation, {
    inFlight: 8,
    warmUpCpuMs: 5,
    measureCpuMs: 20,
    limitMs: 5000,
  });
  const seconds = (performance.now() - before) / 1000;
  expect(most).toBe(8);
  expect(ops).toBeGreaterThan(0);
  expect(ops).toBeLessThan((done / seconds) * 20);
  expect(cpu * ops).toBeLessThan(8 * 1_000_000);
  expect(p50).toBeGreaterThan(0);
});

it("ends by the clock when the operation only waits", async () => {
  const { ops, p50 } = await measureLoad(() => delay(5), {
    inFlight: 1,
    warmUpCpuMs: 10_000,
    measureCpuMs: 10_000,
    limitMs: 60,
  });
  expect(p50).toBeGreaterThan(4000);
  expect(ops).toBeLessThan(250);
});

it("fails when an operation fails", async () => {
  const load = { inFlight: 2, warmUpCpuMs: 1, measureCpuMs: 1, limitMs: 1000 };
  await expect(measureLoad(() => Promise.reject(new Error("gone")), load)).rejects.toThrow("gone");
});
