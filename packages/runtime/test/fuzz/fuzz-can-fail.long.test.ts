import { expect, test } from "vitest";
import { fuzz } from "./fuzz.js";
import type { Fault } from "./targets/planted.js";
import { Victim } from "./victim.js";

/** What must be said of each planted fault. */
const found: Readonly<Record<Fault, RegExp>> = {
  bug: /failed with TypeError: x is not a function/,
  "buried bug": /failed with UNKNOWN because of TypeError: no words/,
  crash: /the process ended with 3/,
  "endless loop": /the process did not react/,
  escape: /files outside of the folder changed/,
  gluttony: /the process ended with SIGABRT|the process did not react/,
  leak: /it keeps \d+ MB more than after 100/,
  "no answer": /did not answer in 2000 ms/,
  pollution: /Object\.prototype\.polluted is not what it was/,
  rejection: /rejected where nobody waits/,
  "stack trace": /answered with a stack trace/,
};

test.each(Object.entries(found))(
  "a target with the fault %s is found out, with the seed and an input that shows it",
  async (fault, words) => {
    await using victim = new Victim(2000);
    // The record has every fault for a key.
    const fuzzed = fuzz(`planted: ${fault as Fault}`, victim, { seed: 7, inputs: 800, attemptsToShrink: 0 });
    await expect(fuzzed).rejects.toThrow(words);
    const told = fault === "leak" ? /with seed 7: / : /with seed 7: [^]*smallest input: [5-9]\d\d\n/;
    await expect(fuzzed).rejects.toThrow(told);
  },
  120_000,
);
