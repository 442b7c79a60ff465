import { afterAll, describe, expect, test } from "vitest";
import { fuzz } from "./fuzz.js";
import { shares } from "./targets.js";
import { Victim } from "./victim.js";

/** Declares a test for each target; `MECHA_FUZZ_SEED` and `MECHA_FUZZ_INPUTS` go before what is given here. */
export function describeFuzz({ seed: usual, inputs: all }: { readonly seed: number; readonly inputs: number }): void {
  const seed = Number(process.env["MECHA_FUZZ_SEED"] ?? usual);
  const total = Number(process.env["MECHA_FUZZ_INPUTS"] ?? all);
  describe(`fuzzing with seed ${String(seed)}`, () => {
    const victim = new Victim();
    afterAll(() => victim[Symbol.asyncDispose]());
    for (const [name, share] of Object.entries(shares)) {
      const inputs = Math.ceil((total * share) / 100);
      const run = async (): Promise<void> => {
        // A key of the table is a name of a target.
        const fuzzed = fuzz(name as keyof typeof shares, victim, { seed, inputs });
        await expect(fuzzed).resolves.toBeUndefined();
      };
      test(`${name} takes ${String(inputs)} inputs`, run, 900_000);
    }
  });
}
