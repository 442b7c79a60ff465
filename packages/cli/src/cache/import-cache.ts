import { copyKey, isCopied, type CopyEnds } from "./copy-key.js";
import { lookAt, scanKeys, type SeenKey } from "./fingerprints.js";
import { ProgressFile } from "./progress-file.js";
import { askServer } from "./server-info.js";
import { openRedis } from "./redis-client.js";
import { openTarget } from "./open-target.js";
import { differenceOf } from "./same-key.js";

/** What to import, from where and where to. */
export interface ImportOptions {
  readonly from: string;
  readonly component: string;
  readonly appId: string;
  readonly resourcesPaths: readonly string[];
  /** The database to copy, to the one of the same number. @defaultValue that of `from` */
  readonly database?: number | undefined;
  readonly match?: string | undefined;
  readonly verifies: boolean;
  readonly resumes: boolean;
  readonly progressFile: string;
  /** Told from time to time how far it is. */
  readonly onProgress: (message: string) => void;
}

/** What became of an import. */
export interface ImportSummary {
  /** Keys that are the same in both places now. */
  readonly keys: number;
  /** How many copies were made: more than keys if some changed meanwhile. */
  readonly copied: number;
  /** Keys that were removed again, as they were gone in the source. */
  readonly removed: number;
  readonly passes: number;
  /** Whether the last pass found nothing to do; else the source changes faster than it is copied. */
  readonly settled: boolean;
  /** Keys that cannot be copied, each with the reason: the type of a module's value, or what is too large for the component. */
  readonly skipped: readonly string[];
  /** What verification found; absent if it was not asked for. */
  readonly differences?: readonly string[];
  readonly seconds: number;
}

/** After so many passes the source is said to change too fast. */
const maxPasses = 10;
/** How many keys are copied at a time. */
const atOnce = 16;
/** What the target says of a string, or a member of another value, that does not fit into one message. */
const tooLarge = /^ERR Message of \d+ bytes is larger than the limit/u;
/** How many differences are told by name. */
const told = 100;

/**
 * Copies a Redis into a state component, while others use it: passes are made until one finds nothing that has changed since it was copied.
 *
 * @throws MechaError `UNAVAILABLE` if the source does not answer, `CONFIGURATION_INVALID` and `FAILED_PRECONDITION` as described there
 */
export async function importCache(options: ImportOptions): Promise<ImportSummary> {
  const startedMs = performance.now();
  const { component, appId, match = "" } = options;
  const source = await openRedis(options.from, options.database);
  try {
    const database = Number(/\d+$/u.exec(source.address)?.[0] ?? 0);
    const target = await openTarget({ ...options, database });
    try {
      const subject = { from: source.address, component, appId, match };
      const progress = await ProgressFile.open(options.progressFile, subject, options.resumes);
      try {
        const { hasFieldExpiry } = await askServer(source);
        const work = new Import({ source, target: target.client, hasFieldExpiry }, progress, options);
        return await work.run(startedMs);
      } finally {
        await progress.close();
      }
    } finally {
      await target.close();
    }
  } finally {
    source.close();
  }
}

class Import {
  readonly #ends: CopyEnds;
  readonly #progress: ProgressFile;
  readonly #options: ImportOptions;
  readonly #skipped = new Map<string, string>();
  #copied = 0;
  #removed = 0;

  constructor(ends: CopyEnds, progress: ProgressFile, options: ImportOptions) {
    this.#ends = ends;
    this.#progress = progress;
    this.#options = options;
  }

  async run(startedMs: number): Promise<ImportSummary> {
    let passes = 0;
    let changes = 1;
    while (changes > 0 && passes < maxPasses) {
      changes = await this.#pass(++passes);
      this.#options.onProgress(`pass ${String(passes)}: ${String(changes)} keys copied or removed`);
    }
    const differences = this.#options.verifies ? await this.#verify() : undefined;
    return {
      keys: [...this.#progress.keys].length,
      copied: this.#copied,
      removed: this.#removed,
      passes,
      settled: changes === 0,
      skipped: [...this.#skipped].map(([key, type]) => `${key} (${type})`),
      ...(differences && { differences }),
      seconds: Math.round((performance.now() - startedMs) / 100) / 10,
    };
  }

  /** Goes over all keys once; how many had to be copied or removed. */
  async #pass(number: number): Promise<number> {
    const before = this.#copied + this.#removed;
    const present = new Set<string>();
    await this.#each(async (seen) => {
      present.add(seen.key.toString("latin1"));
      if (await this.#isDone(seen)) return;
      if (!(await this.#copy(seen))) return;
      this.#copied++;
      if (this.#copied % 1_000 === 0)
        this.#options.onProgress(
          `pass ${String(number)}: ${String(present.size)} keys seen, ${String(this.#copied)} copied`,
        );
    });
    for (const key of this.#progress.keys) {
      if (present.has(key.toString("latin1"))) continue;
      await this.#ends.target.call("DEL", key);
      await this.#progress.gone(key);
      this.#removed++;
    }
    return this.#copied + this.#removed - before;
  }

  /** Copies a key; false if it was replaced or removed in the middle, which the next pass finds. */
  async #copy(seen: SeenKey): Promise<boolean> {
    try {
      await copyKey(this.#ends, seen);
    } catch (error) {
      if (error instanceof Error && tooLarge.test(error.message)) {
        await this.#ends.target.call("DEL", seen.key);
        this.#skipped.set(
          seen.key.toString(),
          `${seen.type} with more than ${this.#options.component} takes in one message`,
        );
        return false;
      }
      const isOther = error instanceof Error && /^(?:WRONGTYPE|ERR no such key)/u.test(error.message);
      if (!isOther) throw error;
      await this.#progress.copied(seen.key, "replaced");
      this.#copied++;
      return false;
    }
    await this.#progress.copied(seen.key, seen.fingerprint ?? "");
    return true;
  }

  /** Whether a key is in the target as it was seen just now. */
  async #isDone(seen: SeenKey): Promise<boolean> {
    const known = this.#progress.fingerprintOf(seen.key);
    if (known === undefined) return false;
    if (seen.fingerprint !== undefined) return known === seen.fingerprint;
    return (await differenceOf(this.#ends, seen)) === undefined;
  }

  async #verify(): Promise<readonly string[]> {
    const differences: string[] = [];
    await this.#each(async (seen) => {
      const difference = await differenceOf(this.#ends, seen);
      if (difference !== undefined && differences.length < told)
        differences.push(`${JSON.stringify(seen.key.toString())} ${difference}`);
    });
    return differences;
  }

  /** Does something for every key that can be copied, for some at a time. */
  async #each(work: (seen: SeenKey) => Promise<void>): Promise<void> {
    for await (const keys of scanKeys(this.#ends.source, this.#options.match)) {
      const seen = await lookAt(this.#ends.source, keys);
      for (const { key, type } of seen) if (!isCopied(type)) this.#skipped.set(key.toString(), type);
      const queue = seen.filter(({ type }) => isCopied(type)).values();
      const worker = async (): Promise<void> => {
        for (const each of queue) await work(each);
      };
      await Promise.all(Array.from({ length: atOnce }, worker));
    }
  }
}
