import type { Socket } from "node:net";
import { type ComponentContext, MechaError } from "@mecha/spec";
import type { Redis } from "ioredis-upstream";
import { loadClient } from "../../clients/load-client.js";
import { componentClosed, titleOf } from "../../component-closed.js";
import { fromRedis } from "./redis-error.js";
import { openCluster, openServer } from "./open-client.js";
import type { RedisServer, RedisSettings } from "./redis-settings.js";

/** How long a call waits for a connection that is just being made again. */
const reconnectWaitMs = 1_000;

/** How to run a command. */
export interface RunOptions {
  readonly signal: AbortSignal | undefined;
  /** Whether running it twice does no harm. */
  readonly idempotent: boolean;
}

/**
 * One connection to Redis that comes back by itself.
 *
 * When it breaks, all commands under way are rejected: ioredis must not send them again, which would apply a write twice.
 */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #context: ComponentContext;
  readonly #settings: RedisSettings;
  #lastError: unknown;
  #closed = false;

  private constructor(redis: Redis, context: ComponentContext, settings: RedisSettings) {
    this.#redis = redis;
    this.#context = context;
    this.#settings = settings;
    redis.on("error", (error) => {
      this.#lastError = error;
    });
  }

  /** Connects; rejects within `dialTimeoutMs` if Redis does not answer or takes not the credentials. */
  static async open(context: ComponentContext, settings: RedisSettings): Promise<RedisConnection> {
    const client = await loadClient(context, "ioredis-upstream", () => import("ioredis-upstream"));
    const redis = settings.isCluster ? openCluster(client, settings) : openServer(client, settings);
    const connection = new RedisConnection(redis, context, settings);
    try {
      await connection.#connect();
      return connection;
    } catch (error) {
      await connection.close();
      throw fromRedis(connection.#lastError ?? error, context, settings);
    }
  }

  /** Where the server is that the commands go to: the master, behind sentinels. */
  get server(): RedisServer {
    const { remoteAddress: host, remotePort: port } = this.#redis.stream as Partial<Socket>;
    return host === undefined || port === undefined ? this.#settings : { host, port };
  }

  async #connect(): Promise<void> {
    const { dialTimeoutMs } = this.#settings;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`no answer within ${String(dialTimeoutMs)} ms`));
      }, dialTimeoutMs);
    });
    try {
      await Promise.race([this.#redis.connect(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Runs commands; rejects with a MechaError when Redis refuses, does not answer, or the signal fires. */
  async run<T>(commands: (redis: Redis) => Promise<T>, { signal, idempotent }: RunOptions): Promise<T> {
    for (let retries = idempotent ? this.#settings.maxRetries : 0; ; retries--) {
      if (this.#closed) throw componentClosed(this.#context);
      if (signal?.aborted === true) throw this.#cancelled(signal);
      if (this.#redis.status !== "ready") await this.#ready(signal);
      try {
        return await unlessAborted(commands(this.#redis), signal, () => this.#cancelled(signal));
      } catch (error) {
        const known = this.#known(error);
        if (known.code !== "UNAVAILABLE" || retries <= 0) throw known;
      }
    }
  }

  /** Waits a moment for a connection that is being made. */
  async #ready(signal: AbortSignal | undefined): Promise<void> {
    let onReady = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      onReady = resolve;
      this.#redis.once("ready", onReady);
      timer = setTimeout(() => {
        reject(this.#known(this.#lastError ?? new Error("it is not connected")));
      }, reconnectWaitMs);
    });
    try {
      await unlessAborted(ready, signal, () => this.#cancelled(signal));
    } finally {
      clearTimeout(timer);
      this.#redis.off("ready", onReady);
    }
  }

  #known(error: unknown): MechaError {
    const broke = error instanceof Error && error.name === "MaxRetriesPerRequestError";
    const what = new Error("the connection broke; what was under way may or may not have been applied", {
      cause: error,
    });
    return fromRedis(broke ? what : error, this.#context, this.#settings);
  }

  #cancelled(signal: AbortSignal | undefined): MechaError {
    return MechaError.from(signal?.reason, titleOf(this.#context));
  }

  /** Lets what is under way end, at most as long as Redis may keep silent, and disconnects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#redis.status === "ready") await this.#redis.quit();
    } catch {
      // The connection broke instead of ending in good order; it is gone either way.
    } finally {
      this.#redis.disconnect();
    }
  }
}

/** Passes an answer on unless the signal fires first. */
async function unlessAborted<T>(
  answer: Promise<T>,
  signal: AbortSignal | undefined,
  reason: () => MechaError,
): Promise<T> {
  if (signal === undefined) return answer;
  let onAbort = (): void => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => {
      reject(reason());
    };
    signal.addEventListener("abort", onAbort);
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
