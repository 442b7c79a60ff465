import type { Redis } from "ioredis-upstream";
import type { RedisConnection } from "../../state/redis/redis-connection.js";
import { callBuffer } from "./call-buffer.js";
import { entriesOf, type StreamEntry } from "./stream-entry.js";

/** A message that some consumer of the group has and did not acknowledge. */
export interface PendingEntry {
  readonly id: string;
  /** Milliseconds since it was last delivered. */
  readonly idleMs: number;
  /** How often it was delivered. */
  readonly deliveries: number;
}

/** Messages that are about to be acknowledged. */
interface DoneMessages {
  readonly ids: string[];
  readonly acknowledged: Promise<void>;
}

/**
 * A consumer group of one stream, with daprd's one consumer, which has the group's name: all processes share it, and tell by the
 * time since the last delivery which messages nobody works on.
 */
export class StreamGroup {
  readonly stream: string;
  readonly group: string;
  readonly #connection: RedisConnection;
  #done: DoneMessages | undefined;

  constructor(connection: RedisConnection, stream: string, group: string) {
    this.#connection = connection;
    this.stream = stream;
    this.group = group;
  }

  /** Makes the group, and the stream too, if they are not there. */
  async create(start: "0" | "$"): Promise<void> {
    await this.#run(async (redis) => {
      try {
        await redis.xgroup("CREATE", this.stream, this.group, start, "MKSTREAM");
      } catch (error) {
        if (!(error instanceof Error && error.message.startsWith("BUSYGROUP"))) throw error;
      }
    });
  }

  /** Removes the group with all that it knows. */
  async destroy(): Promise<void> {
    await this.#run((redis) => redis.xgroup("DESTROY", this.stream, this.group));
  }

  /** Acknowledges a message, in one command with those that are done at the same time. */
  acknowledge(id: string): Promise<void> {
    this.#done ??= this.#acknowledgeDone();
    this.#done.ids.push(id);
    return this.#done.acknowledged;
  }

  /** A page of what is pending, from an id on. */
  async pending(from: string, count: number): Promise<readonly PendingEntry[]> {
    const reply = await this.#run((redis) => redis.xpending(this.stream, this.group, from, "+", count));
    // With a range, Redis replies with [id, consumer, idle, deliveries] for each.
    return (reply as readonly (readonly [string, string, number, number])[]).map(([id, , idleMs, deliveries]) => ({
      id,
      idleMs,
      deliveries,
    }));
  }

  /** Takes messages over that nobody has worked on for so long. Those that the stream no longer has are left out. */
  async claim(ids: readonly string[], minIdleMs: number): Promise<readonly StreamEntry[]> {
    const parts = [this.stream, this.group, this.group, minIdleMs, ...ids];
    return entriesOf(await this.#run((redis) => callBuffer(redis, "XCLAIM", parts)));
  }

  /** Says that a message is being delivered once more; `false` if it is not this group's any longer. */
  async touch(id: string, deliveries: number): Promise<boolean> {
    const reply = await this.#run((redis) =>
      redis.xclaim(this.stream, this.group, this.group, 0, id, "RETRYCOUNT", deliveries, "JUSTID"),
    );
    return Array.isArray(reply) && reply.length > 0;
  }

  /** Gives a message back, as one that nobody has worked on for so long. */
  async release(id: string, deliveries: number, idleMs: number): Promise<void> {
    await this.#run((redis) =>
      redis.xclaim(this.stream, this.group, this.group, 0, id, "IDLE", idleMs, "RETRYCOUNT", deliveries, "JUSTID"),
    );
  }

  #acknowledgeDone(): DoneMessages {
    const ids: string[] = [];
    // Handlers that were called together mostly end together, some promises apart.
    const acknowledged = new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      this.#done = undefined;
      await this.#run((redis) => redis.xack(this.stream, this.group, ...ids));
    });
    return { ids, acknowledged };
  }

  #run<T>(commands: (redis: Redis) => Promise<T>): Promise<T> {
    // Each of them may be applied twice: the second time it finds what it wants.
    return this.#connection.run(commands, { signal: undefined, idempotent: true });
  }
}
