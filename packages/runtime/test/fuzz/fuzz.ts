import fc from "fast-check";
import type { FuzzTarget } from "./fuzz-target.js";
import { loadTarget, type TargetName } from "./targets.js";
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

/** Inputs that are sent before the first of them is answered, so that neither process waits for the other. */
const sentAhead = 32;

/** An input that something is wrong with, or that showed it. */
interface Found {
  readonly finding: string;
  /** How many inputs came before it, and what it is; absent where no single one is to blame. */
  readonly input?: { readonly index: number; readonly value: unknown };
}

/**
 * Sends a target random inputs, the same for the same seed, in a process that is watched: it must neither end nor hang, answer as
 * it promises, change no prototype, touch no file outside its folder, and keep no more and more memory.
 *
 * @throws Error that tells what was found, the seed, and the smallest input for which it happens
 */
export async function fuzz(name: TargetName, victim: Victim, options: FuzzOptions): Promise<void> {
  const [target] = await Promise.all([loadTarget(name), victim.open(name)]);
  const found = await search(target, victim, options);
  const about = `fuzzing ${name} with seed ${String(options.seed)}:`;
  const finding =
    found === undefined ? (await victim.ask({ ask: "close" })).finding : await explain(found, target, victim, options);
  if (finding === undefined) return;
  // Whoever is next begins with a process that nothing has happened to.
  await victim[Symbol.asyncDispose]();
  throw new Error(`${about} ${finding}\nagain: MECHA_FUZZ_SEED=${String(options.seed)}`);
}

/** Sends all inputs, until something is found. */
async function search(target: FuzzTarget, victim: Victim, { seed, inputs }: FuzzOptions): Promise<Found | undefined> {
  const growth = new MemoryGrowth(victim, Math.max(100, Math.floor(inputs / measurements)));
  const sent: Promise<void>[] = [];
  let [index, found]: [number, Found | undefined] = [0, undefined];
  const send = async (input: { readonly index: number; readonly value: unknown }): Promise<void> => {
    const { finding } = await victim.ask({ ask: "run", input: input.value });
    // The end of the process answers all that was sent ahead; the first of them is to blame.
    if (finding !== undefined && input.index < (found?.input?.index ?? Number.POSITIVE_INFINITY))
      found = { finding, input };
  };
  const property = fc.asyncProperty(target.inputs(), async (value) => {
    sent.push(send({ index: index++, value }));
    if (sent.length >= sentAhead) await sent.shift();
    if (growth.isDue(index)) {
      await Promise.all(sent.splice(0));
      found ??= await growth.check(index);
    }
    if (found !== undefined) throw new Error("enough");
  });
  await fc.check(property, { seed, numRuns: inputs, endOnFailure: true });
  await Promise.all(sent);
  return found;
}

/** Sends the input once more, then smaller ones. */
async function explain(
  { finding, input }: Found,
  target: FuzzTarget,
  victim: Victim,
  { seed, attemptsToShrink = 200 }: FuzzOptions,
): Promise<string> {
  if (input === undefined) return finding;
  const which = `input ${String(input.index + 1)}`;
  let [index, attempts, shrinkUntil] = [0, 0, Number.POSITIVE_INFINITY];
  const property = fc.asyncProperty(target.inputs(), async (value) => {
    if (index++ < input.index) return;
    if (shrinkUntil < Number.POSITIVE_INFINITY && (++attempts > attemptsToShrink || Date.now() > shrinkUntil)) return;
    const again = await victim.ask({ ask: "run", input: value });
    if (again.finding === undefined) return;
    shrinkUntil = Math.min(shrinkUntil, Date.now() + shrinkWithinMs);
    throw new Error(again.finding);
  });
  const { failed, counterexample, errorInstance } = await fc.check(property, { seed, numRuns: input.index + 1 });
  if (!failed) return `${which} ${finding}\nonly after others, or once; this one: ${fc.stringify(input.value)}`;
  const words = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return `${which} ${words}\nsmallest input: ${fc.stringify(counterexample?.[0])}`;
}

/** Looks from time to time at what a process keeps. It comes of many inputs, so no single one is to blame. */
class MemoryGrowth {
  readonly #victim: Victim;
  readonly #every: number;
  #early: number | undefined;

  constructor(victim: Victim, every: number) {
    this.#victim = victim;
    this.#every = every;
  }

  isDue(inputs: number): boolean {
    return inputs % this.#every === 0;
  }

  async check(inputs: number): Promise<Found | undefined> {
    const { memoryBytes = 0, finding } = await this.#victim.ask({ ask: "measure" });
    this.#early ??= memoryBytes;
    const grown = memoryBytes - this.#early;
    if (finding !== undefined) return { finding };
    if (grown <= growthBytes) return undefined;
    const megabytes = String(Math.round(grown / 1024 / 1024));
    return {
      finding: `after ${String(inputs)} inputs it keeps ${megabytes} MB more than after ${String(this.#every)}`,
    };
  }
}
