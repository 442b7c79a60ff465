import type { RedisConnection } from "../../state/redis/redis-connection.js";
import { callBuffer } from "./call-buffer.js";
import { entriesOf, type StreamEntry } from "./stream-entry.js";
import type { StreamGroup } from "./stream-group.js";

/** How long Redis holds a read that finds nothing, in milliseconds. */
const blockMs = 5_000;

/** The same where the read cannot be ended before. */
const shortBlockMs = 500;

/** How long to wait until a read that has to end is asked to once more, in milliseconds. */
const unblockMs = 20;

/** Waits for new messages on a connection of its own, which a waiting read blocks. */
export class StreamReader {
  readonly #connection: RedisConnection;
  readonly #control: RedisConnection | undefined;
  readonly #group: StreamGroup;
  #clientId: number | undefined;
  #isReading = false;

  /**
   * @param control - another connection to the same server, over which a waiting read is ended; without one, as on a cluster, whose
   * connections go to many, reads are short
   */
  constructor(
    connection: RedisConnection,
    { group, control }: { readonly group: StreamGroup; readonly control: RedisConnection | undefined },
  ) {
    this.#connection = connection;
    this.#control = control;
    this.#group = group;
  }

  /** New messages; none if there were none for a while. Rejects with a MechaError. */
  async read(count: number): Promise<readonly StreamEntry[]> {
    const { stream, group } = this.#group;
    this.#isReading = true;
    try {
      return await this.#connection.run(
        async (redis) => {
          if (this.#control !== undefined) this.#clientId ??= await redis.client("ID");
          const longest = this.#control === undefined ? shortBlockMs : blockMs;
          const parts = ["GROUP", group, group, "COUNT", count, "BLOCK", longest, "STREAMS", stream, ">"];
          const reply = await callBuffer(redis, "XREADGROUP", parts);
          // One stream was asked for: [[name, entries]], or nothing.
          const [found] = (reply ?? []) as readonly (readonly [Buffer, unknown])[];
          return found === undefined ? [] : entriesOf(found[1]);
        },
        { signal: undefined, idempotent: false },
      );
    } catch (error) {
      // The next connection has another.
      this.#clientId = undefined;
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  /** Ends a read that waits, or waits for its end, then ends the connection. */
  async close(): Promise<void> {
    const control = this.#control;
    while (control !== undefined && this.#isReading && this.#clientId !== undefined) {
      const id = this.#clientId;
      const ended = control.run((redis) => redis.client("UNBLOCK", id), { signal: undefined, idempotent: true });
      // Without Redis there is nothing that waits there.
      if ((await ended.catch(() => 1)) === 1) break;
      await new Promise((resolve) => setTimeout(resolve, unblockMs));
    }
    await this.#connection.close();
  }
}
