import type { RedisConnection } from "../../state/redis/redis-connection.js";
import { callBuffer } from "./call-buffer.js";
import type { EntryReader } from "./entry-reader.js";
import { entriesOf, type StreamEntry } from "./stream-entry.js";
import type { StreamGroup } from "./stream-group.js";

/** How long Redis holds a read that finds nothing, in milliseconds: it cannot be ended before. */
const blockMs = 500;

/** Waits for new messages of a cluster, whose client knows which server has them. */
export class ClusterReader implements EntryReader {
  readonly #connection: RedisConnection;
  readonly #group: StreamGroup;

  /** @param connection - for this alone: a waiting read blocks it */
  constructor(connection: RedisConnection, group: StreamGroup) {
    this.#connection = connection;
    this.#group = group;
  }

  read(count: number): Promise<readonly StreamEntry[]> {
    const { stream, group } = this.#group;
    return this.#connection.run(
      async (redis) => {
        const parts = ["GROUP", group, group, "COUNT", count, "BLOCK", blockMs, "STREAMS", stream, ">"];
        const reply = await callBuffer(redis, "XREADGROUP", parts);
        // One stream was asked for: [[name, entries]], or nothing.
        const [found] = (reply ?? []) as readonly (readonly [Buffer, unknown])[];
        return found === undefined ? [] : entriesOf(found[1]);
      },
      { signal: undefined, idempotent: false },
    );
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}
