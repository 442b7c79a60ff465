import { expect, test } from "vitest";
import { fuzz } from "./fuzz.js";
import { Victim } from "./victim.js";

test("the input that is told is the smallest that shows the fault", async () => {
  await using victim = new Victim(5000);
  await expect(fuzz("planted: bug", victim, { seed: 7, inputs: 100 })).rejects.toThrow(/smallest input: 500\n/);
}, 120_000);

test("a process that ends is found out", async () => {
  await using victim = new Victim(5000);
  const fuzzed = fuzz("planted: crash", victim, { seed: 7, inputs: 100, attemptsToShrink: 0 });
  await expect(fuzzed).rejects.toThrow(/the process ended with 3\nsmallest input: [5-9]\d\d\n/);
}, 120_000);
