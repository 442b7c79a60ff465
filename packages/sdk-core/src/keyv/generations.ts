import { randomUUID } from "node:crypto";
import { MechaError } from "@mecha/spec";
import type { State } from "../state/state.js";
import { generationKey, type StoredEntry } from "./stored-entry.js";

/**
 * The generations of namespaces: a random name under a key of its own, which every entry carries. To clear a namespace is to
 * give it another one. Where the key is missing (never written, or evicted), nothing in the namespace counts.
 */
export class Generations {
  readonly #state: Pick<State<StoredEntry>, "get" | "save">;

  constructor(state: Pick<State<StoredEntry>, "get" | "save">) {
    this.#state = state;
  }

  /** The generation of a namespace; `undefined` if it has none. */
  async get(namespace: string): Promise<string | undefined> {
    return (await this.#state.get(generationKey(namespace)))?.value.g;
  }

  /** The generation of a namespace, which gets its first one if it has none. */
  async getOrStart(namespace: string): Promise<string> {
    for (;;) {
      const generation = await this.get(namespace);
      if (generation !== undefined) return generation;
      const started = await this.#replace(namespace, undefined);
      if (started !== undefined) return started;
    }
  }

  /** Ends a generation, so that nothing that was written before this call counts any more. */
  async renew(namespace: string): Promise<void> {
    const current = await this.#state.get(generationKey(namespace));
    // If another one came first, it too began after what this call is to clear.
    await this.#replace(namespace, current?.etag);
  }

  /** The new generation; `undefined` if another process gave one meanwhile. */
  async #replace(namespace: string, etag: string | undefined): Promise<string | undefined> {
    const generation = randomUUID();
    try {
      const condition = etag === undefined ? ({ concurrency: "first-write" } as const) : { etag };
      await this.#state.save(generationKey(namespace), { g: generation }, { ...condition, ttlSeconds: -1 });
      return generation;
    } catch (thrown) {
      if (MechaError.is(thrown) && thrown.code === "ETAG_MISMATCH") return undefined;
      throw thrown;
    }
  }
}
