import fc from "fast-check";
import { type TargetName, targets } from "./targets.js";
import type { Victim } from "./victim.js";

/** How to fuzz. */
export interface FuzzOptions {
  readonly seed: number;
  /** How many inputs the target is sent. */
  readonly inputs: number;
  /** Inputs tried to find a smaller one that fails, too. @defaultValue 200 */
  readonly attemptsToShrink?: number;
}

/** Memory that may be in use beyond what was in use early on, after the garbage is gone. */
const growthBytes = 64 * 1024 * 1024;
const measurements = 8;
/** No smaller input is looked for after so long. */
const shrinkWithinMs = 60_000;

/**
 * Sends a target random inputs, the same for the same seed, in a process that is watched: it must neither end nor hang, answer as
 * it promises, change no prototype, touch no file outside its folder, and keep no more and more memory.
 *
 * @throws Error that tells what was found, the seed, and the smallest input for which it happens
 */
export async function fuzz(name: TargetName, victim: Victim, options: FuzzOptions): Promise<void> {
  const { seed, inputs, attemptsToShrink = 200 } = options;
  await victim.open(name);
  const growth = new MemoryGrowth(victim, Math.max(100, Math.floor(inputs / measurements)));
  let attempts = 0;
  let shrinkUntil: number | undefined;
  const property = fc.asyncProperty(targets[name].inputs(), async (input) => {
    if (growth.found !== undefined) return;
    if (shrinkUntil !== undefined && (++attempts > attemptsToShrink || Date.now() > shrinkUntil)) return;
    const { finding } = await victim.ask({ ask: "run", input });
    if (finding === undefined) {
      if (shrinkUntil === undefined) await growth.check();
      return;
    }
    shrinkUntil ??= Date.now() + shrinkWithinMs;
    throw new Error(finding);
  });
  const result = await fc.check(property, { seed, numRuns: inputs });
  const about = `fuzzing ${name} with seed ${String(seed)}:`;
  const finding = result.failed ? report(result) : (growth.found ?? (await victim.ask({ ask: "close" })).finding);
  if (finding === undefined) return;
  // Whoever is next begins with a process that nothing has happened to.
  await victim[Symbol.asyncDispose]();
  throw new Error(`${about} ${finding}\nagain: MECHA_FUZZ_SEED=${String(seed)}`);
}

/** Looks from time to time at what a process keeps. It comes of many inputs, so no single one is to blame. */
class MemoryGrowth {
  /** What is wrong, once it is. */
  found: string | undefined;
  readonly #victim: Victim;
  readonly #every: number;
  #inputs = 0;
  #early: number | undefined;

  constructor(victim: Victim, every: number) {
    this.#victim = victim;
    this.#every = every;
  }

  async check(): Promise<void> {
    this.#inputs += 1;
    if (this.#inputs % this.#every !== 0) return;
    const { memoryBytes = 0, finding } = await this.#victim.ask({ ask: "measure" });
    this.found = finding;
    this.#early ??= memoryBytes;
    const grown = memoryBytes - this.#early;
    if (finding !== undefined || grown <= growthBytes) return;
    const megabytes = String(Math.round(grown / 1024 / 1024));
    this.found = `after ${String(this.#inputs)} inputs it keeps ${megabytes} MB more than after ${String(this.#every)}`;
  }
}

function report({ counterexample, errorInstance, numRuns }: fc.RunDetails<[unknown]>): string {
  const finding = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `input ${String(numRuns)} ${finding}\nsmallest input: ${fc.stringify(counterexample?.[0])}`;
}
