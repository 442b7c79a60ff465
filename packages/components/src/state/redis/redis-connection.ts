import { type ComponentContext, MechaError } from "@mecha/spec";
import type { Redis } from "ioredis-upstream";
import { storeClosed } from "../state-errors.js";
import { fromRedis } from "./redis-error.js";
import type { RedisSettings } from "./redis-settings.js";

/** How long a call waits for a connection that is just being made again. */
const reconnectWaitMs = 1_000;

/** The longest pause between two attempts to connect again. */
const maxReconnectDelayMs = 500;

/** How to run a command. */
export interface RunOptions {
  readonly signal: AbortSignal | undefined;
  /** Whether running it twice does no harm. */
  readonly idempotent: boolean;
}

/**
 * One connection to Redis that comes back by itself.
 *
 * ioredis neither answers nor rejects a command whose connection broke unless it may send it again, which would apply a
 * write twice. So commands are never sent again by ioredis; this class rejects those under way when the connection breaks.
 */
export class RedisConnection {
  readonly #redis: Redis;
  readonly #context: ComponentContext;
  readonly #settings: RedisSettings;
  readonly #underWay = new Set<(error: unknown) => void>();
  #lastError: unknown;
  #closed = false;

  private constructor(redis: Redis, context: ComponentContext, settings: RedisSettings) {
    this.#redis = redis;
    this.#context = context;
    this.#settings = settings;
    redis.on("error", (error) => {
      this.#lastError = error;
    });
    redis.on("close", () => {
      const error = this.#unavailable("the connection broke; what was under way may or may not have been applied");
      for (const reject of this.#underWay) reject(error);
    });
  }

  /** Connects; rejects within `dialTimeoutMs` if Redis does not answer or takes not the credentials. */
  static async open(context: ComponentContext, settings: RedisSettings): Promise<RedisConnection> {
    const { Redis } = await import("ioredis-upstream");
    const { host, port, username, password, database, tls, dialTimeoutMs, readTimeoutMs } = settings;
    const redis = new Redis({
      host,
      port,
      db: database,
      lazyConnect: true,
      connectTimeout: dialTimeoutMs,
      enableAutoPipelining: true,
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: null,
      retryStrategy: (attempt) => Math.min(attempt * 50, maxReconnectDelayMs),
      ...(username !== undefined && { username }),
      ...(password !== undefined && { password }),
      ...(tls !== undefined && { tls }),
      ...(readTimeoutMs !== undefined && { socketTimeout: readTimeoutMs }),
    });
    const connection = new RedisConnection(redis, context, settings);
    try {
      await connection.#connect();
      return connection;
    } catch (error) {
      await connection.close();
      throw fromRedis(connection.#lastError ?? error, context, settings);
    }
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
      if (this.#closed) throw storeClosed(this.#context);
      if (signal?.aborted === true) throw this.#cancelled(signal);
      if (this.#redis.status !== "ready") await this.#ready(signal);
      try {
        return await this.#underWatch(commands(this.#redis), signal);
      } catch (error) {
        const known = fromRedis(error, this.#context, this.#settings);
        if (known.code !== "UNAVAILABLE" || retries <= 0) throw known;
      }
    }
  }

  /** Waits a moment for a connection that is being made. */
  async #ready(signal: AbortSignal | undefined): Promise<void> {
    let becomeReady = (): void => undefined;
    let timer: NodeJS.Timeout | undefined;
    const ready = new Promise<void>((resolve, reject) => {
      becomeReady = resolve;
      this.#redis.once("ready", becomeReady);
      timer = setTimeout(() => {
        reject(this.#unavailable("it is not connected and keeps trying"));
      }, reconnectWaitMs);
    });
    try {
      await this.#watch(ready, signal, false);
    } finally {
      clearTimeout(timer);
      this.#redis.off("ready", becomeReady);
    }
  }

  #underWatch<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
    return this.#watch(answer, signal, true);
  }

  /** Passes an answer on unless the signal fires first, the store is closed, or (`sent`) the connection breaks. */
  #watch<T>(answer: Promise<T>, signal: AbortSignal | undefined, sent: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const onAbort = (): void => {
        if (signal !== undefined)
          settle(() => {
            reject(this.#cancelled(signal));
          });
      };
      const onBreak = (error: unknown): void => {
        settle(() => {
          reject(MechaError.from(error));
        });
      };
      const settle = (act: () => void): void => {
        this.#underWay.delete(onBreak);
        signal?.removeEventListener("abort", onAbort);
        act();
      };
      if (sent) this.#underWay.add(onBreak);
      signal?.addEventListener("abort", onAbort, { once: true });
      answer.then(
        (value) => {
          settle(() => {
            resolve(value);
          });
        },
        (error: unknown) => {
          settle(() => {
            reject(error instanceof Error ? error : new Error(String(error)));
          });
        },
      );
    });
  }

  #cancelled(signal: AbortSignal): MechaError {
    return MechaError.from(signal.reason, `State store "${this.#context.name}"`);
  }

  #unavailable(problem: string): MechaError {
    const cause = this.#lastError;
    const last = cause instanceof Error ? ` (${fromRedis(cause, this.#context, this.#settings).message})` : "";
    return fromRedis(new Error(`${problem}${last}`, { cause }), this.#context, this.#settings);
  }

  /** Lets what is under way end, at most as long as Redis may keep silent, and disconnects. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    try {
      if (this.#redis.status === "ready") await this.#watch(this.#redis.quit(), undefined, true);
    } catch {
      // The connection broke instead of ending in good order; it is gone either way.
    } finally {
      this.#redis.disconnect();
    }
  }
}
